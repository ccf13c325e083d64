"""Dev rows that the tuned model answers better or worse than the best prompt."""

from collections.abc import Iterable
from typing import Any

from tools.assessment import ChangedRow
from tools.intake.dataset import Dataset
from tools.runs import Run
from tools.trials.stage import ITEMS, item_records
from tools.trials.task import Task
from tools.trials.trial import Trial

TUNED_ITEMS = "tuned-items"


def keep_tuned_answers(run: Run, trial: Trial, task: Task) -> None:
    """Keep in the run's folder what a tuned model answered on dev."""
    run.save(TUNED_ITEMS, item_records([trial], task))


def changed_rows(run: Run, dataset: Dataset, prompt: str | None) -> tuple[ChangedRow, ...]:
    """The dev rows with a better or a worse answer after the tune, in the order of the file.

    Args:
        run: The run; those of earlier versions kept no answers and give nothing.
        dataset: Its examples.
        prompt: Name of the best prompt's arm.
    """
    before = {
        item["row"]: item
        for item in _kept(run, ITEMS)
        if f"{item['plan']} ({item['model']})" == prompt
    }
    after = {item["row"]: item for item in _kept(run, TUNED_ITEMS)}
    inputs = {example.row: example.input for example in dataset.parts.dev}
    return tuple(
        _changed(row, inputs[row], before[row], after[row])
        for row in sorted(before.keys() & after.keys() & inputs.keys())
        if before[row]["score"] != after[row]["score"]
    )


def _changed(row: int, text: str, before: dict[str, Any], after: dict[str, Any]) -> ChangedRow:
    return ChangedRow(
        row=row,
        input=text,
        expected=before["expected"],
        prompted=before["given"],
        tuned=after["given"],
        before=before["score"],
        after=after["score"],
    )


def _kept(run: Run, name: str) -> Iterable[dict[str, Any]]:
    found: list[dict[str, Any]] = run.load(name) if (run.folder / f"{name}.json").exists() else []
    return found
