"""How many items show a gain: beside simulated tests, and where there is nothing to say."""

import numpy as np
import pytest

from policies.evidence import Difference
from tools.measure.intervals import paired_difference
from tools.measure.power import items_to_show


def gain(value: float, low: float, high: float) -> Difference:
    return Difference(value=value, low=low, high=high, p_value=0.2)


@pytest.mark.parametrize(
    ("difference", "needed"),
    [
        (gain(0.04, 0.0, 0.08), 205),  # the interval just touches zero: twice the items
        (gain(0.02, -0.02, 0.06), 818),
        (gain(-0.02, -0.06, 0.02), None),
        (gain(0.0, -0.04, 0.04), None),
        (gain(0.05, 0.05, 0.05), None),
    ],
)
def test_a_smaller_gain_takes_more_items(difference: Difference, needed: int | None) -> None:
    assert items_to_show(difference, 100) == needed


def test_so_many_items_show_the_gain_in_about_four_of_five_tests() -> None:
    fixed, broken, items = 0.14, 0.06, 60
    rng = np.random.default_rng(7)

    def seen(n: int) -> Difference:
        change = rng.choice([1, -1, 0], size=n, p=[fixed, broken, 1 - fixed - broken])
        before = ["right" if each == -1 else "wrong" for each in change]
        after = ["right" if each == 1 else "wrong" for each in change]
        return paired_difference("accuracy", ["right"] * n, before, after)

    spread = 1.96 * np.sqrt((fixed + broken - (fixed - broken) ** 2) / items)
    value = fixed - broken
    needed = items_to_show(gain(value, value - spread, value + spread), items)
    assert needed is not None
    shown = [seen(needed).low > 0 for _ in range(200)]
    assert 0.7 < np.mean(shown) < 0.9
