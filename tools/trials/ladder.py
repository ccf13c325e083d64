"""The ladder: which plans are tried.

Breadth first: one plan of each family, then variations of degree. What the variations still gain
says whether prompting is exhausted (see `exhaustion`). Adding a plan is adding one entry.
"""

from collections.abc import Iterator, Set
from typing import Any

from policies.evidence import Frozen
from tools.models.protocol import Ability
from tools.trials.plan import Decoding, Plan, Shots
from tools.trials.task import Task

FEW, MORE = 8, 16
NEAREST = 8
VOTES = 5

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


def ladder(task: Task, abilities: Set[Ability]) -> list[Plan]:
    """The plans to try on a task with a model of some abilities."""
    scores = task.type == "labels" and "log-probabilities" in abilities
    plans = [*_own(task), *(_labels() if scores else _written(task))]
    return [plan for plan in plans if plan.abilities(task) <= abilities]


def _own(task: Task) -> Iterator[Plan]:
    """The team's own prompt as it is, and repaired: with what it may have left out."""
    if not task.prompt:
        return
    yield Plan(name="your prompt", family="yours", own=task.prompt)
    few = SIZES[task.type][0]
    yield Plan(
        name=f"your prompt, output contract, {few} examples",
        family="yours, repaired",
        own=task.prompt,
        contract=True,
        shots="balanced",
        shot_count=few,
    )


def _labels() -> list[Plan]:
    """Labels on a model that says how likely a label is.

    Plans that send the same prompts stand together: then the prompts are read once.
    """
    half = NEAREST // 2
    scored, near = "scored labels", "few-shot nearest"
    return [
        Plan(name="bare instruction", family="instruction"),
        Plan(name="instruction and output contract", family="contract", contract=True),
        Plan(name="labels scored, no examples", family=scored, contract=True, decoding="scored"),
        Plan(
            name="labels calibrated, no examples",
            family="calibrated labels",
            contract=True,
            decoding="calibrated",
        ),
        Plan(
            name="only labels allowed, no examples",
            family="constrained decoding",
            contract=True,
            decoding="constrained",
        ),
        *_shots(f"{NEAREST} nearest examples", near, shots="nearest", shot_count=NEAREST),
        *_shots(
            f"{NEAREST} similar examples",
            "few-shot similar (hidden states)",
            ("scored",),
            shots="similar",
            shot_count=NEAREST,
        ),
        *_shots(
            f"{FEW} fixed examples",
            "few-shot balanced",
            ("free", "scored"),
            contract=True,
            shots="balanced",
            shot_count=FEW,
        ),
        *_shots(
            f"{FEW} diverse examples",
            "few-shot diverse",
            ("scored",),
            contract=True,
            shots="diverse",
            shot_count=FEW,
        ),
        *_shots(
            f"{FEW} hard examples",
            "few-shot hard",
            ("scored",),
            contract=True,
            shots="hard",
            shot_count=FEW,
        ),
        *_shots(
            "labels described by their words",
            "label descriptions",
            ("free", "scored"),
            contract=True,
            described=True,
        ),
        Plan(
            name="step-by-step thinking",
            family="chain of thought",
            contract=True,
            reasoning="steps",
        ),
        # Variations of degree from here on.
        *_shots(
            f"{MORE} fixed examples",
            "few-shot balanced",
            ("free", "scored", "calibrated"),
            contract=True,
            shots="balanced",
            shot_count=MORE,
        ),
        Plan(name="role and output contract", family="instruction", wording="role", contract=True),
        Plan(
            name="question and output contract",
            family="instruction",
            wording="question",
            contract=True,
        ),
        *_shots(
            f"instruction in the user turn, {FEW} fixed examples",
            "placement",
            ("scored",),
            contract=True,
            placement="user",
            shots="balanced",
            shot_count=FEW,
        ),
        *_shots(f"{half} nearest examples", near, ("scored",), shots="nearest", shot_count=half),
        *_shots(
            f"{half} nearest examples, nearest first",
            near,
            ("scored",),
            shots="nearest",
            shot_count=half,
            nearest_first=True,
        ),
        *_shots(
            f"{half} nearest examples and output contract",
            near,
            ("scored",),
            contract=True,
            shots="nearest",
            shot_count=half,
        ),
        Plan(
            name=f"step-by-step thinking, vote of {VOTES}",
            family="self-consistency",
            contract=True,
            reasoning="steps",
            votes=VOTES,
            after="step-by-step thinking",
        ),
    ]


