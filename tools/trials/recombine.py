"""Further plans by recombining the parts of the best ones.

Used where the ladder ended while prompting was still improving and no larger model is at hand that
could write new prompts: one part of a leading plan is changed at a time.
"""

import math
from collections.abc import Iterator, Sequence, Set

from tools.models.protocol import Ability
from tools.trials.plan import PER_INPUT, Plan
from tools.trials.task import Task
from tools.trials.trial import Trial, ranked

LEADERS = 2
MOST_SHOTS = 32
SHOWN = {
    "constrained": "right forms only",
    "scored": "labels scored",
    "listed": "labels only",
    "calibrated": "labels calibrated",
}
MORE_SHOTS = 1.5  # a step up in the number of examples; each costs tokens in every request


def recombined(
    trials: Sequence[Trial], task: Task, count: int, abilities: Set[Ability]
) -> list[Plan]:
    """Up to `count` plans that were not tried, each one change away from a leading plan.

    Args:
        trials: The trials so far.
        task: The task.
        count: How many plans at most.
        abilities: What the model can do; plans that need more are left out.
    """
    tried = {_parts(trial.plan) for trial in trials}
    found: list[Plan] = []
    changes = [_changes(trial.plan, task) for trial in ranked(trials, task)[:LEADERS]]
    for plans in zip(*(list(each) for each in changes), strict=False):
        for plan in plans:
            able = plan.abilities(task) <= abilities
            if able and _parts(plan) not in tried and len(found) < count:
                tried.add(_parts(plan))
                found.append(plan.model_copy(update={"name": _name(plan, len(trials), found)}))
    return found


def _changes(plan: Plan, task: Task) -> Iterator[Plan]:
    """One part changed at a time, those first that change most."""

    def to(**parts: object) -> Plan:
        return plan.model_copy(update={"family": "recombined", "after": None, **parts})

    if task.form is not None:
        yield to(decoding="free" if plan.decoding == "constrained" else "constrained")
    for parts in _examples(plan):
        yield to(**parts)
    if plan.looks_up:
        yield to(passage_count=max(1, plan.passage_count // 2))
    yield to(contract=not plan.contract)
    yield to(described=not plan.described)
    if plan.shots != "none":
        turned = "nearest_first" if plan.shots in PER_INPUT else "backwards"
        yield to(**{turned: not getattr(plan, turned)})
    if not plan.by_key:
        yield to(placement="system" if plan.placement == "user" else "user")
    if task.type == "labels":
        yield to(decoding="constrained" if plan.decoding == "scored" else "scored")
    yield to(wording="question" if plan.wording == "plain" else "plain")


def _examples(plan: Plan) -> Iterator[dict[str, object]]:
    """Other examples, and the same ones with their labels calibrated."""
    if plan.shots == "none":
        yield {"shots": "nearest", "shot_count": 4}
        yield {"shots": "balanced", "shot_count": 4}
        return
    if plan.shots != "given":
        yield {"shot_count": min(MOST_SHOTS, math.ceil(MORE_SHOTS * plan.shot_count))}
    if plan.decoding == "scored":
        yield {"decoding": "calibrated"}
    yield {"shot_count": max(1, plan.shot_count // 2)}
    other = {"nearest": "similar", "similar": "nearest"}.get(plan.shots, "nearest")
    yield {"shots": other, "backwards": False}


def _parts(plan: Plan) -> Plan:
    return plan.model_copy(update={"name": "", "family": "", "after": None})


def _name(plan: Plan, before: int, found: Sequence[Plan]) -> str:
    parts = [
        _some(plan.shot_count, f"{plan.shots} example") if plan.shot_count else "no examples",
        *([_some(plan.passage_count, f"{plan.passages} passage")] if plan.looks_up else []),
        *(["nearest first"] if plan.nearest_first else []),
        *(["reversed"] if plan.backwards else []),
        *(["output contract"] if plan.contract else []),
        *(["descriptions"] if plan.described else []),
        *([SHOWN[plan.decoding]] if plan.decoding in SHOWN else []),
    ]
    return f"mix {before + len(found) + 1}: {', '.join(parts)}"


def _some(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
