"""What a question about the run is most like, where no pattern takes it, or whether it is none.

The patterns of `intents` take a question as it is usually put, and people put it otherwise. So an
ordinary classifier, on words and pieces of words, has learned from `questions.tsv` and from the
short ones of `phrases.tsv`: each message with what it asks, as people of many kinds wrote them.
The inputs of the team's own examples are a further class, since a message may as well be one of
those texts.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline, make_union
from threadpoolctl import threadpool_limits

from agent.utterances.figures import plain_of
from agent.utterances.meant import MEANT, Meant
from agent.utterances.phrases import phrases
from tools.trials.neighbours import by_pieces, by_words

LIKELY = 0.45  # of a question: at less, more are answered, and more of them wrongly (docs/log.md)
GUESSED, MOST_GUESSES = 0.1, 3  # what is offered where nothing is likely
THEIRS = 0.5  # so surely a text of the team's that no pattern counts
STRENGTH = 10.0
MOST_TEXTS, LONGEST = 300, 400  # of the team's, in characters
MOST_WORDS = 30
TEAMS = "one of the team's texts"
_MARKUP = re.compile(
    r"<[^<>]*>|\]\([^()\s]*\)|\bhttps?://\S+|\S{1,64}@\S{1,64}\.\w+", re.IGNORECASE
)


@dataclass(frozen=True)
class Alike:
    """What a message is like.

    Attributes:
        meant: What it asks about the run, or None if that is not likely enough.
        guesses: What else it may ask, the likeliest first.
        theirs: How likely it is a text of the team's, from 0 to 1.
        may_be_theirs: Whether that is likelier than any one question: of texts of a team with 240
            examples 98 of 100 are, of questions one (docs/log.md).
    """

    meant: Meant | None
    guesses: tuple[Meant, ...]
    theirs: float
    may_be_theirs: bool = False

    @property
    def is_theirs(self) -> bool:
        """Whether it is so surely a text of the team's that no wording in it counts."""
        return self.theirs >= THEIRS


class Questions:
    """Tells questions about a run from each other, and from a team's own texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Learn the questions, and these inputs of the team's examples."""
        own = [plain_of(text[:LONGEST]) for text in texts[:MOST_TEXTS]]
        names, asked = _bank()
        self._model = make_pipeline(
            make_union(by_words(), by_pieces()),
            # one against the rest takes a quarter of the time of all at once (docs/log.md)
            OneVsRestClassifier(LogisticRegression(C=STRENGTH, solver="liblinear", tol=1e-2)),
        )
        with threadpool_limits(1, user_api="blas"):  # so small a fit takes longer on two
            self._model.fit([*asked, *own], [*names, *[TEAMS] * len(own)])

    def read(self, text: str) -> Alike:
        """What a message is like; a long one is no question, nor is what it links to."""
        plain = plain_of(_MARKUP.sub(" ", text[:LONGEST]))
        if not plain:
            return Alike(None, (), 0.0)
        found = self._model.predict_proba([plain])[0]
        shares: dict[str, Any] = dict(zip(self._model.classes_, found, strict=True))
        theirs = float(shares.pop(TEAMS, 0.0))
        ranked = sorted(shares, key=lambda name: -shares[name])
        leans = theirs > shares[ranked[0]]
        if len(plain.split()) > MOST_WORDS:
            return Alike(None, (), theirs, leans)
        guesses = [MEANT[name] for name in ranked if name in MEANT and shares[name] >= GUESSED]
        sure = ranked[0] in MEANT and shares[ranked[0]] >= LIKELY
        return Alike(guesses[0] if sure else None, tuple(guesses[:MOST_GUESSES]), theirs, leans)


@cache
def _bank() -> tuple[list[str], list[str]]:
    """Names and questions, in the same order: those of the file and short ones."""
    text = files("agent.utterances").joinpath("questions.tsv").read_text(encoding="utf-8")
    pairs = [line.split("\t") for line in text.splitlines() if line]
    asked = {plain_of(asked): name for name, asked in pairs}
    asked |= {said: name for said, name in phrases() if name in MEANT and said not in asked}
    return list(asked.values()), list(asked)
