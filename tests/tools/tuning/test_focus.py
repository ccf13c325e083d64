"""Where mistakes keep to few labels or fields, their rows come twice."""

import json

import pytest

from policies.brief import Metric, TaskType
from tools.intake.examples import Example
from tools.trials.answering import Answer
from tools.trials.plan import Plan
from tools.trials.task import Task, make_task
from tools.trials.trial import Trial
from tools.tuning.focus import focused_rows, gap

LABELS = "abcdefgh"


def rows_of(*answers: str) -> list[Example]:
    return [Example(n, f"text {n}", answer) for n, answer in enumerate(answers)]


def answered(rows: list[Example], given: dict[int, str | None]) -> Trial:
    """Right answers to all rows but these."""
    answers = [
        Answer(row.row, "", given.get(row.row, row.answer), "stop", 1, 1, 0.1) for row in rows
    ]
    return Trial(Plan(name="p", family="tuned"), "m", rows, answers)


def a_task(kind: TaskType, metric: Metric, rows: list[Example]) -> Task:
    return make_task(kind, metric, "", None, rows)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, ()),
        ({n: "a" for n in range(1, 57, 8)}, ()),  # seven mistakes are too few
        ({n: "a" for n in range(1, 65, 8)}, ("b",)),
        ({n: None for n in range(1, 65, 8)}, ("b",)),
        ({**{n: "a" for n in range(1, 65, 8)}, 2: "a", 3: "a", 4: "a"}, ("b",)),
        ({n: "a" if n % 8 else "b" for n in range(24)}, ()),  # all over
        ({n: "a" for n in range(1, 80) if n % 8 in (1, 2)}, ("b",)),  # half of them
    ],
)
def test_the_labels_that_hold_half_of_the_mistakes(
    given: dict[int, str | None], expected: tuple[str, ...]
) -> None:
    rows = rows_of(*(LABELS * 10))
    assert gap(a_task("labels", "accuracy", rows), answered(rows, given)) == expected


@pytest.mark.parametrize(("kind", "metric"), [("number", "numeric_match"), ("text", "chrf")])
def test_numbers_and_texts_have_no_kinds_to_focus_on(kind: TaskType, metric: Metric) -> None:
    rows = rows_of(*("7" for _ in range(20)))
    wrong: dict[int, str | None] = {n: "8" for n in range(20)}
    assert gap(a_task(kind, metric, rows), answered(rows, wrong)) == ()


def test_a_field_that_holds_the_mistakes() -> None:
    full = json.dumps({"to": "Rome", "seats": 2, "day": "Monday", "name": "Ann"})
    brief = json.dumps({"seats": 2, "day": "Monday", "name": "Ann"})
    rows = rows_of(*([full] * 10 + [brief] * 20))
    task = a_task("fields", "field_f1", rows)
    wrong: dict[int, str | None] = {n: full.replace("Rome", "Oslo") for n in range(10)}
    assert gap(task, answered(rows, wrong)) == ("to",)
    held = focused_rows(task, ("to",), rows)
    assert held is not None and [row.row for row in held] == [*range(30), *range(10)]
    assert focused_rows(task, ("seats",), rows) is None  # in every row: twice everything
    assert focused_rows(task, ("a key not seen in train",), rows) is None


@pytest.mark.parametrize("name", ["right", "wrong", "missing", "invented"])
def test_labels_and_fields_may_be_called_as_fates_of_fields_are(name: str) -> None:
    """All “b” are taken for the label of that name; the field of that name is left out or wrong."""
    rows = rows_of(*(["b", name, *LABELS[2:]] * 10))
    taken: dict[int, str | None] = {n: name for n in range(0, 80, 8)}
    assert gap(a_task("labels", "accuracy", rows), answered(rows, taken)) == ("b",)

    full = {name: "Rome", "seats": 2, "day": "Monday", "who": "Ann"}
    rows = rows_of(*([json.dumps(full)] * 10))
    for given in ({}, {name: "Oslo"}):
        said = json.dumps({key: full[key] for key in full if key != name} | given)
        lost: dict[int, str | None] = {n: said for n in range(10)}
        assert gap(a_task("fields", "field_f1", rows), answered(rows, lost)) == (name,)


def test_the_rows_of_a_label_come_twice() -> None:
    rows = rows_of(*(LABELS * 3))
    held = focused_rows(a_task("labels", "accuracy", rows), ("b", "c"), rows)
    assert held is not None and len(held) == 30
    assert sorted(row.answer for row in held[24:]) == ["b"] * 3 + ["c"] * 3
