"""What would follow, were some answers of the team others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.read_back import described
from agent.state import State
from policies.decide import recommend
from policies.policy import Policy
from policies.recommendation import Outcome, Reason, Recommendation
from tools.assessment import Assessment, EconomicsPart
from tools.economics import monthly_cost
from tools.report import words
from tools.report.answer import verdict_title
from tools.tuning.verify import judged_anew, outcome_now


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


def decided_anew(
    a: Assessment, state: State, supposed: Mapping[str, object], policy: Policy
) -> Assessment:
    """The assessment of the run as it would be, were some answers of the brief others."""
    found = suppose(state, supposed, policy)
    brief = state["brief"].model_copy(update=supposed)
    money = _at_volume(a.economics, brief.monthly_requests)
    now = {
        **{name: getattr(found.advice, name) for name in Recommendation.model_fields},
        "brief": brief,
        "task": a.task.model_copy(update={"target": brief.target}),
        "economics": money,
    }
    return a.model_copy(update={**now, **({"outcome": found.outcome} if found.outcome else {})})


def _at_volume(money: EconomicsPart, volume: int | None) -> EconomicsPart:
    """The cost picture at another volume."""
    if volume is None:
        return money.model_copy(update={"monthly_requests": None})
    arms = {
        name: cost.model_copy(update={"per_month": monthly_cost(money, name, volume)})
        for name, cost in money.arms.items()
    }
    return money.model_copy(update={"monthly_requests": volume, "arms": arms})


def answer_what_if(state: State, supposed: Mapping[str, object], policy: Policy) -> str:
    """What would follow, were some answers of the brief others, in words."""
    found = suppose(state, supposed, policy)
    title = verdict_title(found.advice.verdict, found.advice.reasons)
    become = f"The answer would become: {title[0].lower()}{title[1:]}."
    same = "The answer stays the same." if found.is_same else become
    headline = _without_title(found.advice.headline, title)
    lines = [f"Suppose {described(dict(supposed))}.", f"{same} {headline}"]
    lines += _what_turned(state["recommendation"].reasons, found.advice.reasons)
    if found.outcome:
        lines.append(f"By what the tune measured: {found.outcome.text}")
    return "\n".join(lines)


def _without_title(headline: str, title: str) -> str:
    """A headline without the verdict that was just named."""
    first, mark, rest = headline.partition(": ")
    repeats = mark and first.casefold() == title.casefold()
    return f"{rest[0].upper()}{rest[1:]}" if repeats and rest else headline


def _what_turned(before: Sequence[Reason], now: Sequence[Reason]) -> list[str]:
    """The rule that decided before and the one that decides then, where these differ."""
    decided, decides = _deciding(before), _deciding(now)
    if decided is None or decides is None or decided.rule == decides.rule:
        return []
    after = next((each for each in now if each.rule == decided.rule), None)
    lines = [f"What makes the difference: {_sentence(decides)}"]
    if after is not None and after.outcome not in ("decided", "agreed"):
        lines.append(f"Today this decides: {_sentence(decided)}")
    return lines


def _deciding(reasons: Sequence[Reason]) -> Reason | None:
    return next((each for each in reasons if each.outcome == "decided"), None)


def _sentence(reason: Reason) -> str:
    """What a rule says, and what it saw."""
    title = words.RULE_TITLES.get(reason.rule, "")
    said = f"{title[:1].lower()}{title[1:]}. " if title else ""
    return f"{said}{reason.text}"
