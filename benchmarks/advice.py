"""Was the advice right? Verdicts first, then both arms to the end.

    python -m benchmarks.advice FOLDER [--scenarios FILE] [--only TEXT] [--page docs/advice.md]

Every scenario of the list is assessed into a folder of its own; one that is finished there is not
run again. Scenarios on the same examples share one tune, made after the first one's verdict. Then
each verdict is judged by what prompt, classifier and tune measured on the locked rows.
"""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.judgement import judge, markdown
from benchmarks.scenarios import Scenario, examples, read
from policies.policy import load_policy
from tools.assessment import FILE_NAME, load

SCENARIOS = Path(__file__).with_name("scenarios.toml")
NOTES = Path(__file__).with_name("advice_notes.md")
HEAD = """# Was the advice right?

Written by `python -m benchmarks.advice FOLDER --page docs/advice.md` on {day}, seed 0. The
targets in `benchmarks/scenarios.toml` were not changed after these runs; what bank topics, travel
intents, restaurant copy and support messages reach was known from earlier ones. Each scenario
gets its verdict first; then the fine-tune is made whatever the verdict was, and prompt, classifier
and tune are read on the locked rows. A verdict is right if what it advises is within 2 points of
the best arm measured, up to the target, and if no arm that is as good would have paid its cost
back within 12 months; a fine-tune also has to be needed: nothing that takes none may be as good;
for a scenario with planted faults or too few rows, if it says so. Seconds
are to the verdict and, with the tune, in all; a second scenario on the same examples answers from
what is kept.

"""


def main(
    folder: Annotated[Path, typer.Argument(help="Where the runs' results are kept.")],
    scenarios: Annotated[Path, typer.Option(help="List of scenarios, TOML.")] = SCENARIOS,
    only: Annotated[str, typer.Option(help="Run those only whose name holds this.")] = "",
    page: Annotated[Path | None, typer.Option(help="Write the table here too.")] = None,
    notes: Annotated[Path, typer.Option(help="Notes by hand that end the page.")] = NOTES,
) -> None:
    """Assess every scenario that is not finished, and judge them all."""
    judged = []
    for scenario in read(scenarios):
        out = folder / scenario.name
        if only in scenario.name and not (out / FILE_NAME).exists():
            _assess(scenario, out)
        tuned = folder / (scenario.tuned_in.strip("-") or scenario.name)
        if (out / FILE_NAME).exists() and (tuned / FILE_NAME).exists():
            judged.append(judge(scenario, load(out), load(tuned), load_policy()))
    table = markdown(judged)
    typer.echo(table)
    if page is not None:
        head = HEAD.format(day=datetime.now(UTC).date())
        told = "\n" + notes.read_text(encoding="utf-8") if notes.exists() else ""
        page.write_text(head + table + told, encoding="utf-8")


def _assess(scenario: Scenario, out: Path) -> None:
    given = out.parent / f"{scenario.name} (given)"
    given.mkdir(parents=True, exist_ok=True)
    brief = given / "brief.json"
    brief.write_text(json.dumps(scenario.brief), encoding="utf-8")
    file = examples(scenario, given)
    command: list[Any] = [sys.executable, "-m", "ui.cli", "assess", file, "--out", out]
    command += ["--brief", brief, "--tune", "never" if scenario.tuned_in else "always"]
    command += scenario.options
    typer.echo(f"{scenario.name}: {file} {scenario.brief}", err=True)
    done = subprocess.run(command, check=False)
    if done.returncode:
        typer.echo(f"{scenario.name} ended with {done.returncode} and is left out.", err=True)


if __name__ == "__main__":
    typer.run(main)
