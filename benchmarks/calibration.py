"""How well a tune of labels is forecast: many splits of several files, forecast and tune both made.

    python -m benchmarks.calibration benchmarks/calibration_points.jsonl --minutes 30

Each point is a file, a number of training rows and a seed; the seed draws which rows are for
training, dev and test. The two classifiers are fitted and the tune made on the same training rows,
by the tune's own recipe, and the tune is read on the test rows. Points that are there are not made
again, and with `--minutes 0` only the table is printed. Two of the files lie beside this one; they
were written for it by a language model (docs/log.md).
"""

import hashlib
import math
import time
from collections.abc import Iterator, Sequence
from operator import mul
from pathlib import Path
from statistics import fmean
from typing import Annotated

import typer
from sklearn.model_selection import train_test_split

from policies.brief import Brief
from policies.evidence import CurvePoint, Forecast, Frozen
from tools.forecast.classifier import word_classifier
from tools.forecast.labels import (
    LEVEL,
    TUNED_ERRORS,
    Seen,
    cross_validated_words,
    expected_error,
    forecast_labels,
    tuned_score,
)
from tools.forecast.probe import fit_probe
from tools.intake.dataset import load_dataset
from tools.intake.examples import Example
from tools.intake.samples import SAMPLES
from tools.models.embedded import embedded_folder
from tools.models.local import LocalModel
from tools.models.protocol import Chat
from tools.progress import Watch
from tools.settings import home_folder
from tools.trials.answering import run_plan
from tools.trials.stage import task_of
from tools.trials.task import make_task
from tools.trials.trial import Trial
from tools.tuning.job import ADAPTER, write_job
from tools.tuning.launch import run_training
from tools.tuning.recipe import choose_recipe
from tools.tuning.replay import replay_rows
from tools.tuning.tune import best_decoding, chats_of, job_of
from tools.tuning.workplace import parameters_of

HERE = Path(__file__).parent / "data"
FILES = {
    "bank": Path("../shared/data/bank_support_8.csv"),
    "travel": Path("../shared/data/travel_15.csv"),
    "support": SAMPLES[0].path,
    "helpdesk": HERE / "helpdesk_15.csv",
    "feedback": HERE / "feedback_6.csv",
}
SEEDS = (1, 2, 3, 4)
Interval = tuple[float, float, float]  # the middle and the ends
DEV_ROWS, TEST_ROWS = 60, 120
SHORTEST_TEST = 80  # a small file gives fewer test rows rather than fewer to train on


class Point(Frozen):
    """Two classifiers and one tune on the same rows.

    Attributes:
        file: The file's short name.
        rows: Training rows.
        seed: Of the split and the tune.
        labels: How many labels there are.
        dev_rows: Rows for dev.
        test_rows: Rows for test.
        cross_validated: The probe inside train.
        dev: The probe on dev.
        curve: The probe's learning curve inside train.
        probe_test: The probe on test.
        words_cross_validated: The classifier on words inside train.
        words_dev: The same on dev.
        words_test: The same on test.
        tuned_dev: The tune on dev.
        tuned_test: The tune on test.
        forecast: What was forecast for test when the point was made.
        seconds: Of the tune.
        frozen: Share of the layers without an adapter.
        passes: Most passes over the training rows.
        choice: Weight of the loss among the labels.
    """

    file: str
    rows: int
    seed: int
    labels: int
    dev_rows: int
    test_rows: int
    cross_validated: float
    dev: float
    curve: tuple[CurvePoint, ...]
    probe_test: float
    words_cross_validated: float
    words_dev: float
    words_test: float
    tuned_dev: float
    tuned_test: float
    forecast: Forecast
    seconds: float
    frozen: float
    passes: int
    choice: float

    @property
    def seen(self) -> tuple[Seen, Seen]:
        """What the forecast sees of the two classifiers."""
        words = Seen(self.words_cross_validated, self.words_dev)
        return words, Seen(self.cross_validated, self.dev)


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
    on_dev = best_decoding(task, tuned, dev, watch)
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


def load(file: Path) -> list[Point]:
    """The points that were made."""
    if not file.exists():
        return []
    lines = file.read_text(encoding="utf-8").splitlines()
    return [Point.model_validate_json(line) for line in lines]


def of_today(points: Sequence[Point], parameters: int) -> list[Point]:
    """Points whose tune was made as the recipe has it now."""
    return [
        point
        for point in points
        if (recipe := choose_recipe(parameters, point.rows, point.seed)).frozen == point.frozen
        and (recipe.epochs, recipe.choice) == (point.passes, point.choice)
    ]


