"""Which plans were not tried on a model, and why."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from typing import get_args

from tools.models.protocol import Ability
from tools.trials.ladder import ladder
from tools.trials.plan import Plan
from tools.trials.race import LeftOut
from tools.trials.task import Task

ALL: frozenset[Ability] = frozenset(get_args(Ability))


def out_of_reach(task: Task, abilities: Set[Ability]) -> list[Plan]:
    """Plans that a model which can do more would be tried with."""
    return [plan for plan in ladder(task, ALL) if not plan.abilities(task) <= abilities]


def count_untried(
    left_out: Sequence[LeftOut], task: Task, abilities: Set[Ability]
) -> dict[str, int]:
    """How many plans were not tried, by the reason in words, the most frequent first."""

    def why(plan: Plan, reason: str) -> str:
        lacking = sorted(plan.abilities(task) - abilities)
        return ", ".join(f"no {each}" for each in lacking) or reason.rstrip(".")

    return dict(Counter(why(*each) for each in left_out).most_common())


def tell_untried(counts: Mapping[str, int]) -> str:
    """The same as a sentence; nothing where all plans were tried."""
    total = sum(counts.values())
    if not total:
        return ""
    were = "plan was" if total == 1 else "plans were"
    reasons = "; ".join(f"{reason} ({count})" for reason, count in counts.items())
    return f"{total} further {were} not tried here: {reasons}."
