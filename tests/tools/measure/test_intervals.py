from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from policies.brief import Metric
from tools.measure.intervals import paired_difference, score_of
from tools.measure.metrics import overall

ANSWERS: dict[Metric, list[str]] = {
    "accuracy": ["a", "b", "c"],
    "macro_f1": ["a", "b", "c"],
    "numeric_match": ["1", "1.0", "2"],
    "field_f1": ['{"x": 1}', '{"x": 1, "y": 2}', '{"y": 3}', "{}"],
    "chrf": ["one two", "one three", "four"],
}


def marks(right: int, n: int) -> tuple[list[str], list[str]]:
    """Expected and given answers of which so many are right."""
    return ["a"] * n, ["a"] * right + ["b"] * (n - right)


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [  # Wilson intervals at 95 %, by the formula
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (5, 10, 0.2366, 0.7634),
        (81, 100, 0.7222, 0.8749),
        (16, 20, 0.5840, 0.9193),
        (1, 2, 0.0945, 0.9055),
    ],
)
@pytest.mark.parametrize("metric", ["accuracy", "numeric_match"])
def test_right_or_wrong_has_the_wilson_interval(
    metric: Metric, right: int, n: int, low: float, high: float
) -> None:
    expected, answers = (["1"] * n, ["1"] * right + ["2"] * (n - right))
    score = score_of(metric, expected, answers)
    assert (score.score, score.n, score.level) == (right / n, n, 0.95)
    assert (score.low, score.high) == pytest.approx((low, high), abs=1e-4)


def test_a_lower_level_has_a_narrower_interval() -> None:
    for metric, answers in ANSWERS.items():
        expected = (answers * 10)[:20]
        said = [*expected[:12], *[None] * 8]
        wide, narrow = score_of(metric, expected, said), score_of(metric, expected, said, 0.8)
        assert wide.low <= narrow.low <= narrow.high <= wide.high
        assert narrow.level == 0.8 and narrow.high - narrow.low < wide.high - wide.low


@pytest.mark.parametrize("metric", ANSWERS)
@pytest.mark.parametrize("n", [0, 1])
def test_one_item_or_none_says_nothing(metric: Metric, n: int) -> None:
    expected = ANSWERS[metric][:n]
    score = score_of(metric, expected, expected)
    assert (score.low, score.high, score.n) == (0, 1, n)
    difference = paired_difference(metric, expected, [None] * n, expected)
    assert difference.low <= difference.value <= difference.high
    assert difference.low <= 0 and difference.p_value == 1


@pytest.mark.parametrize("metric", ANSWERS)
def test_items_that_are_all_alike_are_still_a_sample(metric: Metric) -> None:
    expected = ANSWERS[metric][:1] * 20
    none, all_right = score_of(metric, expected, [None] * 20), score_of(metric, expected, expected)
    assert none.score == none.low == 0 and all_right.score == all_right.high == 1
    assert none.high > 0.1 and all_right.low < 0.9  # the next item may differ


@pytest.mark.parametrize("metric", ANSWERS)
def test_no_difference_is_exactly_none(metric: Metric) -> None:
    answers = ANSWERS[metric]
    difference = paired_difference(metric, answers * 5, answers * 5, answers * 5)
    assert (difference.value, difference.low, difference.high) == (0, 0, 0)
    assert (difference.p_value, difference.fixed, difference.broken) == (1, 0, 0)


@pytest.mark.parametrize(
    ("fixed", "broken"), [(1, 0), (5, 0), (6, 0), (8, 2), (2, 8), (3, 3), (24, 9)]
)
def test_right_or_wrong_is_tested_by_exact_mcnemar(fixed: int, broken: int) -> None:
    n = 40
    expected = ["a"] * n
    first = ["b"] * fixed + ["a"] * (n - fixed)
    second = ["a"] * (n - broken) + ["b"] * broken
    found = paired_difference("accuracy", expected, first, second)
    assert (found.fixed, found.broken) == (fixed, broken)
    assert found.value == pytest.approx((fixed - broken) / n)
    by_hand = min(1.0, 2 * stats.binom.cdf(min(fixed, broken), fixed + broken, 0.5))
    assert found.p_value == pytest.approx(by_hand)
    assert found.low <= found.value <= found.high


