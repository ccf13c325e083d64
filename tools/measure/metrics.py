"""Scores of answers, from 0 to 1: for one item, and for many."""

import json
import math
import unicodedata
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sacrebleu.metrics import CHRF
from sklearn.metrics import f1_score

from policies.brief import Metric
from tools.written_numbers import plainly

_CHRF = CHRF()

Right = str | tuple[str, ...]  # a right answer, or the several right texts of one input


def item_scores(
    metric: Metric, expected: Sequence[Right], given: Sequence[str | None]
) -> NDArray[np.float64]:
    """Score of each item, shape (items,).

    Accuracy and macro-F1 count right or wrong; `field_f1` is the F1 over an item's (key, value)
    pairs; `numeric_match` is right if integers are the same, and within a millionth where one has
    a decimal part; `chrf` is sacrebleu's sentence chrF / 100 (Popović 2015), against the closest
    where there are several right texts.

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
        right, said = label_numbers(expected, given)
        labels = np.unique(right)
        return float(f1_score(right, said, labels=labels, average="macro", zero_division=0))
    return float(item_scores(metric, expected, given).mean())


def label_numbers(
    expected: Sequence[Right], given: Sequence[str | None]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Right and given labels as numbers from 0; a given one that is never right, or none, is -1.

    So no label, whatever its text, can be taken for no answer.
    """
    numbers: dict[str | None, int] = {
        label: at for at, label in enumerate(sorted(set(map(str, expected))))
    }
    right = np.array([numbers[str(each)] for each in expected], np.intp)
    return right, np.array([numbers.get(each, -1) for each in given], np.intp)


def pairs(answer: str) -> set[tuple[str, str]]:
    """The (key, value) pairs of a JSON object, values in the form in which they are compared.

    Texts are compared without differences of Unicode form, case and white space, numbers by value,
    also inside lists and objects.
    """
    loaded = json.loads(answer)
    return {(str(key), _value(value)) for key, value in loaded.items()}


def _value(value: Any) -> str:
    try:
        leaf = _leaf(value)
    except RecursionError:  # nested deeper than anyone would read
        leaf = value
    return leaf if isinstance(leaf, str) else json.dumps(leaf, sort_keys=True)


def _leaf(value: Any) -> Any:
    """The value with every leaf as text, the form in which it is compared."""
    if isinstance(value, dict):
        return {key: _leaf(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_leaf(inner) for inner in value]
    if isinstance(value, str):
        return " ".join(unicodedata.normalize("NFKC", value).casefold().split())
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    return plainly(Decimal(str(value)))


def _same(expected: str, given: str) -> float:
    return float(expected == given)


def _field_f1(expected: str, given: str) -> float:
    right, said = pairs(expected), pairs(given)
    if not right and not said:
        return 1.0
    return 2 * len(right & said) / (len(right) + len(said))


def _same_number(expected: str, given: str) -> float:
    right, said = Decimal(expected), Decimal(given)
    if _is_whole(right) and _is_whole(said):
        return float(right == said)
    return float(math.isclose(float(right), float(said), rel_tol=1e-6, abs_tol=1e-9))


def _is_whole(number: Decimal) -> bool:
    return number == number.to_integral_value()


def _chrf(expected: Right, given: str) -> float:
    references = [expected] if isinstance(expected, str) else list(expected)
    return float(_CHRF.sentence_score(given, references).score) / 100
