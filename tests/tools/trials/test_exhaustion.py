from collections.abc import Callable
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


def test_where_a_late_plan_wins_prompting_has_not_ended(task: Task, rows: Rows) -> None:
    found = measure_exhaustion(ladder([0.5] * 28 + [0.8], rows(DEV)), task, False)
    assert not found.exhausted and found.late_gain > 0.05
    assert found.late_high > 0.2 and "still improving" in found.text


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


def test_the_luckiest_of_equal_plans_is_not_believed(task: Task, rows: Rows) -> None:
    trials = ladder([0.5] * 40, rows(DEV))
    luckiest = max(t.score(task).score for t in trials)
    found = measure_exhaustion(trials, task, False)
    assert found.corrected is not None
    assert luckiest > 0.57 and abs(found.corrected - 0.5) < 0.05


def test_plans_that_ran_on_fewer_rows_are_judged_by_those(task: Task, rows: Rows) -> None:
    everything: Any = rows(DEV)
    trials = [trial(f"p{n}", 0.3, everything[:30], n) for n in range(29)]
    trials.insert(5, trial("good", 0.9, everything, 99))
    found = measure_exhaustion(trials, task, False)
    assert found.exhausted and found.corrected == pytest.approx(0.9, abs=0.06)
