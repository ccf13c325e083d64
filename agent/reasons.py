"""Why the answer is what it is, in short and at length, and how sure it is.

After a tune the answer is what was measured; what was advised before is told as that.
"""

import re
from collections.abc import Iterable
from typing import Literal

from agent.enough import surer
from agent.utterances.shares import read_share
from agent.ways import arm_named, described_way, known_ways, verdict_named
from policies.recommendation import Reason, Use, Verdict
from policies.regret import ACTION
from policies.rules import ACTIONS, BEFORE_ALL
from tools.assessment import Assessment
from tools.report import words
from tools.report.advised import advised_arm
from tools.report.answer import answer_title, how_sure
from tools.report.glossary import used_in
from tools.tuning.verify import ADVICE

VERDICT_OF_RULE = {rule.name: rule.verdict for rule in (*BEFORE_ALL, *ACTIONS)}
# The ways as one speaks of them; the titles of the verdicts are orders.
WAY_NAMES: dict[Verdict, str] = {
    "fix_data": "Putting the examples in order first",
    "use_retrieval": "Looking facts up (RAG)",
    "keep_prompt": "Keeping what you have today",
    "adopt_prompt": "The best prompt",
    "use_classifier": "An ordinary classifier",
    "fine_tune": "A fine-tune",
    "fine_tune_for_cost": "A fine-tune to save money",
    "larger_model": "A larger model",
    "not_enough_evidence": "Collecting more examples first",
}
MEASURED_BY: dict[Verdict, str] = {
    "larger_model": (
        "To have it measured, ask your operator to set it up and whether examples may be sent to "
        "it; then run this assessment again with it. The test examples stay the same."
    ),
    "use_retrieval": (
        "To have it measured, run this assessment again with a folder of documents (`--docs`), or "
        "with the passages in the input column."
    ),
}
BY_RULES = re.compile(
    r"\b(?:rules?|keywords?|key words|regex\w*|search\w*|excel|formulas?|macros?|scripts?|filters?"
    r"|word lists?|if-then)\b",
    re.IGNORECASE,
)
UNDECIDED: tuple[Verdict, ...] = ("fix_data", "not_enough_evidence")


def why(a: Assessment, subjects: tuple[str, ...]) -> str:
    """The answer with what decided it: the scores of a tune, else the rules."""
    telling = [r for r in a.reasons if r.outcome in ("decided", "agreed")]
    advised = [a.headline, *lines_of(telling)]
    if a.outcome is None:
        return "\n".join(advised)
    return "\n".join(
        [
            _answer(a),
            *_tune_measured(a),
            "Before the fine-tune was measured, this was said:",
            *advised,
        ]
    )


def why_so_much(a: Assessment, subjects: tuple[str, ...]) -> str:
    """What a share is that is asked about: the target, or the score of a way; then why."""
    share = next(filter(None, map(read_share, subjects)), None)
    said = [] if share is None else [words.percent(share)]
    told = [
        f"{figure} is the target of this run: what was said to be good enough, or 90 % where "
        "nothing was said. “Change the target to 85 %” decides again."
        for figure in said
        if figure == words.percent(a.task.target)
    ]
    told += [
        f"{figure} is what “{arm.name}” reached on {arm.measured.n} rows."
        for figure in said
        for arm in a.arms
        if figure in (words.percent(arm.dev.score), words.percent(arm.measured.score))
    ]
    if told and words.percent(a.task.target) not in said:
        told.append("“Show me the mistakes” lists what goes wrong.")
    return "\n".join(told) if told else why(a, ())


def what_changed(a: Assessment, subjects: tuple[str, ...]) -> str:
    """How many rows a tune put right and spoiled, and where they are listed."""
    if a.tuned is None or a.tuned.flips is None:
        return f"No model was tuned in this run, so no answer changed.\n{_answer(a)}"
    flips = a.tuned.flips
    told = [
        f"Of {a.tuned.test.n} locked rows the tuned model answers {flips.fixed} better than the "
        f"best prompt and {flips.broken} worse. Locked rows themselves are never shown."
    ]
    if a.changed_rows:
        fixed = sum(row.is_fixed for row in a.changed_rows)
        broken = len(a.changed_rows) - fixed
        told.append(
            f"On dev it is {fixed} better and {broken} worse; the report lists those under "
            "“Answers that changed”, and assessment.json beside it holds them all."
        )
    return "\n".join(told)


