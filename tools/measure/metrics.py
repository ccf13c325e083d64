"""Scores of answers, from 0 to 1: for one item, and for many."""

import json
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sacrebleu.metrics import CHRF
from sklearn.metrics import f1_score

from policies.brief import Metric

NO_ANSWER = "∅"
_CHRF = CHRF()

Right = str | tuple[str, ...]  # a right answer, or the several right texts of one input


def item_scores(
    metric: Metric, expected: Sequence[Right], given: Sequence[str | None]
) -> NDArray[np.float64]:
    """Score of each item, shape (items,).

    Accuracy and macro-F1 count right or wrong; `field_f1` is the F1 over an item's (key, value)
    pairs; `numeric_match` is right within a millionth; `chrf` is sacrebleu's sentence chrF / 100
    (Popović 2015), against the closest where there are several right texts.

    Args:
        metric: The metric.
        expected: Right answers, as text; only texts may have several each.
        given: Parsed answers; None where there was no valid one.
    """
    score: Callable[[Any, str], float] = {
        "accuracy": _same,
        "macro_f1": _same,
        "field_f1": _field_f1,
        "numeric_match": _same_number,
        "chrf": _chrf,
    }[metric]
    return np.array(
        [0.0 if g is None else score(e, g) for e, g in zip(expected, given, strict=True)]
    )


def overall(metric: Metric, expected: Sequence[Right], given: Sequence[str | None]) -> float:
    """Score of a set of items: the mean over items, or the macro-F1 over the expected labels."""
    if not expected:
        return 0.0
    if metric == "macro_f1":
        answers = [NO_ANSWER if g is None else g for g in given]
        right = [str(each) for each in expected]
        labels = sorted(set(right))
        return float(f1_score(right, answers, labels=labels, average="macro", zero_division=0))
    return float(item_scores(metric, expected, given).mean())


def pairs(answer: str) -> set[tuple[str, str]]:
    """The (key, value) pairs of a JSON object, values compared without case and outer spaces."""
    loaded = json.loads(answer)
    return {(str(key), _value(value)) for key, value in loaded.items()}


def _value(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    return " ".join(text.casefold().split())


def _same(expected: str, given: str) -> float:
    return float(expected == given)


def _field_f1(expected: str, given: str) -> float:
    right, said = pairs(expected), pairs(given)
    if not right and not said:
        return 1.0
    return 2 * len(right & said) / (len(right) + len(said))


def _same_number(expected: str, given: str) -> float:
    return float(math.isclose(float(expected), float(given), rel_tol=1e-6, abs_tol=1e-9))


def _chrf(expected: Right, given: str) -> float:
    references = [expected] if isinstance(expected, str) else list(expected)
    return float(_CHRF.sentence_score(given, references).score) / 100
