from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tools.intake.examples import Example
from tools.trials.answering import Answer
from tools.trials.exhaustion import measure_exhaustion
from tools.trials.plan import Plan
from tools.trials.task import Task
from tools.trials.trial import Trial

MakeTask = Callable[..., Task]
Rows = Callable[[int], list[Example]]
DEV = 100


@pytest.fixture
def task(made_task: MakeTask) -> Task:
    return made_task()


def trial(name: str, share: float, rows: list[Example], seed: int, family: str = "") -> Trial:
    """A plan that answers about that share of the rows rightly, which ones by chance."""
    right = np.random.default_rng(seed).random(len(rows)) < share
    plan = Plan(name=name, family=family or f"family {seed % 9}")
    answers = [
        Answer(row.row, "", row.answer if ok else None, "stop", 10, 1, 0.1)
        for row, ok in zip(rows, right, strict=True)
    ]
    return Trial(plan, "pupil", list(rows), answers)


def ladder(shares: list[float], rows: list[Example]) -> list[Trial]:
    return [trial(f"plan {n}", share, rows, n) for n, share in enumerate(shares)]


def test_a_flat_curve_ends_prompting(task: Task, rows: Rows) -> None:
    found = measure_exhaustion(ladder([0.3] * 4 + [0.8] + [0.4] * 25, rows(DEV)), task, False)
    assert found.exhausted and found.late_gain < 0.01
    assert len(found.curve) == 30 and found.curve[3] < found.curve[4]
    assert "Prompting ends here" in found.text
    for low, middle, high in zip(found.curve_low, found.curve, found.curve_high, strict=True):
        assert low < middle < high


def test_where_a_late_plan_wins_prompting_has_not_ended(task: Task, rows: Rows) -> None:
    found = measure_exhaustion(ladder([0.5] * 28 + [0.8], rows(DEV)), task, False)
    assert not found.exhausted and found.late_gain > 0.05
    assert found.late_high > 0.2 and "still improving" in found.text


def test_where_a_late_plan_is_as_good_on_other_rows_the_end_cannot_be_told(
    task: Task, rows: Rows
) -> None:
    trials = ladder([0.3] * 30, rows(DEV))
    for at, right in ((4, [*range(75)]), (28, [*range(53), *range(75, 100)])):
        for place, answer in enumerate(trials[at].answers):
            given = trials[at].examples[place].answer if place in right else None
            trials[at].answers[place] = replace(answer, given=given)
    found = measure_exhaustion(trials, task, False)
    assert found.late_gain <= 0.01 and found.late_high > 0.05 and not found.exhausted
    assert "cannot be told on 100 examples" in found.text


@pytest.mark.parametrize(
    ("count", "families", "stopped", "words"),
    [
        (23, 9, False, "Only 23 plans of 9 kinds"),
        (30, 7, False, "Only 30 plans of 7 kinds"),
        (30, 9, True, "ended early"),
        (0, 0, False, "No plan could be tried"),
    ],
)
def test_too_little_tried_is_never_exhausted(
    count: int, families: int, stopped: bool, words: str, task: Task, rows: Rows
) -> None:
    trials = [trial(f"p{n}", 0.5, rows(DEV), n, f"f{n % max(1, families)}") for n in range(count)]
    found = measure_exhaustion(trials, task, stopped)
    assert not found.exhausted and words in found.text


def test_on_few_rows_the_end_is_not_told(task: Task, rows: Rows) -> None:
    found = measure_exhaustion(ladder([1.0] * 30, rows(12)), task, False)
    assert not found.exhausted and "cannot be told on 12 examples" in found.text


def test_the_luckiest_of_equal_plans_is_not_believed(task: Task, rows: Rows) -> None:
    trials = ladder([0.5] * 40, rows(DEV))
    luckiest = max(t.score(task).score for t in trials)
    found = measure_exhaustion(trials, task, False)
    assert found.corrected is not None
    assert luckiest > 0.57 and abs(found.corrected - 0.5) < 0.05


def raced(shares: list[float], rows: list[Example], seed: int) -> list[Trial]:
    """Plans of which the best three of 30 rows met 60, and the best two of those all."""
    trials = [trial(f"p{n}", share, rows, 100 * seed + n) for n, share in enumerate(shares)]
    going = trials
    for met, most in ((30, 3), (60, 2)):
        best = sorted(going, key=lambda each: -sum(a.given is not None for a in each.answers[:met]))
        for each in best[most:]:
            each.answers, each.examples = each.answers[:met], each.examples[:met]
        going = best[:most]
    return trials


@pytest.mark.parametrize(
    ("shares", "lucky", "truth"),
    [([0.5] * 30, 0.05, 0.5), ([0.9] * 30, 0.02, 0.9), ([0.5] * 10 + [0.8] + [0.5] * 19, 0, 0.8)],
)
def test_luck_is_taken_off_where_a_race_picked_more_than_once(
    shares: list[float], lucky: float, truth: float, task: Task, rows: Rows
) -> None:
    seen, told = [], []
    for seed in range(12):
        trials = raced(shares, rows(120), seed)
        whole = [each for each in trials if len(each.answers) == 120]
        seen.append(max(each.score(task).score for each in whole))
        told.append(measure_exhaustion(trials, task, False).corrected or 0)
    if lucky:
        assert np.mean(seen) > truth + lucky and abs(np.mean(told) - truth) < 0.015
    else:  # a plan that is far ahead owes little to luck
        assert 0 <= np.mean(seen) - np.mean(told) < 0.03


def test_plans_that_ran_on_fewer_rows_are_judged_by_those(task: Task, rows: Rows) -> None:
    everything: Any = rows(DEV)
    trials = [trial(f"p{n}", 0.3, everything[:30], n) for n in range(29)]
    trials.insert(5, trial("good", 0.9, everything, 99))
    found = measure_exhaustion(trials, task, False)
    assert found.exhausted and found.corrected == pytest.approx(0.9, abs=0.06)
