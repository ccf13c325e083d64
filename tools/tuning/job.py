"""A tuning job on disk: what the training process reads and what it leaves behind.

`done.json` is written last: if it exists, the adapter is complete. A stopped training says so in it
and keeps its checkpoints, so that it can go on.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from policies.brief import Metric, TaskType
from policies.evidence import Frozen
from tools.files import write_json
from tools.models.protocol import Chat
from tools.tuning.recipe import Recipe

JOB, TRAIN, DEV, REPLAY = "job.json", "train.jsonl", "dev.jsonl", "replay.jsonl"
PROGRESS, STOP, DONE, FAILED = "progress.jsonl", "stop", "done.json", "failed.json"
FOLLOWED = "followed"  # argument of a training that ends when its standard input does
ADAPTER, RECIPE = "adapter", "recipe.json"


class Scoring(Frozen):
    """How answers are scored while training.

    Attributes:
        type: Kind of answer.
        metric: The decision metric.
        labels: The label set; empty for other kinds.
        answer_tokens: Tokens to allow for an answer.
    """

    type: TaskType
    metric: Metric
    labels: tuple[str, ...] = ()
    answer_tokens: int = 12


class Job(Frozen):
    """What to train: a model folder, a recipe and a metric; the rows lie beside it."""

    model_folder: str
    recipe: Recipe
    scoring: Scoring


class TrainingStep(Frozen):
    """One line of progress of a training.

    Attributes:
        step: Optimiser steps done.
        steps: Optimiser steps planned.
        epoch: Passes over the rows done.
        loss: Training loss, or None on an evaluation line.
        dev_loss: Loss on dev, or None on a training line.
        dev_score: Score on dev by the task's metric, or None on a training line.
        time: When, in seconds since 1970; 0 in files of an earlier version.
    """

    step: int
    steps: int
    epoch: float
    loss: float | None = None
    dev_loss: float | None = None
    dev_score: float | None = None
    time: float = 0.0


class TrainingResult(Frozen):
    """How a training ended.

    Attributes:
        steps: Optimiser steps done.
        seconds: Wall-clock seconds of the training process.
        dev_loss: Loss on dev where the adapter is from.
        peak_megabytes: Largest resident memory of the process; None where it is not told.
        stopped: Whether the user stopped it; the best adapter so far is kept.
        dropped: Rows left out because they were too long.
        dev_score: Score on dev where the adapter is from, on the rows of the job.
        best_step: Optimiser step of the adapter.
        peak_gpu_megabytes: Most memory taken on the GPU; None on a CPU.
    """

    steps: int
    seconds: float
    dev_loss: float | None
    peak_megabytes: float | None
    stopped: bool
    dropped: int
    dev_score: float | None = None
    best_step: int = 0
    peak_gpu_megabytes: float | None = None


def write_job(
    folder: Path,
    job: Job,
    train: Sequence[tuple[Chat, str]],
    dev: Sequence[tuple[Chat, str]],
    replay: Sequence[tuple[Chat, str]] = (),
) -> None:
    """Lay out a job's folder; the chats end where the answer begins."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in ((TRAIN, train), (DEV, dev), (REPLAY, replay)):
        lines = [json.dumps(chat_row(*row), ensure_ascii=False) for row in rows]
        write_json(folder / name, "\n".join(lines) + "\n")
    write_json(folder / JOB, job.model_dump_json(indent=1))


def chat_row(chat: Chat, answer: str) -> dict[str, list[dict[str, str]]]:
    """One example as trl reads it."""
    return {
        "prompt": [message.model_dump() for message in chat],
        "completion": [{"role": "assistant", "content": answer}],
    }


def read_progress(folder: Path) -> list[TrainingStep]:
    """The progress so far, a point a step; lines cut by a crash are left out.

    A resumed training repeats the steps since its last checkpoint: what the earlier one did after
    it no longer counts, and the last step is always that of the training that goes on.
    """
    path = folder / PROGRESS
    if not path.exists():
        return []
    found: dict[tuple[int, bool], TrainingStep] = {}
    last = 0
    for line in path.read_bytes().split(b"\n")[:-1]:
        try:
            step = TrainingStep.model_validate_json(line)
        except ValidationError:  # cut by a crash; a resumed training wrote on behind it
            continue
        if step.step < last:
            found = {key: kept for key, kept in found.items() if key[0] <= step.step}
        last = step.step
        key = (step.step, step.loss is None)
        found.pop(key, None)  # else the new line would stand in the place of the old one
        found[key] = step
    return list(found.values())
