"""The nearest train rows of a text, by TF-IDF cosine."""

from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from tools.intake.examples import Example

WORDS = r"(?u)\b\w+\b|[^\w\s]"  # signs too: an input may hold nothing else


class NearestRows:
    """Finds the train rows whose inputs share the most telling words with a text."""

    def __init__(self, train: Sequence[Example]) -> None:
        """Index the train rows; vocabulary and weights come from them alone."""
        self.train = tuple(train)
        self._vectoriser = TfidfVectorizer(
            ngram_range=(1, 2), sublinear_tf=True, token_pattern=WORDS
        )
        self._rows = self._vectoriser.fit_transform([example.input for example in train])

    def find(self, text: str, count: int, without: int | None = None) -> list[Example]:
        """The nearest rows, nearest first.

        Args:
            text: The input to find neighbours of.
            count: How many.
            without: Row number to leave out: a row is never its own example.
        """
        closeness = (self._vectoriser.transform([text]) @ self._rows.T).toarray()[0]
        order = np.argsort(-closeness, kind="stable")
        near = (self.train[i] for i in order if self.train[i].row != without)
        return [example for example, _ in zip(near, range(count), strict=False)]
