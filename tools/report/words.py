"""The words of the report and the page: verdicts, steps, terms, and figures as people read them."""

import math
import re
import unicodedata
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from policies import figures
from policies.brief import Metric, TaskType
from policies.evidence import ArmKind, Difference
from policies.recommendation import Flip, RuleOutcome, Use, Verdict
from policies.rules import LAST_RESORT, LIMITS
from tools.report.rhythms import rhythm

Steps = tuple[str, str, str]

PASS_MARK = "switch only if they are as good as the target asks"
GONE_WRONG = "first of the kinds that went wrong"
RAREST = "first of the rarest labels; “The task and the data” in the report counts them"
VERDICT_TITLES: dict[Verdict, str] = {
    "fix_data": "Put the examples in order first",
    "use_retrieval": "Look the facts up instead of training them in",
    "keep_prompt": "Keep what you have today",
    "adopt_prompt": "Use the best prompt",
    "use_classifier": "Use an ordinary classifier",
    "fine_tune": "Fine-tune a model",
    "fine_tune_for_cost": "Fine-tune a small model to save money",
    "larger_model": "Try a larger model",
    "not_enough_evidence": "Too early to say: more examples are needed",
}
NEXT_STEPS: dict[Verdict, Steps] = {
    "fix_data": (
        "Settle the findings under “The task and the data” with the people who answer today.",
        "Write the agreed rule for every unclear case on one page; it belongs in the prompt too.",
        "Run this assessment again on the corrected file. Nothing else is worth paying for first.",
    ),
    "use_retrieval": (
        "Name the source that holds the missing facts, and who keeps it up to date.",
        "Ask a developer to look up the matching passage and put it in front of each request.",
        "Run this assessment again with a folder of those documents (`--docs`), or with the "
        "passages in the input column.",
    ),
    "keep_prompt": (
        "Ask what today's answers cost per 1,000 requests, and set that beside the costs in this "
        "report before deciding.",
        "Leave the work as it is; have the test examples answered anew whenever people, system or "
        "rules change.",
        "Put the moment named under “When to ask again” into the calendar.",
    ),
    "adopt_prompt": (
        "Hand “The prompt that won” from this report to whoever runs the system.",
        "Have a person judge its answers to about 100 live requests, and today's if there are any; "
        f"{PASS_MARK}.",
        "Switch over, keep a way back, and put “When to ask again” into the calendar.",
    ),
    "use_classifier": (
        "Ask a developer for the classifier of this run (“tuneworthy export”): a small file and "
        "two lines of code; one on a model's reading needs that model beside it.",
        "Run it beside today's answers for a week; let a person see the cases it is unsure of.",
        "Decide who trains it again when the labels change.",
    ),
    "fine_tune": (
        "Approve the fine-tune (“tuneworthy tune”, or yes in the chat); its plan shows the "
        "time, the cost and where the examples go.",
        "Keep the best prompt in use until the tuned model has passed its test.",
        "Decide who trains it again when the labels or the facts behind the answers change.",
    ),
    "fine_tune_for_cost": (
        "Confirm the monthly volume and the prices with finance: the saving rests on them.",
        "Approve the fine-tune (“tuneworthy tune”, or yes in the chat); its plan shows the "
        "time, the cost and where the examples go.",
        "Keep the prompt ready for going back, and check the first invoice against this report.",
    ),
    "larger_model": (
        "Ask your operator to set up a larger model, and whether examples may be sent to it.",
        "Run this assessment again with that model; the test examples stay the same.",
        "Compare its price at your monthly volume before switching.",
    ),
    "not_enough_evidence": (
        f"Collect more examples with known right answers, {GONE_WRONG}.",
        "Keep working the way you do today; nothing measured here justifies a change yet.",
        "Run this assessment again on the longer file.",
    ),
}
OUTCOME_TITLES: dict[Use, str] = {
    "tuned": "Use the fine-tuned model",
    "prompt": "Use the prompt, without a fine-tune",
    "classifier": "Use an ordinary classifier",
    "none": "Change nothing yet",
}
OUTCOME_STEPS: dict[Use, Steps] = {
    "tuned": (
        "Ask a developer to put the tuned model of this run into service (“tuneworthy serve”).",
        "Run it beside today's answers for a week before it takes over.",
        "Decide who trains it again when labels or facts change, and keep the prompt to go back.",
    ),
    "prompt": NEXT_STEPS["adopt_prompt"],
    "classifier": NEXT_STEPS["use_classifier"],
    "none": (
        f"Collect more examples with known right answers, {GONE_WRONG}, or "
        "ask your operator to set up a larger model.",
        "Keep working the way you do today; nothing measured here justifies a change yet.",
        "Run this assessment again on the longer file, or with that model.",
    ),
}
KEPT_PROMPT_TITLE = "Keep the prompt you have"
KEPT_PROMPT_STEPS: Steps = (
    "Leave the prompt as it is, and file it together with this report.",
    "Keep the test examples aside, and score them again whenever the model is replaced.",
    "Put the moment named under “When to ask again” into the calendar.",
)
BARRED_TITLE = "Good enough, but outside your limits"
BARRED_STEPS: Steps = (
    "Ask whoever set the limit of time or money whether it can move: it alone stands in the way.",
    "Ask your operator for a faster or cheaper model or machine, and run this assessment again.",
    "Keep working the way you do today until then.",
)
UNMEASURED_TITLE = "Too early to say: a measurement is missing"
UNMEASURED_STEPS: Steps = (
    "Run this assessment again with more time; what was measured is kept and costs nothing again.",
    "Keep working the way you do today; nothing measured here justifies a change yet.",
    "If it stops at the same place, ask a developer to read the log of this run.",
)
LOOKED_UP_TITLE = "Let the model look facts up; no fine-tune"
LOOKED_UP: Steps = (
    "Hand “The prompt that won” to a developer: for each request the nearest passage of your "
    "documents is looked up and sent along.",
    "Name who keeps the documents up to date; the answers are only as right as they are.",
    "Run it beside today's answers for a week; a wrong answer often means a missing document.",
)
RULE_TITLES = {
    "too_few_test_rows": "Too few examples could be held out",
    "contradictory_labels": "Examples contradict one another",
    "probable_label_errors": "Many labels look wrong",
    "facts_missing_from_input": "Facts are missing from the input",
    "classifier_pays_back": "An ordinary classifier saves money",
    "tune_pays_back": "A fine-tune saves money",
    "present_prompt_is_enough": "What you have today is good enough",
    "prompt_is_enough": "The best prompt is good enough",
    "classifier_is_enough": "An ordinary classifier is good enough",
    "tune_closes_the_gap": "A fine-tune closes the gap",
    "limits_rule_it_out": "Only a limit of time or money stands in the way",
    "nothing_reaches_the_target": "Nothing reaches the target",
    "no_rule_met": "No other rule decides",
    "evidence_settles_it": "The measurements leave the choice open",
}
LIMIT, RETRAINED = "latency_limit_ms", "retrainings_per_month"
FLIP_NAMES = {  # of quantities whose own name is no English
    "monthly_requests": "number of requests a month",
    LIMIT: "longest time for an answer",
}
RULE_OUTCOMES: dict[RuleOutcome, str] = {
    "decided": "decided the answer",
    "agreed": "points the same way",
    "outranked": "holds, but another rule comes first",
    "not_met": "does not decide",
    "not_applicable": "does not apply here",
}
ARM_KINDS: dict[ArmKind, str] = {
    "prompt": "prompt",
    "classifier": "classifier",
    "baseline": "baseline",
    "tuned": "fine-tuned model",
}
TASK_TYPES: dict[TaskType, str] = {
    "labels": "choose one label for each input",
    "fields": "fill in a set of fields from each input",
    "number": "give one number for each input",
    "text": "write a text for each input",
}
METRIC_NAMES: dict[Metric, str] = {
    "accuracy": "accuracy",
    "macro_f1": "macro-F1",
    "field_f1": "field-F1",
    "numeric_match": "numeric match",
    "chrf": "chrF",
}
METRIC_MEANINGS: dict[Metric, str] = {
    "accuracy": "right answers",
    "macro_f1": "right answers, every label alike (macro-F1)",
    "field_f1": "right fields (field-F1)",
    "numeric_match": "right numbers",
    "chrf": "likeness to your texts (chrF)",
}
RECIPE_TITLES = {
    "frozen": "Layers left as they are",
    "choice": "Choice among the labels",
    "parts": "Rounding",
    "replay": "Replay against forgetting",
    "replay_rows": "General requests",
    "replay_beginnings": "Beginnings count most",
    "judged_from": "First score on dev",
    "patience": "Early end",
    "max_length": "Longest row",
    "quantisation": "Format of the weights",
}
MISTAKE_PARTS = {"input": "Input", "expected": "Right answer", "given": "Answer given"}
FEW_ROWS = 20  # as in the policy's own default for test rows
_JOINERS = "\u00ad\u200c\u200d"  # invisible, yet part of ordinary words and emoji


