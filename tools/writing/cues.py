"""How a value is put into words: turns of phrase that give it away, learned from train answers.

"familyFriendly[no]" is written as "adults only" or "not suitable for children". For a value that
enough train rows have, the turns of one to three words are found that are at home in their answers
and rare in all others. What is learned on one half is tried on the other, so that the yardstick
itself is measured: hits are the answers to rows with the value in which it is seen, false alarms
those to rows without it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer

from tools.writing.words import GAP, negated, says

LEAST_ROWS = 8  # train rows with the value, and as many without
MOST_CUES = 12
LEAST_LIFT = 6.0  # how much more often a cue comes with the value than without it
SURE = 1e-3  # one-sided p-value of a cue (Fisher's exact test)
LEAST_GAIN = 2  # further answers that a cue has to explain


@dataclass(frozen=True)
class Teller:
    """What tells that a text states a value.

    Attributes:
        tokens: The value itself; empty where its own words tell nothing, as with "yes".
        cues: Turns of phrase, negations marked.
        hits: Share of the answers to train rows with the value in which it is seen.
        alarms: The same for train rows without it.
    """

    tokens: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()
    hits: float = 1.0
    alarms: float = 0.0

    @property
    def worth(self) -> float:
        """Hits less false alarms (Youden's J): 1 tells for sure, 0 nothing."""
        return self.hits - self.alarms

    def sees(self, tokens: Sequence[str]) -> bool:
        """Whether a text states the value."""
        if self.tokens and says(self.tokens, tokens):
            return True
        return bool(self.cues) and any(cue in turns_of(tokens) for cue in self.cues)


def turns_of(tokens: Sequence[str]) -> set[str]:
    """The turns of one to three words of a text, negations marked."""
    marked = negated(tokens)
    return {
        " ".join(marked[at : at + size])
        for size in (1, 2, 3)
        for at in range(len(marked) - size + 1)
        if GAP not in marked[at : at + size]
    }


def learn(
    tokens: Sequence[str], texts: Sequence[Sequence[str]], has: NDArray[np.bool_], literal: bool
) -> Teller | None:
    """What tells a value best: its own words, cues, or both; None where too few rows show it.

    Args:
        tokens: The value.
        texts: Train answers, words of other facts taken out.
        has: For each answer whether its row has the value.
        literal: Whether the value's own words may tell; "yes" and "no" never do.
    """
    if min(has.sum(), (~has).sum()) < LEAST_ROWS:
        return None
    own = np.array([literal and says(tokens, text) for text in texts])
    turns = _Turns(texts)
    held_out = np.zeros(len(texts), dtype=bool)
    half = np.arange(len(texts)) % 2 == 0
    for part in (half, ~half):
        cues = turns.best(has, part)
        held_out[~part] = turns.seen(cues)[~part]
    kinds = [(tuple(tokens), False, own)] if literal else []
    kinds += [((), True, held_out)]
    kinds += [(tuple(tokens), True, own | held_out)] if literal else []
    learned = turns.best(has, np.ones(len(texts), dtype=bool))
    tellers = [
        Teller(words, learned if cued else (), float(seen[has].mean()), float(seen[~has].mean()))
        for words, cued, seen in kinds
    ]
    return max(tellers, key=lambda teller: round(teller.worth, 2))  # on a tie the plainest


def _rank(turn: str) -> tuple[bool, int, str]:
    """Of turns that explain as much the one with a telling word, then the shortest."""
    words = [word.removeprefix("not_") for word in turn.split()]
    return ENGLISH_STOP_WORDS.issuperset(words), len(words), turn


class _Turns:
    """Which answers hold which turns of phrase."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        vectoriser = CountVectorizer(analyzer=turns_of, binary=True, min_df=3)
        try:
            self.held = vectoriser.fit_transform(texts).toarray().astype(bool)
            self.names: list[str] = vectoriser.get_feature_names_out().tolist()
        except ValueError:  # no turn occurs three times
            self.held, self.names = np.zeros((len(texts), 0), dtype=bool), []

    def seen(self, cues: Sequence[str]) -> NDArray[np.bool_]:
        """For each answer whether it holds one of the cues."""
        wanted = [at for at, name in enumerate(self.names) if name in set(cues)]
        found: NDArray[np.bool_] = self.held[:, wanted].any(axis=1)
        return found

    def best(self, has: NDArray[np.bool_], part: NDArray[np.bool_]) -> tuple[str, ...]:
        """Cues that together explain the most answers of a part, picked greedily."""
        held, right = self.held[part], has[part]
        good, bad = int(right.sum()), int((~right).sum())
        if not good or not bad:
            return ()
        hits, alarms = held[right].sum(0), held[~right].sum(0)
        lift = (hits / good) / ((alarms + 0.5) / (bad + 1))
        chances = stats.hypergeom.sf(hits - 1, good + bad, hits + alarms, good)
        usable = list(np.flatnonzero((hits >= 3) & (lift >= LEAST_LIFT) & (chances < SURE)))
        left, chosen = right.copy(), list[str]()
        while usable and len(chosen) < MOST_CUES:
            gains = [int(held[left, at].sum()) - int(alarms[at]) for at in usable]
            first = min(range(len(usable)), key=lambda n: (-gains[n], _rank(self.names[usable[n]])))
            if gains[first] < LEAST_GAIN:
                break
            chosen.append(self.names[usable[first]])
            left &= ~held[:, usable[first]]
        return tuple(chosen)
