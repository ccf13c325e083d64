"""The nearest train rows of a text: by shared words, or by how a model reads them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from tools.intake.examples import Example
from tools.models.protocol import Embedder

WORDS = r"(?u)\b\w+\b|[^\w\s]"  # signs too: an input may hold nothing else


class NearestRows:
    """Finds the train rows whose inputs share the most telling words with a text."""

    def __init__(self, train: Sequence[Example]) -> None:
        """Index the train rows; vocabulary and weights come from them alone."""
        self.train = tuple(train)
        self._vectoriser = TfidfVectorizer(
            ngram_range=(1, 2), sublinear_tf=True, token_pattern=WORDS
        )
        self.rows = self._vectoriser.fit_transform([example.input for example in train])

    def find(self, text: str, count: int, without: int | None = None) -> list[Example]:
        """The nearest rows, nearest first.

        Args:
            text: The input to find neighbours of.
            count: How many.
            without: Row number to leave out: a row is never its own example.
        """
        closeness = (self._vectoriser.transform([text]) @ self.rows.T).toarray()[0]
        return _closest(self.train, closeness, count, without)


class SimilarRows:
    """Finds the train rows that a model reads most like a text.

    Closeness is the cosine of mean-pooled hidden states at two thirds of the model's depth, less
    their mean over the train rows: raw states of all texts point the same way.
    """

    LAYER = 2  # of the kept ones

    def __init__(self, train: Sequence[Example], model: Embedder) -> None:
        """Read the train rows."""
        self.train = tuple(train)
        self._model = model
        states = self._read([example.input for example in train])
        self._centre = states.mean(0)
        self._rows = self._unit(states)

    def find(self, text: str, count: int, without: int | None = None) -> list[Example]:
        """The most similar rows, most similar first; see `NearestRows.find`."""
        closeness = self._rows @ self._unit(self._read([text]))[0]
        return _closest(self.train, closeness, count, without)

    def _read(self, texts: Sequence[str]) -> NDArray[np.float32]:
        states: NDArray[np.float32] = self._model.hidden(texts).values[self.LAYER]
        return states

    def _unit(self, states: NDArray[np.float32]) -> NDArray[np.float32]:
        centred = states - self._centre
        length = np.linalg.norm(centred, axis=1, keepdims=True)
        unit: NDArray[np.float32] = centred / np.maximum(length, 1e-9)
        return unit


def _closest(
    train: Sequence[Example], closeness: NDArray[Any], count: int, without: int | None
) -> list[Example]:
    order = np.argsort(-closeness, kind="stable")
    near = (train[at] for at in order if train[at].row != without)
    return [example for example, _ in zip(near, range(count), strict=False)]
