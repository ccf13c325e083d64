"""The ladder: which plans are tried.

Likely winners first, since the plans that come after a good one are dropped early; then one plan of
each other family and variations of degree. What the last third and the recombined plans still gain
says whether prompting is exhausted (see `exhaustion`). Adding a plan is adding one entry.
"""

from collections.abc import Iterator, Set
from typing import Annotated, Any

from pydantic import Field, field_validator

from policies.brief import TaskType
from policies.evidence import Frozen
from tools.models.protocol import Ability
from tools.trials.exhaustion import LEAST_PLANS
from tools.trials.plan import OWN, PLACEHOLDERS, Decoding, Plan, Shots
from tools.trials.proposed import LONGEST, fault_of
from tools.trials.task import Task

FEW, MORE = 8, 16
VOTES = 5
PASSAGES = 4
MOST_READ = 400  # passages; a small model reads them in two minutes on two cores

# Examples of running text are long; fewer of them fill a prompt.
SIZES: dict[TaskType, tuple[int, int]] = {
    "labels": (FEW, MORE),
    "fields": (4, FEW),
    "number": (4, FEW),
    "text": (3, 6),
}
NEAREST_SIZE: dict[TaskType, int] = {"labels": 4, "fields": 4, "number": 4, "text": 4}


class TrialRequest(Frozen):
    """What an adviser model may ask to be tried: a wording of its own, in known surroundings.

    Attributes:
        wording: The instruction to try; it may say where the input stands, with no other gap.
        shots: Which train rows to show as solved examples.
        shot_count: How many, at most 16.
        scored: Whether to take the likeliest label instead of free text.
    """

    wording: Annotated[str, Field(max_length=LONGEST)]
    shots: Shots = "none"
    shot_count: int = 0
    scored: bool = False

    @field_validator("wording")
    @classmethod
    def _is_no_junk(cls, wording: str) -> str:
        words = wording
        for mark in PLACEHOLDERS:
            words = words.replace(mark, " ")
        if fault := fault_of(words):
            raise ValueError(fault)
        return wording

    def plan(self, number: int, task: Task) -> Plan:
        """The plan that is tried for this request, with no more examples than are allowed."""
        return Plan(
            name=f"suggested wording {number}",
            family="suggested",
            own=self.wording,
            shots=self.shots,
            shot_count=max(0, min(self.shot_count, MORE)) if self.shots != "none" else 0,
            decoding="scored" if self.scored and task.type == "labels" else "free",
        )


def ladder(task: Task, abilities: Set[Ability]) -> list[Plan]:
    """The plans to try on a task with a model of some abilities."""
    scores = task.type == "labels" and "log-probabilities" in abilities
    plans = [
        *_own(task),
        *_looked_up(task, scores),
        *(_scored_labels(_best_likeness(abilities)) if scores else _written(task)),
    ]
    able = [plan for plan in plans if plan.abilities(task) <= abilities]
    missing = LEAST_PLANS - sum(plan.after is None for plan in able)
    return [*able, *_spare(task)[: max(0, missing)]]


def _own(task: Task) -> Iterator[Plan]:
    """The team's own prompt as it is, and repaired: with what it may have left out."""
    if task.prompt:
        few = SIZES[task.type][0]
        repaired = f"your prompt, output contract, {few} examples"
        yield _plan("your prompt", OWN, own=task.prompt)
        yield _plan(repaired, "yours, repaired", own=task.prompt, **_fixed(few))


def _looked_up(task: Task, scores: bool) -> Iterator[Plan]:
    """Passages of the team's documents before the input, where there are documents."""
    if not task.passages:
        return
    few = SIZES[task.type][0]
    family, decoding = "retrieval", "scored" if scores else "free"
    shown = "labels scored, " if scores else ""
    nearest = {"passages": "nearest", "decoding": decoding}
    if task.prompt:
        yield _plan(
            f"your prompt, {PASSAGES} nearest passages",
            "yours with passages",
            own=task.prompt,
            passages="nearest",
            passage_count=PASSAGES,
        )
    for count in (1, PASSAGES):
        what = f"{shown}{count} nearest passage{'s' if count > 1 else ''}"
        yield _plan(what, family, contract=True, passage_count=count, **nearest)
        yield _plan(
            f"{what}, {few} fixed examples", family, passage_count=count, **nearest, **_fixed(few)
        )
    if len(task.passages) <= MOST_READ:
        similar = f"{shown}{PASSAGES} similar passages"
        parts: dict[str, Any] = {"passages": "similar", "decoding": decoding}
        yield _plan(similar, family, contract=True, passage_count=PASSAGES, **parts)
    # The examples differ from row to row, so nothing is shared: one passage each.
    yield _plan(
        f"{shown}1 nearest passage, {few} nearest examples",
        family,
        contract=True,
        passage_count=1,
        **nearest,
        **_like("nearest", few),
    )


