"""What the table of forecasts and tunes counts; its figures are no matter of tests."""

import pytest

from benchmarks.calibration import split
from benchmarks.points import (
    Point,
    better,
    fitted_share,
    fitted_spread,
    forecast_of,
    left_out,
    mean_error,
    of_today,
    table,
)
from policies.evidence import CurvePoint, Forecast
from tools.intake.examples import Example
from tools.tuning.recipe import choose_recipe

PARAMETERS = 135_000_000
NOW = choose_recipe(PARAMETERS, 120, seed=1)


def point(
    file: str, tuned: float, passes: int = NOW.epochs, frozen: float = NOW.frozen, choice: float = 1
) -> Point:
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
        words_cross_validated=0.7,
        words_dev=0.75,
        words_test=0.72,
        tuned_dev=tuned,
        tuned_test=tuned,
        forecast=Forecast(method="probe", score=0.8, low=0.7, high=0.9, level=0.8, more_data=""),
        seconds=1.0,
        passes=passes,
        frozen=frozen,
        choice=choice,
    )


def test_tunes_of_an_earlier_recipe_are_made_again() -> None:
    points = [
        point("new", 0.85),
        point("short", 0.5, passes=NOW.epochs - 1),
        point("whole", 0.5, frozen=0.0),
        point("writing", 0.5, choice=0.0),
    ]
    assert of_today(points, PARAMETERS) == points[:1]


def test_the_table_tells_every_point_and_how_far_off_it_was() -> None:
    points = [point("bank", 0.85), point("travel", 0.9)]
    told = table(points)
    assert "| bank | 120 | 1 | 70.0%, 75.0%, 72.0% | 80.0%, 80.0%, 80.0% |" in told
    score, low, high = forecast_of(points[0])
    assert low < 0.85 < high
    assert f"- 2 tunes make {fitted_share(points):.2f} of the classifiers' errors." in told
    assert f"mean error {100 * (score - 0.875):+.1f} points" in told and "100% inside" in told
    # The probe is the better one on dev: 5 and 10 points too low; the other file's gain added, five
    # points off either way.
    assert "the classifier that is better on dev 7.5, the probe 7.5" in told
    assert "the probe and a constant 5.0" in told
    assert better(points[0]) == 0.8


def test_the_share_is_what_makes_the_forecasts_errors_least() -> None:
    points = [point("a", 0.9), point("b", 0.8)]
    assert fitted_share(points) == pytest.approx(0.15 / mean_error(points[0]))
    share = fitted_share(points[1:])
    assert f"{share:.2f} of the errors" in left_out(points)[0]
    # The other file's only tune lies where its share puts it: nothing is left beside the rows.
    assert fitted_spread(points[1:], share) == 0.0 < fitted_spread(points, 0.2)
    for line, spread in zip(left_out(points)[-2:], (0.04, 0.0), strict=True):
        found = [
            forecast_of(one, fitted_share([other]), spread) for one, other in (points, points[::-1])
        ]
        width = sum(high - low for _, low, high in found) / 2
        assert f"{100 * width:.1f} points wide" in line


@pytest.mark.parametrize(("rows", "size", "parts"), [(300, 120, (120, 60, 120)), (180, 60, None)])
def test_a_small_file_gives_fewer_test_rows(
    rows: int, size: int, parts: tuple[int, int, int] | None
) -> None:
    examples = [Example(n, f"text {n}", "ab"[n % 2]) for n in range(1, rows + 1)]
    found = split(examples, size, seed=1)
    assert (found and tuple(map(len, found))) == parts