def why_not(a: Assessment, subjects: tuple[str, ...]) -> str:
    """Why another way is not the answer; or that it is."""
    wanted = verdict_named(" ".join(subjects or ("fine-tune",)))
    if wanted is None:
        arm = arm_named(a, " ".join(subjects))
        if arm is None and BY_RULES.search(" ".join(subjects)):
            return _not_by_rules(a)
        if arm is None:
            return f"I do not know that way of working. {known_ways(a)}"
        return f"{described_way(a, arm)}\nThe answer: {_answer(a)}"
    if a.outcome is not None:
        return _why_not_after(a, wanted, a.outcome.use)
    title = words.VERDICT_TITLES[wanted]
    if wanted == a.verdict:
        return f"That is the answer: {title[0].lower()}{title[1:]}. {a.headline}"
    return "\n".join(
        [
            *reasons_about(a, wanted),
            *_reached(a, wanted),
            *filter(None, [how_to_measure(wanted)]),
            f"What decided: {_decided(a)}",
        ]
    )


def in_short(a: Assessment, subjects: tuple[str, ...]) -> str:
    """The verdict in a sentence or two."""
    return f"Fine-tune? {fine_tune_word(a)}. {_answer(a)}"


def fine_tune_word(a: Assessment) -> Literal["Yes", "No", "Not yet"]:
    """Whether to fine-tune, in a word."""
    use = a.outcome.use if a.outcome else ACTION.get(a.verdict)
    if use == "tuned":
        return "Yes"
    return "Not yet" if a.outcome is None and a.verdict in UNDECIDED else "No"


def in_plain_words(a: Assessment, subjects: tuple[str, ...]) -> str:
    """The answer without rules and intervals, and what its words mean."""
    by_name = {arm.name: arm for arm in a.arms}
    best = a.prompting.best
    ways = {
        "The best prompt": by_name.get(best.name) if best else None,
        "The best ordinary classifier": arm_named(a, "classifier"),
        "The fine-tuned model": arm_named(a, "tuned"),
    }
    means = words.METRIC_MEANINGS[a.task.metric]
    told = [
        f"• {name} reached {words.percent(arm.measured.score)}."
        for name, arm in ways.items()
        if arm is not None
    ]
    if a.forecast is not None and ways["The fine-tuned model"] is None:
        told.append(f"• A fine-tune would probably reach {words.percent(a.forecast.score)}.")
    lines = [
        f"The answer is: {answer_title(a)}.",
        f"You asked for {words.percent(a.task.target)} {means}.",
        *told,
    ]
    meant = [f"{term.name}: {term.meaning}" for term in used_in("\n".join(lines))]
    return "\n".join([*lines, *(["In these words:", *meant] if meant else [])])


def what_it_brought(a: Assessment, subjects: tuple[str, ...]) -> str:
    """What the fine-tune changed, and how far its forecast was off; the forecast before one."""
    forecast = [forecast_sentence(a)] if a.forecast is not None else []
    if a.tuned is None:
        return "\n".join(["No model was tuned in this run.", _answer(a), *forecast])
    flips, rows = a.tuned.flips, a.tuned.test.n
    told = []
    if flips is not None:
        told = [
            f"Of {rows} locked rows it answers {flips.fixed} better than the best prompt and "
            f"{flips.broken} worse."
        ]
    forgot = f"What it may have forgotten: {a.tuned.forgetting.text}"
    return "\n".join([*_tune_measured(a), *told, *forecast, forgot, f"The answer: {_answer(a)}"])


def sure(a: Assessment, subjects: tuple[str, ...]) -> str:
    """How sure the answer is: the scores that it rests on, with their intervals."""
    best, told = a.prompting.best, how_sure(a)
    lines = []
    chosen = next((arm for arm in a.arms if arm.name == advised_arm(a)), None)
    if chosen is not None and (best is None or chosen.name != best.name):
        at = chosen.measured
        lines.append(
            f"“{chosen.name}” scored {words.percent(at.score)} on {at.n} rows; the true score "
            f"lies within {words.span(at.low, at.high)}, {words.odds(at.level)}."
        )
    if best is not None:
        at = best.test or best.dev
        lines.append(
            f"The best prompt scored {words.percent(at.score)} on {at.n} rows; the true score "
            f"lies within {words.span(at.low, at.high)}, {words.odds(at.level)}."
        )
    lines.append(f"How sure: {told}" if told else "No confidence was stated.")
    lines += [forecast_sentence(a)] if a.forecast is not None else []
    if a.more_examples:
        lines.append(f"At least {a.more_examples:,} more examples are needed.")
    lines += surer(a)
    lines += [words.flip_sentence(flip, a.economics.currency) for flip in a.open_flips]
    return "\n".join(lines)


