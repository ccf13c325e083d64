from collections.abc import Callable
from typing import Any

import pytest

from tools.models.protocol import Traits
from tools.trials.answering import Answer
from tools.trials.plan import Plan
from tools.trials.records import plan_record
from tools.trials.task import Task
from tools.trials.trial import Trial


class Named:
    name, traits = "pupil", Traits(100, is_local=True)


@pytest.mark.parametrize(
    ("longest", "share", "runs_on"), [(40, 0.52, ("pupil",)), (None, 1.32, ())]
)
def test_a_single_call_has_to_fit_into_the_window(
    longest: int | None,
    share: float,
    runs_on: tuple[str, ...],
    made_task: Callable[..., Task],
    rows: Callable[[int], list[Any]],
) -> None:
    examples, task = rows(4), made_task()
    answers = [
        Answer(row.row, "", row.answer, "stop", 120, 3, 0.1, longest_prompt=longest)
        for row in examples
    ]
    model: Any = Named()
    trial = Trial(Plan(name="vote", family="f", votes=3), "pupil", examples, answers)
    found = plan_record(trial, task, model, [model])
    assert task.answer_tokens == 12
    assert found.window_longest == found.window_p95 == pytest.approx(share)
    assert found.runs_on == runs_on
