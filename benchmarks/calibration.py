"""How well a tune of labels is forecast: many splits of several files, forecast and tune both made.

    python -m benchmarks.calibration benchmarks/calibration_points.jsonl --minutes 30

Each point is a file, a number of training rows and a seed; the seed draws which rows are for
training, dev and test. The two classifiers are fitted and the tune made on the same training rows,
by the tune's own recipe, and the tune is read on the test rows. Points that are there are not made
again, and with `--minutes 0` only the table is printed. Two of the files lie beside this one; they
were written for it by a language model (docs/log.md).
"""

import hashlib
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer
from sklearn.model_selection import train_test_split

from benchmarks.points import Point, load, of_today, table
from policies.brief import Brief
from tools.forecast.classifier import word_classifier
from tools.forecast.labels import Seen, cross_validated_words, forecast_labels
from tools.forecast.probe import fit_probe
from tools.intake.dataset import load_dataset
from tools.intake.examples import Example
from tools.intake.samples import SAMPLES
from tools.models.embedded import embedded_folder
from tools.models.folder import parameters_of
from tools.models.local import LocalModel
from tools.models.protocol import Chat
from tools.progress import Watch
from tools.settings import home_folder
from tools.trials.answering import run_plan
from tools.trials.stage import task_of
from tools.trials.task import make_task
from tools.trials.trial import Trial
from tools.tuning.asking import best_asked
from tools.tuning.job import ADAPTER, write_job
from tools.tuning.launch import run_training
from tools.tuning.recipe import choose_recipe
from tools.tuning.replay import replay_rows
from tools.tuning.tune import chats_of, job_of

HERE = Path(__file__).parent / "data"
FILES = {
    "bank": Path("../shared/data/bank_support_8.csv"),
    "travel": Path("../shared/data/travel_15.csv"),
    "support": SAMPLES[0].path,
    "helpdesk": HERE / "helpdesk_15.csv",
    "feedback": HERE / "feedback_6.csv",
}
SEEDS = (1, 2, 3, 4)
DEV_ROWS, TEST_ROWS = 60, 120
SHORTEST_TEST = 80  # a small file gives fewer test rows rather than fewer to train on


def wanted(sizes: Sequence[int]) -> Iterator[tuple[str, int, int]]:
    """File, training rows and seed of each point, in an order that may end anywhere."""
    for seed in SEEDS:
        for size in sizes:
            yield from ((name, size, seed) for name in FILES)


def split(
    examples: Sequence[Example], size: int, seed: int
) -> tuple[list[Example], list[Example], list[Example]] | None:
    """Train, dev and test, stratified; None if the file has too few rows."""
    test_rows = min(TEST_ROWS, len(examples) - size - DEV_ROWS)
    if test_rows < SHORTEST_TEST:
        return None
    rest, test = train_test_split(
        list(examples),
        test_size=test_rows,
        random_state=seed,
        stratify=[example.answer for example in examples],
    )
    train, rest = train_test_split(
        rest, train_size=size, random_state=seed, stratify=[each.answer for each in rest]
    )
    if len(rest) > DEV_ROWS:
        rest, _ = train_test_split(rest, train_size=DEV_ROWS, random_state=seed)
    return train, rest, test


def make_point(
    name: str, size: int, seed: int, model: LocalModel, replay: list[tuple[Chat, str]], out: Path
) -> Point | None:
    """Fit the classifiers, make the tune, read all; None if the file has too few rows."""
    dataset = load_dataset(FILES[name], Brief())
    known = task_of(dataset, Brief())
    parts = dataset.parts
    found = split((*parts.train, *parts.dev, *parts.test), size, seed)
    if found is None:
        return None
    train, dev, test = found
    task = make_task(known.type, known.metric, known.description, None, train)
    watch = Watch()
    probe = fit_probe(task, model, "embedded", watch)
    (words_dev, words_test), (probe_dev, probe_test) = (
        [classifier.score(task, rows).score for rows in (dev, test)]
        for classifier in (word_classifier(task), probe.contestant())
    )
    inside = cross_validated_words(task)
    seen = (Seen(inside, words_dev), Seen(probe.cross_validated, probe_dev))
    forecast = forecast_labels(probe, task, seen, len(dev), len(test))
    base = embedded_folder(home_folder())
    recipe = choose_recipe(parameters_of(base), len(train), seed, task.type)
    job = job_of(task, base, recipe)
    made = hashlib.sha256(job.model_dump_json().encode()).hexdigest()[:8]
    folder = out / f"{name}-{size}-{seed}-{made}"  # another recipe is another tune
    write_job(folder, job, chats_of(task, train), chats_of(task, dev), replay)
    seconds = run_training(folder, "Tuning", watch).seconds
    tuned = LocalModel(base, "tuned", folder / ADAPTER)
    on_dev = best_asked(task, tuned, dev, watch)
    answers = run_plan(on_dev.plan, task, tuned, test, watch, "verify")
    on_test = Trial(on_dev.plan, tuned.name, test, answers)
    return Point(
        file=name,
        rows=len(train),
        seed=seed,
        labels=len(task.labels),
        dev_rows=len(dev),
        test_rows=len(test),
        cross_validated=probe.cross_validated,
        dev=probe_dev,
        curve=forecast.curve,
        probe_test=probe_test,
        words_cross_validated=inside,
        words_dev=words_dev,
        words_test=words_test,
        tuned_dev=on_dev.score(task).score,
        tuned_test=on_test.score(task).score,
        forecast=forecast,
        seconds=seconds,
        frozen=recipe.frozen,
        passes=recipe.epochs,
        choice=recipe.choice,
    )


def main(
    file: Annotated[Path, typer.Argument(help="Where the points are kept, JSON lines.")],
    minutes: Annotated[float, typer.Option(help="Make new points for so long.")] = 30.0,
    rows: Annotated[str, typer.Option(help="Training rows, with commas.")] = "60,120,240",
) -> None:
    """Make points, and print how well the forecasts did."""
    points, end = load(file), time.monotonic() + 60 * minutes
    base = embedded_folder(home_folder())
    parameters = parameters_of(base)
    made = {(p.file, p.rows, p.seed) for p in of_today(points, parameters)}
    left = [each for each in wanted([int(size) for size in rows.split(",")]) if each not in made]
    if minutes and left:
        model = LocalModel(base, "embedded")
        replay = replay_rows(model, Watch())
        for name, size, seed in left:
            if time.monotonic() > end:
                break
            point = make_point(name, size, seed, model, replay, home_folder() / "calibration")
            if point is None:
                continue
            with file.open("a", encoding="utf-8") as stream:
                stream.write(point.model_dump_json() + "\n")
            points.append(point)
            print(f"{name} {size} {seed}: {point.forecast.score:.3f} {point.tuned_test:.3f}")
    print(table(points))


if __name__ == "__main__":
    typer.run(main)