@pytest.mark.parametrize("metric", ANSWERS)
def test_a_difference_is_second_minus_first(metric: Metric) -> None:
    expected = (ANSWERS[metric] * 20)[:40]
    worse = [*expected[:10], *[None] * 30]
    gain = paired_difference(metric, expected, worse, expected)
    loss = paired_difference(metric, expected, expected, worse)
    assert gain.low > 0.4 and gain.p_value < 0.01 and (gain.fixed, gain.broken) == (30, 0)
    assert loss.value == pytest.approx(-gain.value)
    assert loss.high < -0.4 and loss.p_value < 0.01 and (loss.fixed, loss.broken) == (0, 30)


def test_the_sign_flip_test_is_exact_for_few_items() -> None:
    expected = ['{"x": 1}'] * 3
    found = paired_difference("field_f1", expected, ["{}"] * 3, expected)
    assert found.p_value == pytest.approx(2 / 2**3)
    halves = paired_difference("field_f1", expected, ["{}", *expected[1:]], ["{}", *expected[1:]])
    assert halves.p_value == 1


def test_wrong_in_another_way_is_no_sure_gain_in_macro_f1() -> None:
    """Macro-F1 may change though no item does: a wrong label costs precision elsewhere."""
    expected = ["a"] * 10 + ["b"] * 10
    first = ["a"] * 6 + ["b"] * 4 + ["b"] * 10
    second = ["a"] * 6 + ["x"] * 4 + ["b"] * 10
    found = paired_difference("macro_f1", expected, first, second)
    assert found.value > 0.05 and (found.fixed, found.broken) == (0, 0)
    assert found.low < found.value < found.high


def test_the_interval_of_macro_f1_is_that_of_its_resamples() -> None:
    """By scikit-learn, one resample after another."""
    expected, said = [*"aaaaaaaaabbbbbc"] * 2, [*"aaaaaabbxbbbaac", *"aaacaabbabbbbac"]
    rng = np.random.default_rng(5)
    values = []
    for rows in rng.integers(0, len(expected), size=(300, len(expected))):
        values.append(overall("macro_f1", [expected[i] for i in rows], [said[i] for i in rows]))
    score = score_of("macro_f1", expected, said)
    assert (score.low, score.high) == pytest.approx(np.quantile(values, [0.025, 0.975]), abs=0.03)


def test_an_interval_never_changes_from_run_to_run() -> None:
    for metric, answers in ANSWERS.items():
        expected, said = answers * 8, [*answers * 4, *[None] * (4 * len(answers))]
        assert score_of(metric, expected, said) == score_of(metric, expected, said)
        first = paired_difference(metric, expected, said, expected)
        assert first == paired_difference(metric, expected, said, expected)


@st.composite
def marked(draw: st.DrawFn) -> tuple[Metric, list[str], list[str | None], list[str | None]]:
    metric = draw(st.sampled_from([name for name in ANSWERS if name != "macro_f1"]))
    right = st.sampled_from(ANSWERS[metric])
    rows = draw(st.lists(st.tuples(right, st.none() | right, st.none() | right), max_size=12))
    return metric, [r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows]


def _check(
    metric: Metric,
    expected: Sequence[str],
    first: Sequence[str | None],
    second: Sequence[str | None],
) -> None:
    score = score_of(metric, expected, first)
    assert 0 <= score.low <= score.score <= score.high <= 1
    difference = paired_difference(metric, expected, first, second)
    assert -1 <= difference.low <= difference.value <= difference.high <= 1
    assert 0 <= difference.p_value <= 1


@settings(deadline=None, max_examples=60)
@given(marked())
def test_an_interval_contains_its_score(
    rows: tuple[Metric, list[str], list[str | None], list[str | None]],
) -> None:
    _check(*rows)


@settings(deadline=None, max_examples=20)
@given(st.lists(st.tuples(*[st.sampled_from("abc")] * 3), min_size=2, max_size=12))
def test_an_interval_of_macro_f1_contains_its_score(rows: list[tuple[str, ...]]) -> None:
    expected, first, second = (list(column) for column in zip(*rows, strict=True))
    _check("macro_f1", expected, first, second)
