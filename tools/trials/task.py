"""The task as a prompt plan sees it: kind of answer, labels or keys, the train rows."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from policies.brief import Metric, TaskType
from tools.intake.examples import Example
from tools.trials.neighbours import NearestRows

SHORTEST_ANSWER = 12
LONGEST_ANSWER = 256


@dataclass(frozen=True)
class Task:
    """What is known about the task before any prompt is tried; from train rows only.

    Attributes:
        type: Kind of answer.
        metric: The decision metric.
        description: The task in the team's words; may be empty.
        prompt: The prompt that the team uses today, or None.
        train: Rows that shots and descriptions may be drawn from.
        labels: The label set, most frequent first; empty for other task types.
    """

    type: TaskType
    metric: Metric
    description: str
    prompt: str | None
    train: tuple[Example, ...]
    labels: tuple[str, ...]

    @cached_property
    def nearest(self) -> NearestRows:
        """Finder of the nearest train rows."""
        return NearestRows(self.train)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Keys of the JSON answers, most frequent first; empty for other task types."""
        if self.type != "fields":
            return ()
        counts = Counter(key for example in self.train for key in json.loads(example.answer))
        return tuple(key for key, _ in counts.most_common())

    @cached_property
    def answer_tokens(self) -> int:
        """Tokens to allow for an answer: the longest train answer with some room.

        A token of English is about four characters (less for JSON); three is cautious.
        """
        longest = max(len(example.answer) for example in self.train)
        return min(LONGEST_ANSWER, max(SHORTEST_ANSWER, longest // 3 + 8))

    def balanced(self, count: int) -> list[Example]:
        """Train rows that show every label equally often, in a fixed mixed order.

        For other task types, rows spread evenly over the range of answer lengths.
        """
        if self.type == "labels":
            return self._per_label(count)
        ordered = sorted(self.train, key=lambda e: (len(e.answer), e.row))
        step = len(ordered) / min(count, len(ordered))
        return [ordered[int(step * (i + 0.5))] for i in range(min(count, len(ordered)))]

    def _per_label(self, count: int) -> list[Example]:
        rounds: list[Example] = []
        rows = {label: [e for e in self.train if e.answer == label] for label in self.labels}
        depth = 0
        while len(rounds) < min(count, len(self.train)):
            rounds += [found[depth] for found in rows.values() if depth < len(found)]
            depth += 1
        return rounds[:count]


def make_task(
    task_type: TaskType,
    metric: Metric,
    description: str,
    prompt: str | None,
    train: Sequence[Example],
) -> Task:
    """Build the task from its train rows."""
    counts = Counter(example.answer for example in train) if task_type == "labels" else Counter()
    return Task(
        type=task_type,
        metric=metric,
        description=description,
        prompt=prompt,
        train=tuple(train),
        labels=tuple(label for label, _ in counts.most_common()),
    )