def _best_likeness(abilities: Set[Ability]) -> tuple[Shots, Shots]:
    """How examples like the input are best found, and the other way; see `neighbours`."""
    return ("similar", "nearest") if "hidden states" in abilities else ("nearest", "similar")


def _scored_labels(likeness: tuple[Shots, Shots]) -> list[Plan]:
    """Labels on a model that says how likely a label is.

    Plans that send the same prompts stand together: then the prompts are read once.
    """
    near, other = likeness
    size, family = NEAREST_SIZE["labels"], f"few-shot {near}"
    scored: tuple[Decoding, ...] = ("scored",)
    fixed, like = f"{FEW} fixed examples", f"{size} {near} examples"
    placed = f"instruction in the user turn, {fixed}"
    asked: dict[str, Any] = {"wording": "question", "placement": "user", "contract": True}
    described: dict[str, Any] = {"wording": "role", "described": True, **_fixed(FEW)}
    return [
        _plan("bare instruction", "instruction"),
        _plan("instruction and output contract", "contract", contract=True),
        *_decoded("no examples", "scored labels", scored, contract=True),
        *_decoded("no examples", "calibrated labels", ("calibrated",), contract=True),
        *_decoded("no examples", "constrained decoding", ("constrained",), contract=True),
        *_decoded(like, family, **_like(near, size)),
        *_decoded(
            f"{like} and output contract", family, scored, contract=True, **_like(near, size)
        ),
        *_decoded(
            f"{like}, nearest first", family, scored, nearest_first=True, **_like(near, size)
        ),
        *_decoded(f"{2 * size} {near} examples", family, scored, **_like(near, 2 * size)),
        *_decoded(f"{size} {other} examples", f"few-shot {other}", scored, **_like(other, size)),
        *_decoded(fixed, "few-shot balanced", ("free", "scored"), **_fixed(FEW)),
        *_decoded(
            f"{MORE} fixed examples",  # goes on from the shorter prompt before it
            "few-shot balanced",
            ("free", "scored", "calibrated"),
            **_fixed(MORE),
        ),
        *_decoded(f"{FEW} diverse examples", "few-shot diverse", scored, **_fixed(FEW, "diverse")),
        *_decoded(f"{FEW} hard examples", "few-shot hard", scored, **_fixed(FEW, "hard")),
        *_decoded(
            "labels described by their words", "descriptions", scored, contract=True, described=True
        ),
        _plan("step-by-step thinking", "chain of thought", contract=True, reasoning="steps"),
        # Variations of degree from here on.
        *_decoded(f"role, described, {fixed}", "descriptions", scored, **described),
        *_decoded(placed, "placement", scored, placement="user", **_fixed(FEW)),
        *_decoded("question in the user turn", "placement", scored, **asked),
        *_decoded(f"{fixed}, reversed", "few-shot balanced", scored, backwards=True, **_fixed(FEW)),
        _vote(),
    ]


