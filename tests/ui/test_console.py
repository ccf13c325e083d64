"""What the command line prints where no terminal is: little, plain, and JSON where it is asked."""

import json
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from agent import orders
from agent.worker import Worker
from tests.assessments import labels
from tests.conversations import finished, judged_state
from tools.assessment import FILE_NAME
from tools.progress import Standing, Step
from tools.runs import create_run
from tools.settings import load_settings
from ui.cli import app
from ui.console import show_table, show_work

CLI = CliRunner(env={"COLUMNS": "80"})
WORK = ("A plan: step 1 of 2", "A plan: step 2 of 2", "Another plan")


def steps() -> Generator[Step]:
    standing = Standing(runners=(), target=0.9, text="Adopt it.", leader="A plan leads.")
    for title in WORK:
        yield Step(stage="trials", title=title, done=1, total=2, standing=standing)
    yield Step(stage="forecast", title="Fitting the probe", done=1, total=2)


def told(text: str) -> list[str]:
    """Lines without their seconds."""
    return [line.partition("] ")[2] for line in text.splitlines()]


def test_without_a_terminal_only_the_stages_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    show_work(steps())
    shown = capsys.readouterr()
    assert told(shown.err) == ["Trying prompts", "Forecasting a fine-tune", "Done"]
    assert shown.out == ""


def test_with_verbose_each_piece_of_work_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    show_work(steps(), verbose=True)
    assert told(capsys.readouterr().err) == [
        "A plan",
        "provisional: A plan leads. Adopt it.",
        "Another plan",
        "Fitting the probe",
        "Done",
    ]


def test_without_a_terminal_a_table_is_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    long = "a name that is longer than any line of a terminal would ever be, or so it seems " * 2
    show_table(("run", "data"), [("a", long), ("b\tc\n\x1b[31m", "d")])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("\t") for line in lines] == [
        ["run", "data"],
        ["a", long.strip()],
        ["b c ␛[31m", "d"],
    ]


@pytest.fixture
def run_id(home: Path) -> str:
    """A run that is through with its verdict."""
    state = judged_state(home)
    with closing(Worker(load_settings())) as worker:
        return finished(worker, state)


def test_a_supposition_is_told_as_json(run_id: str) -> None:
    shown = CLI.invoke(app, ["what-if", run_id, "--target", "0.01", "--json"])
    assert shown.exit_code == 0, shown.output
    found = json.loads(shown.stdout)
    assert found["supposed"] == {"target": 0.01}
    words = CLI.invoke(app, ["what-if", run_id, "--target", "0.01"]).stdout
    said = found["headline"].partition(": ")[2]  # the verdict stands in the sentence before
    assert said and said[1:] in words
    assert found["changes"] == ("would become" in words)


def test_the_checks_are_told_as_json(embedded_folder: Path, home: Path) -> None:
    (home / "models").mkdir(parents=True)
    (home / "models" / embedded_folder.name).symlink_to(embedded_folder)
    shown = CLI.invoke(app, ["doctor", "--json"])
    found = {check["name"]: check for check in json.loads(shown.stdout)}
    assert found["home folder"] == {"name": "home folder", "passed": True, "text": str(home)}
    plain = CLI.invoke(app, ["doctor"]).stdout
    assert f"home folder\tok\t{home}" in plain.splitlines()


@pytest.fixture
def finished_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """An assessment whose work is two steps, and whose answer lies in the folder at their end."""

    def begin(worker: Worker, order: Any, out: Path) -> tuple[str, bool]:
        run = create_run(worker.settings.home, out=out)
        (out / FILE_NAME).write_text(labels().model_dump_json(), encoding="utf-8")
        return run.info.run_id, False

    monkeypatch.setattr(orders, "begin_order", begin)
    monkeypatch.setattr(Worker, "step_through", lambda *_: steps())


@pytest.mark.usefixtures("finished_at_once")
def test_an_assessment_as_json_is_alone_on_stdout(tmp_path: Path) -> None:
    data = tmp_path / "data.csv"
    data.write_text("text,label\na,b\n", encoding="utf-8")
    command = ["assess", str(data), "--out"]
    shown = CLI.invoke(app, [*command, str(tmp_path / "one"), "--json"])
    assert shown.exit_code == 0, shown.output
    assert json.loads(shown.stdout)["verdict"] == "fine_tune"
    assert told(shown.stderr)[-1] == "Done"

    words = CLI.invoke(app, ["--verbose", *command, str(tmp_path / "two")])
    assert labels().headline in words.stdout.splitlines()  # in one line, however long
    assert "Word classifier\t88 %\t87 %\t1\t1" in words.stdout.splitlines()
    assert "Another plan" in told(words.stderr)


@pytest.mark.parametrize("command", [(), ("assess",), ("what-if",), ("report",), ("tune",)])
def test_help_shows_what_people_type(command: tuple[str, ...]) -> None:
    shown = CLI.invoke(app, [*command, "--help"])
    assert shown.stdout.count("$ tuneworthy") >= 2
