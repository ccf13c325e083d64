"""What would follow, were some answers of the team others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.interview import described
from agent.state import State
from policies.decide import recommend
from policies.policy import Policy
from policies.recommendation import Outcome, Reason, Recommendation
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
