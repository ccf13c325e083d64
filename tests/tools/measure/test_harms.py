"""Mistakes weighed by what they cost."""

import numpy as np
import pytest

from tools.measure.harms import Harm, saving, weigh, weights

RIGHT = ["fraud", "fraud", "other", "other", "other", "billing"]
CAREFUL = ["fraud", "fraud", "fraud", "fraud", "other", "other"]  # three wrong, no fraud missed
BOLD = ["other", "fraud", "other", "other", "other", None]  # two wrong, a fraud missed
MISSED = Harm(right="fraud", times=10)


@pytest.mark.parametrize(
    ("harms", "expected"),
    [
        ([], [1, 0, 0, 0, 0, 1]),
        ([MISSED], [10, 0, 0, 0, 0, 1]),
        ([Harm(right="billing", times=3)], [1, 0, 0, 0, 0, 3]),  # no answer is a miss
        ([Harm(given="other", times=4)], [4, 0, 0, 0, 0, 1]),
        ([MISSED, Harm(right="fraud", given="other", times=2)], [2, 0, 0, 0, 0, 1]),
        ([MISSED, Harm(given="other", times=4)], [10, 0, 0, 0, 0, 1]),
        ([Harm(right="fraud", times=0.5)], [0.5, 0, 0, 0, 0, 1]),
        ([Harm(right="unheard of", times=9)], [1, 0, 0, 0, 0, 1]),
    ],
)
def test_each_row_costs_what_its_mistake_counts(harms: list[Harm], expected: list[float]) -> None:
    assert weights(RIGHT, BOLD, harms).tolist() == expected


def test_costs_may_turn_the_order() -> None:
    answers = {"bold": BOLD, "careful": CAREFUL}
    assert [each.name for each in weigh(RIGHT, answers, [])] == ["bold", "careful"]
    best, other = weigh(RIGHT, answers, [MISSED])
    assert (best.name, best.wrong, best.weight) == ("careful", 3, 3.0)
    assert (other.name, other.wrong, other.weight) == ("bold", 2, 11.0)
    assert other.share == pytest.approx(4 / 6)


def test_the_saving_has_a_paired_interval() -> None:
    value, low, high = saving(RIGHT * 20, BOLD * 20, CAREFUL * 20, [MISSED])
    assert value == pytest.approx(100 * (11 - 3) / 6) and 0 < low < value < high
    assert saving(RIGHT, BOLD, BOLD, [MISSED]) == (0.0, 0.0, 0.0)
    assert np.isinf(saving(["a"], ["b"], ["a"], [])[1:]).all()
