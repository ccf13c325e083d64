"""Ordinary contestants: trivial baselines and classifiers, each with score and milliseconds."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from policies.evidence import Arm, Score
from tools.intake.examples import Example
from tools.measure.intervals import score_of
from tools.trials.neighbours import WORDS
from tools.trials.task import Task

VOTERS = 8


@dataclass(frozen=True)
class Answered:
    """Answers to some texts, and the seconds for all of them."""

    answers: list[str]
    seconds: float


Answerer = Callable[[Sequence[str]], Answered]


@dataclass(frozen=True)
class Contestant:
    """A way to answer without prompting: its answers, and what it is as an arm."""

    name: str
    kind: str
    answer: Answerer
    model: str = "none"

    def arm(self, task: Task, rows: Sequence[Example], test: Score | None = None) -> Arm:
        """Score the contestant on dev rows."""
        given = self.answer([example.input for example in rows])
        right = [example.answer for example in rows]
        return Arm(
            name=self.name,
            kind="baseline" if self.kind == "baseline" else "classifier",
            model=self.model,
            dev=score_of(task.metric, right, given.answers),
            test=test,
            p50_ms=1000 * given.seconds / len(rows),
        )

    def score(self, task: Task, rows: Sequence[Example]) -> Score:
        """Score on further rows."""
        given = self.answer([example.input for example in rows])
        return score_of(task.metric, [example.answer for example in rows], given.answers)


def baselines(task: Task) -> list[Contestant]:
    """Answers that need no model at all: the most frequent, the nearest row's, a vote of rows."""
    majority = Counter(example.answer for example in task.train).most_common(1)[0][0]

    def nearest(texts: Sequence[str]) -> list[str]:
        return [task.nearest.find(text, 1)[0].answer for text in texts]

    def vote(texts: Sequence[str]) -> list[str]:
        votes = [[e.answer for e in task.nearest.find(text, VOTERS)] for text in texts]
        return [Counter(answers).most_common(1)[0][0] for answers in votes]

    found = [
        Contestant("majority answer", "baseline", timed(lambda texts: [majority] * len(texts))),
        Contestant("nearest row's answer", "baseline", timed(nearest)),
    ]
    if task.type == "labels":
        found.append(Contestant(f"vote of the {VOTERS} nearest rows", "baseline", timed(vote)))
    return found


def word_pipeline() -> Any:
    """TF-IDF with logistic regression, not fitted yet."""
    return make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=WORDS),
        LogisticRegression(C=10, max_iter=1000),
    )


def word_classifier(task: Task) -> Contestant:
    """TF-IDF with logistic regression, fitted on train."""
    pipeline = word_pipeline()
    pipeline.fit([e.input for e in task.train], [e.answer for e in task.train])

    def answer(texts: Sequence[str]) -> list[str]:
        return [str(label) for label in pipeline.predict(list(texts))]

    return Contestant("classifier on words (TF-IDF)", "classifier", timed(answer))


def timed(answer: Callable[[Sequence[str]], list[str]]) -> Answerer:
    """Let an answering function report the seconds it took."""

    def answered(texts: Sequence[str]) -> Answered:
        started = time.perf_counter()
        answers = answer(texts)
        return Answered(answers, time.perf_counter() - started)

    return answered
