"""The task as a prompt plan sees it: kind of answer, labels or keys, the train rows."""

import json
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from policies.brief import Metric, TaskType
from tools.intake.examples import Example
from tools.models.protocol import Embedder, Form
from tools.trials.forms import form_of
from tools.trials.neighbours import NearestRows, SimilarRows

Arguments = ParamSpec("Arguments")
Found = TypeVar("Found")

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

    def similar(self, model: Embedder) -> SimilarRows:
        """Finder of the train rows that a model reads alike."""
        if id(model) not in self._similar:
            self._similar[id(model)] = SimilarRows(self.train, model)
        return self._similar[id(model)]

    @cached_property
    def _similar(self) -> dict[int, SimilarRows]:
        return {}

    @cached_property
    def found(self) -> dict[Hashable, Any]:
        """What `once_a_task` remembers."""
        return {}

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Keys of the JSON answers, most frequent first; empty for other task types."""
        if self.type != "fields":
            return ()
        counts = Counter(key for example in self.train for key in json.loads(example.answer))
        return tuple(key for key, _ in counts.most_common())

    @cached_property
    def text_keys(self) -> frozenset[str]:
        """Keys whose values are text in every train row."""
        found = [item for e in self.train for item in json.loads(e.answer).items()]
        others = {key for key, value in found if not isinstance(value, str)}
        return frozenset(self.keys) - others

    @cached_property
    def answer_tokens(self) -> int:
        """Tokens to allow for an answer: the longest train answer with some room.

        A token of English is about four characters (less for JSON); three is cautious.
        """
        longest = max(len(example.answer) for example in self.train)
        return min(LONGEST_ANSWER, max(SHORTEST_ANSWER, longest // 3 + 8))

    @cached_property
    def form(self) -> Form | None:
        """The form that right answers have, as far as train rows show it."""
        return form_of(self.type, [example.answer for example in self.train])


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


def once_a_task(
    find: Callable[Concatenate[Task, Arguments], Found],
) -> Callable[Concatenate[Task, Arguments], Found]:
    """Have a function find its result once for a task: a plan asks anew for every row."""

    @wraps(find)
    def remembered(task: Task, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Found:
        key = (find.__name__, args, tuple(sorted(kwargs.items())))
        if key not in task.found:
            task.found[key] = find(task, *args, **kwargs)
        found: Found = task.found[key]
        return found

    return remembered