def _written(task: Task) -> list[Plan]:
    """Tasks whose answers are written, and labels on a model that only writes."""
    few, more = SIZES[task.type]
    near = NEAREST_SIZE[task.type]
    half = max(2, near // 2)
    fixed, nearest = f"{few} fixed examples", f"{near} nearest examples"
    similar, balanced = f"{near} similar examples", "few-shot balanced"
    thinking, like = "chain of thought", "few-shot nearest"
    plans = [
        _plan("bare instruction", "instruction"),
        _plan("instruction and output contract", "contract", contract=True),
        _plan(nearest, like, **_like("nearest", near)),
        *_held(task, "output contract", contract=True),
        *_held(task, nearest, **_like("nearest", near)),
        *_listed(task, nearest, **_like("nearest", near)),
        _plan(f"{half} nearest examples", like, **_like("nearest", half)),
        _plan(f"{nearest}, nearest first", like, nearest_first=True, **_like("nearest", near)),
        _plan(f"{nearest} and output contract", like, contract=True, **_like("nearest", near)),
        _plan(
            f"{half} nearest examples and descriptions",
            like,
            contract=True,
            described=True,
            **_like("nearest", half),
        ),
        _plan(similar, "few-shot similar", **_like("similar", near)),
        *_held(task, similar, **_like("similar", near)),
        _plan(fixed, balanced, **_fixed(few)),
        _plan(f"{more} fixed examples", balanced, **_fixed(more)),
        _plan(f"{few} diverse examples", "few-shot diverse", **_fixed(few, "diverse")),
        _plan(f"{half} hard examples", "few-shot hard", **_fixed(half, "hard")),
        _plan(f"{few} hard examples", "few-shot hard", **_fixed(few, "hard")),
        _plan("described from your examples", "descriptions", contract=True, described=True),
        _plan("step-by-step thinking", thinking, contract=True, reasoning="steps"),
        _plan(
            f"instruction in the user turn, {fixed}", "placement", placement="user", **_fixed(few)
        ),
        *_by_key(task, half),
        # Variations of degree from here on.
        _plan(f"{half} similar examples", "few-shot similar", **_like("similar", half)),
        _plan(
            "role in the user turn", "placement", wording="role", placement="user", contract=True
        ),
        _plan(f"{half} diverse examples", "few-shot diverse", **_fixed(half, "diverse")),
        _plan(
            f"question, described, {fixed}",
            "descriptions",
            wording="question",
            described=True,
            **_fixed(few),
        ),
        _plan(f"{fixed}, reversed", balanced, backwards=True, **_fixed(few)),
    ]
    return [*plans, _vote()] if task.type in ("labels", "number") else plans


def _spare(task: Task) -> list[Plan]:
    """What makes a ladder long enough where other plans cannot run, likely winners first."""
    few, near = SIZES[task.type][0], NEAREST_SIZE[task.type]
    half, like = max(2, near // 2), "few-shot nearest"
    shortly = f"{half} nearest examples"
    return [
        _plan("1 nearest example", like, **_like("nearest", 1)),
        _plan(f"{few} hard examples alone", "few-shot hard", **_like("hard", few)),
        _plan(f"{half} diverse examples alone", "few-shot diverse", **_like("diverse", half)),
        _plan(
            f"instruction in the user turn, {shortly}",
            "placement",
            placement="user",
            **_like("nearest", half),
        ),
        _plan(f"{shortly} and output contract", like, contract=True, **_like("nearest", half)),
        _plan(f"{near + half} nearest examples", like, **_like("nearest", near + half)),
    ]


def _held(task: Task, what: str, **parts: Any) -> Iterator[Plan]:
    """A plan whose answers are held to the form of the train rows' answers."""
    if task.form is not None:
        family = "constrained decoding"
        yield _plan(f"only right forms allowed, {what}", family, decoding="constrained", **parts)


def _listed(task: Task, what: str, **parts: Any) -> Iterator[Plan]:
    """Labels from a model that cannot score them and may write one of them only."""
    if task.type == "labels":
        name, family = f"only labels allowed, {what}", "constrained decoding"
        yield _plan(name, family, decoding="listed", **parts)


def _by_key(task: Task, shots: int) -> Iterator[Plan]:
    if task.type == "fields":
        parts: dict[str, Any] = {"by_key": True, "shots": "balanced", "shot_count": shots}
        yield _plan(f"one key at a time, {shots} fixed examples", "decomposition", **parts)


def _vote() -> Plan:
    """Costly, so only where plain thinking is not clearly behind."""
    return _plan(
        f"step-by-step thinking, vote of {VOTES}",
        "self-consistency",
        contract=True,
        reasoning="steps",
        votes=VOTES,
        after="step-by-step thinking",
    )


def _decoded(
    what: str,
    family: str,
    decodings: tuple[Decoding, ...] = ("free", "scored", "constrained"),
    **parts: Any,
) -> Iterator[Plan]:
    """The same prompts with several ways to find the label."""
    words: dict[Decoding, str] = {
        "free": what,
        "scored": f"labels scored, {what}",
        "calibrated": f"labels calibrated, {what}",
        "constrained": f"only labels allowed, {what}",
    }
    for decoding in decodings:
        yield _plan(words[decoding], family, decoding=decoding, **parts)


def _fixed(count: int, shots: Shots = "balanced") -> dict[str, Any]:
    """The same examples for every input, below an output contract."""
    return {"contract": True, "shots": shots, "shot_count": count}


def _like(shots: Shots, count: int) -> dict[str, Any]:
    """The examples that are most like the input."""
    return {"shots": shots, "shot_count": count}


def _plan(name: str, family: str, **parts: Any) -> Plan:
    return Plan(name=name, family=family, **parts)