def rule_title(rule: str) -> str:
    """A rule's title, for people."""
    return RULE_TITLES.get(rule, rule.replace("_", " ").capitalize())


def recipe_title(setting: str) -> str:
    """What a setting of a training is called for people."""
    return RECIPE_TITLES.get(setting, setting.replace("_", " ").capitalize())


def plain(text: str, limit: int | None = None) -> str:
    """Text from outside, with control characters and direction overrides made visible.

    Args:
        text: Any string: a cell, a label, a model's output, a file name.
        limit: Longest result in characters before that; what is cut is marked with "…".
    """
    if limit is not None and len(text) > limit:
        text = text[: limit - 1] + "…"
    return "".join(map(_visible, re.sub("\r\n?|[\u2028\u2029]", "\n", text)))


def _visible(char: str) -> str:
    if char in "\n\t" or char in _JOINERS:
        return char
    if char < " ":
        return chr(0x2400 + ord(char))  # Unicode has a picture for each of these
    hidden = unicodedata.category(char) in ("Cc", "Cf", "Cs") or char in "\ufffe\uffff"
    return f"[U+{ord(char):04X}]" if hidden else char


def percent(x: float) -> str:
    """A share as a percentage: "87 %", or "87.5 %" where the decimal is not zero."""
    return figures.percent(x)


