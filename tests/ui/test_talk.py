"""The conversation about a run in the terminal, piped and with somebody there."""

import io
from contextlib import closing
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from agent.state import Exchange, Options
from agent.worker import Worker
from tests.assessments import labels
from tests.conversations import finished, judged_state
from tools.settings import load_settings
from ui import talk as terminal
from ui.cli import app

CLI = CliRunner(env={"COLUMNS": "100"})


@pytest.fixture
def run_id(home: Path) -> str:
    """A run of the command line with a verdict, and no model that could answer."""
    with closing(Worker(load_settings())) as worker:
        return finished(worker, judged_state(home))


def test_piped_it_prints_answers_alone(run_id: str) -> None:
    said = CLI.invoke(app, ["chat", run_id], input="why?\n\nwhat if the target were 80 %?\n")
    assert said.exit_code == 0 and not said.stderr
    assert said.stdout.startswith(labels().headline)
    assert "Suppose the target is 80 %." in said.stdout
    assert "›" not in said.stdout and terminal.HINT not in said.stdout


def test_it_goes_on_where_it_was_and_ends_with_stop(run_id: str) -> None:
    assert CLI.invoke(app, ["chat", run_id], input="stop\nwhy?\n").stdout == ""
    assert "86.7" in CLI.invoke(app, ["chat", run_id], input="why?").stdout
    with closing(Worker(load_settings())) as worker:
        assert [e.message for e in worker.view(run_id).state["exchanges"]] == ["why?"]


@pytest.mark.parametrize("ending", [EOFError, KeyboardInterrupt])
def test_whoever_leaves_sees_no_error(
    run_id: str, ending: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    def leaves(prompt: str) -> str:
        raise ending

    monkeypatch.setattr(terminal, "somebody_is_there", lambda: True)
    monkeypatch.setattr(terminal.out, "input", leaves)
    said = CLI.invoke(app, ["chat", run_id])
    assert said.exit_code == 0 and "Traceback" not in said.output
    assert labels().headline[:40] in said.stdout and "Ctrl-D" in said.stdout


def test_a_run_without_a_verdict_is_one_sentence(home: Path) -> None:
    with closing(Worker(load_settings())) as worker:
        begun = worker.begin(Options())
    said = CLI.invoke(app, ["chat", begun], input="why?")
    assert said.exit_code == 2 and "has no verdict yet" in said.stderr
    assert CLI.invoke(app, ["chat", "nowhere"], input="").exit_code == 2


def test_somebody_sees_what_each_answer_took(monkeypatch: pytest.MonkeyPatch) -> None:
    wide = Console(force_terminal=True, width=200, file=io.StringIO(), color_system=None)
    monkeypatch.setattr(terminal, "out", wide)
    asked = Exchange(message="hi", prompted="a", prompted_ms=90, tuned="b", tuned_tokens=20)
    terminal.tell_exchange(asked, labels())
    assert isinstance(wide.file, io.StringIO)
    told = wide.file.getvalue()
    assert "90 ms" in told and "20 tokens sent" in told
    assert told.count("EUR for 1,000 requests") == 2


def test_both_models_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    asked = Exchange(
        message="hi",
        prompted="[red]billing[/red]",
        prompted_ms=90,
        tuned="\x1b[31mreturns",
        tuned_tokens=20,
    )
    terminal.tell_exchange(asked, labels())
    told = capsys.readouterr().out.splitlines()
    assert told == ["The best prompt: [red]billing[/red]", "The tuned model: ␛[31mreturns"]
