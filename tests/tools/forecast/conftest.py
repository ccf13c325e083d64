"""A tiny embedder whose states separate the labels, and tasks for it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from tools.intake.examples import Example
from tools.models.protocol import States
from tools.trials.task import Task, make_task

WIDTH = 6


@dataclass
class Reader:
    """Shows states of three layers: noise, the first word, and that word with noise.

    Attributes:
        words: First words that the states tell apart.
        read: The texts that were read.
    """

    words: tuple[str, ...] = ("red", "blue", "green", "grey")
    read: list[str] = field(default_factory=list)

    def hidden(self, texts: Sequence[str]) -> States:
        self.read += texts
        rng = np.random.default_rng(len(texts))
        noise = rng.normal(size=(len(texts), WIDTH))
        clear = np.zeros((len(texts), WIDTH))
        for row, text in enumerate(texts):
            word = text.split()[0]
            if word in self.words:
                clear[row, self.words.index(word)] = 1
        layers = np.stack([noise, clear, clear + noise])
        return States(layers.astype(np.float32), 0.002)


def coloured(**counts: int) -> list[Example]:
    labels = [label for label, count in counts.items() for _ in range(count)]
    return [Example(n, f"{label} thing {n}", label) for n, label in enumerate(labels, start=1)]


def task_of(train: Sequence[Example]) -> Task:
    return make_task("labels", "accuracy", "", None, train)


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture(name="coloured")
def _coloured() -> Any:
    return coloured


@pytest.fixture(name="task_of")
def _task_of() -> Any:
    return task_of