def span(low: float, high: float) -> str:
    """An interval of shares in whole percent, as "83–91 %"; with a decimal where it is narrow.

    Rounded outwards: 89.5 % must not become the target of 90.
    """
    return figures.span(low, high)


def points(x: float) -> str:
    """A difference of shares in points, with its sign: "+3.5 points"."""
    return figures.points(x)


def gain(d: Difference) -> str:
    """A difference with its interval: "+5 points (+2 to +8)"."""
    return f"{points(d.value)} ({figures.signed(d.low)} to {figures.signed(d.high)})"


def memory_taken(peak: float | None, on_gpu: float | None) -> str:
    """The most memory that a training took, in megabytes: of the GPU where it had one."""
    if on_gpu is not None:
        return f"{on_gpu:,.0f} MB of the GPU's memory at most"
    return "memory not measured" if peak is None else f"{peak:,.0f} MB of memory at most"


def left_out(rows: int) -> str:
    """How many training examples a tune left out; "" if none."""
    if not rows:
        return ""
    were = "example was" if rows == 1 else "examples were"
    return f"{rows:,} training {were} left out of the fine-tune, being too long for it."


def money(x: float, currency: str) -> str:
    """An amount: no cents from 100 on, two significant digits below ten cents."""
    if 0 < abs(x) < 0.0001:
        return f"under 0.0001 {currency}"
    if x and abs(x) < 0.1:
        return f"{float(f'{x:.2g}'):f}".rstrip("0") + f" {currency}"
    return f"{x:,.{0 if abs(x) >= 100 or x == int(x) else 2}f} {currency}"


def bill(x: float, currency: str) -> str:
    """An amount that somebody would pay: no bill has less than a cent."""
    return f"under 0.01 {currency}" if 0 < x < 0.01 else money(x, currency)


def about(count: float) -> str:
    """A number to two significant digits: what is reckoned from estimates is known no better."""
    return f"{float(f'{count:.2g}'):,.0f}"


def milliseconds(value: float) -> str:
    """A time for an answer: "176 ms", "2.4 s"; what is too short to matter is "under 1 ms"."""
    if value < 1:
        return "under 1 ms"
    return f"{value:,.0f} ms" if value < 1000 else f"{value / 1000:.1f} s"


def odds(level: float) -> str:
    """An interval's level in words: "8 times out of 10"."""
    of = 10 if round(100 * level) % 10 == 0 else 100
    return f"{of * level:.0f} times out of {of}"


def lead(who: str, whom: str, d: Difference) -> str:
    """Who is ahead, from the better side: "a is ahead of b by 5 points (+2 to +8)"."""
    if d.value == 0:
        return f"{who} is as good as {whom}"
    who, whom, d = _better_first(who, whom, d)
    return f"{who} is ahead of {whom} by {gain(d).removeprefix('+')}"


def ahead(who: str, whom: str, d: Difference, rows: int | None = None) -> str:
    """A paired difference in words, from the better one's side.

    Args:
        who: One way of working.
        whom: The other.
        d: How far the first is ahead of the second.
        rows: On how many rows, if known; below 20 the interval is not told, being narrower than
            so few rows can bear out.
    """
    who, whom, d = _better_first(who, whom, d)
    of, one = f" of {rows} rows" if rows else " row" if d.fixed == 1 else " rows", d.fixed == 1
    alone = (
        f"{d.fixed:,}{of} {'is' if one else 'are'} right by it alone, {d.broken:,} by {whom} alone"
    )
    told = lead(who, whom, d)
    if d.value == 0:
        return f"Row by row {told}: {alone}."
    if rows and rows < FEW_ROWS:
        told = f"{who} is ahead of {whom} by {points(d.value).removeprefix('+')}"
    return f"Row by row {told}: {alone}. {chance(d.p_value)}"


def _better_first(who: str, whom: str, d: Difference) -> tuple[str, str, Difference]:
    if d.value >= 0:
        return who, whom, d
    turned = {
        "value": -d.value,
        "low": -d.high,
        "high": -d.low,
        "fixed": d.broken,
        "broken": d.fixed,
    }
    return whom, who, d.model_copy(update=turned)


