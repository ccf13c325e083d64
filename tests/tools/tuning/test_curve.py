"""The learning curve by separate tunes, and what is said of it."""

import math

import pytest

from policies.evidence import CurvePoint
from tools.errors import Stopped
from tools.progress import Step, Watch
from tools.tuning.curve import curve_in_words, measure_curve
from tools.tuning.workplace import Workplace


def points(*found: tuple[int, float, float]) -> tuple[CurvePoint, ...]:
    return tuple(
        CurvePoint(rows=rows, score=score, low=score - half, high=score + half)
        for rows, score, half in found
    )


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (points((60, 0.7, 0.05), (120, 0.8, 0.05), (240, 0.88, 0.04)), "brought 8 points"),
        (points((60, 0.7, 0.05), (120, 0.8, 0.05), (240, 0.83, 0.04)), "within chance"),
        (points((60, 0.9, 0.02), (120, 0.9, 0.02), (240, 0.83, 0.03)), "did not help (-7 points)"),
        (points((4, 0.5, 0.3)), "50 % from 4 examples"),
    ],
)
def test_what_is_said_of_a_curve(found: tuple[CurvePoint, ...], said: str) -> None:
    assert said in curve_in_words(found)


@pytest.mark.slow
def test_each_point_is_a_tune_of_its_own_and_a_stopped_curve_goes_on(place: Workplace) -> None:
    train, dev = len(place.dataset.parts.train), len(place.dataset.parts.dev)
    sizes = [math.ceil(train / 4), math.ceil(train / 2), train]
    titles = list[str]()

    def listen(step: Step) -> None:
        titles.append(step.title)

    def second_begun() -> bool:
        return any(f"on {sizes[1]} rows: step" in title for title in titles)

    with pytest.raises(Stopped):
        measure_curve(place, Watch(listen=listen, should_stop=second_begun))
    folders = list((place.store.folder / "tunes").iterdir())
    assert len(folders) == 2

    found = measure_curve(place, Watch())
    assert [point.rows for point in found] == sizes
    assert len(list((place.store.folder / "tunes").iterdir())) == 3
    assert all(point.low is not None and point.low <= point.score for point in found)
    right = [point.score * dev for point in found]
    assert right == pytest.approx([round(each) for each in right])  # shares of the same dev rows
