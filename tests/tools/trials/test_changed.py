"""Dev rows whose answer a tune changed: read from what prompt and tuned model answered."""

from pathlib import Path

import pytest

from policies.brief import Brief
from tools.intake.dataset import Dataset
from tools.runs import Run, create_run
from tools.trials.answering import Answer
from tools.trials.changed import changed_rows, keep_tuned_answers
from tools.trials.plan import Plan
from tools.trials.stage import ITEMS, item_records, task_of
from tools.trials.trial import Trial

BRIEF = Brief(input_column="text", answer_column="label")
PLAN = Plan(name="plain", family="plain")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    data = tmp_path / "data.csv"
    rows = "\n".join(f"message number {n} of its own,{'ab'[n % 2]}" for n in range(40))
    data.write_text(f"text,label\n{rows}\n", encoding="utf-8")
    made = create_run(tmp_path / "home")
    made.take_examples(data)
    return made


def answered(dataset: Dataset, model: str, wrong: set[int], silent: set[int]) -> Trial:
    """A trial that is wrong on some rows and says nothing valid on others."""
    trial = Trial(PLAN, model, list(dataset.parts.dev))
    for at, example in enumerate(trial.examples):
        other = "a" if example.answer == "b" else "b"
        given = None if at in silent else other if at in wrong else example.answer
        trial.answers.append(Answer(example.row, given or "…", given, "stop", 9, 1, 0.0))
    return trial


def test_what_was_fixed_and_broken_is_listed_row_by_row(run: Run) -> None:
    dataset = run.dataset(BRIEF)
    task, dev = task_of(dataset, BRIEF), dataset.parts.dev
    prompted = answered(dataset, "m", wrong={0, 1}, silent={2})
    rival = answered(dataset, "other", wrong=set(), silent=set())
    run.save(ITEMS, item_records([rival, prompted], task))
    assert changed_rows(run, dataset, "plain (m)") == ()  # nothing was tuned yet
    keep_tuned_answers(run, answered(dataset, "tuned m", wrong={1, 3}, silent=set()), task)
    found = {row.row: row for row in changed_rows(run, dataset, "plain (m)")}
    assert found.keys() == {dev[0].row, dev[2].row, dev[3].row}
    first, silent, last = (found[dev[at].row] for at in (0, 2, 3))
    assert (first.input, first.expected) == (dev[0].input, dev[0].answer)
    assert first.prompted != first.expected == first.tuned and first.is_fixed
    assert silent.prompted is None and silent.is_fixed
    assert last.prompted == last.expected != last.tuned and not last.is_fixed
    assert changed_rows(run, dataset, None) == ()
