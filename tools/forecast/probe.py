"""The probe: logistic regression on the frozen model's hidden states.

It plays two parts: it is one of the two classifiers by which a tune is forecast (labels.py), and it
can be served itself.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, KFold, StratifiedGroupKFold, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from policies.brief import Metric
from policies.evidence import CurvePoint
from tools.forecast.classifier import Answered, Contestant, timed
from tools.intake.examples import Example
from tools.intake.profile import groups_of
from tools.measure.metrics import overall
from tools.models.cache import CachedModel
from tools.models.protocol import Embedder
from tools.progress import Watch
from tools.trials.task import Task

STRENGTHS = (0.01, 0.1, 1.0)
FOLDS = 4
FRACTIONS = (0.25, 0.5, 1.0)

STEEPEST = 1.0  # exponent of a learning curve; a steeper one is luck

States = NDArray[np.float32]
Folds = list[tuple[NDArray[np.intp], NDArray[np.intp]]]


@dataclass(frozen=True)
class Probe:
    """A fitted probe.

    Attributes:
        layer: Which of the kept layers it reads.
        strength: Inverse regularisation strength.
        cross_validated: Its score inside train, by cross-validation.
        head: The fitted scikit-learn pipeline.
        model: The model whose states it reads.
        model_name: That model's name.
    """

    layer: int
    strength: float
    cross_validated: float
    head: Any
    model: Embedder
    model_name: str

    def contestant(self) -> Contestant:
        """The probe as a classifier that could be served."""

        def answer_by(model: Embedder, texts: Sequence[str]) -> Answered:
            states = model.hidden(texts)  # may come from the store: its own time counts
            labels = timed(lambda _: list(map(str, self.head.predict(states.values[self.layer]))))
            found = labels(texts)
            return Answered(found.answers, found.seconds + states.seconds * len(texts))

        kept = self.model if isinstance(self.model, CachedModel) else None

        def alone(texts: Sequence[str]) -> Answered:
            inner = self.model if kept is None else kept.inner
            assert isinstance(inner, Embedder)
            return answer_by(inner, texts)

        return Contestant(
            name=f"classifier on the model's reading ({self.model_name})",
            kind="classifier",
            answer=lambda texts: answer_by(self.model, texts),
            model=self.model_name,
            fitted=self.head,
            alone=alone,
            layer=self.layer,
            fingerprint="" if kept is None else kept.fingerprint,
            store=None if kept is None else kept.store,
        )


def fit_probe(task: Task, model: Embedder, model_name: str, watch: Watch) -> Probe:
    """Fit the probe on train; layer and regularisation by cross-validation inside train."""
    answers = np.array([example.answer for example in task.train])
    states = model.hidden([example.input for example in task.train]).values
    folds = folds_of(task)
    grid = [(layer, strength) for layer in range(len(states)) for strength in STRENGTHS]
    scored = []
    for layer, strength in watch.track("forecast", "Fitting the probe", iter(grid), len(grid)):
        given = np.empty_like(answers)
        for train, held in folds:
            head = _fitted(strength, states[layer][train], answers[train])
            given[held] = head.predict(states[layer][held])
        scored.append((overall(task.metric, list(answers), list(given)), layer, strength))
    score, layer, strength = max(scored, key=lambda entry: (entry[0], -entry[2], entry[1]))
    head = _fitted(strength, states[layer], answers)
    return Probe(layer, strength, score, head, model, model_name)


def error_at(curve: Sequence[CurvePoint], rows: int, cross_validated: float) -> float:
    """Share of errors of a probe that learns from more rows than a fold of cross-validation has.

    A power law through the curve's last two points: err(n) = err(m) (m / n)^b (2001.08361).

    Args:
        curve: Scores on growing parts of a training fold, fewest rows first.
        rows: All training rows.
        cross_validated: Share of errors in cross-validation, after learning from whole folds.
    """
    if len(curve) < 2:
        return cross_validated
    return cross_validated * math.pow(curve[-1].rows / rows, exponent_of(curve))


def exponent_of(curve: Sequence[CurvePoint]) -> float:
    """Exponent of the power law through a curve's last two points, 0 to `STEEPEST`."""
    before, last = curve[-2:]
    fewer, least = 1 - before.score, 1 - last.score
    if not (0 < before.rows < last.rows and fewer > 0 and least > 0):
        return 0.0  # without errors, or with hardly a row, there is no slope
    exponent = math.log(fewer / least) / math.log(last.rows / before.rows)
    return min(STEEPEST, max(0.0, exponent))


def learning_curve(probe: Probe, task: Task) -> tuple[CurvePoint, ...]:
    """Cross-validated scores of probes on parts of train, fewest rows first."""
    answers = np.array([example.answer for example in task.train])
    states = probe.model.hidden([example.input for example in task.train]).values[probe.layer]
    folds = folds_of(task)
    points = {
        part: _held_out(probe, task.metric, states, answers, folds, part) for part in FRACTIONS
    }
    learned = len(answers) * (1 - 1 / len(folds))  # a fold is held out
    return tuple(
        CurvePoint(rows=round(part * learned), score=score)
        for part, score in points.items()
        if score is not None
    )


def _held_out(
    probe: Probe,
    metric: Metric,
    states: States,
    answers: NDArray[np.str_],
    folds: Folds,
    part: float,
) -> float | None:
    """Cross-validated score when only a part of each training fold is used."""
    rng = np.random.default_rng(0)
    given = np.empty_like(answers)
    for train, held in folds:
        keep = rng.permutation(train)[: max(2, round(part * len(train)))]
        if len(set(answers[keep])) < 2:
            return None
        given[held] = _fitted(probe.strength, states[keep], answers[keep]).predict(states[held])
    return overall(metric, list(answers), list(given))


def _fitted(strength: float, states: States, answers: NDArray[np.str_]) -> Any:
    """A head fitted on some rows; a fold that holds one label only teaches nothing but that."""
    if len(set(answers)) < 2:
        return DummyClassifier().fit(states, answers)
    classifier = LogisticRegression(C=strength, max_iter=200, tol=0.01)
    return make_pipeline(StandardScaler(), classifier).fit(states, answers)


def folds_of(task: Task) -> Folds:
    """Rows to learn from and rows held out, (nearly) equal inputs on the same side."""
    return task.once("folds", lambda: _cut(task.train))


def _cut(train: Sequence[Example]) -> Folds:
    answers = np.array([example.answer for example in train])
    groups = np.array(groups_of([example.input for example in train]))
    fewest = int(np.unique(answers, return_counts=True)[1].min())
    stratified = fewest >= 2  # a label with a single row cannot be in every fold
    count = min(FOLDS, fewest if stratified else len(answers))
    if len(set(groups)) in (1, len(groups)):  # a single group cannot be parted otherwise
        plain = StratifiedKFold if stratified else KFold
        return list(plain(count, shuffle=True, random_state=0).split(answers, answers))
    grouped = StratifiedGroupKFold if stratified else GroupKFold
    folds = grouped(min(count, len(set(groups))), shuffle=True, random_state=0)
    return list(folds.split(answers, answers, groups))