def table(points: Sequence[Point]) -> str:
    """The points and how far their forecasts were off, as Markdown."""
    head = "| file | rows | seed | words: inside train, dev, test | probe: inside train, dev, test "
    lines = [head + "| forecast | tune on test | error |", "|---" * 8 + "|"]
    for point in sorted(points, key=lambda p: (p.file, p.rows, p.seed)):
        score, low, high = forecast_of(point)
        lines.append(
            f"| {point.file} | {point.rows} | {point.seed} "
            f"| {point.words_cross_validated:.1%}, {point.words_dev:.1%}, {point.words_test:.1%} "
            f"| {point.cross_validated:.1%}, {point.dev:.1%}, {point.probe_test:.1%} "
            f"| {score:.1%} ({low:.1%} to {high:.1%}) | {point.tuned_test:.1%} "
            f"| {100 * (score - point.tuned_test):+.1f} |"
        )
    if points:
        now = [forecast_of(point) for point in points]
        made = f"- {len(points)} tunes make {fitted_share(points):.2f} of the classifiers' errors."
        lines += ["", made, f"- As it is forecast now: {summary(points, now)}", *left_out(points)]
        lines += simpler(points)
    return "\n".join(lines)


def summary(points: Sequence[Point], scores: Sequence[Interval]) -> str:
    """Error, coverage, width and Winkler score of forecasts."""
    pairs = list(zip(points, scores, strict=True))
    errors = [score - p.tuned_test for p, (score, _, _) in pairs]
    inside = [low <= p.tuned_test <= high for p, (_, low, high) in pairs]
    noise = [math.sqrt(p.tuned_test * (1 - p.tuned_test) / p.test_rows) for p in points]
    widths = [high - low for _, low, high in scores]
    return (
        f"mean error {100 * fmean(errors):+.1f} points, mean absolute error "
        f"{100 * fmean(map(abs, errors)):.1f} (the test samples alone account for "
        f"{100 * fmean(noise) * math.sqrt(2 / math.pi):.1f}), root mean square "
        f"{100 * math.sqrt(fmean(e * e for e in errors)):.1f}; {fmean(inside):.0%} inside their "
        f"interval of {LEVEL:.0%}, which is {100 * fmean(widths):.1f} points "
        f"wide; Winkler score {100 * fmean(winkler(p, each) for p, each in pairs):.1f}."
    )


def forecast_of(point: Point, share: float = TUNED_ERRORS) -> Interval:
    """What is forecast for a point now: the middle and the ends of the interval."""
    rows = point.rows + point.dev_rows
    return tuned_score(mean_error(point), rows, point.test_rows, share)


def fitted_share(points: Sequence[Point]) -> float:
    """Share of the classifiers' errors that the tunes made, by least squares."""
    errors = [mean_error(point) for point in points]
    made = [1 - point.tuned_test for point in points]
    return float(sum(map(mul, errors, made)) / sum(map(mul, errors, errors)))


def mean_error(point: Point) -> float:
    """Errors of the classifiers on all training rows, as the forecast estimates them."""
    return expected_error(point.curve, point.seen, point.rows, point.dev_rows)


def left_out(points: Sequence[Point]) -> list[str]:
    """Each file's tunes by the share of the errors that the other files' tunes made."""
    lines, scored, scores = [], list[Point](), list[Interval]()
    for name in sorted({point.file for point in points}):
        others = [point for point in points if point.file != name]
        if not others:
            return []
        share = fitted_share(others)
        own = [point for point in points if point.file == name]
        scored += own
        scores += [forecast_of(point, share) for point in own]
        lines.append(f"- {name}: tunes of the others make {share:.2f} of the errors.")
    lines.append(f"- With the scored file left out: {summary(scored, scores)}")
    return lines


def simpler(points: Sequence[Point]) -> list[str]:
    """How far off simpler forecasts are, a constant fitted with the scored file left out."""
    off = {
        "the classifier that is better on dev": [better(p) - p.tuned_test for p in points],
        "the probe": [p.probe_test - p.tuned_test for p in points],
        "the probe and a constant": [
            p.probe_test + offset([o for o in points if o.file != p.file]) - p.tuned_test
            for p in points
        ],
    }
    told = (f"{name} {100 * fmean(map(abs, errors)):.1f}" for name, errors in off.items())
    return [f"- Simpler forecasts, mean absolute error in points: {', '.join(told)}."]


def better(point: Point) -> float:
    """Test score of the classifier that is better on dev."""
    return point.words_test if point.words_dev > point.dev else point.probe_test


def offset(points: Sequence[Point]) -> float:
    """What tunes gained on their probes, on average."""
    return fmean(p.tuned_test - p.probe_test for p in points) if points else 0.0


def winkler(point: Point, interval: Interval) -> float:
    """Width of the interval, and a fine where it was missed (Winkler, 1972)."""
    _, low, high = interval
    missed = max(low - point.tuned_test, point.tuned_test - high, 0.0)
    return high - low + 2 / (1 - LEVEL) * missed


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
