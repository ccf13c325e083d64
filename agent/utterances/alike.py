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
from sklearn.pipeline import make_pipeline, make_union
from threadpoolctl import threadpool_limits

from agent.utterances.figures import plain_of
from agent.utterances.intents import Intent
from agent.utterances.phrases import phrases
from tools.trials.neighbours import by_pieces, by_words

LIKELY = 0.45  # of a question: at less, more are answered, and more of them wrongly (docs/log.md)
THEIRS = 0.5  # so surely a text of the team's that no pattern counts
STRENGTH = 10.0
MOST_TEXTS, LONGEST = 300, 400  # of the team's, in characters
MOST_WORDS = 30
TEAMS = "one of the team's texts"
_MARKUP = re.compile(
    r"<[^<>]*>|\]\([^()\s]*\)|\bhttps?://\S+|\S{1,64}@\S{1,64}\.\w+", re.IGNORECASE
)

# What each name of `questions.tsv` asks, and the words in which the answer says so; what has the
# name "other" is about nothing here.
MEANT: dict[str, tuple[Intent, str]] = {
    "why": (Intent("why"), "why this is the answer"),
    "why_not_tune": (Intent("why_not", ("fine-tune",)), "why not a fine-tune"),
    "why_not_classifier": (Intent("why_not", ("classifier",)), "why not the classifier"),
    "why_not_larger": (Intent("why_not", ("larger model",)), "why not a larger model"),
    "why_not_retrieval": (Intent("why_not", ("retrieval",)), "why facts are not looked up"),
    "mistakes": (Intent("mistakes"), "the mistakes"),
    "prompt": (Intent("prompt"), "the prompt itself"),
    "compare": (Intent("overview"), "how the ways compare"),
    "cost": (Intent("cost"), "the cost"),
    "sure": (Intent("sure"), "how sure this is"),
    "next": (Intent("next"), "what happens next"),
    "effort": (Intent("effort"), "the work and the people it takes"),
    "upkeep": (Intent("upkeep"), "what it takes to keep it right"),
    "tried": (Intent("tried"), "what was tried"),
    "changes": (Intent("changes"), "what would change the answer"),
    "fixes": (Intent("fixes"), "labels that look wrong"),
    "more": (Intent("more"), "more examples"),
    "time": (Intent("time"), "how long the work takes"),
    "speed": (Intent("speed"), "how fast it answers"),
    "overfit": (Intent("overfit"), "how it does on other inputs than these"),
    "data": (Intent("data"), "the state of your examples"),
    "privacy": (Intent("privacy"), "where your data goes"),
    "report": (Intent("report"), "the report"),
    "about": (Intent("about"), "me"),
    "label": (Intent("label"), "how right each label is"),
    "split": (Intent("split"), "how your rows were split"),
    "luck": (Intent("luck"), "whether a difference is luck"),
    "interval": (Intent("interval"), "how exactly the scores are known"),
    "brought": (Intent("brought"), "what the fine-tune brought"),
    "risks": (Intent("risks"), "what may go wrong"),
    "models": (Intent("models"), "the models and their licence"),
    "weights": (Intent("weights"), "where the model is"),
    "settings": (Intent("settings"), "how the model was trained"),
    "even": (Intent("even"), "when it pays back"),
    "year": (Intent("year"), "the cost of a year"),
    "short": (Intent("short"), "the answer in short"),
    "simply": (Intent("simply"), "the answer in plain words"),
}


@dataclass(frozen=True)
class Alike:
    """What a message is like.

    Attributes:
        intent: What it asks about the run, or None if that is not likely enough.
        about: The same in words.
        theirs: Whether it is more likely a text of the team's than all else together.
        leans: Whether a text of the team's is the likeliest of all that it could be.
    """

    intent: Intent | None
    about: str
    theirs: bool
    leans: bool = False


class Questions:
    """Tells questions about a run from each other, and from a team's own texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Learn the questions, and these inputs of the team's examples."""
        own = [plain_of(text[:LONGEST]) for text in texts[:MOST_TEXTS]]
        names, asked = _bank()
        self._model = make_pipeline(
            make_union(by_words(), by_pieces()),
            LogisticRegression(C=STRENGTH, max_iter=300, tol=1e-3),
        )
        with threadpool_limits(1, user_api="blas"):  # so small a fit takes longer on two
            self._model.fit([*asked, *own], [*names, *[TEAMS] * len(own)])

    def read(self, text: str) -> Alike:
        """What a message is like; a long one is no question, nor is what it links to."""
        plain = plain_of(_MARKUP.sub(" ", text))
        if not plain or len(plain.split()) > MOST_WORDS:
            return Alike(None, "", False)
        shares: dict[str, Any] = dict(
            zip(self._model.classes_, self._model.predict_proba([plain])[0], strict=True)
        )
        name = max(shares, key=lambda each: shares[each])
        theirs = shares.get(TEAMS, 0.0) >= THEIRS
        if name not in MEANT or shares[name] < LIKELY:
            return Alike(None, "", theirs, leans=name == TEAMS)
        return Alike(*MEANT[name], theirs)


@cache
def _bank() -> tuple[list[str], list[str]]:
    """Names and questions, in the same order: those of the file and short ones."""
    text = files("agent.utterances").joinpath("questions.tsv").read_text(encoding="utf-8")
    pairs = [line.split("\t") for line in text.splitlines() if line]
    asked = {plain_of(asked): name for name, asked in pairs}
    asked |= {said: name for said, name in phrases() if name in MEANT and said not in asked}
    return list(asked.values()), list(asked)