def _shots(
    what: str,
    family: str,
    decodings: tuple[Decoding, ...] = ("free", "scored", "constrained"),
    **parts: Any,
) -> Iterator[Plan]:
    """The same prompts with several ways to find the answer."""
    words: dict[Decoding, str] = {
        "free": what,
        "scored": f"labels scored, {what}",
        "calibrated": f"labels calibrated, {what}",
        "constrained": f"only labels allowed, {what}",
    }
    for decoding in decodings:
        yield Plan(name=words[decoding], family=family, decoding=decoding, **parts)


def _written(task: Task) -> list[Plan]:
    """Tasks whose answers are written, and labels on a model that only writes."""
    few, more = SIZES[task.type]
    near = NEAREST_SIZE[task.type]
    half = max(2, near // 2)
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
            name=f"{near} nearest examples",
            family="few-shot nearest",
            shots="nearest",
            shot_count=near,
        ),
        Plan(
            name=f"{near} similar examples",
            family="few-shot similar (hidden states)",
            shots="similar",
            shot_count=near,
        ),
        Plan(
            name=f"{few} diverse examples",
            family="few-shot diverse",
            contract=True,
            shots="diverse",
            shot_count=few,
        ),
        Plan(
            name=f"{few} hard examples",
            family="few-shot hard",
            contract=True,
            shots="hard",
            shot_count=few,
        ),
        Plan(
            name="described from your examples",
            family="descriptions",
            contract=True,
            described=True,
        ),
        Plan(
            name="step-by-step thinking",
            family="chain of thought",
            contract=True,
            reasoning="steps",
        ),
        Plan(
            name=f"instruction in the user turn, {few} fixed examples",
            family="placement",
            contract=True,
            placement="user",
            shots="balanced",
            shot_count=few,
        ),
        # Variations of degree from here on.
        Plan(
            name=f"{more} fixed examples",
            family="few-shot balanced",
            contract=True,
            shots="balanced",
            shot_count=more,
        ),
        Plan(
            name=f"{half} nearest examples",
            family="few-shot nearest",
            shots="nearest",
            shot_count=half,
        ),
        Plan(
            name=f"{near} nearest examples, nearest first",
            family="few-shot nearest",
            shots="nearest",
            shot_count=near,
            nearest_first=True,
        ),
        Plan(
            name=f"{near} nearest examples and output contract",
            family="few-shot nearest",
            contract=True,
            shots="nearest",
            shot_count=near,
        ),
        Plan(
            name=f"{half} nearest examples and descriptions",
            family="few-shot nearest",
            contract=True,
            described=True,
            shots="nearest",
            shot_count=half,
        ),
        Plan(
            name=f"{half} similar examples",
            family="few-shot similar (hidden states)",
            shots="similar",
            shot_count=half,
        ),
        Plan(name="role and output contract", family="instruction", wording="role", contract=True),
        Plan(
            name=f"role, {few} fixed examples",
            family="instruction",
            wording="role",
            contract=True,
            shots="balanced",
            shot_count=few,
        ),
        Plan(
            name="question and output contract",
            family="instruction",
            wording="question",
            contract=True,
        ),
        Plan(
            name=f"{half} diverse examples",
            family="few-shot diverse",
            contract=True,
            shots="diverse",
            shot_count=half,
        ),
        Plan(
            name=f"{half} hard examples",
            family="few-shot hard",
            contract=True,
            shots="hard",
            shot_count=half,
        ),
        Plan(
            name=f"described from your examples, {few} fixed examples",
            family="descriptions",
            contract=True,
            described=True,
            shots="balanced",
            shot_count=few,
        ),
        Plan(
            name="thinking: the gist first",
            family="chain of thought",
            contract=True,
            reasoning="gist",
        ),
        Plan(
            name="thinking: a plan first",
            family="chain of thought",
            contract=True,
            reasoning="plan",
        ),
    ]
    if task.form is not None:
        plans[3:3] = [
            Plan(
                name="only right forms allowed, output contract",
                family="constrained decoding",
                contract=True,
                decoding="constrained",
            ),
        ]
        plans[5:5] = [
            Plan(
                name=f"only right forms allowed, {near} nearest examples",
                family="constrained decoding",
                shots="nearest",
                shot_count=near,
                decoding="constrained",
            ),
        ]
    if task.type == "fields":
        plans.append(
            Plan(
                name=f"one key at a time, {half} fixed examples",
                family="decomposition",
                by_key=True,
                shots="balanced",
                shot_count=half,
            ),
        )
    if task.type in ("labels", "number"):
        plans.append(
            Plan(
                name=f"step-by-step thinking, vote of {VOTES}",
                family="self-consistency",
                contract=True,
                reasoning="steps",
                votes=VOTES,
                after="step-by-step thinking",
            ),
        )
    return plans
