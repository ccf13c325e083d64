"""How often something comes again."""

import pytest

from agent.utterances.rhythms import read_rate

WEEK = 52 / 12
RHYTHMS = {
    "quarterly": 1 / 3,
    "at the end of each quarter": 1 / 3,
    "biweekly": WEEK / 2,
    "every other week": WEEK / 2,
    "every couple of months": 1 / 2,
    "every second month": 1 / 2,
    "every half year": 1 / 6,
    "twice a half year": 1 / 3,
    "semi-annually": 1 / 6,
    "biannually": 1 / 6,
    "half-yearly": 1 / 6,
    "annually": 1 / 12,
    "once every 3 to 6 months": 1 / 3,
    "every 6-8 weeks": WEEK / 6,
    "two or three times per year": 1 / 4,
    "three times yearly": 1 / 4,
    "twice weekly": 2 * WEEK,
    "1x per quarter": 1 / 3,
    "once in two years": 1 / 24,
    "the first Monday of every month": 1.0,
    "every few weeks": WEEK / 3,
    "with each season": 1 / 3,
    "2x/yr": 1 / 6,
    "not often": None,
    "bimonthly": None,  # twice a month, or every two months
    "once in a blue moon": None,
}


@pytest.mark.parametrize(("text", "rate"), RHYTHMS.items())
def test_times_a_month(text: str, rate: float | None) -> None:
    assert read_rate(text) == (None if rate is None else pytest.approx(rate))
