"""The forecast as a typed tool: would a classifier do, and what would a fine-tune reach?"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from threadpoolctl import threadpool_limits

from policies.brief import Brief
from policies.evidence import Arm, Forecast, Frozen, Score
from tools.assessment import MistakesPart
from tools.errors import Stopped, TuneError
from tools.forecast.audit import Audit, audit_labels
from tools.forecast.classifier import Contestant, baselines, word_classifier
from tools.forecast.labels import Seen, cross_validated_words, forecast_labels
from tools.forecast.pilot import forecast_from_pilots, pilot_sizes, run_pilots
from tools.forecast.probe import fit_probe
from tools.forecast.saved import size_of
from tools.intake.dataset import Dataset
from tools.intake.examples import Example
from tools.measure.intervals import score_of
from tools.measure.metrics import item_scores
from tools.models.cache import CachedModel
from tools.progress import Step, Watch
from tools.runs import Run
from tools.trials.answering import Answer, read_states
from tools.trials.mistakes import keep_mistakes, mistakes_of
from tools.trials.stage import TEST_SCORES, task_of
from tools.trials.task import Task

FIRST_TRAIN, FIRST_DEV = 2000, 200  # rows of a first idea, whatever the size of the file


class ForecastReport(Frozen):
    """Contestants without prompting, and the forecast.

    Attributes:
        arms: Baselines and classifiers with their dev scores.
        classifier: Name of the best classifier on dev, with its test score in `arms`.
        forecast: What a tune would reach, or None if it could not be forecast.
        stopped: Why the forecast ended early, or "".
        audit: What the label audit counted, or None where there was none.
    """

    arms: tuple[Arm, ...]
    classifier: str | None = None
    forecast: Forecast | None = None
    stopped: str = ""
    audit: Audit | None = None


def run_baselines(dataset: Dataset, brief: Brief) -> tuple[Arm, ...]:
    """Majority, nearest row and vote on dev: they cost no model call and are always there."""
    task = task_of(dataset, brief)
    return tuple(contestant.arm(task, dataset.parts.dev) for contestant in baselines(task))


def first_contestants(dataset: Dataset, brief: Brief) -> list[Arm]:
    """Baselines and a classifier on words, on a part of the rows: a first idea in a second or two.

    For a provisional answer only: `run_forecast` scores them again, on all rows.
    """
    parts, whole = dataset.parts, task_of(dataset, brief)
    task = replace(whole, train=parts.train[:FIRST_TRAIN])
    found = baselines(task)
    if dataset.type == "labels" and len({example.answer for example in task.train}) > 1:
        found.append(word_classifier(task))
    return [contestant.arm(task, parts.dev[:FIRST_DEV]) for contestant in found]


def run_forecast(
    run: Run,
    dataset: Dataset,
    brief: Brief,
    model: CachedModel,
    pilot: Callable[[int], Score],
    watch: Watch,
) -> ForecastReport:
    """Score the ordinary contestants and forecast the tune.

    Args:
        run: The run, for the locked test.
        dataset: The examples.
        brief: What the team told us.
        model: The model that would be tuned.
        pilot: Tunes on so many train rows and scores on dev; used where no probe applies.
        watch: Progress and stop.
    """
    arms = run_baselines(dataset, brief)
    try:
        if dataset.type == "labels":
            # Fits this small take up to five times as long on two threads (docs/log.md).
            with threadpool_limits(1, user_api="blas"):
                return _for_labels(run, dataset, brief, model, arms, watch)
        points = run_pilots(pilot_sizes(dataset.task.train), pilot)
        forecast = forecast_from_pilots(points, dataset.task.train, dataset.task.test)
        return ForecastReport(arms=arms, forecast=forecast)
    except (Stopped, TuneError) as stop:
        return ForecastReport(arms=arms, stopped=str(stop))


def _for_labels(
    run: Run,
    dataset: Dataset,
    brief: Brief,
    model: CachedModel,
    arms: tuple[Arm, ...],
    watch: Watch,
) -> ForecastReport:
    task, dev = task_of(dataset, brief), dataset.parts.dev
    inputs = [example.input for example in (*task.train, *dev)]
    read_states(model, inputs, watch, "forecast", model.name)
    probe = fit_probe(task, model, model.name, watch)
    contestants = [word_classifier(task), probe.contestant()]
    scored = [contestant.arm(task, dev) for contestant in contestants]
    best = max(range(len(scored)), key=lambda i: scored[i].dev.score)
    sizes = [size_of(contestant.fitted) for contestant in contestants]
    scored = [
        arm.model_copy(update={"size_bytes": size}) for arm, size in zip(scored, sizes, strict=True)
    ]
    keep_mistakes(run, "classifier", mistakes_on(dev, task, contestants[best]))
    rows = run.locked_test(dataset).read(scored[best].name, "confirm the best classifier")
    given = contestants[best].answer([example.input for example in rows]).answers
    right = [example.right for example in rows]
    test = score_of(task.metric, right, given)
    scored[best] = scored[best].model_copy(update={"test": test})
    run.save(TEST_SCORES.format("classifier"), item_scores(task.metric, right, given).tolist())
    inside = (cross_validated_words(task), probe.cross_validated)
    seen = [Seen(score, arm.dev.score) for score, arm in zip(inside, scored, strict=True)]
    forecast = forecast_labels(probe, task, seen, dataset.task.dev, dataset.task.test)
    title, lasts = "Looking for wrong labels", "up to half a minute"
    watch.listen(Step(stage="forecast", title=title, done=0, total=1, lasts=lasts))
    return ForecastReport(
        arms=(*arms, *scored),
        classifier=scored[best].name,
        forecast=forecast,
        audit=audit_labels(run, dataset, probe),
    )


def mistakes_on(dev: Sequence[Example], task: Task, best: Contestant) -> MistakesPart:
    """What a classifier gets wrong on these rows."""
    said = best.answer([example.input for example in dev])
    pace = said.seconds / len(dev)
    answers = [
        Answer(example.row, label, label, "stop", 0, 0, pace)
        for example, label in zip(dev, said.answers, strict=True)
    ]
    return mistakes_of(best.name, task, dev, answers)
