from collections.abc import Callable
from typing import Any

import pytest

from tools.intake.examples import Example
from tools.models.protocol import Ability, Traits
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
    assert (found.prompt_tokens, found.completion_tokens) == (120, 3)


def test_a_plan_that_does_not_fit_runs_only_where_more_is_read(
    made_task: Callable[..., Task], rows: Callable[[int], list[Any]]
) -> None:
    answers = [Answer(1, "", "red", "stop", 20, 3, 0.1)]
    trial = Trial(Plan(name="p", family="f"), "pupil", rows(1), answers, fits=False)
    models: list[Any] = [Named(), Named(), Named()]
    models[1].name, models[1].traits = "larger", Traits(101, is_local=True)
    models[2].name, models[2].traits = "as large", Traits(100, is_local=True)
    assert plan_record(trial, made_task(), models[0], models).runs_on == ("larger",)


FORMS: frozenset[Ability] = frozenset({"answer forms"})
OURS: frozenset[Ability] = FORMS | {"this machine's answer forms"}


@pytest.mark.parametrize(
    ("city", "measured_on", "runs_on", "needs"),
    [
        # Copied from the inputs: a local model is held to them, an endpoint gets another form.
        ("Rome", OURS, ("ours",), ("this machine's answer forms", "answer forms")),
        ("Rome", FORMS, ("ours", "endpoint"), ("answer forms",)),
        ("Bonn", OURS, ("ours", "endpoint"), ("answer forms",)),
    ],
)
def test_a_form_that_only_this_machine_knows_is_not_deployed_elsewhere(
    city: str,
    measured_on: frozenset[Ability],
    runs_on: tuple[str, ...],
    needs: tuple[str, ...],
    made_task: Callable[..., Task],
) -> None:
    train = [Example(n, f"{n} to Rome", f'{{"city": "{city}"}}') for n in range(4)]
    task = made_task("fields", "field_f1", train=train)
    models: list[Any] = [Named(), Named()]
    models[0].name, models[0].traits = "ours", Traits(999, is_local=True, abilities=OURS)
    models[1].name, models[1].traits = "endpoint", Traits(999, is_local=False, abilities=FORMS)
    home = next(model for model in models if model.traits.abilities == measured_on)
    answers = [Answer(row.row, "", row.answer, "stop", 20, 3, 0.1) for row in train]
    held = Trial(Plan(name="p", family="f", decoding="constrained"), home.name, train, answers)
    found = plan_record(held, task, home, models)
    assert (found.runs_on, found.needs) == (runs_on, needs)
