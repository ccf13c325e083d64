"""Exports for those who go on working with a run: tables, the prompt, the contract's schema.

CSV is made for spreadsheets: no cell can act as a formula. JSONL keeps every value as it is.
"""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tools.assessment import Assessment, load, schema
from tools.errors import RunError
from tools.files import write_json
from tools.report.build import WITHOUT
from tools.report.snippet import snippet
from tools.report.words import plain
from tools.runs import Run
from tools.settings import load_settings
from tools.trials.stage import ITEMS, TEST_SCORES

FOLDER, PROMPT = "exports", ("prompt.txt", "prompt.py")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
Record = dict[str, Any]


def export_run_tables(run: Run, examples: bool = True) -> Path:
    """Write a run's tables, its prompt and the schema into the folder `exports` of the run.

    `trials` has a line for each plan, `items` one for each answer on dev, `test_items` the scores
    of the locked rows in a fixed order, without their content: looking at one would end its use.

    Args:
        run: The run.
        examples: Whether the team's own examples are written: the inputs, answers and replies of
            `items`, and a prompt that shows examples.

    Returns:
        The folder.

    Raises:
        FileNotFoundError: The run has no verdict yet.
        RunError: The folder cannot be written.
    """
    a = load(run.folder)
    folder = run.folder / (FOLDER if examples else f"{FOLDER}-{WITHOUT}")
    try:
        folder.mkdir(exist_ok=True)
        _write_table(
            folder / "trials", [plan.model_dump(mode="json") for plan in a.prompting.plans]
        )
        _write_table(folder / "items", _items(run, a, examples))
        _write_table(folder / "test_items", _test_items(run))
        best = a.prompting.best
        for name in PROMPT:
            (folder / name).unlink(missing_ok=True)
        if best is not None and (examples or not best.holds_examples):
            (folder / PROMPT[0]).write_text(best.template + "\n", encoding="utf-8")
        endpoint = load_settings().endpoints.get(a.prompting.model)
        if program := snippet(a, endpoint.model if endpoint else None, examples):
            (folder / PROMPT[1]).write_text(program, encoding="utf-8")
        write_json(folder / "assessment.schema.json", schema())
    except OSError as error:
        raise RunError(f"The exports cannot be written: {error.strerror}.") from error
    return folder


def _items(run: Run, a: Assessment, examples: bool) -> list[Record]:
    """Every answer on dev with its input; earlier runs lack them."""
    if not (run.folder / f"{ITEMS}.json").exists():
        return []
    kept: list[Record] = run.load(ITEMS)
    if not examples:
        told = ("expected", "reply", "given")
        return [{k: v for k, v in item.items() if k not in told} for item in kept]
    inputs = {example.row: example.input for example in run.dataset(a.brief).examples}
    return [{"row": item["row"], "input": inputs.get(item["row"]), **item} for item in kept]


def _test_items(run: Run) -> list[Record]:
    """Scores of the locked rows by arm, in the order in which they were answered."""
    arms = {
        arm: run.load(TEST_SCORES.format(arm))
        for arm in ("prompt", "classifier", "tuned")
        if (run.folder / f"{TEST_SCORES.format(arm)}.json").exists()
    }
    rows = max(map(len, arms.values()), default=0)
    return [
        {"item": n + 1, **{arm: scores[n] for arm, scores in arms.items() if n < len(scores)}}
        for n in range(rows)
    ]


def _write_table(path: Path, records: Sequence[Record]) -> None:
    """A table as CSV for spreadsheets and as JSONL without loss; none if there is nothing."""
    for suffix in (".csv", ".jsonl"):
        path.with_suffix(suffix).unlink(missing_ok=True)
    if not records:
        return
    with path.with_suffix(".jsonl").open("w", encoding="utf-8", newline="\n") as stream:
        for record in records:
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")
    columns = list(dict.fromkeys(key for record in records for key in record))
    # Excel takes a file for UTF-8 only with this mark at its start.
    with path.with_suffix(".csv").open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        for record in records:
            writer.writerow([safe_cell(record.get(column)) for column in columns])


def safe_cell(value: object) -> str | int | float:
    """A value as a cell in which no spreadsheet sees a formula (OWASP, CSV injection)."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = plain(text)
    return f"'{text}" if text.lstrip().startswith(FORMULA_STARTS) or text != text.lstrip() else text
