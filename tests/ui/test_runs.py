"""The list of runs on the command line, and what is done with a run that is named by its folder."""

import json
import shutil
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agent import graph
from agent.plans import UNPROVABLE
from agent.state import WorkPlan
from agent.worker import Worker
from policies.evidence import Score
from tests.assessments import labels
from tests.conversations import finished, judged_state
from tools.assessment import FILE_NAME
from tools.errors import TuneError
from tools.runs import create_run
from tools.settings import load_settings
from ui.cli import app

CLI = CliRunner(env={"COLUMNS": "80"})
UNREADABLE = (b"{", b"[]", b"\xff\xfe", b'{"schema_version": 1, "run_id": "x"}')


@pytest.mark.parametrize("name", ["[final].csv", "[b]x.csv", ":star:.csv", "[/].csv"])
def test_a_listed_run_has_its_whole_id_and_the_name_of_its_file(
    name: str, home: Path, tmp_path: Path
) -> None:
    (tmp_path / "examples.csv").write_text("text,label\na,b\n", encoding="utf-8")
    run = create_run(home)
    run.take_examples(tmp_path / "examples.csv", shown=name)
    shown = CLI.invoke(app, ["runs"])
    assert shown.exit_code == 0, shown.output
    assert run.info.run_id in shown.output and name in shown.output


@pytest.mark.parametrize("content", UNREADABLE)
def test_a_run_with_a_damaged_answer_hides_no_other(content: bytes, home: Path) -> None:
    good, bad, new = (create_run(home) for _ in range(3))
    (good.folder / FILE_NAME).write_text(labels().model_dump_json(), encoding="utf-8")
    (bad.folder / FILE_NAME).write_bytes(content)
    rows = json.loads(CLI.invoke(app, ["runs", "--json"]).stdout)
    verdicts = {row["run"]: row["verdict"] for row in rows}
    told = [verdicts[run.info.run_id] for run in (good, bad, new)]
    assert told == ["fine_tune", "unreadable", ""]
    for form in ("html", "tables"):
        shown = CLI.invoke(app, ["report", bad.info.run_id, "--format", form])
        assert shown.exit_code == 2 and "damaged or was made by another version" in shown.stderr
        assert len(shown.stderr.strip().splitlines()) == 1


SCORE = Score(score=0.8, low=0.7, high=0.9, n=90)
PLAN = WorkPlan(title="Fine-tune", steps=(), minutes=1, cost="", data_goes="", hash="a")
COMMANDS = (("report",), ("what-if", "--target", "0.8"), ("chat",), ("tune",))


def _ended(home: Path, out: Path, confirmed: Score | None) -> str:
    """A run of the command line in a folder, through with its verdict; its id."""
    made = judged_state(home)
    create_run(home, out=out)
    shutil.copyfile(Path(made["run"]) / FILE_NAME, out / FILE_NAME)
    with closing(Worker(load_settings())) as worker:
        return finished(worker, {**made, "run": str(out), "confirmed": confirmed})


@pytest.fixture
def fake_tune(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tune that fails at once; the assessment is the one that lies there."""

    def fail(*_: object) -> None:
        raise TuneError("No tune here.")

    monkeypatch.setattr(graph, "write_assessment", lambda *_: None)
    monkeypatch.setattr(graph, "tune_plan", lambda *_: PLAN)
    monkeypatch.setattr(graph, "run_tune", fail)


@pytest.mark.usefixtures("fake_tune")
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_run_whose_folder_was_moved_is_worked_with_where_it_is(
    command: tuple[str, ...], home: Path, tmp_path: Path
) -> None:
    out, there = tmp_path / "out", tmp_path / "there"
    run_id = _ended(home, out, SCORE)
    out.rename(there)
    name, *options = command
    shown = CLI.invoke(app, [name, str(there), *options], input="why?\n")
    assert shown.exit_code == 0, shown.output
    assert not out.exists()
    assert CLI.invoke(app, ["report", run_id]).stdout.strip() == str(there / "report.html")


@pytest.mark.usefixtures("fake_tune")
def test_a_tune_that_nothing_could_prove_is_refused(home: Path, tmp_path: Path) -> None:
    shown = CLI.invoke(app, ["tune", _ended(home, tmp_path / "out", None)])
    assert (shown.exit_code, shown.stdout, shown.stderr.strip()) == (2, "", UNPROVABLE)
