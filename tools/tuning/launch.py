"""Run a training as a subprocess: live progress, a stop that keeps the best so far, resumption."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from tools.errors import Stopped, TuneError
from tools.progress import Step, Watch
from tools.tuning import job as files
from tools.tuning.job import TrainingResult, read_progress

POLL_SECONDS = 0.5
STOP_SECONDS = 120.0  # a step, an evaluation and a save fit into this

# Two torch processes on few cores spin against each other; a short spin avoids that at 5 % of
# the speed, where no spin at all costs 60 % (docs/log.md).
QUIET_THREADS = {"GOMP_SPINCOUNT": "20000"}
OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
}


def run_training(folder: Path, title: str, watch: Watch, stage: str = "tune") -> TrainingResult:
    """Train a job, or return its result if it is already done.

    Args:
        folder: The job's folder, as `write_job` laid it out.
        title: What is being trained, for the progress line.
        watch: Progress and stop; a stop ends the training after its step and keeps the best.
        stage: The stage of the run.

    Raises:
        TuneError: The training failed, with the reason.
        Stopped: It was stopped before there was anything to keep.
    """
    done = folder / files.DONE
    if done.exists():
        return TrainingResult.model_validate_json(done.read_text(encoding="utf-8"))
    (folder / files.STOP).unlink(missing_ok=True)
    (folder / files.FAILED).unlink(missing_ok=True)
    with (folder / "training.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tools.tuning.train", str(folder)],
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, **QUIET_THREADS, **OFFLINE, **_own_packages()},
        )
        try:
            _follow(process, folder, title, watch, stage)
        except Stopped:
            _stop(process, folder)
            if not done.exists():
                raise
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    if done.exists():
        return TrainingResult.model_validate_json(done.read_text(encoding="utf-8"))
    raise TuneError(_reason(folder, process.returncode))


def _own_packages() -> dict[str, str]:
    """Import our own packages, whatever folder named `tools` lies where the command was started."""
    found = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
    return {"PYTHONSAFEPATH": "1", "PYTHONPATH": os.pathsep.join(filter(None, found))}


def _follow(
    process: "subprocess.Popen[bytes]", folder: Path, title: str, watch: Watch, stage: str
) -> None:
    started = time.monotonic()
    first: int | None = None
    watch.listen(Step(stage=stage, title=f"{title}: loading the model in 4 bits", done=0, total=1))
    while process.poll() is None:
        watch.check()
        steps = read_progress(folder)
        if steps:
            at = steps[-1]
            first = at.step if first is None else first
            pace = (time.monotonic() - started) / max(1, at.step - first + 1)
            losses = [s for s in steps if s.loss is not None]
            loss = f", loss {losses[-1].loss:.2f}" if losses else ""
            watch.listen(
                Step(
                    stage=stage,
                    title=f"{title}: step {at.step} of {at.steps}{loss}",
                    done=at.step,
                    total=at.steps,
                    seconds_left=pace * (at.steps - at.step),
                )
            )
        time.sleep(POLL_SECONDS)


def _stop(process: "subprocess.Popen[bytes]", folder: Path) -> None:
    (folder / files.STOP).touch()
    try:
        process.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _reason(folder: Path, code: int) -> str:
    failed = folder / files.FAILED
    if failed.exists():
        return str(json.loads(failed.read_text(encoding="utf-8"))["reason"])
    if code < 0:
        return (
            f"The training process was ended by signal {-code}, most likely because the machine "
            "ran out of memory. Close other programs and start the tune again; it resumes."
        )
    return "The training process failed; its last lines are in training.log in the run's folder."
