"""The ladder: which plans are tried, from the plainest to the most elaborate."""

from policies.evidence import Frozen
from tools.trials.plan import Plan, Shots
from tools.trials.task import Task

FEW, MORE = 8, 16
NEAREST = 8

# Examples of running text are long; fewer of them fill a prompt.
SIZES = {"labels": (FEW, MORE), "fields": (4, FEW), "number": (4, FEW), "text": (3, 6)}
NEAREST_SIZE = {"labels": NEAREST, "fields": 6, "number": 4, "text": 4}


class TrialRequest(Frozen):
    """What an adviser model may ask to be tried: a wording of its own, in known surroundings.

    Attributes:
        wording: The instruction to try.
        shots: Which train rows to show as solved examples.
        shot_count: How many, at most 16.
        scored: Whether to take the likeliest label instead of free text.
    """

    wording: str
    shots: Shots = "none"
    shot_count: int = 0
    scored: bool = False

    def plan(self, number: int, task: Task) -> Plan:
        """The plan that is tried for this request, cut to what is allowed."""
        return Plan(
            name=f"suggested wording {number}",
            family="suggested",
            own=self.wording[:4000],
            shots=self.shots,
            shot_count=max(0, min(self.shot_count, MORE)) if self.shots != "none" else 0,
            decoding="scored" if self.scored and task.type == "labels" else "free",
        )


def ladder(task: Task, *, can_score: bool) -> list[Plan]:
    """The plans to try on a task.

    Args:
        task: The task.
        can_score: Whether the model gives log-probabilities of given labels.
    """
    few, more = SIZES[task.type]
    near = NEAREST_SIZE[task.type]
    plans = [
        Plan(name="bare instruction", family="instruction"),
        Plan(name="instruction and output contract", family="contract", contract=True),
        Plan(
            name=f"{few} fixed examples",
            family="few-shot balanced",
            contract=True,
            shots="balanced",
            shot_count=few,
        ),
        Plan(
            name=f"{more} fixed examples",
            family="few-shot balanced",
            contract=True,
            shots="balanced",
            shot_count=more,
        ),
        Plan(
            name=f"{near} nearest examples",
            family="few-shot nearest",
            shots="nearest",
            shot_count=near,
        ),
        Plan(
            name="step-by-step thinking", family="chain of thought", contract=True, reasoning=True
        ),
    ]
    if task.prompt:
        plans.insert(0, Plan(name="your prompt", family="yours", own=task.prompt))
    if can_score and task.type == "labels":
        plans += [
            Plan(
                name="labels scored, no examples",
                family="scored labels",
                contract=True,
                decoding="scored",
            ),
            Plan(
                name=f"labels scored, {more} fixed examples",
                family="scored labels",
                contract=True,
                shots="balanced",
                shot_count=more,
                decoding="scored",
            ),
            Plan(
                name=f"labels scored, {near} nearest examples",
                family="scored labels, nearest",
                shots="nearest",
                shot_count=near,
                decoding="scored",
            ),
        ]
    return plans
