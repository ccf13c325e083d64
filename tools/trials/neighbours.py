"""What is nearest to a text: by shared words, or by how a model reads them."""

from collections.abc import Sequence
from functools import cache, partial
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_union

from tools.intake.examples import Example
from tools.models.protocol import Embedder

WORDS = r"(?u)\b\w+\b|[^\w\s]"  # signs too: an input may hold nothing else


class Index(Protocol):
    """Texts that can be compared with another one."""

    def closeness(self, text: str) -> NDArray[Any]:
        """How close each text is to the given one, shape (texts,)."""
        ...


def by_words() -> TfidfVectorizer:
    """TF-IDF of words and pairs of words."""
    return TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=WORDS)


def by_pieces() -> TfidfVectorizer:
    """TF-IDF of pieces of two to five letters of words."""
    return TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)


class WordIndex:
    """Texts by what they share with another: telling words, and telling pieces of words.

    Closeness is the sum of both TF-IDF cosines. Pieces find what is inflected, compound or
    misspelt; where values matter, as in orders, whole words find more (docs/log.md).
    """

    def __init__(self, texts: Sequence[str]) -> None:
        """Index the texts; vocabulary and weights come from them alone."""
        self._vectoriser = make_union(by_words(), by_pieces())
        self.rows = self._vectoriser.fit_transform(texts).tocsr()

    def closeness(self, text: str) -> NDArray[Any]:
        """See `Index.closeness`."""
        found: NDArray[Any] = (self._vectoriser.transform([text]) @ self.rows.T).toarray()[0]
        return found


class ReadingIndex:
    """Texts by how alike a model reads them and another, and by what they share.

    Closeness is the cosine of mean-pooled last hidden states and, as much again, that of
    `WordIndex`. Raw states of all texts point the same way, and a few of their values outweigh all
    others, so each is taken less its mean over the texts and in units of its spread.
    """

    LAYER = -1  # of the kept ones: the last tells labels apart best (docs/log.md)
    LEAST_SPREAD = 1e-3

    def __init__(self, texts: Sequence[str], model: Embedder) -> None:
        """Read the texts."""
        self._model = model
        self._words = WordIndex(texts)
        states = self._read(texts)
        self._centre = states.mean(0)
        self._spread = np.maximum(states.std(0), self.LEAST_SPREAD)
        self._rows = self._unit(states)

    def closeness(self, text: str) -> NDArray[Any]:
        """See `Index.closeness`."""
        reading: NDArray[Any] = self._rows @ self._unit(self._read([text]))[0]
        return reading + self._words.closeness(text) / 2  # the sum of two cosines

    def _read(self, texts: Sequence[str]) -> NDArray[np.float32]:
        states: NDArray[np.float32] = self._model.hidden(texts).values[self.LAYER]
        return states

    def _unit(self, states: NDArray[np.float32]) -> NDArray[np.float32]:
        centred = (states - self._centre) / self._spread
        length = np.linalg.norm(centred, axis=1, keepdims=True)
        unit: NDArray[np.float32] = centred / np.maximum(length, 1e-9)
        return unit


class NearestRows:
    """Finds the train rows whose inputs are nearest to a text."""

    def __init__(self, train: Sequence[Example], index: Index) -> None:
        """Search the train rows by an index of their inputs."""
        self.train = tuple(train)
        # Many plans ask for the neighbours of the same rows.
        self._order = cache(partial(nearest_first, index))

    @classmethod
    def by_words(cls, train: Sequence[Example]) -> "NearestRows":
        """Nearest by shared words."""
        return cls(train, WordIndex([example.input for example in train]))

    @classmethod
    def by_reading(cls, train: Sequence[Example], model: Embedder) -> "NearestRows":
        """Nearest by how a model reads them."""
        return cls(train, ReadingIndex([example.input for example in train], model))

    def find(self, text: str, count: int, without: int | None = None) -> list[Example]:
        """The nearest rows, nearest first.

        Args:
            text: The input to find neighbours of.
            count: How many.
            without: Row number to leave out: a row is never its own example.
        """
        order = self._order(text)
        near = (self.train[at] for at in order if self.train[at].row != without)
        return [example for example, _ in zip(near, range(count), strict=False)]


def nearest_first(index: Index, text: str) -> NDArray[np.intp]:
    """Places of all texts of an index, nearest to the given one first; ties keep their order."""
    return np.argsort(-index.closeness(text), kind="stable")
