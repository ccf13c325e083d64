"""Answers to questions about a finished run, from its evidence alone and without any model."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from agent.explanations import (
    about_the_data,
    does_it_overfit,
    how_long,
    how_to_keep_it,
    how_written,
    meaning,
    rows_to_fix,
    welcome,
    what_it_takes,
    what_to_ask,
    what_was_tried,
    what_would_change,
    where_it_is,
    who_saw_it,
    who_speaks,
    would_more_help,
)
from agent.interview import described
from agent.state import State
from agent.utterances.corrections import read_correction
from agent.utterances.intents import Intent, IntentName, read_term
from agent.ways import (
    absent_way,
    are_the_rivals,
    arm_named,
    described_way,
    intervals_overlap,
    rivals_of,
    waits_of,
)
from policies.decide import recommend
from policies.limits import TUNED
from policies.policy import Policy
from policies.recommendation import Outcome, Reason, Recommendation, Verdict
from policies.rules import ACTIONS, BEFORE_ALL
from tools.assessment import Assessment, EconomicsPart
from tools.economics import monthly_cost
from tools.report import words
from tools.report.advised import advised_arm
from tools.report.answer import next_steps, verdict_title
from tools.tuning.verify import judged_anew, outcome_now

MOST_KINDS = 5
CELL, PROMPT = 160, 4000  # most characters of a row's text, of a prompt
MISTAKE = ("input", "expected", "given")
TRY_IT = "(To have this very text answered by the models, put it in quotes.)"
VERDICT_OF_RULE = {rule.name: rule.verdict for rule in (*BEFORE_ALL, *ACTIONS)}
# Whole words, so that an average is no RAG, and objects: a team trains its staff as well.
_MODEL = r"(?:(?:an?|the|our|my|your|own|new|small\w*|language)\W+)*(?:models?|llm|one|it|own)?"
NAMED: tuple[tuple[str, Verdict], ...] = (
    (r"\b(?:costs?|cheap\w*)\b", "fine_tune_for_cost"),
    (rf"\b(?:fine[ -]?)?tun(?:e|ed|ing)\b|\btrain(?:ing|ed)?\W*{_MODEL}\W*$", "fine_tune"),
    (r"\bclas+i?f\w*", "use_classifier"),
    (r"\b(?:retriev\w+|rag)\b|\blook(?:ing)?\b.*\bups?\b|\blook-?ups?\b", "use_retrieval"),
    (r"\b(?:larger|bigger|stronger|smarter|newer)\b", "larger_model"),
    (r"\b(?:other|another|different|better) (?:language )?(?:models?|llms?)\b", "larger_model"),
    (r"\b(?:gpt|claude|gemini|llama|mistral)", "larger_model"),
    (r"\bkeep\w*\b", "keep_prompt"),
    (r"\bprompt\w*", "adopt_prompt"),
    (r"\b(?:labels?|data)\b", "fix_data"),
)


def answer_question(intent: Intent, a: Assessment) -> str:
    """The answer in words.

    Args:
        intent: What is asked.
        a: The assessment of the run; every figure comes from it.
    """
    return ANSWERS[intent.name](a, intent.subjects)


@dataclass(frozen=True)
class Supposition:
    """What would follow, were some answers of the brief others.

    Attributes:
        advice: The recommendation there.
        is_same: Whether the verdict is that of the run.
        outcome: What the tune measured would mean there, or None where none was made.
    """

    advice: Recommendation
    is_same: bool
    outcome: Outcome | None = None


def suppose(state: State, supposed: Mapping[str, object], policy: Policy) -> Supposition:
    """The verdict and, after a tune, the outcome, were some answers of the brief others."""
    brief = state["brief"].model_copy(update=supposed)
    evidence = state["evidence"].model_copy(update={"brief": brief})
    advice, now = recommend(evidence, policy), state["recommendation"].verdict
    outcome = None
    if "tuned" in state:
        tuned = judged_anew(state["tuned"], advice.verdict, policy, brief.replaces_base)
        outcome = outcome_now(tuned, advice.verdict, evidence, state["confirmed"], policy)
    return Supposition(advice, advice.verdict == now, outcome)


def answer_what_if(state: State, supposed: Mapping[str, object], policy: Policy) -> str:
    """What would follow, were some answers of the brief others, in words."""
    found = suppose(state, supposed, policy)
    title = verdict_title(found.advice.verdict, found.advice.reasons)
    become = f"The answer would become: {title[0].lower()}{title[1:]}."
    same = "The answer stays the same." if found.is_same else become
    lines = [f"Suppose {described(dict(supposed))}.", f"{same} {found.advice.headline}"]
    lines += _changed_rules(state["recommendation"].reasons, found.advice.reasons)
    if found.outcome:
        lines.append(f"By what the tune measured: {found.outcome.text}")
    return "\n".join(lines)


def _changed_rules(before: Sequence[Reason], now: Sequence[Reason]) -> list[str]:
    """The rules that come out otherwise, with what they see now."""
    known = {reason.rule: reason.outcome for reason in before}
    changed = [each for each in now if known.get(each.rule, each.outcome) != each.outcome]
    lines = [
        f"• {words.RULE_TITLES[each.rule]}: {words.RULE_OUTCOMES[each.outcome]}, before: "
        f"{words.RULE_OUTCOMES[known[each.rule]]}. {each.text}"
        for each in changed
    ]
    return ["What makes the difference:", *lines] if lines else []


def _why(a: Assessment, subjects: tuple[str, ...]) -> str:
    telling = [r for r in a.reasons if r.outcome in ("decided", "agreed")]
    return "\n".join([a.headline, *_lines(telling)])


def _why_not(a: Assessment, subjects: tuple[str, ...]) -> str:
    wanted = _verdict_named(" ".join(subjects or ("fine-tune",)))
    if wanted is None:
        arm = arm_named(a, " ".join(subjects))
        if arm is None:
            return f"I do not know that way of working. {_known(a)}"
        return f"{described_way(a, arm)}\nThe answer: {a.headline}"
    title = words.VERDICT_TITLES[wanted]
    if wanted == a.verdict:
        return f"That is the answer: {title[0].lower()}{title[1:]}. {a.headline}"
    concerned = [r for r in a.reasons if VERDICT_OF_RULE.get(r.rule) == wanted]
    because = "because of this:" if concerned else "since no rule of the decision asked for it."
    return "\n".join(
        [
            f"“{title}” is not the answer {because}",
            *_lines(concerned),
            f"What decided: {_decided(a)}",
        ]
    )


def _mistakes(a: Assessment, subjects: tuple[str, ...]) -> str:
    found = a.mistakes
    if found is None or not found.kinds:
        return "No mistakes were kept: no prompt was finished, or it made none on dev."
    wrong = sum(cell.count for cell in found.cells if not cell.is_right(a.task.type))
    total = sum(cell.count for cell in found.cells)
    what = "rows" if a.task.type == "labels" else "fields"
    told = f", {wrong:,} of {total:,} {what}" if total else ""
    lines = [f"What “{found.name}” got wrong on dev{told} (never from the locked rows):"]
    for kind in found.kinds[:MOST_KINDS]:
        lines.append(f"• {kind.kind}: {kind.count} {'time' if kind.count == 1 else 'times'}")
        for example in kind.examples[:1]:
            said, right, given = (words.plain(example[part], CELL) for part in MISTAKE)
            lines += [f"“{said}”", f"Right answer: {right}. It said: {given}"]
    if a.data.label_counts:
        label = words.plain(next(iter(a.data.label_counts)), CELL)
        lines.append(f"Do some hurt more than others? Write “missing {label} is 10 times worse”.")
    return "\n".join(lines)


def _prompt(a: Assessment, subjects: tuple[str, ...]) -> str:
    best = a.prompting.best
    if best is None:
        return "No prompt was finished in this run."
    return f"“{best.name}”:\n\n{words.plain(best.template, PROMPT)}"


def _compare(a: Assessment, subjects: tuple[str, ...]) -> str:
    found = [(name, arm_named(a, name)) for name in subjects]
    unknown = [name for name, arm in found if arm is None]
    absent = next(filter(None, map(absent_way, unknown)), "")
    if absent:
        return "\n".join([absent, *(described_way(a, arm) for _, arm in found if arm is not None)])
    if unknown:
        forecast = [n for n in unknown if _verdict_named(n) == "fine_tune"]
        if forecast and a.forecast is not None:
            known = [described_way(a, arm) for _, arm in found if arm is not None]
            return "\n".join([*known, _forecast(a)])
        terms = [term for term in map(read_term, subjects) if term]
        if len(terms) == len(subjects):  # "the difference between dev and test"
            return "\n".join(meaning(a, (term,)) for term in terms)
        return f"I do not know “{words.plain(unknown[0], CELL)}”. {_known(a)}"
    arms = [arm for _, arm in found if arm is not None]
    if len({arm.name for arm in arms}) < 2:
        return f"That is one and the same: {described_way(a, arms[0])}"
    one, other = arms
    gap = words.points(one.measured.score - other.measured.score)
    close = (
        "overlap, so this alone does not tell them apart"
        if intervals_overlap(one, other)
        else "do not overlap"
    )
    text = f"{gap} for “{one.name}” against “{other.name}”; their intervals {close}."
    if a.classifier_lead and are_the_rivals(a, one, other):
        rows = one.test.n if one.test else None
        text = words.ahead("the classifier", "the prompt", a.classifier_lead, rows)
    if (one.test is None) != (other.test is None):
        text += " One was measured on dev and the other on the locked rows."
    return "\n".join([described_way(a, one), described_way(a, other), text])


def _overview(a: Assessment, subjects: tuple[str, ...]) -> str:
    """The best of each kind side by side, and the forecast where nothing was tuned."""
    by_name = {arm.name: arm for arm in a.arms}
    lines = [described_way(a, by_name[name]) for name in rivals_of(a)]
    lines += [_forecast(a)] if a.forecast is not None and a.tuned is None else []
    return "\n".join([f"The target is {words.percent(a.task.target)}.", *lines])


def _cost(a: Assessment, subjects: tuple[str, ...]) -> str:
    money, currency = a.economics, a.economics.currency
    if not money.arms:
        return "No prices are known for this run; the operator's settings hold them."
    volume = _volume_of(a, subjects)
    rivals = rivals_of(a)
    lines = [
        f"• {name}: {words.money(cost.per_1000, currency)} for 1,000 requests"
        + (f", {_month(money, name, volume)} a month" if volume else "")
        + (f", {words.money(cost.one_off, currency)} once" if cost.one_off else "")
        for name, cost in money.arms.items()
        if name in rivals or name == TUNED
    ]
    at = "The volume is unknown." if volume is None else f"At {volume:,} requests a month."
    even = money.break_even_requests
    turn = f"From about {even:,.0f} requests a month a tune pays back." if even else ""
    return "\n".join([at, *lines, *([turn] if turn else []), *money.assumptions])


def _volume_of(a: Assessment, subjects: tuple[str, ...]) -> int | None:
    """The requests a month that a question names ("10 times the volume"), or the team's own."""
    for said in subjects:
        change = read_correction(f"set the volume to {said}", a.brief)
        if change is not None and isinstance(change.value, int | float):
            return round(change.value)
    return a.economics.monthly_requests


