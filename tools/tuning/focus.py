"""Only the gap: the rows to train more on, where a tune's mistakes keep to few labels or fields."""

import json
import math
from collections import Counter
from collections.abc import Sequence

from tools.intake.examples import Example
from tools.trials.mistakes import count_errors
from tools.trials.task import Task
from tools.trials.trial import Trial

LEAST_MISTAKES = 8  # fewer keep to few labels by chance
MOST = 0.25  # of all labels or fields, and at most half of the rows: else it is no gap but the task


def gap(task: Task, trial: Trial) -> tuple[str, ...]:
    """The labels or fields that hold half of the mistakes, if they are few; else none.

    Args:
        task: The task.
        trial: A model's answers on dev.
    """
    wrong: Counter[str] = Counter()
    for cell in count_errors(task, trial.examples, trial.answers):
        if not cell.is_right(task.type):
            wrong[cell.right] += cell.count
    if wrong.total() < LEAST_MISTAKES:
        return ()
    found, held = list[str](), 0
    for name, count in wrong.most_common():
        if 2 * held >= wrong.total():
            break
        found.append(name)
        held += count
    names = task.labels if task.type == "labels" else task.keys
    return tuple(found) if len(found) <= max(1, math.floor(MOST * len(names))) else ()


def focused_rows(
    task: Task, names: Sequence[str], train: Sequence[Example]
) -> tuple[Example, ...] | None:
    """All train rows, those with one of these labels or fields twice; the others are the replay.

    None where these are no rows, or more than half of all: twice everything is no focus.
    """
    held = [row for row in train if _has(task, row, names)]
    return (*train, *held) if 0 < 2 * len(held) <= len(train) else None


def _has(task: Task, row: Example, names: Sequence[str]) -> bool:
    if task.type == "labels":
        return row.answer in names
    return any(name in json.loads(row.answer) for name in names)
