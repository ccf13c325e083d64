"""What the table of probes and tunes counts; its figures are no matter of tests."""

from benchmarks.calibration import Point, of_today, table
from policies.evidence import CurvePoint, Forecast
from tools.tuning.recipe import choose_recipe

PARAMETERS = 135_000_000


def point(file: str, tuned: float, passes: int, frozen: float) -> Point:
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
    )


def test_tunes_of_an_earlier_recipe_are_listed_but_kept_apart() -> None:
    now = choose_recipe(PARAMETERS, 120, seed=1)
    points = [
        point("new", 0.85, now.epochs, now.frozen),
        point("short", 0.5, now.epochs - 1, now.frozen),
        point("whole", 0.5, now.epochs, 0.0),
    ]
    assert of_today(points, PARAMETERS) == points[:1]
    told = table(points, PARAMETERS)
    assert all(f"| {each.file} | 120 | 1 |" in told for each in points)
    today, both = told.split("any recipe")
    assert "1 points: mean error -5.0 points" in today and "100% inside" in today
    assert "3 points: mean error +18.3 points" in both and "33% inside" in both