def chance(p_value: float) -> str:
    """A p-value in plain words."""
    if p_value > 0.5:
        return "A difference as small as this is what chance alone brings about."
    rate = "fewer than 1" if p_value < 0.01 else f"about {100 * p_value:.0f}"
    verdict = "so it may well be luck" if p_value > 0.05 else "so luck is an unlikely explanation"
    return f"Chance alone would show this much in {rate} of 100 such tests, {verdict}."


def no_flip(after_tune: bool) -> str:
    """What stands where no flip does; after a tune they are not sought anew."""
    if after_tune:
        return (
            "What would change it was not sought again after the fine-tune; ask “what if …?” in "
            "the chat."
        )
    return "No change of one figure alone, within reason, would change the answer."


def pass_mark(metric: Metric, target: float, score: float) -> str:
    """When to switch, as people who judge 100 answers count it; likeness to texts is no count.

    Args:
        metric: What is measured.
        target: The score that is good enough.
        score: That of the way advised; a little below the target, it is the mark itself.
    """
    if metric not in ("accuracy", "numeric_match"):
        return PASS_MARK
    if score < target:
        return (
            f"switch only if at least {math.floor(round(100 * score, 6))} of 100 are right, as here"
        )
    least = math.ceil(round(100 * target, 6))
    return f"switch only if at least {least} of 100 are right (the target)"


def flip_sentence(flip: Flip, currency: str) -> str:
    """What would change the answer: "If the target fell to 85 %, the answer would become: …"."""
    title = ruled_title(flip.verdict, flip.rule)
    answer = title[0].lower() + title[1:]
    return f"If {_turn(flip, currency)}, the answer would become: {answer}."


def _turn(flip: Flip, currency: str) -> str:
    """What would have to be so: "the target fell to 85 %", "it were trained anew every week"."""
    if flip.quantity == RETRAINED:
        return _turn_of_training(flip)
    name = flip.quantity.replace("_", " ")
    name = FLIP_NAMES.get(flip.quantity, name)
    known = flip.current is not None
    verb = "were" if not known else "rose to" if _rises(flip) else "fell to"
    if any(word in name for word in ("cost", "price", "budget", "one off")):
        value = f"{just_beyond(flip)} {currency}"
    elif name == "target":
        value = percent(flip.threshold)
    else:
        value = just_beyond(flip) + (" ms" if flip.quantity == LIMIT else "")
    value += "" if known else " or more" if _rises(flip) else " or less"
    if flip.until is not None:
        value += f", but {'less' if _rises(flip) else 'more'} than {_short_of_end(flip)}"
        value += " ms" if flip.quantity == LIMIT else ""
    return f"the {name} {verb} {value}"


def _turn_of_training(flip: Flip) -> str:
    """A turn in how often a model is trained anew, as a rhythm."""
    rises = _rises(flip)
    when = f"{just_beyond_rhythm(flip)} or {'more often' if rises else 'less often'}"
    if flip.until is not None:
        end = rhythm(flip.until, more_often=not rises)
        when += f", but {'less' if rises else 'more'} often than {end}"
    return f"a model had to be trained anew {when}"


def just_beyond_rhythm(flip: Flip) -> str:
    """The threshold of a number of retrainings as a rhythm, rounded like `just_beyond`."""
    return rhythm(flip.threshold, more_often=_rises(flip))


def ruled_title(verdict: Verdict, rule: str) -> str:
    """A verdict in a few words, where this rule decides it."""
    if verdict == "not_enough_evidence" and rule == LIMITS:
        return BARRED_TITLE
    if verdict == "not_enough_evidence" and rule == LAST_RESORT:
        return UNMEASURED_TITLE
    return VERDICT_TITLES[verdict]


def _rises(flip: Flip) -> bool:
    """Whether the threshold is above today's value; a limit that nobody told is none, so below."""
    if flip.current is None:
        return flip.quantity != LIMIT
    return flip.threshold > flip.current


def just_beyond(flip: Flip) -> str:
    """The threshold to three digits, rounded away from today's value: there the answer is another.

    Without a value of today it is the lowest one with that answer.
    """
    return _three_digits(flip.threshold, up=_rises(flip))


def _short_of_end(flip: Flip) -> str:
    """The end of a flip's range to three digits, rounded into the range."""
    return _three_digits(flip.until or 0.0, up=not _rises(flip))


def _three_digits(value: float, up: bool) -> str:
    exact = Decimal(repr(value))
    digit = Decimal(1).scaleb(exact.adjusted() - 2)
    rounded = (exact / digit).to_integral_value(ROUND_CEILING if up else ROUND_FLOOR)
    return f"{(rounded * digit).normalize():,f}"