def forecast_sentence(a: Assessment) -> str:
    """What a fine-tune was forecast at, and what it then reached if one was made."""
    assert a.forecast is not None
    f = a.forecast
    within = f"{words.odds(f.level)} within {words.span(f.low, f.high)}"
    if a.tuned is None:
        was = f"A fine-tune is forecast at {words.percent(f.score)}, {within}"
        return f"{was}; it was not measured."
    was = f"Before the fine-tune its forecast was {words.percent(f.score)}, {within}"
    return f"{was}; measured were {words.percent(a.tuned.test.score)}."


def reasons_about(a: Assessment, wanted: Verdict) -> list[str]:
    """Why a verdict is not the answer, by the rules that could have led to it."""
    concerned = [r for r in a.reasons if VERDICT_OF_RULE.get(r.rule) == wanted]
    name = WAY_NAMES[wanted]
    if not concerned:
        return [f"{name} is not the answer: nothing that was measured here calls for it."]
    return [f"{name} is not the answer because of this:", *lines_of(concerned)]


def how_to_measure(wanted: Verdict) -> str:
    """How a way that this run did not measure is measured; "" where it needs nothing."""
    return MEASURED_BY.get(wanted, "")


def lines_of(reasons: Iterable[Reason]) -> list[str]:
    """What rules saw and what became of them, a line each."""
    return [f"• {reason.text} ({words.RULE_OUTCOMES[reason.outcome]})" for reason in reasons]


def _not_by_rules(a: Assessment) -> str:
    """What is known of rules written by hand: what was measured that comes nearest to them."""
    first = "Rules or a search written by hand were not measured in this run."
    nearest = arm_named(a, "classifier")
    if nearest is None:
        return f"{first} {known_ways(a)}"
    return "\n".join(
        [
            f"{first} What comes nearest is the ordinary classifier, which learns by itself which "
            f"words tell: it reached {words.percent(nearest.measured.score)}, the target is "
            f"{words.percent(a.task.target)}.",
            f"What decided: {_decided(a) if a.outcome is None else _answer(a)}",
            "If you have such rules, put what they answer into a column of its own and begin a new "
            "question with that file: they are then measured as today's answers.",
        ]
    )


def _why_not_after(a: Assessment, wanted: Verdict, use: Use) -> str:
    """The same once a tune was measured: its scores come before the rules."""
    if ACTION.get(wanted) == use and not (wanted == "keep_prompt" and a.verdict != wanted):
        title = answer_title(a)
        text = a.outcome.text if a.outcome else a.headline
        return f"That is the answer: {title[0].lower()}{title[1:]}. {text}"
    if ACTION.get(wanted) == "tuned":
        title = words.VERDICT_TITLES[wanted]
        measured = [a.tuned.text] if a.tuned else []
        return "\n".join([f"“{title}” is not the answer any more. {_answer(a)}", *measured])
    measured_by = filter(None, [how_to_measure(wanted)])
    decided = f"What decided: {_answer(a)}"
    return "\n".join([*reasons_about(a, wanted), *_reached(a, wanted), *measured_by, decided])


def _reached(a: Assessment, wanted: Verdict) -> list[str]:
    """What the way of a verdict scored, beside the target."""
    kind = ACTION.get(wanted)
    arm = arm_named(a, kind) if kind and wanted != "keep_prompt" else None
    if arm is None:
        return []
    goal = f"The target is {words.percent(a.task.target)}."
    return [f"{described_way(a, arm)}. {goal}"]


def _answer(a: Assessment) -> str:
    """The answer in the sentence that it rests on."""
    if a.outcome is None:
        return a.headline
    said = ADVICE[a.outcome.use] in a.outcome.text.casefold()
    return a.outcome.text if said else f"{answer_title(a)}. {a.outcome.text}"


def _tune_measured(a: Assessment) -> list[str]:
    """How far the tuned model is ahead of the best prompt, row by row."""
    if a.tuned is None:
        return []
    found = words.lead("the tuned model", "the best prompt", a.tuned.difference)
    gain = f"On {a.tuned.test.n} locked rows {found}. {words.chance(a.tuned.difference.p_value)}"
    return [gain] if a.tuned.shipped else [gain, a.tuned.text]


def _decided(a: Assessment) -> str:
    return next((r.text for r in a.reasons if r.outcome == "decided"), a.headline)
