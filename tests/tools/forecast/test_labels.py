from collections.abc import Callable
from typing import Any

import pytest

from policies.evidence import CurvePoint
from tools.forecast.labels import (
    TUNED_ERRORS,
    Seen,
    cross_validated_words,
    expected_error,
    forecast_labels,
    more_data,
)
from tools.forecast.probe import fit_probe
from tools.intake.examples import Example
from tools.progress import Watch
from tools.trials.task import Task

Coloured = Callable[..., list[Example]]
TaskOf = Callable[[list[Example]], Task]


@pytest.mark.parametrize("dev_score", [0.0, 0.5, 0.93, 1.0])
@pytest.mark.parametrize("rows", [2, 50, 500])
def test_a_forecast_is_an_interval_around_its_centre(
    dev_score: float, rows: int, reader: Any, coloured: Coloured, task_of: TaskOf
) -> None:
    task = task_of(coloured(red=10, blue=10))
    probe = fit_probe(task, reader, "tiny", Watch())
    both = [Seen(1.0, dev_score)] * 2
    forecast = forecast_labels(probe, task, both, rows, rows)
    wrong = (1 - dev_score) * rows / (20 + rows)  # it is never wrong inside train
    assert forecast.score == pytest.approx(1 - TUNED_ERRORS * wrong)
    assert 0 <= forecast.low <= forecast.score <= forecast.high <= 1
    assert forecast.high - forecast.low > 0.03 and forecast.level == 0.8


def test_more_test_rows_make_a_narrower_forecast(
    reader: Any, coloured: Coloured, task_of: TaskOf
) -> None:
    task = task_of(coloured(red=10, blue=10))
    probe = fit_probe(task, reader, "tiny", Watch())
    few, many = (forecast_labels(probe, task, [Seen(1.0, 0.8)] * 2, 40, rows) for rows in (20, 400))
    assert many.high - many.low < few.high - few.low and many.score == few.score


@pytest.mark.parametrize(
    ("words", "reading", "error"),
    [
        (Seen(0.9, 0.9), Seen(0.9, 0.9), 0.1),
        (Seen(1.0, 1.0), Seen(0.8, 0.8), 0.1),  # the mean of both
        (Seen(0.8, 1.0), Seen(0.8, 1.0), 0.2 * 30 / 40),  # weighed by the rows it was seen on
        (Seen(1.0, 0.8), Seen(1.0, 0.8), 0.2 * 10 / 40),
    ],
)
def test_both_classifiers_count_alike(words: Seen, reading: Seen, error: float) -> None:
    flat = [CurvePoint(rows=10, score=0.8), CurvePoint(rows=20, score=0.8)]
    assert expected_error(flat, [words, reading], 30, 10) == pytest.approx(error)


@pytest.mark.parametrize(
    ("scores", "rows", "error", "told"),
    [
        ((0.6, 0.8), 4000, 0.2, "probably add 7 to 8 points."),  # the errors halve: 0.74 of 10
        ((0.8, 0.8), 4000, 0.2, "add 1 point at most, perhaps nothing."),
        ((0.6, 0.8), 60, 0.2, "probably add 4 to 11 points."),  # sixty rows tell little
        ((0.8, 0.8), 60, 0.2, "add 7 points at most, perhaps nothing."),
        ((0.8, 0.7), 60, 0.005, "add next to nothing: less than one point."),  # no more is left
        ((0.5, 0.75), 10**6, 0.25, "add about 9 points."),
    ],
)
def test_what_more_examples_bring_is_told_as_a_span(
    scores: tuple[float, float], rows: int, error: float, told: str
) -> None:
    curve = [CurvePoint(rows=rows // part, score=s) for part, s in zip((4, 2), scores, strict=True)]
    found = more_data(curve, rows, error)
    assert found == f"Doubling the {rows} training examples would {told}"


def test_words_are_judged_on_rows_they_did_not_learn_from(
    coloured: Coloured, task_of: TaskOf
) -> None:
    assert cross_validated_words(task_of(coloured(red=20, blue=20))) == 1.0
    noise = [
        Example(n, f"{n * 7919 % 997:03d} thing", "red" if n % 2 else "blue") for n in range(1, 60)
    ]
    assert cross_validated_words(task_of(noise)) < 0.75