def _month(money: EconomicsPart, arm: str, volume: int) -> str:
    return words.money(monthly_cost(money, arm, volume), money.currency)


def _sure(a: Assessment, subjects: tuple[str, ...]) -> str:
    best = a.prompting.best
    lines = [f"How sure: {a.confidence}." if a.confidence else "No confidence was stated."]
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
    if a.forecast is not None:
        lines.append(_forecast(a))
    if a.more_examples:
        lines.append(f"At least {a.more_examples:,} more examples are needed.")
    lines += [words.flip_sentence(flip, a.economics.currency) for flip in a.open_flips]
    return "\n".join(lines)


def _speed(a: Assessment, subjects: tuple[str, ...]) -> str:
    by_name, limit = {arm.name: arm for arm in a.arms}, a.brief.latency_limit_ms
    waits = {name: ", ".join(waits_of(by_name[name])) for name in rivals_of(a)}
    lines = [f"• {name}: {told}" for name, told in waits.items() if told]
    if not lines:
        return "No way was timed in this run."
    first = "One request at a time, as measured on this machine or at the endpoint:"
    return "\n".join([first, *lines, *([f"Your limit is {limit:,.0f} ms."] if limit else [])])


def _next(a: Assessment, subjects: tuple[str, ...]) -> str:
    steps = [f"{number}. {step}" for number, step in enumerate(next_steps(a), start=1)]
    return "\n".join([*steps, *([a.ask_again] if a.ask_again else [])])


