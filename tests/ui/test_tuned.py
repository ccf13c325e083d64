"""The commands about adapters and exports, through the command line itself."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from policies.evidence import Score
from tools.files import write_json
from tools.models.adapter import Seal
from tools.trials.plan import Plan
from tools.tuning.job import ADAPTER
from tools.tuning.recipe import choose_recipe
from tools.tuning.registry import Entry, Registry
from ui.cli import app

CLI = CliRunner(env={"COLUMNS": "200"})


@pytest.fixture
def registry(home: Path, tmp_path: Path) -> Registry:
    made, adapter = Registry(home), tmp_path / ADAPTER
    adapter.mkdir()
    write_json(adapter / "seal.json", Seal(base="b", files={}).model_dump_json())
    for n, data in enumerate(("d1", "d1", "d2"), 1):
        made.add(
            adapter,
            Entry(
                name=f"run-{n}",
                created=f"2026-11-25T10:00:0{n}+00:00",
                model="embedded",
                base="b",
                seal="s",
                data=data,
                data_name="[red]tickets[/red].csv",
                run_id="r",
                recipe=choose_recipe(1, 40, n),
                steps=30,
                seconds=12.0,
                stopped=False,
                dev=Score(score=0.5 + n / 10, low=0.3, high=0.95, n=80),
                shipped=True,
                plan=Plan(name="short prompt", family="tuned"),
            ),
        )
    return made


def test_adapters_are_listed(registry: Registry) -> None:
    shown = CLI.invoke(app, ["adapters"])
    assert shown.exit_code == 0
    names = [line.split("\t")[0] for line in shown.stdout.splitlines()[1:]]
    assert names == ["run-3", "run-2", "run-1"]
    assert "[red]tickets[/red].csv" in shown.stdout and "80 %" in shown.stdout
    listed = json.loads(CLI.invoke(app, ["adapters", "--json"]).stdout)
    assert [entry["name"] for entry in listed] == names


def test_without_adapters_it_says_so() -> None:
    assert "No adapters yet." in CLI.invoke(app, ["adapters"]).stdout


def test_two_adapters_are_compared(registry: Registry) -> None:
    shown = CLI.invoke(app, ["adapters", "compare", "run-1", "run-2"]).stdout
    assert "60 %" in shown and "70 %" in shown and "seconds" not in shown
    assert "do not compare" not in shown
    assert "do not compare" in CLI.invoke(app, ["adapters", "compare", "run-1", "run-3"]).stdout
    found = CLI.invoke(app, ["adapters", "compare", "run-1", "run-3", "--json"]).stdout
    assert json.loads(found)["dev"].keys() == {"run-1", "run-3"}


def test_a_roll_back_names_what_is_in_use_now(registry: Registry) -> None:
    assert (
        "in its place the adapter run-1 is served"
        in CLI.invoke(app, ["adapters", "roll-back", "run-2"]).stdout
    )
    assert "no adapter is served" in CLI.invoke(app, ["adapters", "roll-back", "run-1"]).stdout


def test_an_adapter_is_deleted(registry: Registry) -> None:
    assert "Deleted run-1;" in CLI.invoke(app, ["adapters", "delete", "run-1"]).stdout
    assert [entry.name for entry in registry.entries()] == ["run-3", "run-2"]


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (["adapters", "delete", "../../etc"], "no name of an adapter"),
        (["adapters", "roll-back", "run-9"], "There is no adapter 'run-9'"),
        (["adapters", "compare", "run-1", "run-9"], "There is no adapter 'run-9'"),
        (["export", "nowhere", "--out", "x"], "There is no run 'nowhere'"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    registry: Registry, command: list[str], sentence: str
) -> None:
    found = CLI.invoke(app, command)
    assert found.exit_code == 2 and sentence in found.stderr
    assert "Traceback" not in found.output
