import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tools.errors import Stopped, TuneError
from tools.models.protocol import Message
from tools.progress import Step, Watch
from tools.tuning.job import (
    ADAPTER,
    DONE,
    FAILED,
    JOB,
    PROGRESS,
    STOP,
    Job,
    Scoring,
    TrainingResult,
    TrainingStep,
    write_job,
    write_json,
)
from tools.tuning.launch import now_at, run_training, seconds_left
from tools.tuning.recipe import Recipe, choose_recipe

SCORING = Scoring(type="labels", metric="accuracy", labels=("red", "blue"))
RESULT = TrainingResult(
    steps=9, seconds=3.5, dev_loss=0.2, peak_megabytes=900.0, stopped=False, dropped=0
)


@pytest.fixture
def job(tmp_path: Path) -> Path:
    """A job whose model is not there: its training fails as soon as it starts."""
    folder = tmp_path / "job"
    rows = [((Message(role="user", content="red car"),), "red")]
    made = Job(
        model_folder=str(tmp_path / "no-model"), recipe=choose_recipe(1, 1, 0), scoring=SCORING
    )
    write_job(folder, made, rows, rows)
    return folder


@pytest.fixture
def finished(job: Path, tiny: Path, tiny_adapter: Path) -> Path:
    """A job that is done, with its adapter."""
    told = Job.model_validate_json((job / JOB).read_bytes())
    write_json(job / JOB, told.model_copy(update={"model_folder": str(tiny)}).model_dump_json())
    shutil.copytree(tiny_adapter, job / ADAPTER)
    write_json(job / PROGRESS, TrainingStep(step=9, steps=9, epoch=1).model_dump_json() + "\n")
    write_json(job / DONE, RESULT.model_dump_json())
    return job


def test_a_finished_job_is_not_trained_again(finished: Path) -> None:
    steps: list[Step] = []
    started = time.monotonic()
    assert run_training(finished, "Tuning", Watch(listen=steps.append)) == RESULT
    assert time.monotonic() - started < 0.2 and not steps
    assert not (finished / "training.log").exists()


def lose(folder: Path) -> None:
    shutil.rmtree(folder)


def change(folder: Path) -> None:
    (folder / "adapter_config.json").write_text("{}")


def unseal(folder: Path) -> None:
    (folder / "seal.json").write_text("{")


def reseal(folder: Path) -> None:
    seal = json.loads((folder / "seal.json").read_text())
    (folder / "seal.json").write_text(json.dumps({**seal, "base": "another"}))


@pytest.mark.parametrize("damage", [lose, change, unseal, reseal])
def test_a_finished_job_whose_adapter_is_not_as_it_was_is_trained_anew(
    damage: Callable[[Path], None], finished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damage(finished / ADAPTER)

    def train(*_: object, **__: object) -> None:
        raise OSError("It has begun.")

    monkeypatch.setattr("tools.tuning.launch.subprocess.Popen", train)
    with pytest.raises(OSError, match="It has begun"):
        run_training(finished, "Tuning", Watch())
    assert not (finished / DONE).exists() and not (finished / PROGRESS).exists()


def test_a_training_that_fails_says_why(
    job: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_json(job / FAILED, '{"reason": "An old reason."}')
    (job / STOP).touch()
    # A team may start the command beside a package of its own that is called `tools`.
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "__init__.py").write_text("raise SystemExit('not this one')")
    monkeypatch.chdir(tmp_path)
    steps: list[Step] = []
    with pytest.raises(TuneError, match=r"^The model cannot be loaded: .*no-model"):
        run_training(job, "Tuning", Watch(listen=steps.append), "forecast")
    assert not (job / STOP).exists() and not (job / DONE).exists()
    assert steps[0].title == "Tuning: loading the model in 4 bits"
    assert {step.stage for step in steps} == {"forecast"}
    assert "learning_rate: " in (job / "training.log").read_text()


@pytest.mark.slow
def test_a_stop_before_there_is_anything_is_a_stop(job: Path) -> None:
    with pytest.raises(Stopped, match="Stopped as you asked"):
        run_training(job, "Tuning", Watch(should_stop=lambda: True))
    assert not (job / DONE).exists()


def trail(*gaps: float, every: int = 4, evaluation: float = 5.0, steps: int = 12) -> list[Any]:
    """Progress of a training whose steps take these seconds, an evaluation after every few."""
    now, made = 1000.0, []
    for step, gap in enumerate(gaps, 1):
        now += gap
        at = {"step": step, "steps": steps, "epoch": step / every}
        made.append(TrainingStep(**at, loss=1.0, time=now))
        if step % every == 0:
            now += evaluation
            made.append(TrainingStep(**at, dev_loss=1.0, time=now))
    return made


@pytest.mark.parametrize(
    ("steps", "started", "changes", "left"),
    [
        ([], 999, {}, None),
        (trail(30), 999, {}, None),  # one step, with the loading before it, is no pace
        (trail(30, 1, 1), 999, {}, 9 * 1 + 3 * 10),  # no evaluation seen: as long as ten steps
        (trail(30, 1, 1), 999, {"judged_from": 2}, 9 * 1 + 2 * 10),
        (trail(30, 1, 1, 1), 999, {}, 8 * 1 + 2 * 5),
        (trail(30, 1, 1, 1, 1, 1), 999, {}, 6 * 1 + 2 * 5),
        (trail(30, 1, 1, 1, *[3] * 6), 999, {}, 2 * 3 + 1 * 5),  # the machine became busy
        (trail(30, *[1] * 11), 999, {}, 0),
        ([s for s in trail(30, *[1] * 5, evaluation=0.0) if s.loss], 999, {"judged": False}, 6),
        (trail(30, 1, 1, 1, 1, 1), 5000, {}, None),  # all of it by an earlier process
    ],
)
def test_the_time_left_follows_the_pace_on_the_machine_as_it_is(
    steps: list[TrainingStep], started: float, changes: dict[str, Any], left: float | None
) -> None:
    recipe = Recipe(learning_rate=5e-4, epochs=3).model_copy(update=changes)
    assert seconds_left(steps, started, recipe) == left


def test_a_training_tells_its_loss_and_its_scores_on_dev() -> None:
    def at(step: int, **known: float) -> TrainingStep:
        return TrainingStep(step=step, steps=90, epoch=step / 30, **known)

    seen = [at(30, loss=0.5), at(30, dev_loss=0.4, dev_score=0.9)]
    assert now_at(seen[:1]) == "step 30 of 90, loss 0.50"
    assert now_at(seen) == "step 30 of 90, loss 0.50, dev 90 %, best 90 % at step 30"
    seen += [at(60, dev_loss=0.3, dev_score=0.93), at(90, dev_loss=0.2, dev_score=0.91)]
    seen += [at(90, loss=0.1)]
    assert now_at(seen) == "step 90 of 90, loss 0.10, dev 91 %, best 93 % at step 60"
