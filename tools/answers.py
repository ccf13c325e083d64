"""What every measured way of working answered on dev: kept, or found again without new calls."""

from collections.abc import Iterator, Sequence

from tools.assessment import Assessment
from tools.errors import ModelError
from tools.forecast.classifier import Contestant, baselines
from tools.forecast.saved import refitted
from tools.intake.dataset import Dataset
from tools.intake.examples import Example
from tools.models.catalogue import Catalogue
from tools.progress import Watch
from tools.runs import Run
from tools.trials.answering import run_plan
from tools.trials.parse import parse_answer
from tools.trials.stage import TODAY, kept_answers, task_of
from tools.trials.task import Task

ANSWERS = "dev_answers"  # of classifiers and tunes, so that they are fitted or asked again once
Answers = dict[str, list[str | None]]


def answers_on_dev(run: Run, dataset: Dataset, a: Assessment, catalogue: Catalogue) -> Answers:
    """The answers to all dev rows, in their order, by the name of the arm.

    Prompts were kept by the trials and tunes by the store of their calls; baselines and classifiers
    are fitted again, which gives the same ones. Prompts that were dropped early are left out, and
    so is a tune whose adapter is gone.

    Args:
        run: The run.
        dataset: Its examples.
        a: Its assessment.
        catalogue: The models.
    """
    rows, task = dataset.parts.dev, task_of(dataset, a.brief)
    found = _of_prompts(run, rows)
    found |= {each.name: list(_said(each, rows)) for each in baselines(task)}
    if any(arm.name == TODAY for arm in a.arms):
        found[TODAY] = [parse_answer(task.type, row.current or "", task.labels) for row in rows]
    kept: Answers = run.load(ANSWERS) if (run.folder / f"{ANSWERS}.json").exists() else {}
    fresh = {name: kept[name] for name in kept if len(kept[name]) == len(rows)}
    for name, given in _to_make(run, dataset, a, catalogue, task, set(fresh)):
        fresh[name] = given
    if fresh != kept:
        run.save(ANSWERS, fresh)
    found |= fresh
    return {arm.name: found[arm.name] for arm in a.arms if arm.name in found}


def _of_prompts(run: Run, rows: Sequence[Example]) -> Answers:
    """The plans that ran on all of dev."""
    wanted = [row.row for row in rows]
    return {
        name: [given[row] for row in wanted]
        for name, given in kept_answers(run).items()
        if given.keys() >= set(wanted)
    }


def _to_make(
    run: Run,
    dataset: Dataset,
    a: Assessment,
    catalogue: Catalogue,
    task: Task,
    known: set[str],
) -> Iterator[tuple[str, list[str | None]]]:
    """Answers of classifiers and of the tune that are not known yet."""
    rows, store = dataset.parts.dev, run.store(dataset)
    for arm in a.arms:
        if arm.kind == "classifier" and arm.name not in known:
            yield arm.name, list(_said(refitted(arm, task, catalogue, store), rows))
        if arm.kind == "tuned" and arm.name not in known and a.tuned and a.tuned.plan:
            try:
                model = catalogue.cached(a.tuned.base, store, run.folder / a.tuned.adapter)
            except ModelError:  # deleted, or changed since it was measured
                continue
            answers = run_plan(a.tuned.plan, task, model, rows, Watch(), "converse")
            yield arm.name, [answer.given for answer in answers]


def _said(contestant: Contestant, rows: Sequence[Example]) -> Iterator[str]:
    yield from contestant.answer([row.input for row in rows]).answers
