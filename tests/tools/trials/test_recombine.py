from collections.abc import Callable

import pytest

from tools.intake.examples import Example
from tools.models.protocol import Ability
from tools.trials.answering import Answer
from tools.trials.plan import Plan
from tools.trials.recombine import recombined
from tools.trials.task import Task
from tools.trials.trial import Trial

MakeTask = Callable[..., Task]
LEADER = Plan(name="leader", family="f", shots="nearest", shot_count=8, decoding="scored")
ABLE: frozenset[Ability] = frozenset({"hidden states", "log-probabilities"})
SECOND = Plan(name="second", family="f", contract=True)


def trial(plan: Plan, right: int) -> Trial:
    rows = [Example(n, "x", "red") for n in range(10)]
    answers = [Answer(n, "", "red" if n < right else None, "stop", 9, 1, 0.1) for n in range(10)]
    return Trial(plan, "pupil", rows, answers)


def test_mixes_are_one_change_away_from_the_leaders_and_new(made_task: MakeTask) -> None:
    trials = [trial(SECOND, 5), trial(LEADER, 9)]
    found = recombined(trials, made_task(), 6, ABLE)
    assert len(found) == 6 and len({plan.name for plan in found}) == 6
    assert found[0].shot_count == 12 and found[0].shots == "nearest"
    assert found[0].name == "mix 3: 12 nearest examples, labels scored"
    assert found[1].shots == "nearest" and found[1].contract
    assert found[2].decoding == "calibrated" and found[2].shot_count == 8
    for plan in found:
        changed = [
            {key for key, value in plan if value != getattr(old, key)} - {"name", "family"}
            for old in (LEADER, SECOND)
        ]
        assert min(map(len, changed)) in (1, 2)  # shots come with their count


def test_what_was_tried_is_not_tried_again(made_task: MakeTask) -> None:
    task, trials = made_task(), [trial(LEADER, 9), trial(SECOND, 5)]
    seen: set[str] = set()
    while further := recombined(trials, task, 4, ABLE):
        assert not seen & {plan.name for plan in further}
        seen |= {plan.name for plan in further}
        trials += [trial(plan, 1) for plan in further]
        assert len(trials) < 50
    assert len(seen) >= 10


@pytest.mark.parametrize("count", [0, 1])
def test_no_more_than_asked_for(count: int, made_task: MakeTask) -> None:
    trials = [trial(LEADER, 9), trial(SECOND, 5)]
    assert len(recombined(trials, made_task(), count, ABLE)) == count


def test_what_the_model_cannot_run_takes_no_place(made_task: MakeTask) -> None:
    task, leader = made_task(), SECOND.model_copy(update={"shots": "nearest", "shot_count": 4})
    able, unable = (
        recombined([trial(leader, 9), trial(SECOND, 5)], task, 6, abilities)
        for abilities in (ABLE, frozenset[Ability]())
    )
    assert any(plan.abilities(task) for plan in able)
    assert len(unable) == 6 and not any(plan.abilities(task) for plan in unable)


@pytest.mark.parametrize(
    ("shots", "passages", "name"),
    [
        (2, 1, "1 nearest example, 1 nearest passage"),
        (8, 2, "4 nearest examples, 2 nearest passages"),
    ],
)
def test_one_example_and_one_passage_are_named_as_one(
    shots: int, passages: int, name: str, made_task: MakeTask
) -> None:
    leader = LEADER.model_copy(
        update={"shot_count": shots, "passages": "nearest", "passage_count": passages}
    )
    found = recombined([trial(leader, 9)], made_task(), 6, ABLE)
    assert any(name in plan.name for plan in found)
