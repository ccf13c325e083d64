"""A run begun again: with another target, or with labels that a person corrected."""

import csv
import shutil
from pathlib import Path
from typing import Any

from agent.state import State
from agent.topics import TOPICS
from agent.worker import Worker
from tools.errors import RunError
from tools.intake.corrections import corrected, read_corrections
from tools.intake.dataset import first_look
from tools.intake.read import read_table, shown_name
from tools.runs import DOCUMENTS, TEST_READS, Run, create_run

TOLD_BY_A_RUN = tuple(topic.name for topic in TOPICS)  # a run of the command line asked nothing


def repeat_with_target(worker: Worker, run_id: str, target: float | None = None) -> str:
    """Begin the same run with another target; returns the new run's id.

    What was measured on the same examples is kept and is not paid for again.

    Args:
        worker: Does the work.
        run_id: The run to repeat.
        target: The other target; None has the new run ask for it.

    Raises:
        RunError: The run has no examples yet, or cannot be opened.
    """
    old, state = worker.run(run_id), worker.view(run_id).state
    if not old.info.data_file:
        raise RunError("This run has no examples yet, so there is nothing to repeat.")
    new = create_run(worker.settings.home, old.info.seed)
    new.take_examples(old.examples_file, shown=old.info.data_name)
    if target is None:
        return _begun(worker, old, new, state, {}, asked=("target",))
    return _begun(worker, old, new, state, {"target": target})


def repeat_corrected(worker: Worker, run_id: str, sheet: Path) -> str:
    """Begin the same run with labels that a person corrected; returns the new run's id.

    Args:
        worker: Does the work.
        run_id: The run that made the sheet of rows to fix.
        sheet: That sheet, filled in.

    Raises:
        UserError: The sheet is another, is empty, or cannot be read.
    """
    old, state = worker.run(run_id), worker.view(run_id).state
    brief = state["brief"]
    if not old.info.data_file or not brief.input_column or not brief.answer_column:
        raise RunError("This run has no examples yet, so there is nothing to correct.")
    fixes = read_corrections(sheet, shown_name(sheet))
    table = read_table(old.examples_file, old.info.data_name)
    frame, changed = corrected(table, brief.input_column, brief.answer_column, fixes)
    new = create_run(worker.settings.home, old.info.seed)
    path = new.folder / "examples.csv"
    frame.to_csv(path, index=False, quoting=csv.QUOTE_ALL)  # a lone CR ends no row in quotes
    name = f"{old.info.data_name}, {changed} label{'s' if changed > 1 else ''} corrected"
    new.take_examples(path, shown=name)
    new.correct(old.info.run_id)
    return _begun(worker, old, new, state, {})


def _begun(
    worker: Worker,
    old: Run,
    new: Run,
    state: State,
    changes: dict[str, Any],
    asked: tuple[str, ...] = (),
) -> str:
    """Begin a run that has its examples with what an earlier one was told; `asked` is told anew.

    The log of the locked test comes along, so that the report still says how often it was read, and
    so do the documents.
    """
    for name in (TEST_READS, f"{DOCUMENTS}.json"):
        if (old.folder / name).exists():
            shutil.copyfile(old.folder / name, new.folder / name)
    brief = state["brief"].model_copy(update=changes)
    options = state["options"].model_copy(
        update={"interactive": True, "tune": "ask", "target_told": True}
    )
    new_id = worker.begin(options, brief, new)
    look = first_look(new.examples_file, new.info.data_name)
    told = dict.fromkeys((*state["answered"], *TOLD_BY_A_RUN))
    answered = tuple(name for name in told if name not in asked)
    policy = state.get("policy", worker.policy)
    changed = {"look": look, "answered": answered, "policy": policy}
    worker.revise(new_id, changed, after="__start__")
    return new_id
