"""The task as a prompt plan sees it: kind of answer, labels or keys, the train rows."""

import json
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from policies.brief import Metric, TaskType
from tools.intake.documents import Passage
from tools.intake.examples import Example
from tools.models.protocol import Embedder, Form
from tools.trials.forms import form_of
from tools.trials.neighbours import Index, NearestRows, ReadingIndex, WordIndex, nearest_first

Made = TypeVar("Made")

SHORTEST_ANSWER = 12
LONGEST_ANSWER = 1024  # leaves half of a small context window to the prompt
MOST_ASKED = 8
# What no usual tokenizer cuts finer by much: of letters, of ASCII's punctuation, of all else.
_PIECES = re.compile(rb"[a-z ]{1,3}|[!-/:-@\[-`{-~]{1,2}|[^a-z ]")


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
        passages: Pieces of the team's documents in which facts can be looked up.
    """

    type: TaskType
    metric: Metric
    description: str
    prompt: str | None
    train: tuple[Example, ...]
    labels: tuple[str, ...]
    passages: tuple[Passage, ...] = ()

    @cached_property
    def nearest(self) -> NearestRows:
        """Finder of the nearest train rows."""
        return NearestRows.by_words(self.train)

    def similar(self, model: Embedder) -> NearestRows:
        """Finder of the train rows that a model reads alike."""
        return self.once(("similar", id(model)), lambda: NearestRows.by_reading(self.train, model))

    def looked_up(self, text: str, count: int, model: Embedder | None = None) -> list[Passage]:
        """The passages nearest to a text, nearest first.

        Args:
            text: The input to find passages for.
            count: How many.
            model: The model by whose reading they are found, or None for shared words.
        """
        texts = [passage.text for passage in self.passages]

        def make() -> Index:
            return WordIndex(texts) if model is None else ReadingIndex(texts, model)

        index = self.once(("passages", id(model)), make)
        return [self.passages[at] for at in nearest_first(index, text)[:count]]

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What `make` returns, made once for a key: every row's prompt asks for the same things."""
        if key not in self._made:
            self._made[key] = make()
        made: Made = self._made[key]
        return made

    @cached_property
    def _made(self) -> dict[Hashable, Any]:
        return {}

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Keys of the JSON answers, most frequent first; empty for other task types."""
        if self.type != "fields":
            return ()
        counts = Counter(key for example in self.train for key in json.loads(example.answer))
        return tuple(key for key, _ in counts.most_common())

    @property
    def frequent_keys(self) -> tuple[str, ...]:
        """The keys worth a question of their own; a rare one is nearly always absent."""
        return self.keys[:MOST_ASKED]

    @cached_property
    def text_keys(self) -> frozenset[str]:
        """Keys whose values are text in every train row that has one; null is no value."""
        found = [item for e in self.train for item in json.loads(e.answer).items()]
        texts = {key for key, value in found if isinstance(value, str)}
        others = {key for key, value in found if not isinstance(value, str | None)}
        return frozenset(texts - others)

    @cached_property
    def answer_tokens(self) -> int:
        """Tokens to allow for an answer: the longest train answer with some room."""
        return room_for(example.answer for example in self.train)

    @cached_property
    def form(self) -> Form | None:
        """The form that right answers have, as far as train rows show it."""
        return form_of(self.type, self.train)


def room_for(texts: Iterable[str]) -> int:
    """Tokens to allow for texts of this kind: the longest with some room, in any language.

    No token of a byte-level BPE is less than a byte. In lower-case Latin words a token is two to
    four letters, English having the longest; digits and bytes of other scripts often stand alone,
    punctuation comes in pairs. Models that ramble use up all of it, so it is near the need.
    """
    pieces = (len(_PIECES.findall(text.encode("utf-8", "surrogatepass"))) for text in texts)
    longest = max(pieces, default=0)
    return min(LONGEST_ANSWER, max(SHORTEST_ANSWER, longest + longest // 8 + 8))


def make_task(
    task_type: TaskType,
    metric: Metric,
    description: str,
    prompt: str | None,
    train: Sequence[Example],
    passages: Sequence[Passage] = (),
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
        passages=tuple(passages),
    )
