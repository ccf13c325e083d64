"""What the table of probes and tunes counts; its figures are no matter of tests."""

import pytest

from benchmarks.calibration import (
    Point,
    fitted_share,
    forecast_of,
    left_out,
    of_today,
    probe_error,
    table,
)
from policies.evidence import CurvePoint, Forecast
from tools.tuning.recipe import choose_recipe

PARAMETERS = 135_000_000


def point(file: str, tuned: float, passes: int, frozen: float, choice: float = 1.0) -> Point:
    return Point(
        file=file,
        rows=120,
        seed=1,
        labels=8,
        dev_rows=60,
        test_rows=100,
        cross_validated=0.8,
        dev=0.8,
        curve=(CurvePoint(rows=45, score=0.7), CurvePoint(rows=90, score=0.8)),
        probe_test=0.8,
        tuned_dev=tuned,
        tuned_test=tuned,
        forecast=Forecast(method="probe", score=0.8, low=0.7, high=0.9, level=0.8, more_data=""),
        seconds=1.0,
        passes=passes,
        frozen=frozen,
        choice=choice,
    )


def test_tunes_of_an_earlier_recipe_are_listed_but_kept_apart() -> None:
    now = choose_recipe(PARAMETERS, 120, seed=1)
    points = [
        point("new", 0.85, now.epochs, now.frozen),
        point("short", 0.5, now.epochs - 1, now.frozen),
        point("whole", 0.5, now.epochs, 0.0),
        point("writing", 0.5, now.epochs, now.frozen, choice=0.0),
    ]
    assert of_today(points, PARAMETERS) == points[:1]
    told = table(points, PARAMETERS)
    assert all(f"| {each.file} | 120 | 1 |" in told for each in points)
    today, both = told.split("any recipe")
    score, low, high = forecast_of(points[0])
    assert low < 0.85 < high and low > 0.5
    assert f"- 1 points; they make {fitted_share(points[:1]):.2f}" in today
    assert f"mean error {100 * (score - 0.85):+.1f} points" in today and "100% inside" in today
    assert "- 4 points; they make" in both and "25% inside" in both


def test_the_share_is_what_makes_the_forecasts_errors_least() -> None:
    points = [point("a", 0.9, 8, 0.5), point("b", 0.8, 8, 0.5)]
    share = fitted_share(points)
    assert share == pytest.approx(0.15 / probe_error(points[0]))
    assert left_out(points)[0].endswith(f"{fitted_share(points[1:]):.2f} of their probes' errors.")
