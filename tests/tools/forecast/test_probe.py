from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from policies.evidence import CurvePoint
from tools.forecast.labels import Seen, cross_validated_words, forecast_labels, more_data
from tools.forecast.probe import error_at, exponent_of, fit_probe, folds_of, learning_curve
from tools.intake.examples import Example
from tools.models.protocol import States
from tools.progress import Step, Watch
from tools.trials.task import Task

Coloured = Callable[..., list[Example]]
TaskOf = Callable[[list[Example]], Task]


def test_the_probe_reads_the_layer_that_tells_most(
    reader: Any, coloured: Coloured, task_of: TaskOf
) -> None:
    steps: list[Step] = []
    task = task_of(coloured(red=12, blue=12, green=12))
    probe = fit_probe(task, reader, "tiny", Watch(listen=steps.append))
    assert (probe.layer, probe.cross_validated) == (1, 1.0)
    assert steps[-1].done == steps[-1].total == 9 and steps[-1].stage == "forecast"
    dev = coloured(red=3, green=2)
    contestant = probe.contestant()
    assert contestant.name == "classifier on the model's reading (tiny)"
    arm = contestant.arm(task, dev)
    assert (arm.kind, arm.model, arm.dev.score) == ("classifier", "tiny", 1.0)
    assert arm.p50_ms >= 2  # the model's reading counts, though it may come from the store


@pytest.mark.parametrize(
    "counts",
    [
        {"red": 10, "blue": 1},
        {"red": 1, "blue": 1},
        {"red": 2, "blue": 1},
        {"red": 1, "blue": 1, "green": 1, "grey": 1},
        {"red": 20, "blue": 2, "green": 1},
        {"red": 3, "blue": 3},
    ],
)
def test_labels_with_hardly_a_row_do_no_harm(
    counts: dict[str, int], reader: Any, coloured: Coloured, task_of: TaskOf
) -> None:
    task = task_of(coloured(**counts))
    probe = fit_probe(task, reader, "tiny", Watch())
    assert 0 <= probe.cross_validated <= 1
    assert set(probe.contestant().answer(["red car", "blue car"]).answers) <= set(counts)
    inside = cross_validated_words(task)
    assert 0 <= inside <= 1
    seen = (Seen(inside, 0.5), Seen(probe.cross_validated, 0.5))
    forecast = forecast_labels(probe, task, seen, 6, 6)
    assert 0 <= forecast.low <= forecast.score <= forecast.high <= 1
    assert forecast.more_data


SAME = "please send me the invoice of last month again"
TEXTS: dict[str, list[str]] = {
    "all the same": [SAME] * 6,
    "all nearly the same": [f"{SAME}{mark}" for mark in ("", ".", "!", "?", "..", "!!")],
    "all but one the same": [*[SAME] * 5, "where is my parcel"],
    "two groups": [*[SAME] * 3, *["where is my parcel"] * 3],
    "all different": ["red", "nine lamps", "cold tea", "old mill", "blue sky", "vast sum"],
}


@pytest.mark.parametrize("answers", ["aabbab", "aaaaab", "abcdef"])
@pytest.mark.parametrize("texts", TEXTS.values(), ids=TEXTS)
def test_every_row_is_held_out_once_however_alike_the_rows_are(
    texts: list[str], answers: str, task_of: TaskOf
) -> None:
    rows = [Example(n, text, answers[n]) for n, text in enumerate(texts)]
    folds = folds_of(task_of(rows))
    assert sorted(at for _, held in folds for at in held) == list(range(6))
    assert len(folds) >= 2 and all(len(train) for train, _ in folds)


def test_a_learning_curve_that_is_flat_promises_nothing(
    reader: Any, coloured: Coloured, task_of: TaskOf
) -> None:
    task = task_of(coloured(red=30, blue=30))
    probe = replace(fit_probe(task, reader, "tiny", Watch()), strength=1.0)
    curve = learning_curve(probe, task)
    assert [(point.rows, point.score) for point in curve] == [(11, 1.0), (22, 1.0), (45, 1.0)]
    assert exponent_of(curve) == 0.0
    assert more_data(curve, 60, 0.0) == (
        "Doubling the 60 training examples would add next to nothing: less than one point."
    )


def test_a_learning_curve_of_too_few_rows_says_so(
    reader: Any, coloured: Coloured, task_of: TaskOf
) -> None:
    task = task_of(coloured(red=7, blue=1))
    probe = fit_probe(task, reader, "tiny", Watch())
    assert "too few rows a label" in more_data(learning_curve(probe, task), 8, 0.5)


def test_the_model_reads_every_text_it_is_asked_about(
    reader: Any, coloured: Coloured, task_of: TaskOf
) -> None:
    train = coloured(red=5, blue=5)
    probe = fit_probe(task_of(train), reader, "tiny", Watch())
    probe.contestant().answer(["red car"])
    assert reader.read == [example.input for example in train] + ["red car"]


@pytest.mark.parametrize(
    ("scores", "rows", "cross_validated", "error"),
    [
        ([(10, 0.6), (20, 0.8)], 40, 0.2, 0.1),  # halved by each doubling, and it goes on
        ([(10, 0.6), (20, 0.8)], 20, 0.2, 0.2),
        ([(10, 0.2), (20, 0.8)], 40, 0.2, 0.1),  # steeper than that is luck
        ([(10, 0.8), (20, 0.8)], 40, 0.2, 0.2),
        ([(10, 0.9), (20, 0.8)], 40, 0.2, 0.2),  # a fall is luck, too
        ([(10, 0.9), (20, 1.0)], 40, 0.0, 0.0),
        ([(10, 1.0), (20, 0.9)], 40, 0.1, 0.1),
        ([(0, 0.5), (1, 0.8)], 2, 0.2, 0.2),
        ([(1, 0.5), (1, 0.8)], 2, 0.2, 0.2),
        ([(20, 0.8)], 40, 0.2, 0.2),
        ([(5, 0.1), (10, 0.64), (20, 0.82)], 80, 0.2, 0.05),
    ],
)
def test_errors_fall_along_the_learning_curve(
    scores: list[tuple[int, float]], rows: int, cross_validated: float, error: float
) -> None:
    curve = [CurvePoint(rows=n, score=score) for n, score in scores]
    assert error_at(curve, rows, cross_validated) == pytest.approx(error)


def test_equal_inputs_are_on_one_side_of_every_fold(reader: Any, task_of: TaskOf) -> None:
    """Coin-flip labels, every text four times: seen apart, the probe would seem to know them."""
    rng = np.random.default_rng(3)
    words = ["".join(rng.choice(list("abcdefghijklmnopqrstuvwxyz"), 9)) for _ in range(60)]
    labels = rng.choice(["red", "blue"], 60)
    rows = [
        Example(4 * n + copy, f"{word} thing", str(label))
        for n, (word, label) in enumerate(zip(words, labels, strict=True))
        for copy in range(4)
    ]
    remembering = type(reader)(tuple(words))  # tells every text from every other
    width = len(words)

    def hidden(texts: list[str]) -> States:
        clear = np.zeros((3, len(texts), width), np.float32)
        for row, text in enumerate(texts):
            clear[:, row, words.index(text.split()[0])] = 1
        return States(clear, 0.001)

    remembering.hidden = hidden
    probe = fit_probe(task_of(rows), remembering, "tiny", Watch())
    assert probe.cross_validated < 0.75
