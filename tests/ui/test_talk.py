"""The conversation about a run in the terminal, piped and with somebody there."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agent.state import SCHEMA_VERSION, Exchange, Options
from agent.worker import Worker
from policies.decide import recommend
from policies.evidence import DataFacts, Evidence, TaskFacts
from policies.policy import load_policy
from tests.assessments import ARMS, labels
from tools.assessment import FILE_NAME, ExhaustionPart
from tools.runs import create_run
from tools.settings import load_settings
from tools.trials.stage import TrialsReport
from ui import talk as terminal
from ui.cli import app

CLI = CliRunner(env={"COLUMNS": "100"})


@pytest.fixture
def run_id(home: Path) -> Iterator[str]:
    """A run of the command line with a verdict, and no model that could answer."""
    with closing(Worker(load_settings())) as worker:
        run, a = create_run(home), labels(outcome=None, tuned=None)
        (run.folder / FILE_NAME).write_text(a.model_dump_json(), encoding="utf-8")
        evidence = Evidence(
            brief=a.brief,
            task=TaskFacts(
                type="labels", metric="accuracy", rows=1200, train=600, dev=300, test=300
            ),
            data=DataFacts(),
            arms=ARMS[:-1],
            best_prompt=ARMS[0].name,
        )
        trials = TrialsReport(
            arms=(),
            plans=(),
            winner=None,
            current=None,
            exhaustion=ExhaustionPart(exhausted=False, text=""),
            stop_reason="",
        )
        begun = worker.begin(Options(interactive=False, tune="never"), a.brief, run)
        found = {"trials": trials, "evidence": evidence, "schema_version": SCHEMA_VERSION}
        advice = recommend(evidence, load_policy())
        worker.revise(begun, {**found, "recommendation": advice}, after="report")
        for _ in worker.step_through(begun):
            pass
    return begun


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
