from collections import Counter
from collections.abc import Callable
from itertools import chain, combinations
from typing import get_args

import pytest

from policies.brief import TaskType
from tools.intake.examples import Example
from tools.models.protocol import Ability
from tools.trials.exhaustion import LEAST_PLANS
from tools.trials.ladder import MORE, TrialRequest, ladder
from tools.trials.plan import Shots
from tools.trials.task import Task
from tools.trials.wording import Wording

MakeTask = Callable[..., Task]
ANSWERS: dict[TaskType, str] = {"labels": "red", "fields": "{}", "number": "1.0", "text": "lamp"}
ABILITIES: frozenset[Ability] = frozenset(get_args(Ability))
EVERYWHERE = {
    "instruction",
    "contract",
    "few-shot balanced",
    "few-shot nearest",
    "few-shot diverse",
    "few-shot hard",
    "chain of thought",
    "placement",
}
SCORED = {"scored labels", "calibrated labels", "constrained decoding"}


@pytest.mark.parametrize("abilities", [ABILITIES, frozenset()])
@pytest.mark.parametrize("prompt", [None, "Sort this."])
@pytest.mark.parametrize("task_type", ANSWERS)
def test_a_ladder_is_long_and_broad(
    task_type: TaskType, prompt: str | None, abilities: frozenset[Ability], made_task: MakeTask
) -> None:
    train = [Example(1, "a text", ANSWERS[task_type])]
    task = made_task(task_type, prompt=prompt, train=train)
    plans = ladder(task, abilities)
    families = {plan.family for plan in plans}
    assert families >= EVERYWHERE | ({"yours", "yours, repaired"} if prompt else set())
    if abilities and task_type == "labels":
        assert families >= SCORED
    assert len(families) >= 8
    costly = [plan for plan in plans if plan.after]
    assert len(plans) - len(costly) >= LEAST_PLANS
    assert len({plan.name for plan in plans}) == len(plans)
    assert all(plan.after in {p.name for p in plans} for plan in costly)
    assert all(plan.abilities(task) <= abilities for plan in plans)
    assert all((plan.shot_count > 0) == (plan.shots != "none") for plan in plans)
    assert len({plan.model_copy(update={"name": "", "family": ""}) for plan in plans}) == len(plans)
    assert plans[0].family == ("yours" if prompt else "instruction")


@pytest.mark.parametrize("prompt", [None, "Sort this."])
@pytest.mark.parametrize("task_type", ANSWERS)
def test_plans_differ_in_more_than_wording_whatever_a_model_can_do(
    task_type: TaskType, prompt: str | None, made_task: MakeTask
) -> None:
    task = made_task(task_type, prompt=prompt, train=[Example(1, "a text", ANSWERS[task_type])])
    worded_alike = {"name": "", "family": "", "wording": "plain"}
    for abilities in chain.from_iterable(combinations(ABILITIES, n) for n in range(5)):
        plans = [plan for plan in ladder(task, set(abilities)) if plan.after is None]
        assert len({plan.model_copy(update=worded_alike) for plan in plans}) == len(plans)
        assert len(plans) >= LEAST_PLANS
        assert {plan.wording for plan in plans} == set(get_args(Wording))


@pytest.mark.parametrize(
    ("task_type", "abilities", "main"),
    [
        ("labels", ABILITIES, "few-shot similar"),  # by the model's own reading
        ("labels", ABILITIES - {"hidden states"}, "few-shot nearest"),
        ("labels", frozenset(), "few-shot nearest"),
        ("fields", ABILITIES, "few-shot nearest"),  # there values matter, and words hold them
        ("text", ABILITIES, "few-shot nearest"),
    ],
)
def test_most_plans_show_the_examples_that_serve_best(
    task_type: TaskType, abilities: frozenset[Ability], main: str, made_task: MakeTask
) -> None:
    task = made_task(task_type, train=[Example(1, "a text", ANSWERS[task_type])])
    families = Counter(plan.family for plan in ladder(task, abilities))
    assert families[main] >= 4
    assert {"few-shot similar", "few-shot nearest"} - {main} <= set(families) or (
        "hidden states" not in abilities
    )


@pytest.mark.parametrize(
    ("task_type", "ability", "held"),
    [
        ("number", "answer forms", 0),  # it would send what the plan without it sends
        ("number", "answer patterns", 2),
        ("fields", "answer forms", 2),
        ("fields", "answer patterns", 0),
        ("labels", "answer forms", 1),  # as a list
        ("labels", "answer patterns", 0),
        ("text", "answer forms", 0),
    ],
)
def test_answers_are_held_to_a_form_only_where_the_model_knows_forms_of_its_kind(
    task_type: TaskType, ability: Ability, held: int, made_task: MakeTask
) -> None:
    task = made_task(task_type, train=[Example(1, "a text", ANSWERS[task_type])])
    plans = ladder(task, {ability})
    assert sum(plan.decoding in ("constrained", "listed") for plan in plans) == held
    assert sum(plan.after is None for plan in plans) >= LEAST_PLANS


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
