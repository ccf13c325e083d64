"""Passages before the input: what is sent, what it is measured to gain, and who wins then."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from tools.intake.documents import Passage
from tools.models.protocol import Ability, Chat, Likelihoods, Limits, Reply, Traits
from tools.progress import Watch
from tools.trials.ladder import ladder
from tools.trials.mistakes import MISSING, sort_mistakes
from tools.trials.plan import DOCUMENTS_AT_HAND, Plan
from tools.trials.race import FIRST_ROWS, race
from tools.trials.retrieval import best_trial, fixed_rows, measure_retrieval
from tools.trials.task import Task
from tools.trials.trial import Trial

PASSAGES = tuple(
    Passage(document=f"{colour}.md", text=f"Colours\n{words} are {colour}.")
    for colour, words in [("red", "Tomatoes and poppies"), ("blue", "Oceans and jeans")]
)
THINGS = {"tomatoes": "red", "poppies": "red", "oceans": "blue", "jeans": "blue"}
BARE = Plan(name="bare", family="instruction", contract=True)
LOOKING = Plan(
    name="looking", family="retrieval", contract=True, passages="nearest", passage_count=1
)


class Reader:
    """Reads the colour off what is sent; without one it says red."""

    name = fingerprint = "reader"
    traits = Traits(1000, True, frozenset[Ability]({"log-probabilities"}))

    def complete(self, chats: Sequence[Chat], limits: Limits) -> Iterator[tuple[int, Reply]]:
        for index, chat in enumerate(chats):
            text = "blue" if "are blue" in chat[-1].content else "red"
            yield index, Reply(text=text, prompt_tokens=9, completion_tokens=1, seconds=0.1)

    def score(
        self, chats: Sequence[Chat], continuations: Sequence[str]
    ) -> Iterator[tuple[int, Likelihoods]]:
        for index, reply in self.complete(chats, Limits()):
            values = tuple(float(reply.text == each) for each in continuations)
            best = values.index(max(values))
            yield index, Likelihoods(values=values, greedy=best, prompt_tokens=9, seconds=0.1)


@pytest.fixture
def task(made_task: Any, rows: Any) -> Task:
    return replace(made_task(), passages=PASSAGES)


def _dev(rows: Any, count: int) -> list[Any]:
    things = list(THINGS)
    return [
        replace(row, input=f"what about {(thing := things[n % 4])}", answer=THINGS[thing])
        for n, row in enumerate(rows(count))
    ]


def test_the_nearest_passage_stands_before_the_input(task: Task) -> None:
    system, user = LOOKING.chat(task, "what about jeans")
    assert user.content == "Colours\nOceans and jeans are blue.\n\nwhat about jeans"
    assert "passages from our documents" in system.content
    assert "passages" not in BARE.chat(task, "what about jeans")[0].content
    two = LOOKING.model_copy(update={"passage_count": 2})
    assert two.chat(task, "what about jeans")[1].content.endswith(user.content)  # nearest last
    assert "{passages}" in LOOKING.template(task) and "TF-IDF" in LOOKING.template(task)
    assert LOOKING.needs(task) == (DOCUMENTS_AT_HAND,) and BARE.needs(task) == ()


def test_passages_go_into_a_prompt_of_the_teams_own(task: Task) -> None:
    own = LOOKING.model_copy(update={"own": "Colour of: {input}!"})
    assert own.chat(task, "jeans")[-1].content == (
        "Colour of: Colours\nOceans and jeans are blue.\n\njeans!"
    )


@pytest.mark.parametrize("abilities", [frozenset(), frozenset({"log-probabilities"})])
def test_plans_with_passages_are_tried_where_there_are_documents(
    task: Task, abilities: frozenset[Ability]
) -> None:
    looking = [plan for plan in ladder(task, abilities) if plan.looks_up]
    assert {plan.passages for plan in looking} == {"nearest"}  # similar ones need hidden states
    assert len({plan.name for plan in looking}) == len(looking) >= 4
    assert not any(plan.looks_up for plan in ladder(replace(task, passages=()), abilities))


def test_the_gain_is_measured_row_by_row(task: Task, rows: Any) -> None:
    trials, _ = race([BARE, LOOKING], task, Reader(), _dev(rows, 40), Watch())
    found = measure_retrieval(trials, task)
    assert found is not None
    assert (found.arm, found.without) == ("looking (reader)", "bare (reader)")
    assert (found.documents, found.passages) == (2, 2)
    assert found.rows == FIRST_ROWS  # then the one without was clearly behind, and dropped
    assert (found.score, found.score_without) == (1.0, pytest.approx(16 / 30))
    assert (found.gain.fixed, found.gain.broken) == (14, 0) and found.gain.low > 0.2
    fixed = fixed_rows(trials, task, [Reader()])
    assert len(fixed) == 14
    assert {(row.expected, row.without, row.given, row.document) for row in fixed} == {
        ("blue", "red", "blue", "blue.md")
    }
    bare = next(trial for trial in trials if trial.plan is BARE)
    assert best_trial(trials, task) is next(t for t in trials if t.plan is LOOKING)
    assert best_trial(trials, task, target=0.5) is bare  # documents are not needed for that
    kinds = sort_mistakes(task, bare.examples, bare.answers, [row.row for row in fixed])
    assert [(kind.kind, kind.count) for kind in kinds] == [(MISSING, 14)]
    assert MISSING not in {kind.kind for kind in sort_mistakes(task, bare.examples, bare.answers)}


def test_documents_that_help_unclearly_do_not_win(task: Task, rows: Any) -> None:
    """One row of forty is no proof: the plan without documents is cheaper to keep."""
    dev = [replace(row, input="what about tomatoes", answer="red") for row in rows(39)]
    dev += [replace(rows(40)[39], input="what about jeans", answer="blue")]
    trials, _ = race([BARE, LOOKING], task, Reader(), dev, Watch())
    found, best = measure_retrieval(trials, task), best_trial(trials, task)
    assert found is not None and found.gain.value > 0 >= found.gain.low
    assert best is not None and best.plan is BARE


def test_nothing_is_measured_without_both_kinds(task: Task, rows: Any) -> None:
    trials, _ = race([LOOKING], task, Reader(), _dev(rows, 8), Watch())
    assert measure_retrieval(trials, task) is None and fixed_rows(trials, task, []) == ()
    assert best_trial(trials, task) is trials[0]
    none: list[Trial] = []
    assert best_trial(none, task) is None


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (1, "{passages}: the passage of your documents that is most like the input (TF-IDF"),
        (3, "{passages}: the 3 passages of your documents that are most like the input (TF-IDF"),
    ],
)
def test_one_passage_is_told_as_one(count: int, told: str, task: Task) -> None:
    plan = LOOKING.model_copy(update={"passage_count": count})
    assert told in plan.template(task)
    shown = plan.model_copy(update={"shots": "nearest", "shot_count": count})
    one = "for each input, the most similar solved example ("
    several = "for each input, the 3 most similar solved examples ("
    assert (one if count == 1 else several) in shown.template(task)
