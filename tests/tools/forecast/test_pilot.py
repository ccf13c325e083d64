import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from policies.evidence import Score
from tools.forecast.pilot import (
    MOST_ROWS,
    STEEPEST,
    PilotPoint,
    forecast_from_pilots,
    pilot_sizes,
    run_pilots,
)
from tools.measure.intervals import score_of


def point(rows: int, score: float, width: float = 0.1, n: int = 40) -> PilotPoint:
    low, high = max(0, score - width), min(1, score + width)
    return PilotPoint(rows=rows, score=Score(score=score, low=low, high=high, n=n))


@pytest.mark.parametrize(
    ("train", "sizes"),
    [(4, [4]), (8, [4]), (20, [5, 10]), (100, [25, 50]), (300, [50, 100]), (4000, [50, MOST_ROWS])],
)
def test_pilots_are_a_quarter_and_half_of_train_and_short(train: int, sizes: list[int]) -> None:
    assert pilot_sizes(train) == sizes


def test_each_pilot_is_a_tune_of_its_own() -> None:
    asked: list[int] = []

    def tune(rows: int) -> Score:
        asked.append(rows)
        return Score(score=rows / 100, low=0, high=1, n=40)

    points = run_pilots([25, 50], tune)
    assert asked == [25, 50] and [(p.rows, p.score.score) for p in points] == [
        (25, 0.25),
        (50, 0.5),
    ]


@pytest.mark.parametrize(
    ("first", "last", "train", "centre"),
    [
        ((25, 0.2), (50, 0.6), 100, 1 - 0.4 * 2**-STEEPEST),  # steeper than was ever reported
        ((25, 0.5), (100, 0.75), 400, 0.875),  # error falls with the root of the rows
        ((25, 0.6), (50, 0.6), 100, 0.6),
        ((25, 0.7), (50, 0.6), 100, 0.6),  # a fall is noise, not a trend
        ((50, 0.6), (50, 0.6), 200, 0.6),  # one pilot says nothing about a trend
        ((25, 1.0), (50, 1.0), 100, 0.999),
    ],
)
def test_the_curve_is_a_power_law_of_the_error(
    first: tuple[int, float], last: tuple[int, float], train: int, centre: float
) -> None:
    sure = [point(rows, score, width=0.001) for rows, score in (first, last)]
    forecast = forecast_from_pilots(sure, train, 4000)
    assert forecast.score == pytest.approx(centre, abs=1e-3)
    assert forecast.low < forecast.score <= forecast.high and forecast.level == 0.8
    assert f"{first[0]} and {last[0]} rows" in forecast.method


@example((0.0, 0.0), 10, 1, 4.8e-210)  # scipy squares the limits: they must stay finite
@given(
    st.tuples(st.floats(0, 1), st.floats(0, 1)),
    st.integers(8, 2000),
    st.integers(1, 500),
    st.floats(0, 0.5),
)
def test_the_interval_contains_the_centre(
    scores: tuple[float, float], train: int, test: int, width: float
) -> None:
    sizes = pilot_sizes(train)
    points = [point(size, score, width) for size, score in zip(sizes, scores, strict=False)]
    forecast = forecast_from_pilots(points, train, test)
    assert 0 <= forecast.low <= forecast.score <= forecast.high <= 1


def test_the_pilots_are_the_learning_curve() -> None:
    found = forecast_from_pilots([point(25, 0.5), point(50, 0.6)], 100, 100)
    assert [(p.rows, p.score, p.low, p.high) for p in found.curve] == [
        (25, 0.5, 0.4, 0.6),
        (50, 0.6, 0.5, 0.7),
    ]


def test_pilots_that_learn_nothing_promise_nothing() -> None:
    none = score_of("field_f1", ['{"a": 1}'] * 40, [None] * 40)
    points = [PilotPoint(rows=rows, score=none) for rows in (25, 50)]
    forecast = forecast_from_pilots(points, 100, 40)
    assert forecast.score < 0.04 and forecast.low == 0
    assert forecast.high > forecast.score + 0.01  # forty rows at 0 do not prove that 0 is certain
    assert forecast.more_data.endswith("add 5 points at most, perhaps nothing.")


@pytest.mark.parametrize("scores", [(0.5, 0.49), (0.5, 0.5), (0.3, 0.5), (0.1, 0.6)])
def test_few_rows_tell_little_of_the_slope(scores: tuple[float, float]) -> None:
    sure, unsure = (
        forecast_from_pilots([point(25, scores[0], width), point(50, scores[1], width)], 100, 10**6)
        for width in (0.001, 0.1)
    )
    lowest, steepest = scores[1], 1 - (1 - scores[1]) * 2**-STEEPEST
    assert lowest <= unsure.score <= steepest
    assert unsure.high - unsure.low > sure.high - sure.low
    if scores[1] <= scores[0]:  # by chance in the wrong order: more rows may still bring something
        assert unsure.score > lowest + 0.005 > sure.score


def test_what_more_examples_bring_reaches_over_the_exponents_interval() -> None:
    sure, unsure = (
        forecast_from_pilots([point(25, 0.5, width), point(100, 0.75, width)], 400, 100).more_data
        for width in (0.0001, 0.1)
    )
    assert sure.endswith("add about 4 points.")  # an eighth of errors, less the root of two
    assert unsure == "Doubling the 400 training examples would probably add 2 to 5 points."


def test_a_longer_reach_is_less_sure() -> None:
    points = [point(25, 0.4), point(50, 0.5)]
    near, far = (forecast_from_pilots(points, train, 40) for train in (60, 600))
    assert far.high - far.low > near.high - near.low and far.score > near.score
