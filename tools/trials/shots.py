"""Which train rows a prompt shows as solved examples, where they are the same for every input."""

import json
from collections.abc import Callable

import numpy as np
from sklearn.cluster import KMeans

from tools.intake.examples import Example
from tools.measure.metrics import item_scores
from tools.trials.neighbours import WordIndex
from tools.trials.task import Task


def balanced(task: Task, count: int) -> list[Example]:
    """Every label equally often, in a fixed mixed order.

    For other task types, rows spread evenly over the range of answer lengths.
    """
    if task.type == "labels":
        return _in_turn(task, list(task.train), count)
    ordered = sorted(task.train, key=lambda e: (len(e.answer), e.row))
    step = len(ordered) / min(count, len(ordered))
    return [ordered[int(step * (i + 0.5))] for i in range(min(count, len(ordered)))]


def diverse(task: Task, count: int) -> list[Example]:
    """The rows nearest to the centres of as many clusters of inputs."""
    rows = WordIndex([example.input for example in task.train]).rows
    count = min(count, len(task.train))
    clusters = KMeans(count, n_init=1, random_state=0).fit(rows)
    distances = clusters.transform(rows)
    chosen = {int(at) for at in np.argmin(distances, axis=0)}
    return [task.train[at] for at in sorted(chosen)]


def hard(task: Task, count: int) -> list[Example]:
    """Rows whose nearest neighbour would have answered wrongly, closest first."""
    found = []
    for example in task.train:
        nearest = task.nearest.find(example.input, 1, without=example.row)
        if not nearest:
            continue
        score = float(item_scores(task.metric, [example.answer], [nearest[0].answer])[0])
        found.append((score, example.row, example))
    ordered = [example for _, _, example in sorted(found, key=lambda entry: entry[:2])]
    return _in_turn(task, ordered, count) if task.type == "labels" else ordered[:count]


FIXED: dict[str, Callable[[Task, int], list[Example]]] = {
    "balanced": balanced,
    "diverse": diverse,
    "hard": hard,
}


def values_of(example: Example, key: str) -> str:
    """The value of one field of an answer as text, or "none"."""
    value = json.loads(example.answer).get(key)
    if value is None:
        return "none"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _in_turn(task: Task, ordered: list[Example], count: int) -> list[Example]:
    """One row of each label after the other, each label's rows in the given order."""
    rows = {label: [e for e in ordered if e.answer == label] for label in task.labels}
    found: list[Example] = []
    depth = 0
    while len(found) < min(count, len(ordered)):
        found += [own[depth] for own in rows.values() if depth < len(own)]
        depth += 1
    return found[:count]
