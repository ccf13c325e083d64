from collections.abc import Callable
from typing import get_args

import pytest

from policies.brief import TaskType
from tools.intake.examples import Example
from tools.trials.ladder import MORE, TrialRequest, ladder
from tools.trials.plan import Shots
from tools.trials.task import Task

MakeTask = Callable[..., Task]
ANSWERS: dict[TaskType, str] = {"labels": "red", "fields": "{}", "number": "1.0", "text": "lamp"}
EVERYWHERE = {
    "instruction",
    "contract",
    "few-shot balanced",
    "few-shot nearest",
    "chain of thought",
}
SCORED = {"scored labels", "scored labels, nearest"}


@pytest.mark.parametrize("can_score", [True, False])
@pytest.mark.parametrize("prompt", [None, "Sort this."])
@pytest.mark.parametrize("task_type", ANSWERS)
def test_a_ladder_tries_every_family(
    task_type: TaskType, prompt: str | None, can_score: bool, made_task: MakeTask
) -> None:
    train = [Example(1, "a text", ANSWERS[task_type])]
    plans = ladder(made_task(task_type, prompt=prompt, train=train), can_score=can_score)
    families = {plan.family for plan in plans}
    expected = EVERYWHERE | ({"yours"} if prompt else set())
    scored = SCORED if can_score and task_type == "labels" else set()
    assert families == expected | scored
    assert len({plan.name for plan in plans}) == len(plans)
    assert {plan.family for plan in plans if plan.decoding == "scored"} == scored
    assert all((plan.shot_count > 0) == (plan.shots != "none") for plan in plans)
    assert [plan.own for plan in plans if plan.own] == ([prompt] if prompt else [])
    assert plans[0].family == ("yours" if prompt else "instruction")


@pytest.mark.parametrize("count", [-3, 0, 5, 10_000])
@pytest.mark.parametrize("shots", get_args(Shots))
def test_an_advisers_request_is_cut_to_what_is_allowed(
    shots: Shots, count: int, made_task: MakeTask
) -> None:
    request = TrialRequest(wording="w" * 9000, shots=shots, shot_count=count, scored=True)
    plan = request.plan(3, made_task())
    assert plan.name == "suggested wording 3" and plan.family == "suggested"
    assert plan.own == "w" * 4000 and plan.decoding == "scored"
    assert plan.shot_count == (0 if shots == "none" else min(max(count, 0), MORE))
    assert request.plan(3, made_task("text", "chrf")).decoding == "free"
