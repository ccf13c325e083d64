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
from agent.utterances.intents import Intent
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
class Meant:
    """What a message may mean.

    Attributes:
        intent: What it asks about the run.
        about: The same in words, for an answer that says how it took the message.
        question: How it is asked plainly, for a button.
    """

    intent: Intent
    about: str
    question: str


# What each name of `questions.tsv` asks; what has the name "other" is about nothing here.
MEANT: dict[str, Meant] = {
    "why": Meant(Intent("why"), "why this is the answer", "Why?"),
    "why_not_tune": Meant(
        Intent("why_not", ("fine-tune",)), "why not a fine-tune", "Why not a fine-tune?"
    ),
    "why_not_classifier": Meant(
        Intent("why_not", ("classifier",)), "why not the classifier", "Why not the classifier?"
    ),
    "why_not_larger": Meant(
        Intent("why_not", ("larger model",)), "why not a larger model", "Why not a larger model?"
    ),
    "why_not_retrieval": Meant(
        Intent("why_not", ("retrieval",)), "why facts are not looked up", "Why not retrieval?"
    ),
    "mistakes": Meant(Intent("mistakes"), "the mistakes", "Show me the mistakes"),
    "prompt": Meant(Intent("prompt"), "the prompt itself", "Show me the prompt"),
    "compare": Meant(Intent("overview"), "how the ways compare", "Compare them"),
    "cost": Meant(Intent("cost"), "the cost", "What would it cost?"),
    "sure": Meant(Intent("sure"), "how sure this is", "How sure are you?"),
    "next": Meant(Intent("next"), "what happens next", "What happens next?"),
    "effort": Meant(Intent("effort"), "the work and the people it takes", "How much work is it?"),
    "upkeep": Meant(Intent("upkeep"), "what it takes to keep it right", "How do we keep it right?"),
    "tried": Meant(Intent("tried"), "what was tried", "What did you try?"),
    "changes": Meant(
        Intent("changes"), "what would change the answer", "What would change the answer?"
    ),
    "fixes": Meant(Intent("fixes"), "labels that look wrong", "Which rows should I fix?"),
    "more": Meant(Intent("more"), "more examples", "Would more examples help?"),
    "time": Meant(Intent("time"), "how long the work takes", "How long does it take?"),
    "speed": Meant(Intent("speed"), "how fast it answers", "How fast does it answer?"),
    "overfit": Meant(
        Intent("overfit"), "how it does on other inputs than these", "Does it work on other inputs?"
    ),
    "data": Meant(Intent("data"), "the state of your examples", "How good is my data?"),
    "privacy": Meant(Intent("privacy"), "where your data goes", "Where does my data go?"),
    "report": Meant(Intent("report"), "the report", "Where is the report?"),
    "about": Meant(Intent("about"), "me", "What are you?"),
    "label": Meant(Intent("label"), "how right each label is", "What is the score per label?"),
    "split": Meant(Intent("split"), "how your rows were split", "Which rows was it tested on?"),
    "luck": Meant(Intent("luck"), "whether a difference is luck", "Is the difference luck?"),
    "interval": Meant(
        Intent("interval"), "how exactly the scores are known", "What is the margin of error?"
    ),
    "brought": Meant(
        Intent("brought"), "what the fine-tune brought", "What did the fine-tune bring?"
    ),
    "risks": Meant(Intent("risks"), "what may go wrong", "What are the risks?"),
    "models": Meant(Intent("models"), "the models and their licence", "Which models are these?"),
    "weights": Meant(Intent("weights"), "where the model is", "Where is the model?"),
    "settings": Meant(Intent("settings"), "how the model was trained", "How was it trained?"),
    "even": Meant(Intent("even"), "when it pays back", "When does it pay back?"),
    "year": Meant(Intent("year"), "the cost of a year", "What does a year cost?"),
    "short": Meant(Intent("short"), "the answer in short", "Say it in short"),
    "tell": Meant(Intent("tell"), "what to tell others", "What do I tell my boss?"),
    "worth": Meant(Intent("worth"), "whether it is worth the money", "Is it worth the money?"),
    "law": Meant(Intent("law"), "what the law says", "Is it allowed with GDPR?"),
    "relabel": Meant(Intent("relabel"), "labels that change", "What if labels are merged?"),
    "retrain": Meant(Intent("retrain"), "training again", "When must it be trained again?"),
    "stands": Meant(Intent("stands"), "which answer stands", "Which is it now?"),
    "handover": Meant(Intent("handover"), "what to hand over", "What does our IT need?"),
    "tongues": Meant(Intent("tongues"), "other languages", "Does it work in other languages?"),
    "fallback": Meant(Intent("fallback"), "going back", "Can we go back later?"),
    "again": Meant(Intent("again"), "doing it again", "Can I try again with a better file?"),
    "cheaper": Meant(Intent("cheaper"), "other models", "Can we use another model?"),
    "judged": Meant(Intent("judged"), "what counts as right", "How is an answer judged?"),
    "by_hand": Meant(
        Intent("by_hand"), "what people should look at", "Which cases should a person check?"
    ),
    "simply": Meant(Intent("simply"), "the answer in plain words", "Explain it in simple words"),
}


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
