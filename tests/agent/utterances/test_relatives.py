"""Targets that are told by what is there today."""

import pytest

from agent.utterances import read_share
from agent.utterances.relatives import read_change, read_comparison
from agent.utterances.shares import read_present

# What the target is where 80 % are right today; None where no figure follows.
CHANGES = {
    "half as many errors": 0.9,
    "reduce errors by 50%": 0.9,
    "cut the error rate by half": 0.9,
    "cut mistakes in half": 0.9,
    "half the errors of today": 0.9,
    "half of today's mistakes": 0.9,
    "an error rate half of what it is": 0.9,
    "halve the error rate": 0.9,
    "reduce the number of misclassified tickets by half": 0.9,
    "20% fewer mistakes": 0.84,
    "error rate down by 30%": 0.86,
    "reduce the mistakes by two thirds": 0.9333,
    "a quarter of the errors we have": 0.95,
    "10x fewer errors": 0.98,
    "wrong half as often": 0.9,
    "10 points more": 0.9,
    "improve by 5 percentage points": 0.85,
    "up 3 pp": 0.83,
    "10% better than now": None,
    "20 percent more accurate": None,
    "improve it by 10%": None,
    "30 points better": None,
}
COMPARISONS = {
    "same as now": 0.8,
    "as good as today": 0.8,
    "no worse than our agents do today": 0.8,
    "better than what we've got now": None,
    "it has to beat our current vendor": None,
}
SHARES_OF_THEIR_OWN = (
    "at most 5% errors",
    "reduce errors to 5%",
    "no more than 5% of the answers may be errors",
    "one mistake in twenty is ok",
    "more than 70%",
    "at least 90%, better 95",
)


@pytest.mark.parametrize(("text", "target"), CHANGES.items())
def test_a_change_from_today_is_no_share_of_its_own(text: str, target: float | None) -> None:
    relative = read_change(text)
    assert relative is not None and relative.target(0.8) == target
    assert read_share(text) is None


@pytest.mark.parametrize(("text", "target"), COMPARISONS.items())
def test_a_comparison_with_today(text: str, target: float | None) -> None:
    relative = read_comparison(text)
    assert relative is not None and relative.target(0.8) == target


@pytest.mark.parametrize("text", SHARES_OF_THEIR_OWN)
def test_a_share_of_errors_is_no_change(text: str) -> None:
    assert read_change(text) is None and read_comparison(text) is None


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("today 70 % is right, we want 10 points more", 0.7),
        ("currently 20% wrong, want half the errors of today", 0.8),
        ("10 points more", None),
        ("90%", None),
    ],
)
def test_what_is_right_today(text: str, share: float | None) -> None:
    assert read_present(text) == share
