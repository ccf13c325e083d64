"""The report in every form that the page offers."""

import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from agent.state import Options
from agent.worker import Worker
from policies.brief import Brief
from tests.assessments import labels
from tools.assessment import FILE_NAME
from tools.intake.samples import SAMPLES
from tools.runs import Run
from tools.runs import open_run as open_run_of
from tools.settings import load_settings
from ui.downloads import prepare

BRIEF = Brief(input_column="message", answer_column="topic")


@pytest.fixture
def worker(home: Path) -> Iterator[Worker]:
    with closing(Worker(load_settings())) as made:
        yield made


@pytest.fixture
def run_id(worker: Worker) -> str:
    begun = worker.begin(Options(), BRIEF)
    run = worker.run(begun)
    run.take_examples(SAMPLES[0].path)
    a = labels(brief=BRIEF, run_id=begun)
    (run.folder / FILE_NAME).write_text(a.model_dump_json(), encoding="utf-8")
    return begun


def _clicked(worker: Worker, form: str, *said: Any) -> list[gr.DownloadButton]:
    """What becomes of a button that is clicked."""

    def open_run(run_id: str) -> Run:
        return open_run_of(worker.settings.home, run_id)

    return [update for update in prepare(form, open_run, *said) if update != gr.skip()]


@pytest.mark.parametrize(
    ("form", "ending", "start"),
    [
        ("download", ".html", b"<!doctype html>"),
        ("pdf", ".pdf", b"%PDF-"),
        ("markdown", ".md", b"# "),
        ("tables", "-tables.zip", b"PK"),
    ],
)
def test_each_form_is_made_on_a_click_and_says_so(
    worker: Worker, run_id: str, form: str, ending: str, start: bytes
) -> None:
    making, ready = _clicked(worker, form, run_id, None)
    assert making.label.startswith("Making the") and not making.interactive
    assert ready.label.startswith("Get the") and ready.interactive
    assert isinstance(ready.value, dict)
    file = Path(ready.value["path"])
    assert file.name == f"tuneworthy-{run_id}{ending}"
    assert file.read_bytes().startswith(start)
    if form == "tables":
        assert "trials.csv" in zipfile.ZipFile(file).namelist()


ROW = "I sent the lamp back"


@pytest.mark.parametrize("without", [False, True, None, "no"])
@pytest.mark.parametrize("form", ["download", "markdown", "tables"])
def test_examples_are_left_out_unless_the_box_is_empty(
    worker: Worker, run_id: str, form: str, without: Any
) -> None:
    _, ready = _clicked(worker, form, run_id, None, without)
    assert isinstance(ready.value, dict)
    file = Path(ready.value["path"])
    assert ("-without-examples" in file.name) == (without is not False)
    if form != "tables":
        assert (ROW in file.read_text(encoding="utf-8")) == (without is False)


def test_what_was_made_is_taken_once_and_then_made_anew(worker: Worker, run_id: str) -> None:
    (taken,) = _clicked(worker, "markdown", run_id, "/tmp/made.md")
    assert taken.label == "Markdown" and taken.value is None


@pytest.mark.parametrize("browser", ["../../etc", "", "20260101-000000-abcd"])
def test_what_a_browser_makes_up_is_refused_in_a_sentence(
    worker: Worker, browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(gr, "Warning", said.append)
    _, after = _clicked(worker, "pdf", browser, None)
    assert after.label == "PDF" and after.interactive
    assert len(said) == 1 and said[0].startswith("There is no run")


def test_a_run_without_a_verdict_has_no_report(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(gr, "Warning", said.append)
    _clicked(worker, "pdf", worker.begin(Options()), None)
    assert said == ["There is no report of this run any more."]
