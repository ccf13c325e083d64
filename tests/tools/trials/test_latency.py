"""Times of requests that come one at a time, kept so that a resumed run asks no model."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tools.errors import ModelError
from tools.models.cache import CachedModel
from tools.models.protocol import States
from tools.models.store import CallStore
from tools.progress import Watch
from tools.trials.answering import run_plan
from tools.trials.latency import REQUESTS, latency_alone, latency_of
from tools.trials.plan import Plan

PLAN = Plan(name="skilled", family="instruction", own="good", contract=True)


def test_median_and_95th_percentile() -> None:
    found = latency_of([0.1] * 18 + [0.2, 0.9])
    assert (found.p50_ms, found.requests) == (pytest.approx(100), 20)
    assert 200 < found.p95_ms < 300


def _cached(model: Any, store: Path) -> CachedModel:
    return CachedModel("pupil", "pupil", model.traits, CallStore(store), lambda: model)


def test_a_local_plan_is_timed_once_and_kept(
    Pupil: Any, made_task: Any, rows: Any, tmp_path: Path
) -> None:
    task, store = made_task(), tmp_path / "calls.sqlite"
    first, again = Pupil({"good": 1.0}), Pupil({"good": 1.0})
    found = latency_alone(PLAN, task, _cached(first, store), rows(40), Watch())
    assert found is not None and (found.p50_ms, found.p95_ms) == (250, 250)
    assert found.requests == REQUESTS and first.asked == {"good": REQUESTS + 1}  # one warms up
    assert latency_alone(PLAN, task, _cached(again, store), rows(40), Watch()) == found
    assert again.asked == {}


def test_few_rows_are_timed_too(Pupil: Any, made_task: Any, rows: Any, tmp_path: Path) -> None:
    model = _cached(Pupil({"good": 1.0}), tmp_path / "c.sqlite")
    found = latency_alone(PLAN, made_task(), model, rows(3), Watch())
    assert found is not None and found.requests == 3
    assert latency_alone(PLAN, made_task(), model, [], Watch()) is None


def test_endpoints_and_stopped_runs_are_not_timed(
    Pupil: Any, made_task: Any, rows: Any, tmp_path: Path
) -> None:
    far = _cached(Pupil({"good": 1.0}, is_local=False), tmp_path / "a.sqlite")
    near = _cached(Pupil({"good": 1.0}), tmp_path / "b.sqlite")
    stopped = Watch(should_stop=lambda: True)
    assert latency_alone(PLAN, made_task(), far, rows(4), Watch()) is None
    assert latency_alone(PLAN, made_task(), near, rows(4), stopped) is None


def test_a_model_that_cannot_answer_is_not_timed(
    Pupil: Any, made_task: Any, rows: Any, tmp_path: Path
) -> None:
    model = _cached(Pupil({"good": 1.0}, too_long="good"), tmp_path / "c.sqlite")
    with pytest.raises(ModelError):
        list(model.complete([PLAN.chat(made_task(), "1 of many")], PLAN.limits(made_task())))
    assert latency_alone(PLAN, made_task(), model, rows(4), Watch()) is None


def test_examples_that_were_read_are_not_read_again(
    Pupil: Any, made_task: Any, rows: Any, tmp_path: Path
) -> None:
    read: list[str] = []

    class Reading(Pupil):  # type: ignore[misc]
        def hidden(self, texts: list[str]) -> States:
            read.extend(texts)
            return States(np.array([[[len(t), 1.0] for t in texts]] * 4, np.float32), 0.1)

    task, pupil = made_task(), Reading({"good": 1.0})
    model = _cached(pupil, tmp_path / "calls.sqlite")
    plan = PLAN.model_copy(update={"shots": "similar", "shot_count": 2})
    dev = rows(40)
    run_plan(plan, task, model, dev[:20], Watch(), "trials")
    asked, known = sum(pupil.asked.values()), len(read)
    assert known
    assert latency_alone(plan, task, model, dev[:20], Watch()) is not None
    assert sum(pupil.asked.values()) == asked + REQUESTS + 1
    assert len(read) == known
