"""Mistakes weighed by what they cost: a missed fraud report may be worse than ten other mistakes.

The plain score counts all mistakes alike, and the verdict rests on it; this only shows what other
weights would say of the same answers.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from policies.evidence import Frozen
from tools.measure.intervals import mean_interval

LARGEST = 10_000.0  # times that a mistake may count


class Harm(Frozen):
    """Mistakes that count otherwise than the usual ones, which count once.

    Attributes:
        right: The right label of them; None for any.
        given: The label that was given instead; None for any, and for no valid answer.
        times: How many usual mistakes one of them is worth.
    """

    right: str | None = None
    given: str | None = None
    times: float


class Weighed(Frozen):
    """The mistakes of one way of working.

    Attributes:
        name: The way of working.
        wrong: Rows that it got wrong.
        weight: What these mistakes count together, in usual mistakes.
        rows: Rows in all.
    """

    name: str
    wrong: int
    weight: float
    rows: int

    @property
    def share(self) -> float:
        """Rows that are right, as a share."""
        return 1 - self.wrong / self.rows


def weights(
    expected: Sequence[str], given: Sequence[str | None], harms: Sequence[Harm]
) -> NDArray[np.float64]:
    """What each row's answer costs, in usual mistakes: 0 where it is right, shape (rows,).

    Where several harms fit, the one that names both labels counts, else the largest.
    """
    return np.array([_weight(e, g, harms) for e, g in zip(expected, given, strict=True)])


def weigh(
    expected: Sequence[str], answers: Mapping[str, Sequence[str | None]], harms: Sequence[Harm]
) -> list[Weighed]:
    """The ways of working, the cheapest mistakes first; ties stay as they come.

    Args:
        expected: The right labels.
        answers: The answers to the same rows by way of working.
        harms: What counts otherwise.
    """
    found = []
    for name, given in answers.items():
        costs = weights(expected, given, harms)
        wrong = sum(e != g for e, g in zip(expected, given, strict=True))
        found.append(Weighed(name=name, wrong=wrong, weight=float(costs.sum()), rows=len(expected)))
    return sorted(found, key=lambda each: each.weight)


def saving(
    expected: Sequence[str],
    first: Sequence[str | None],
    second: Sequence[str | None],
    harms: Sequence[Harm],
) -> tuple[float, float, float]:
    """By how many usual mistakes in 100 requests the second is cheaper; with its 95 % interval.

    The interval is a paired bootstrap over rows.
    """
    change = 100 * (weights(expected, first, harms) - weights(expected, second, harms))
    return float(change.mean()), *mean_interval(change)


def _weight(expected: str, given: str | None, harms: Sequence[Harm]) -> float:
    if expected == given:
        return 0.0
    fitting = [
        (harm.right is not None and harm.given is not None, harm.times)
        for harm in harms
        if harm.right in (None, expected) and harm.given in (None, given)
    ]
    return max(fitting)[1] if fitting else 1.0
