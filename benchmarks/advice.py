"""Was the advice right? Verdicts first, then both arms to the end.

    python -m benchmarks.advice FOLDER [--scenarios FILE] [--page docs/advice.md]

Every scenario of the list is assessed with `--tune always` into a folder of its own; one that is
finished there is not run again. Then the verdict, which was given before the tune, is judged by
what prompt, classifier and tune measured on the locked rows.
"""

import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from policies.evidence import Frozen
from policies.figures import percent
from policies.policy import load_policy
from policies.recommendation import Verdict
from policies.regret import ACTION
from tools.assessment import FILE_NAME, Assessment, load

SCENARIOS = Path(__file__).with_name("scenarios.toml")


class Scenario(Frozen):
    """One task in one situation.

    Attributes:
        name: Its name, also that of its folder.
        file: The examples.
        options: Further options of `tuneworthy assess`.
        truth: Verdicts that are right by how the scenario was made, for those that no arm can
            show (wrong labels planted, facts only in documents); else arms decide.
    """

    name: str
    file: str
    options: tuple[str, ...] = ()
    truth: tuple[Verdict, ...] = ()


class Judgement(Frozen):
    """What became of a scenario's advice.

    Attributes:
        name: The scenario.
        verdict: The verdict.
        right: Whether it was right; None where it abstained.
        regret: Score lost, up to the target, against the best measured arm; 0 where it abstained.
        measured: Scores on the locked rows by action.
        forecast: Forecast score, its low and high end; None where there was none.
        seconds: To the verdict, and in all.
    """

    name: str
    verdict: Verdict
    right: bool | None
    regret: float
    measured: dict[str, float]
    forecast: tuple[float, float, float] | None
    seconds: tuple[float, float]

    @property
    def error(self) -> float | None:
        """Forecast minus what the tune reached."""
        tuned = self.measured.get("tune")
        return None if self.forecast is None or tuned is None else self.forecast[0] - tuned

    @property
    def covered(self) -> bool | None:
        """Whether the forecast's interval held what the tune reached."""
        if self.forecast is None or "tune" not in self.measured:
            return None
        return self.forecast[1] <= self.measured["tune"] <= self.forecast[2]


def main(
    folder: Annotated[Path, typer.Argument(help="Where the runs' results are kept.")],
    scenarios: Annotated[Path, typer.Option(help="List of scenarios, TOML.")] = SCENARIOS,
    page: Annotated[Path | None, typer.Option(help="Write the table here too.")] = None,
) -> None:
    """Assess every scenario that is not finished, and judge them all."""
    judged = []
    listed = tomllib.loads(scenarios.read_text(encoding="utf-8"))["scenario"]
    for scenario in (Scenario.model_validate(each) for each in listed):
        out = folder / scenario.name
        if not (out / FILE_NAME).exists():
            _assess(scenario, out)
        if (out / FILE_NAME).exists():
            judged.append(judge(scenario, load(out), load_policy().margin))
    table = markdown(judged)
    typer.echo(table)
    if page is not None:
        page.write_text(table, encoding="utf-8")


def judge(scenario: Scenario, a: Assessment, margin: float) -> Judgement:
    """Judge a verdict by what was measured to the end.

    Args:
        scenario: The scenario.
        a: Its assessment, with a tune where one could be made.
        margin: Loss of score that does not matter.
    """
    best = a.prompting.best
    classifiers = [arm.test.score for arm in a.arms if arm.kind == "classifier" and arm.test]
    found: dict[str, float | None] = {
        "prompt": best.test.score if best and best.test else None,
        "classifier": max(classifiers, default=None),
        "tune": a.tuned.test.score if a.tuned else None,
    }
    measured = {name: score for name, score in found.items() if score is not None}
    target = a.task.target
    reached = {name: min(score, target) for name, score in measured.items()}
    action = ACTION.get(a.verdict)
    regret = 0.0
    right: bool | None = None
    if scenario.truth:
        right = a.verdict in scenario.truth
    elif action == "none":
        regret = max([0.0, *(score - (target - margin) for score in reached.values())])
        right = regret <= 0
    elif action is not None:
        regret = max(reached.values(), default=0.0) - reached.get(action, 0.0)
        right = regret <= margin + 1e-9
    forecast = a.forecast
    return Judgement(
        name=scenario.name,
        verdict=a.verdict,
        right=right,
        regret=regret,
        measured=measured,
        forecast=(forecast.score, forecast.low, forecast.high) if forecast else None,
        seconds=(a.seconds.trials + a.seconds.forecast, a.seconds.total),
    )


def markdown(judged: Sequence[Judgement]) -> str:
    """The table, and what it sums up to."""
    head = "| scenario | verdict | right | prompt | classifier | tune | forecast | error | s |"
    lines = [head, "|---" * 9 + "|", *map(_row, judged), "", *_sums(judged)]
    return "\n".join(lines) + "\n"


def _row(each: Judgement) -> str:
    right = {True: "yes", False: "**no**", None: "abstained"}[each.right]
    scores = [_percent(each.measured.get(name)) for name in ("prompt", "classifier", "tune")]
    forecast = "–"
    if each.forecast is not None:
        middle, low, high = map(percent, each.forecast)
        forecast = f"{middle} ({low} to {high})"
    error = "–" if each.error is None else f"{100 * each.error:+.1f}"
    seconds = f"{each.seconds[0]:.0f} of {each.seconds[1]:.0f}"
    cells = [each.name, f"`{each.verdict}`", right, *scores, forecast, error, seconds]
    return f"| {' | '.join(cells)} |"


def _sums(judged: Sequence[Judgement]) -> list[str]:
    told = [each for each in judged if each.right is not None]
    errors = [abs(each.error) for each in judged if each.error is not None]
    covered = [each.covered for each in judged if each.covered is not None]
    regrets = [each.regret for each in told]
    return [
        f"- {sum(bool(each.right) for each in told)} of {len(told)} verdicts right, "
        f"{len(judged) - len(told)} abstained.",
        f"- Mean absolute forecast error {100 * _mean(errors):.1f} points over {len(errors)}; "
        f"{sum(map(bool, covered))} of {len(covered)} inside their interval.",
        f"- Mean regret {100 * _mean(regrets):.1f} points.",
    ]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _percent(share: float | None) -> str:
    return "–" if share is None else percent(share)


def _assess(scenario: Scenario, out: Path) -> None:
    command: list[Any] = [sys.executable, "-m", "ui.cli", "assess", scenario.file, "--out", out]
    typer.echo(f"{scenario.name}: {scenario.file} {' '.join(scenario.options)}", err=True)
    done = subprocess.run([*command, "--tune", "always", *scenario.options], check=False)
    if done.returncode:
        typer.echo(f"{scenario.name} ended with {done.returncode} and is left out.", err=True)


if __name__ == "__main__":
    typer.run(main)
