"""Several models: what ends the trials of one, and what ends them all. One model: who goes on."""

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from tools.errors import Stopped
from tools.intake.examples import Example
from tools.models.protocol import Ability
from tools.progress import Watch
from tools.trials.by_model import try_models
from tools.trials.race import FIRST_ROWS
from tools.trials.task import Task

Rows = Callable[[int], list[Example]]


@pytest.fixture
def models(Pupil: Any) -> list[Any]:
    class Dear(Pupil):  # type: ignore[misc]
        def complete(self, chats: Sequence[Any], limits: Any) -> Any:
            if sum(self.asked.values()) > 100:
                raise Stopped("The next calls could exceed the budget.")
            return super().complete(chats, limits)

    none: frozenset[Ability] = frozenset()
    return [
        Dear({"": 0.9}, name="dear", is_local=False, abilities=none),
        Pupil({"": 0.8}, name="own", abilities=none),
    ]


def test_money_that_is_spent_ends_one_endpoint(
    models: list[Any], rows: Rows, made_task: Callable[..., Task]
) -> None:
    found, failed = try_models(made_task(), models, rows(40), Watch(), ())
    assert [each.result.stopped for each in found] == [True, False] and not failed


def test_a_stop_ends_all_and_says_what_was_not_asked(
    models: list[Any], rows: Rows, made_task: Callable[..., Task]
) -> None:
    watch = Watch(should_stop=lambda: sum(models[0].asked.values()) > 60)
    found, failed = try_models(made_task(), models, rows(40), watch, ())
    assert [each.model.name for each in found] == ["dear"]
    assert failed == {"own": "own was not measured: the trials ended before it."}


def test_nobody_goes_on_before_all_have_met_the_first_rows(
    Pupil: Any, rows: Rows, made_task: Callable[..., Task]
) -> None:
    met: list[int] = []
    watch = Watch(scored=lambda arm: met.append(arm.dev.n))
    pupil = Pupil({"": 0.8}, abilities=frozenset())
    ((found,), _) = try_models(made_task(), [pupil], rows(90), watch, ())
    assert {trial.plan.family for trial in found.trials} > {"recombined"}
    assert met == sorted(met) and met.count(FIRST_ROWS) == len(found.trials)
    assert met.count(60) == 3 and met[-1] == 90


def test_time_is_kept_for_the_best_to_go_on(
    Pupil: Any, rows: Rows, made_task: Callable[..., Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    pupil = Pupil({"": 0.8}, abilities=frozenset())
    clock = SimpleNamespace(monotonic=lambda: 1.0 * sum(pupil.asked.values()))  # a second a row
    monkeypatch.setattr("tools.progress.time", clock)
    watch = Watch(deadline=800.0)
    ((found,), _) = try_models(made_task(), [pupil], rows(90), watch, ())
    assert sum(len(trial.answers) == FIRST_ROWS for trial in found.trials) < 24
    assert max(len(trial.answers) for trial in found.trials) == 90
    assert found.result.stopped and found.result.stop_reason == "The time budget is spent."
    assert not found.exhaustion.exhausted
