"""Blind pairs: drawn by the seed, sides mixed, counted with an interval and a sign test."""

from pathlib import Path

import pytest

from tools.intake.examples import Example
from tools.runs import create_run
from tools.writing.blind import (
    Choice,
    Pair,
    in_words,
    keep_preference,
    kept_preferences,
    make_pairs,
    preference_of,
)

ROWS = [Example(at, f"in {at}", f"right {at}") for at in range(1, 41)]
ONE = {row.row: f"one {row.row}" for row in ROWS}
OTHER = {row.row: f"other {row.row}" for row in ROWS}


def test_pairs_follow_from_the_seed_and_both_orders_occur() -> None:
    pairs = make_pairs(ROWS, ONE, OTHER, seed=3)
    assert pairs == make_pairs(ROWS, ONE, OTHER, seed=3) != make_pairs(ROWS, ONE, OTHER, seed=4)
    assert len(pairs) == len({pair.row for pair in pairs}) == 20
    assert {pair.swapped for pair in pairs} == {True, False}
    for pair in pairs:
        assert (pair.right if pair.swapped else pair.left) == ONE[pair.row]


def test_equal_and_empty_texts_are_no_pairs() -> None:
    other = {**OTHER, 1: "one  1", 2: "", 3: "else"}
    rows = ROWS[:3]
    assert [pair.row for pair in make_pairs(rows, ONE, other, seed=0)] == [3]


def _pair(swapped: bool) -> Pair:
    return Pair(row=1, input="", left="x", right="y", swapped=swapped)


@pytest.mark.parametrize(
    ("swapped", "choices", "counts", "p_value"),
    [
        ([False] * 10, ["left"] * 10, (10, 0, 0), 2 / 1024),
        ([True] * 10, ["left"] * 10, (0, 10, 0), 2 / 1024),
        ([False, True], ["left", "right"], (2, 0, 0), 0.5),
        ([False, True, False], ["same", "same", "right"], (0, 1, 2), 1.0),
        ([False] * 3, ["same"], (0, 0, 1), 1.0),
    ],
)
def test_the_sides_are_told_apart_and_counted(
    swapped: list[bool], choices: list[Choice], counts: tuple[int, int, int], p_value: float
) -> None:
    found = preference_of("mine", "theirs", [_pair(each) for each in swapped], choices)
    assert (found.wins, found.losses, found.ties) == counts
    assert found.p_value == pytest.approx(p_value)
    assert found.low <= found.share <= found.high
    assert ("no luck" in in_words(found)) is (p_value < 0.05)


def test_a_later_comparison_of_the_same_two_replaces_the_earlier(tmp_path: Path) -> None:
    run, pairs = create_run(tmp_path), [_pair(True)]
    for choice in ("left", "right"):
        choices: list[Choice] = [choice]  # type: ignore[list-item]
        keep_preference(run, preference_of("a", "b", pairs, choices), pairs, choices)
    (kept,) = kept_preferences(run)
    assert (kept.wins, kept.losses) == (1, 0)
    reviews = (run.folder / "reviews.jsonl").read_text(encoding="utf-8").splitlines()
    assert ['"better": "b"' in line for line in reviews] == [True, False]
