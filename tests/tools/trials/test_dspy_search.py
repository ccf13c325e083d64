"""DSPy's search for examples, on a model that answers rightly when it is shown the right rows."""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import pytest

from tools.errors import ModelError, UserError
from tools.intake.examples import Example
from tools.progress import Watch
from tools.trials import dspy_search
from tools.trials.dspy_search import check_installed, searched_plans
from tools.trials.plan import Plan
from tools.trials.practice import Budget
from tools.trials.race import race
from tools.trials.task import Task
from tools.trials.trial import Trial, ranked

MakeTask = Callable[..., Task]
Rows = Callable[[int], list[Example]]
needs_dspy = pytest.mark.skipif(find_spec("dspy") is None, reason="the extra dspy is missing")


@pytest.fixture
def task(made_task: MakeTask, rows: Rows) -> Task:
    return made_task(train=rows(60))


@pytest.fixture
def dev(rows: Rows) -> list[Example]:
    return rows(100)[60:]


@pytest.fixture
def pupil(Pupil: Any) -> Any:
    class Imitator(Pupil):  # type: ignore[misc]
        """Is as skilled as the share of its examples whose number is even."""

        def _colour(self, chat: Any, otherwise: str) -> str:
            numbers = [int(m.content.split()[0]) for m in chat[:-1] if m.role == "user"]
            even = sum(n % 2 == 0 for n in numbers) / len(numbers) if numbers else 0.2
            self.skills["Sort"] = even
            return str(super()._colour(chat, otherwise))

    return Imitator({"Sort": 0.2})


@pytest.fixture
def trials(task: Task, dev: list[Example], pupil: Any) -> list[Trial]:
    plans = [
        Plan(name="bare", family="instruction"),
        Plan(name="two", family="few-shot", shots="balanced", shot_count=2),
    ]
    return race(plans, task, pupil, dev, Watch())[0]


@needs_dspy
@pytest.mark.parametrize("decoding", ["free", "scored"])
def test_searched_examples_are_train_rows_and_run_as_a_plan(
    decoding: Any, trials: list[Trial], task: Task, pupil: Any, dev: list[Example]
) -> None:
    for trial in trials:
        trial.plan = trial.plan.model_copy(update={"decoding": decoding})
    (plan,) = searched_plans(trials, task, pupil, Watch())
    assert plan.shots == "given" and plan.family == "searched examples (DSPy)"
    assert plan.decoding == decoding
    assert plan.shot_count == len(plan.given_rows) <= 8
    assert set(plan.given_rows) <= {example.row for example in task.train}
    shown = [m.content for m in plan.chat(task, "61 of dev") if m.role == "user"]
    assert shown == [f"{row} of many" for row in plan.given_rows] + ["61 of dev"]
    even = sum(row % 2 == 0 for row in plan.given_rows) / len(plan.given_rows)
    assert even > 0.5  # the better of the sets that were tried
    raced, _ = race([plan], task, pupil, dev, Watch(), trials)
    assert ranked(raced, task)[0].plan == plan


@needs_dspy
def test_a_plan_that_calibrates_is_not_searched_for(
    trials: list[Trial], task: Task, pupil: Any
) -> None:
    best, other = ranked(trials, task)
    best.plan = best.plan.model_copy(update={"decoding": "calibrated"})
    (plan,) = searched_plans(trials, task, pupil, Watch())
    assert plan.decoding == other.plan.decoding == "free"
    assert searched_plans([best], task, pupil, Watch()) == []


@needs_dspy
def test_nothing_is_printed(
    trials: list[Trial], task: Task, pupil: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    searched_plans(trials, task, pupil, Watch(), Budget(answers=60))
    assert capsys.readouterr() == ("", "")


@needs_dspy
@pytest.mark.parametrize(("most", "finds"), [(0, False), (10, False), (60, True)])
def test_the_budget_is_kept_and_what_was_found_too(
    most: int, finds: bool, trials: list[Trial], task: Task, pupil: Any
) -> None:
    before = sum(pupil.asked.values())
    plans = searched_plans(trials, task, pupil, Watch(), Budget(answers=most))
    assert sum(pupil.asked.values()) - before == most
    assert bool(plans) == finds


@needs_dspy
def test_a_stop_keeps_what_was_found(trials: list[Trial], task: Task, pupil: Any) -> None:
    before = sum(pupil.asked.values())
    watch = Watch(should_stop=lambda: sum(pupil.asked.values()) - before >= 40)
    assert len(searched_plans(trials, task, pupil, watch)) == 1
    assert sum(pupil.asked.values()) - before == 40


@needs_dspy
def test_an_endpoint_that_refuses_says_so(trials: list[Trial], task: Task, pupil: Any) -> None:
    pupil.is_local, pupil.too_long = False, "of many"
    with pytest.raises(ModelError, match="does not fit"):
        searched_plans(trials, task, pupil, Watch())


@needs_dspy
def test_examples_that_do_not_fit_score_nothing(
    trials: list[Trial], task: Task, pupil: Any
) -> None:
    pupil.too_long = "of many"
    (plan,) = searched_plans(trials, task, pupil, Watch())
    assert plan.shots == "given"


def test_without_the_extra_one_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dspy_search, "find_spec", lambda name: None)
    with pytest.raises(UserError, match="install the extra dspy"):
        check_installed()
