"""Run a training as a subprocess: live progress, a stop that keeps the best so far, resumption."""

import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median

from policies.figures import percent
from tools.errors import ModelError, Stopped, TuneError
from tools.models.adapter import check_adapter
from tools.progress import Step, Watch
from tools.tuning import job as files
from tools.tuning.endings import ended_by
from tools.tuning.job import Job, TrainingResult, TrainingStep, read_progress
from tools.tuning.recipe import Recipe

LOG = "training.log"
POLL_SECONDS = 0.5
STOP_SECONDS = 300.0  # a step, an evaluation and a save fit into this
RECENT_STEPS = 8
UNSEEN_EVALUATION = 10  # steps that an evaluation lasts, before the first one is seen

# Two torch processes on few cores spin against each other; a short spin avoids that at 5 % of
# the speed, where no spin at all costs 60 % (docs/log.md).
QUIET_THREADS = {"GOMP_SPINCOUNT": "20000"}
OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
}


def run_training(
    folder: Path, title: str, watch: Watch, stage: str = "tune", most_bytes: int | None = None
) -> TrainingResult:
    """Train a job, or return its result if it is already done; a stopped one goes on.

    One whose adapter was changed or lost since is trained anew.

    Args:
        folder: The job's folder, as `write_job` laid it out.
        title: What is being trained, for the progress line.
        watch: Progress and stop; a stop ends the training after its step and keeps the best.
        stage: The stage of the run.
        most_bytes: Memory that it may take on a CPU; None sets no limit.

    Raises:
        TuneError: The training failed, with the reason.
        Stopped: It was stopped before there was anything to keep.
    """
    job = Job.model_validate_json((folder / files.JOB).read_bytes())
    done = folder / files.DONE
    if done.exists():
        result = TrainingResult.model_validate_json(done.read_text(encoding="utf-8"))
        if not result.stopped:
            if _is_whole(folder, job):
                return result
            (folder / files.PROGRESS).unlink(missing_ok=True)  # no checkpoint is left of it
        done.unlink()
    (folder / files.STOP).unlink(missing_ok=True)
    (folder / files.FAILED).unlink(missing_ok=True)
    limit = [] if most_bytes is None else [str(most_bytes)]
    with (folder / LOG).open("ab") as log:
        begun = log.tell()
        process = subprocess.Popen(
            [sys.executable, "-m", "tools.tuning.train", str(folder), files.FOLLOWED, *limit],
            stdin=subprocess.PIPE,  # nothing is written: its end tells that this process is gone
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, **QUIET_THREADS, **OFFLINE, **_own_packages()},
        )
        try:
            _follow(process, folder, title, watch, stage, job.recipe)
        except Stopped:
            _stop(process, folder)
            if not done.exists():
                raise
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            assert process.stdin is not None
            process.stdin.close()
    if done.exists():
        return TrainingResult.model_validate_json(done.read_text(encoding="utf-8"))
    raise TuneError(_reason(folder, process.returncode, begun))


def _is_whole(folder: Path, job: Job) -> bool:
    """Whether the adapter of a finished job is as it was trained, and of the base as it is now."""
    try:
        check_adapter(folder / files.ADAPTER, Path(job.model_folder))
    except ModelError:
        return False
    return True


def _own_packages() -> dict[str, str]:
    """Import our own packages, whatever folder named `tools` lies where the command was started."""
    found = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
    return {"PYTHONSAFEPATH": "1", "PYTHONPATH": os.pathsep.join(filter(None, found))}


def _follow(
    process: "subprocess.Popen[bytes]",
    folder: Path,
    title: str,
    watch: Watch,
    stage: str,
    recipe: Recipe,
) -> None:
    started = time.time()
    watch.listen(
        Step(
            stage=stage,
            title=f"{title}: loading the model in 4 bits",
            done=0,
            total=1,
            lasts="some seconds for a small model, a minute or two for a large one",
        )
    )
    while process.poll() is None:
        watch.check()
        steps = read_progress(folder)
        if steps and steps[-1].time >= started:
            at = steps[-1]
            watch.listen(
                Step(
                    stage=stage,
                    title=f"{title}: {now_at(steps)}",
                    done=at.step,
                    total=at.steps,
                    seconds_left=seconds_left(steps, started, recipe),
                )
            )
        time.sleep(POLL_SECONDS)


def now_at(steps: Sequence[TrainingStep]) -> str:
    """Where a training is: its step, its loss, and its scores on dev once there are some."""
    told = [f"step {steps[-1].step} of {steps[-1].steps}"]
    told += [f"loss {step.loss:.2f}" for step in steps if step.loss is not None][-1:]
    scored = [(step.dev_score, step.step) for step in steps if step.dev_score is not None]
    if scored:
        best, at = max(scored, key=lambda found: found[0])
        told.append(f"dev {percent(scored[-1][0])}")
        told.append(f"best {percent(best)} at step {at}")
    return ", ".join(told)


def seconds_left(steps: Sequence[TrainingStep], started: float, recipe: Recipe) -> float | None:
    """Time that a training still takes, at the pace of its latest steps on the machine as it is.

    Args:
        steps: The progress so far.
        started: `time.time()` at which this process began; what was done before says nothing.
        recipe: How it is trained.

    Returns:
        Seconds, evaluations included; None before the first steps show a pace.
    """
    own = [step for step in steps if step.time >= started]
    pairs = list(pairwise(own))
    train = [b.time - a.time for a, b in pairs if b.loss is not None and a.loss is not None]
    if not train:
        return None
    pace = median(train[-RECENT_STEPS:])
    evaluations = [b.time - a.time for a, b in pairs if b.loss is None]
    evaluation = evaluations[-1] if evaluations else UNSEEN_EVALUATION * pace
    at = own[-1]
    passes = round(at.epoch) if at.loss is None else math.ceil(at.epoch) - 1
    to_come = range(max(recipe.judged_from, passes + 1), recipe.epochs + 1)
    return pace * (at.steps - at.step) + evaluation * (len(to_come) if recipe.judged else 0)


def _stop(process: "subprocess.Popen[bytes]", folder: Path) -> None:
    (folder / files.STOP).touch()
    try:
        process.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _reason(folder: Path, code: int, begun: int) -> str:
    """Why a training failed; its log, from where this one began, tells what it could not say."""
    failed = folder / files.FAILED
    if failed.exists():
        return str(json.loads(failed.read_text(encoding="utf-8"))["reason"])
    return ended_by(code, (folder / LOG).read_bytes()[begun:].decode(errors="replace"))