ANSWERS: dict[IntentName, Callable[[Assessment, tuple[str, ...]], str]] = {
    "why": _why,
    "why_not": _why_not,
    "mistakes": _mistakes,
    "prompt": _prompt,
    "compare": _compare,
    "cost": _cost,
    "sure": _sure,
    "next": _next,
    "tried": what_was_tried,
    "changes": what_would_change,
    "fixes": rows_to_fix,
    "more": would_more_help,
    "time": how_long,
    "overview": _overview,
    "effort": what_it_takes,
    "upkeep": how_to_keep_it,
    "about": who_speaks,
    "speed": _speed,
    "overfit": does_it_overfit,
    "meaning": meaning,
    "writing": how_written,
    "data": about_the_data,
    "privacy": who_saw_it,
    "report": where_it_is,
    "thanks": welcome,
    "help": what_to_ask,
}


def _lines(reasons: Iterable[Reason]) -> list[str]:
    return [f"• {reason.text} ({words.RULE_OUTCOMES[reason.outcome]})" for reason in reasons]


def _decided(a: Assessment) -> str:
    return next((r.text for r in a.reasons if r.outcome == "decided"), a.headline)


def _forecast(a: Assessment) -> str:
    assert a.forecast is not None
    f = a.forecast
    return (
        f"A fine-tune is forecast at {words.percent(f.score)}, {words.odds(f.level)} within "
        f"{words.span(f.low, f.high)}; it was not measured."
    )


def _verdict_named(text: str) -> Verdict | None:
    said = text.casefold()
    return next((verdict for wording, verdict in NAMED if re.search(wording, said)), None)


def _known(a: Assessment) -> str:
    names = ", ".join(f"“{name}”" for name in rivals_of(a))
    return f"Among others I measured these: {names}. {TRY_IT}"


def compares_ways(a: Assessment, intent: Intent) -> bool:
    """Whether a comparison names a way of working of this run, or a word of ours."""
    named = [arm_named(a, name) or absent_way(name) for name in intent.subjects]
    return any(named) or any(_verdict_named(n) or read_term(n) for n in intent.subjects)
