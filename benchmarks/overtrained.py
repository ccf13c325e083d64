"""Does the check against forgetting catch an overtrained adapter, and does replay recover it?

    python -m benchmarks.overtrained FOLDER

Two tunes of the embedded model on the bundled support messages, alike but for replay: twice the
recipe's learning rate, ten passes over sixty rows, the last step kept whatever dev says. The first
is to fail the check, the second, with the recipe's replay, is to do better at it or to pass.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from policies.brief import Brief
from policies.policy import load_policy
from tools.intake.dataset import load_dataset
from tools.intake.samples import SAMPLES
from tools.models.embedded import embedded_folder
from tools.models.folder import parameters_of
from tools.models.local import LocalModel
from tools.progress import Watch
from tools.settings import home_folder
from tools.trials.stage import task_of
from tools.tuning.asking import best_asked
from tools.tuning.forgetting import check_forgetting
from tools.tuning.job import ADAPTER, write_job
from tools.tuning.launch import run_training
from tools.tuning.recipe import REPLAY, Recipe, choose_recipe
from tools.tuning.replay import replay_rows
from tools.tuning.tune import chats_of, job_of

ROWS, PASSES, FASTER = 60, 10, 2.0


def overtrained(recipe: Recipe) -> Iterator[tuple[str, Recipe]]:
    """The same careless tune without replay and with it."""
    careless = recipe.model_copy(
        update={
            "learning_rate": FASTER * recipe.learning_rate,
            "epochs": PASSES,
            "judged": False,
            "reasons": {},
        }
    )
    for name, replay in (("without replay", 0.0), ("with replay", REPLAY)):
        yield name, careless.model_copy(update={"replay": replay})


def main(folder: Annotated[Path, typer.Argument(help="Where the tunes are kept.")]) -> None:
    """Make both tunes and print what each learned and forgot."""
    dataset = load_dataset(SAMPLES[0].path, Brief())
    task, base = task_of(dataset, Brief()), embedded_folder(home_folder())
    train, dev = dataset.parts.train[:ROWS], dataset.parts.dev
    model, watch = LocalModel(base, "embedded"), Watch()
    replay = replay_rows(model, watch)
    recipe = choose_recipe(parameters_of(base), len(train), 0, task.type)
    for name, careless in overtrained(recipe):
        job = folder / name.replace(" ", "-")
        rows = replay if careless.replay else ()
        write_job(
            job, job_of(task, base, careless), chats_of(task, train), chats_of(task, dev), rows
        )
        run_training(job, name, watch)
        tuned = LocalModel(base, "tuned", job / ADAPTER)
        learned = best_asked(task, tuned, dev, watch).score(task)
        found = check_forgetting(model, tuned, load_policy(), watch)
        verdict = "passes" if found.passed else "fails"
        typer.echo(f"{name}: {100 * learned.score:.1f} % on dev; the check {verdict}. {found.text}")


if __name__ == "__main__":
    typer.run(main)
