"""Does a tune learn better with the label set or the JSON form in its short prompt?

    python -m benchmarks.contracts FOLDER FILE …

Two tunes of the embedded model by the same recipe on each file, one asked by the bare instruction,
one with what the answer has to look like. Printed: both scores on dev and on the locked rows with
the paired difference, and the tokens that a request takes.
"""

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from policies.brief import Brief
from tools.intake.dataset import load_dataset
from tools.measure.intervals import paired_difference
from tools.models.embedded import embedded_folder
from tools.models.folder import parameters_of
from tools.models.local import LocalModel
from tools.progress import Watch
from tools.settings import home_folder
from tools.trials.answering import run_plan
from tools.trials.plan import Plan
from tools.trials.stage import task_of
from tools.trials.trial import Trial
from tools.tuning.asking import SHORT
from tools.tuning.job import ADAPTER, write_job
from tools.tuning.launch import run_training
from tools.tuning.recipe import choose_recipe
from tools.tuning.replay import replay_rows
from tools.tuning.tune import JUDGED_ROWS, job_of

CONTRACT = SHORT.model_copy(update={"name": "short prompt with the form", "contract": True})


def main(
    folder: Annotated[Path, typer.Argument(help="Where the tunes are kept.")],
    data: Annotated[list[Path], typer.Argument(help="Files of examples.")],
) -> None:
    """Make both tunes of each file and compare them."""
    base, watch = embedded_folder(home_folder()), Watch()
    replay = replay_rows(LocalModel(base, "embedded"), watch)
    for file in data:
        dataset = load_dataset(file, Brief())
        task, parts = task_of(dataset, Brief()), dataset.parts
        recipe = choose_recipe(parameters_of(base), len(parts.train), 0, task.type)
        judged = parts.dev[: JUDGED_ROWS[task.type]]
        found: dict[str, Trial] = {}
        for plan in (SHORT, CONTRACT):
            job = folder / f"{file.stem} {plan.name}"
            train, dev = (
                [(plan.chat(task, row.input), row.answer) for row in rows]
                for rows in (parts.train, judged)
            )
            write_job(job, job_of(task, base, recipe), train, dev, replay)
            seconds = run_training(job, plan.name, watch).seconds
            model = LocalModel(base, plan.name, job / ADAPTER)
            for rows, name in ((parts.dev, "dev"), (parts.test, "test")):
                held = _decoded(plan, task.type)
                trial = Trial(held, model.name, list(rows))
                trial.answers = run_plan(held, task, model, rows, watch, "")
                score = 100 * trial.score(task).score
                tokens = float(np.mean(trial.prompt_tokens))
                typer.echo(
                    f"{file.stem}, {plan.name}, {name}: {score:.1f} %, {tokens:.0f} tokens a "
                    f"request, trained in {seconds:.0f} s"
                )
            found[plan.name] = trial
        one, other = found.values()
        gap = paired_difference(task.metric, one.expected, one.given, other.given)
        low, high = 100 * gap.low, 100 * gap.high
        typer.echo(f"{file.stem}: with the form {100 * gap.value:+.1f} ({low:+.1f} to {high:+.1f})")


def _decoded(plan: Plan, kind: str) -> Plan:
    """Labels scored, all else written."""
    return plan.model_copy(update={"decoding": "scored" if kind == "labels" else "free"})


if __name__ == "__main__":
    typer.run(main)
