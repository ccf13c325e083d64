"""Ordinary contestants: trivial baselines and classifiers, each with score and milliseconds."""

import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from policies.brief import TaskType
from policies.evidence import Arm, Score
from tools.intake.examples import Example
from tools.measure.intervals import score_of
from tools.measure.metrics import item_scores
from tools.models.store import CallStore
from tools.trials.latency import REQUESTS, Latency, kept_latency, latency_of
from tools.trials.neighbours import by_pieces
from tools.trials.task import Task

VOTERS = 8
NEAREST = "nearest row's answer"
NO_MODEL = "none"  # what a classifier on words runs on


@dataclass(frozen=True)
class Answered:
    """Answers to some texts, and the seconds for all of them."""

    answers: list[str]
    seconds: float


Answerer = Callable[[Sequence[str]], Answered]


@dataclass(frozen=True)
class Contestant:
    """A way to answer without prompting: its answers, and what it is as an arm.

    Attributes:
        name: Its name as an arm.
        kind: "baseline" or "classifier".
        answer: Answers texts.
        model: The model that it reads with, or "none".
        fitted: The scikit-learn pipeline behind it, or None.
        alone: Answers without anything kept, for timing; None where `answer` does.
        layer: The layer of the model's states that `fitted` reads.
        fingerprint: Fingerprint of the model.
        store: Where its times are kept, so that a resumed run need not load the model.
    """

    name: str
    kind: str
    answer: Answerer
    model: str = NO_MODEL
    fitted: Any = None
    alone: Answerer | None = None
    layer: int = 0
    fingerprint: str = ""
    store: CallStore | None = None

    def arm(self, task: Task, rows: Sequence[Example], test: Score | None = None) -> Arm:
        """Score the contestant on dev rows, and time it on some of them, one at a time."""
        given = self.answer([example.input for example in rows])
        right = [example.right for example in rows]
        times = self.latency([example.input for example in rows])
        return Arm(
            name=self.name,
            kind="baseline" if self.kind == "baseline" else "classifier",
            model=self.model,
            dev=score_of(task.metric, right, given.answers),
            test=test,
            p50_ms=times.p50_ms,
            p95_ms=times.p95_ms,
            timed=times.requests,
            busy_ms=1000 * given.seconds / len(rows),
        )

    def latency(self, texts: Sequence[str]) -> Latency:
        """Time of one text that comes alone, after one that warms up."""
        answer, some = self.alone or self.answer, list(texts[:REQUESTS])

        def measure() -> Latency:
            answer(some[:1])
            return latency_of([answer([text]).seconds for text in some])

        if self.store is None:
            return measure()
        return kept_latency(self.store, [self.fingerprint, self.name, *some], measure)

    def score(self, task: Task, rows: Sequence[Example]) -> Score:
        """Score on further rows."""
        given = self.answer([example.input for example in rows])
        return score_of(task.metric, [example.right for example in rows], given.answers)


def baselines(task: Task) -> list[Contestant]:
    """Answers that need no model at all: the most frequent, the nearest row's, a vote of rows."""
    majority = Counter(example.answer for example in task.train).most_common(1)[0][0]

    def nearest(texts: Sequence[str]) -> list[str]:
        return [task.nearest.find(text, 1)[0].answer for text in texts]

    def vote(texts: Sequence[str]) -> list[str]:
        near = ([e.answer for e in task.nearest.find(text, VOTERS)] for text in texts)
        return [elected(task.type, answers) for answers in near]

    return [
        Contestant("majority answer", "baseline", timed(lambda texts: [majority] * len(texts))),
        Contestant(NEAREST, "baseline", timed(nearest)),
        Contestant(f"vote of the {VOTERS} nearest rows", "baseline", timed(vote)),
    ]


def elected(task_type: TaskType, answers: Sequence[str]) -> str:
    """The answer that some rows agree on, nearest first; ties go to the nearest.

    Labels and numbers: the most frequent. Fields: key by key, the most frequent value of the keys
    that at least half of the rows have. Text: the answer most like the others (mean chrF).
    """
    if task_type == "fields":
        objects = [json.loads(answer) for answer in answers]
        keys = dict.fromkeys(key for each in objects for key in each)
        values = {key: [json.dumps(o[key]) for o in objects if key in o] for key in keys}
        chosen = {
            key: json.loads(Counter(found).most_common(1)[0][0])
            for key, found in values.items()
            if 2 * len(found) >= len(objects)
        }
        return json.dumps(chosen, ensure_ascii=False)
    if task_type == "text":
        alike = [
            float(item_scores("chrf", [each] * len(answers), answers).sum()) for each in answers
        ]
        return answers[max(range(len(answers)), key=alike.__getitem__)]
    return Counter(answers).most_common(1)[0][0]


def word_pipeline() -> Any:
    """TF-IDF with logistic regression, not fitted yet.

    What is counted are pieces of words. On every file tried they told more than whole words, most
    where a label has a dozen rows (docs/log.md).
    """
    return make_pipeline(by_pieces(), LogisticRegression(C=10, max_iter=1000))


def fit_words(texts: Sequence[str], answers: Sequence[str]) -> Any:
    """The classifier on words, fitted; one label only teaches nothing but that."""
    if len(set(answers)) < 2:
        return DummyClassifier().fit(list(texts), list(answers))
    return word_pipeline().fit(list(texts), list(answers))


def word_classifier(task: Task) -> Contestant:
    """TF-IDF with logistic regression, fitted on train."""
    pipeline = fit_words([e.input for e in task.train], [e.answer for e in task.train])

    def answer(texts: Sequence[str]) -> list[str]:
        return [str(label) for label in pipeline.predict(list(texts))]

    return Contestant("classifier on the words", "classifier", timed(answer), fitted=pipeline)


def timed(answer: Callable[[Sequence[str]], list[str]]) -> Answerer:
    """Let an answering function report the seconds it took."""

    def answered(texts: Sequence[str]) -> Answered:
        started = time.perf_counter()
        answers = answer(texts)
        return Answered(answers, time.perf_counter() - started)

    return answered
