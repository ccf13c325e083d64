"""What a tune of labels would score, forecast from two classifiers that cost seconds.

The probe shows what the frozen model's reading is worth, the classifier on words what the mere
spelling tells. Each alone misjudges some kinds of labels: a tune of travel intents makes half of
the probe's errors, one of bank topics all of them. Of the mean of both, tunes of five files make
much the same share (docs/log.md).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean

import numpy as np

from policies.evidence import CurvePoint, Forecast
from tools.forecast.classifier import fit_words
from tools.forecast.growth import twice_as_many
from tools.forecast.probe import Probe, error_at, exponent_of, folds_of, learning_curve
from tools.measure.metrics import overall
from tools.trials.task import Task

LEVEL = 0.8
_Z = NormalDist().inv_cdf((1 + LEVEL) / 2)
# Of the mean errors of the two classifiers, once they learned from as many rows, a tune makes this
# share; and how far the tunes lie from that. Fitted by benchmarks/calibration.py (docs/log.md).
TUNED_ERRORS = 0.74
SPREAD = 0.04


@dataclass(frozen=True)
class Seen:
    """What a classifier scored where it could be seen without the test rows.

    Attributes:
        cross_validated: Its score inside train, by cross-validation.
        dev: Its score on dev, fitted on train.
    """

    cross_validated: float
    dev: float


def forecast_labels(
    probe: Probe, task: Task, seen: Sequence[Seen], dev_rows: int, test_rows: int
) -> Forecast:
    """What a tune would score on this test sample, as an 80 % interval.

    See `tuned_score`.

    Args:
        probe: The fitted probe, whose learning curve is followed.
        task: The task.
        seen: The two classifiers.
        dev_rows: Rows of dev.
        test_rows: Rows of the test sample.
    """
    rows = len(task.train)
    curve = learning_curve(probe, task)
    error = expected_error(curve, seen, rows, dev_rows)
    score, low, high = tuned_score(error, rows + dev_rows, test_rows)
    return Forecast(
        method="two classifiers: one on words, one on the frozen model's hidden states",
        score=score,
        low=low,
        high=high,
        level=LEVEL,
        more_data=more_data(curve, rows, error),
        curve=curve,
    )


def cross_validated_words(task: Task) -> float:
    """Score of the classifier on words inside train, on the folds that the probe was scored on."""
    texts = np.array([example.input for example in task.train], dtype=object)
    answers = np.array([example.answer for example in task.train])
    given = np.empty_like(answers)
    for train, held in folds_of(task):
        given[held] = fit_words(list(texts[train]), list(answers[train])).predict(texts[held])
    return overall(task.metric, list(answers), list(given))


def tuned_score(
    error: float,
    rows: int,
    test_rows: int,
    share: float = TUNED_ERRORS,
    calibrated: float = SPREAD,
) -> tuple[float, float, float]:
    """What a tune would score: the middle and the ends of the interval.

    The middle is one minus the calibrated share of the classifiers' errors. The interval adds three
    variances: the estimate's, the test sample's own, and the calibration's.

    Args:
        error: Expected share of errors of the two classifiers, on average.
        rows: Rows on which that was measured.
        test_rows: Rows of the test sample.
        share: Of the classifiers' errors that a tune makes.
        calibrated: How far tunes lie from that, as a standard deviation.
    """
    centre = 1 - share * error
    spread = math.sqrt(drawn_variance(error, rows, test_rows, share) + calibrated**2)
    return centre, max(0.0, centre - _Z * spread), min(1.0, centre + _Z * spread)


def drawn_variance(error: float, rows: int, test_rows: int, share: float) -> float:
    """Variance that a forecast has by the rows alone: those of the estimate, those of the test."""
    estimate = share**2 * _binomial_variance(error, rows)
    return estimate + _binomial_variance(1 - share * error, test_rows)


def more_data(curve: Sequence[CurvePoint], rows: int, error: float) -> str:
    """What twice the training examples would bring a tune, in words.

    The probe's curve tells the slope; the span is that of the gain between its last two points, by
    the rows that these were counted on.

    Args:
        curve: The probe's scores inside train, fewest rows first.
        rows: Training rows.
        error: Expected share of errors of the classifiers; a tune makes a calibrated part of them.
    """
    if len(curve) < 2:
        return "There are too few rows a label to say what more examples would bring."
    fewer, least = (1 - point.score for point in curve[-2:])
    gain = error * (1 - 2 ** -exponent_of(curve))
    scale = min(1.0, error / fewer) if fewer > 0 else 1.0
    counted = _binomial_variance(fewer, rows) + _binomial_variance(least, rows)
    unsure = _Z * scale * math.sqrt(counted)
    low, high = max(0.0, gain - unsure), min(error, gain + unsure)
    return twice_as_many(rows, TUNED_ERRORS * low, TUNED_ERRORS * high)


def expected_error(
    curve: Sequence[CurvePoint], seen: Sequence[Seen], rows: int, dev_rows: int
) -> float:
    """Mean share of errors of the classifiers once they learned from all training rows.

    Args:
        curve: The probe's learning curve inside train.
        seen: The classifiers, as seen inside train and on dev.
        rows: Training rows.
        dev_rows: Rows of dev.
    """
    inside = error_at(curve, rows, 1 - fmean(each.cross_validated for each in seen))
    on_dev = 1 - fmean(each.dev for each in seen)
    return (inside * rows + on_dev * dev_rows) / (rows + dev_rows)


def _binomial_variance(share: float, n: int) -> float:
    """Variance of a share over n rows, kept off zero for shares near 0 or 1 (add-two rule)."""
    softened = (share * n + 2) / (n + 4)
    return softened * (1 - softened) / (n + 4)
