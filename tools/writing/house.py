"""House terms: words and short phrases that are typical of the team's own answers.

Typical by contrast: in train answers far more often than in the inputs and in plain prose, and not
merely taken over from the row's own input.
"""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from scipy.sparse import vstack
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer
from sklearn.feature_selection import chi2

from tools.intake.examples import Example
from tools.writing.words import content, tokens_of

MOST_TERMS, FEWEST_TERMS = 30, 5
LEAST_SHARE = 0.03  # of the train answers, and at least three of them
LEAST_LIFT = 3.0  # how much more often in own answers than elsewhere
OWN_WORDS = 0.5  # at most so many of its uses may take words over from the row's input
CONTAINED = 0.8  # a term that mostly occurs inside a longer one is left to that one
LONGEST_TERM = 3  # words
LEARNED_FROM = 3000  # train rows

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def house_terms(train: Sequence[Example]) -> tuple[str, ...]:
    """The terms, most typical first (by chi-squared); empty where there are fewer than five."""
    rows = train[:LEARNED_FROM]
    vectoriser = CountVectorizer(
        analyzer=phrases, binary=True, min_df=max(3, round(LEAST_SHARE * len(rows)))
    )
    elsewhere = [*(row.input for row in rows), *_prose()]
    try:
        own = vectoriser.fit_transform([row.answer for row in rows])
    except ValueError:  # no phrase is that frequent
        return ()
    names: list[str] = vectoriser.get_feature_names_out().tolist()
    other = vectoriser.transform(elsewhere)
    uses = np.asarray(own.sum(0)).ravel()
    rate_elsewhere = (np.asarray(other.sum(0)).ravel() + 0.5) / (len(elsewhere) + 1)
    typical = uses / len(rows) >= LEAST_LIFT * rate_elsewhere
    typical &= _taken_over(own, names, rows) <= OWN_WORDS * uses
    weights = _contrast(own, other)
    ranked = sorted(np.flatnonzero(typical), key=lambda at: (-weights[at], names[at]))
    kept = _without_parts([(names[at], int(uses[at])) for at in ranked])[:MOST_TERMS]
    return tuple(kept) if len(kept) >= FEWEST_TERMS else ()


def phrases(text: str) -> set[str]:
    """The words and phrases of a text that may be terms: they begin and end with a telling word."""
    words = [word.casefold() for word in _WORD.findall(text)]
    return {
        " ".join(words[at : at + size])
        for size in range(1, LONGEST_TERM + 1)
        for at in range(len(words) - size + 1)
        if _is_telling(words[at]) and _is_telling(words[at + size - 1])
    }


def _is_telling(word: str) -> bool:
    return len(word) > 2 and word not in ENGLISH_STOP_WORDS


@cache
def _prose() -> tuple[str, ...]:
    """Sentences of plain prose."""
    text = files("tools.tuning").joinpath("general_text.txt").read_text(encoding="utf-8")
    return tuple(sentence for sentence in text.replace("\n", " ").split(". ") if sentence)


def _taken_over(own: Any, names: Sequence[str], rows: Sequence[Example]) -> Any:
    """For each term how many answers take all of its words over from their own input."""
    given = [set(tokens_of(row.input)) for row in rows]
    counts = np.zeros(len(names))
    answers, terms = own.nonzero()
    for row, at in zip(answers, terms, strict=True):
        counts[at] += given[row].issuperset(content(tokens_of(names[at])))
    return counts


def _contrast(own: Any, other: Any) -> Any:
    side = np.array([1] * own.shape[0] + [0] * other.shape[0])
    return np.nan_to_num(chi2(vstack([own, other]), side)[0])


def _without_parts(ranked: Sequence[tuple[str, int]]) -> list[str]:
    """Terms in their order; of a phrase and its parts only one: the whole if it is as usual."""

    def within(part: str, whole: str) -> bool:
        return part != whole and f" {part} " in f" {whole} "

    gone = {p for p, n in ranked for w, m in ranked if within(p, w) and m >= CONTAINED * n}
    left = [term for term, _ in ranked if term not in gone]
    return [term for term in left if not any(within(part, term) for part in left)]
