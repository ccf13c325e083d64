"""Does the race find what the full grid would find, and at what share of its tokens?

    python -m benchmarks.race FILE [FILE ...]

The ladder is raced on a file's dev rows; then every one of its plans answers all of them. Answers
are kept in the home folder, so the grid goes on from the race's and a second run costs nothing.
"""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from policies.brief import Brief
from tools.intake.dataset import Dataset, load_dataset
from tools.measure.intervals import paired_difference
from tools.models import embedded
from tools.models.cache import CachedModel
from tools.models.catalogue import Catalogue
from tools.models.store import CallStore
from tools.progress import Watch
from tools.settings import load_settings
from tools.trials.answering import run_plan
from tools.trials.ladder import ladder
from tools.trials.race import race
from tools.trials.stage import task_of
from tools.trials.task import Task
from tools.trials.trial import Trial, ranked

COLUMNS = ("file", "dev rows", "plans", "race / grid answers", "tokens", "share", "winners", "gap")


def main(
    files: Annotated[list[Path], typer.Argument(help="Files of examples.")],
    model: Annotated[str, typer.Option(help="Model to prompt.")] = embedded.NAME,
) -> None:
    """Race the ladder on each file, run it in full, and compare."""
    settings = load_settings()
    catalogue = Catalogue(settings)
    table = Table(*COLUMNS)
    for file in files:
        dataset = load_dataset(file, Brief())
        store = CallStore(settings.home / "bench" / f"{dataset.hash}.sqlite")
        table.add_row(*_compared(dataset, catalogue.cached(model, store), file.stem))
        store.close()
    Console(width=140).print(table)


def _compared(dataset: Dataset, model: CachedModel, name: str) -> list[str]:
    task, dev = task_of(dataset, Brief()), dataset.parts.dev
    plans = ladder(task, model.traits.abilities)
    raced, _ = race(plans, task, model, dev, Watch())
    tried = [trial.plan for trial in raced]
    grid = [
        Trial(plan, model.name, list(dev), run_plan(plan, task, model, dev, Watch(), "grid"))
        for plan in tried
    ]
    ours, best = ranked(raced, task)[0], ranked(grid, task)[0]
    whole = next(trial for trial in grid if trial.plan == ours.plan)
    gap = paired_difference(task.metric, best.expected, whole.given, best.given)
    return [
        name,
        str(len(dev)),
        str(len(tried)),
        f"{_answers(raced):,} / {_answers(grid):,}",
        f"{_tokens(raced):,} / {_tokens(grid):,}",
        f"{_tokens(raced) / _tokens(grid):.0%}",
        f"{_shown(whole, task)}; {_shown(best, task)}",
        f"{100 * gap.value:.1f} ({100 * gap.low:.1f} to {100 * gap.high:.1f})",
    ]


def _answers(trials: list[Trial]) -> int:
    return sum(len(trial.answers) for trial in trials)


def _tokens(trials: list[Trial]) -> int:
    """Tokens sent and received, each as often as it was sent."""
    return sum(a.prompt_tokens + a.completion_tokens for trial in trials for a in trial.answers)


def _shown(trial: Trial, task: Task) -> str:
    return f"{trial.plan.name} {100 * trial.score(task).score:.1f}"


if __name__ == "__main__":
    typer.run(main)
