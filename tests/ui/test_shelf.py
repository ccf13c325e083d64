"""What can be done with earlier runs."""

import csv
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from agent.repeats import repeat_corrected
from agent.state import Options
from agent.worker import Worker
from policies.brief import Brief
from tests.assessments import labels, suspect
from tools.assessment import FILE_NAME
from tools.errors import RunError, UserError
from tools.report.fixes import COLUMNS, write_fixes
from tools.settings import load_settings
from ui.drawing import scene_of
from ui.evidence import evidence_panel
from ui.shelf import Shelf, comparison


@pytest.fixture
def worker(home: Path) -> Iterator[Worker]:
    with closing(Worker(load_settings())) as made:
        yield made


@pytest.fixture
def shelf(worker: Worker) -> Shelf:
    return Shelf(worker)


def _begun(worker: Worker, **changes: Any) -> str:
    run_id = worker.begin(Options())
    run = worker.run(run_id)
    (run.folder / FILE_NAME).write_text(labels(**changes).model_dump_json(), encoding="utf-8")
    return run_id


def test_each_run_is_listed_with_its_name_and_its_answer(shelf: Shelf, worker: Worker) -> None:
    assert shelf.choices() == []
    run_id, empty = _begun(worker), worker.begin(Options())
    shelf.rename([run_id], "Spring <b>")
    labels_of = {value: label for label, value in shelf.choices()}
    assert labels_of[run_id].startswith("Spring <b> · Use the fine-tuned model · ")
    assert "no answer yet" in labels_of[empty]


def test_a_run_whose_answer_cannot_be_read_hides_no_other(shelf: Shelf, worker: Worker) -> None:
    run_id, damaged = _begun(worker), _begun(worker)
    (worker.run(damaged).folder / FILE_NAME).write_text("{", encoding="utf-8")
    labels_of = {value: label for label, value in shelf.choices()}
    assert "Use the fine-tuned model" in labels_of[run_id]
    assert "its answer cannot be read" in labels_of[damaged]
    with pytest.raises(RunError, match="damaged or was made by another version"):
        shelf.compare([run_id, damaged])


def test_two_runs_are_compared(shelf: Shelf, worker: Worker) -> None:
    one, other = _begun(worker), _begun(worker, outcome=None, tuned=None, verdict="adopt_prompt")
    said = shelf.compare([one, other])
    assert "Use the fine-tuned model" in said and "Use the best prompt" in said
    with pytest.raises(RunError, match="two runs"):
        shelf.compare([one])
    with pytest.raises(RunError, match="no answer yet"):
        shelf.compare([one, worker.begin(Options())])


def test_a_comparison_of_different_examples_says_so() -> None:
    a, b = labels(), labels(data=labels().data.model_copy(update={"file": "<i>other.csv"}))
    assert "do not compare" in comparison(("one", a), ("two", b))
    assert "&lt;i&gt;other.csv" in comparison(("one", a), ("two", b))
    assert "do not compare" not in comparison(("one", a), ("two", a))


def test_a_run_is_deleted_for_good(shelf: Shelf, worker: Worker) -> None:
    run_id = _begun(worker)
    folder = worker.run(run_id).folder
    shelf.delete([run_id])
    assert not folder.exists() and shelf.choices() == []


def test_a_repeat_needs_a_target(shelf: Shelf, worker: Worker) -> None:
    with pytest.raises(UserError, match="another target"):
        shelf.repeat([_begun(worker)], "very good")


@pytest.mark.parametrize("chosen", [[], ["a", "b"], ["../../etc"], ["20260101-000000-abcd"], [3]])
def test_what_is_no_run_is_refused_in_words(shelf: Shelf, chosen: list[Any]) -> None:
    for act in (shelf.one, shelf.delete, shelf.compare, lambda runs: shelf.repeat(runs, "85%")):
        with pytest.raises(RunError):
            act(chosen)


def test_a_corrected_sheet_begins_a_run_that_shows_both_answers(
    worker: Worker, tmp_path: Path
) -> None:
    data = tmp_path / "mail.csv"
    data.write_text("text,label\nlate parcel,billing\nrefund,billing\n", encoding="utf-8")
    first = worker.begin(Options(), Brief(input_column="text", answer_column="label"))
    worker.run(first).take_examples(data)
    sheet = tmp_path / "fix.xlsx"
    write_fixes(sheet, [suspect(1, "train", "late parcel", "billing")])
    book = load_workbook(sheet)
    book.active.cell(2, len(COLUMNS)).value = "delivery"
    book.save(sheet)

    second = worker.run(repeat_corrected(worker, first, sheet))
    assert second.info.data_name.endswith("1 label corrected")
    rows = list(csv.reader(second.examples_file.read_text(encoding="utf-8").splitlines()))
    assert rows == [["text", "label"], ["late parcel", "delivery"], ["refund", "billing"]]

    for run in (worker.run(first), second):
        a = labels(verdict="fix_data") if run.info.run_id == first else labels()
        (run.folder / FILE_NAME).write_text(a.model_dump_json(), encoding="utf-8")
    scene = scene_of(worker.view(second.info.run_id), second, "")
    assert "Before" in scene.difference and "trust the later scores" in scene.difference
    assert "Before and after your corrections" in evidence_panel(scene)
    assert scene.gap is not None
    ended = time.monotonic() + 60
    while not scene.further.others and time.monotonic() < ended:  # drawn beside the talk
        time.sleep(0.1)
        scene = scene_of(worker.view(second.info.run_id), second, "")
    assert "More pictures" in evidence_panel(scene)
    worker.delete(first)
    assert not scene_of(worker.view(second.info.run_id), second, "").difference
