"""The sheet of doubtful rows, filled in and dropped back: the examples with its corrections."""

import re
from pathlib import Path

import pandas as pd

from tools.errors import DataError
from tools.intake.read import read_table
from tools.intake.table import Table
from tools.report.words import plain

ROW, INPUT, CORRECT = "Row", "Input", "Correct label (please fill in)"
LONGEST = 32_000  # characters; a cell of Excel holds 32,767


def as_shown(text: str) -> str:
    """A text as the sheet shows it: what is invisible is spelt out, what is too long is cut."""
    return plain(text, LONGEST)


def read_corrections(sheet: Path, name: str = "") -> dict[int, tuple[str, str]]:
    """What a person filled in.

    Args:
        sheet: The Excel file, or the same table saved as CSV.
        name: Its name for people, if not the file's own.

    Returns:
        For each row of the examples that was corrected, its input and its right label.

    Raises:
        DataError: It is another table, or nothing was filled in.
    """
    frame = read_table(sheet, name).frame
    if not {ROW, INPUT, CORRECT}.issubset(frame.columns):
        raise DataError(
            f"{name or sheet.name} is not the sheet of rows to fix: its columns “{ROW}”, “{INPUT}” "
            f"and “{CORRECT}” have to stay as they are."
        )
    filled = frame[frame[CORRECT].str.strip() != ""]
    if filled.empty:
        raise DataError(
            f"No row of {name or sheet.name} is filled in: write the right label into the column "
            f"“{CORRECT}”, save the sheet and add it again."
        )
    found = {}
    for row, text, label in zip(filled[ROW], filled[INPUT], filled[CORRECT], strict=True):
        if not re.fullmatch(r"[0-9]{1,18}", row.strip()):
            raise DataError(f"“{row[:40]}” in the column “{ROW}” is no number of a row.")
        found[int(row)] = (text, label.strip())
    return found


def corrected(
    table: Table, input_column: str, answer_column: str, fixes: dict[int, tuple[str, str]]
) -> tuple[pd.DataFrame, int]:
    """The examples with the corrections, and how many labels have changed.

    Raises:
        DataError: A row is not there, or holds another input: the sheet is of other examples.
    """
    frame, changed = table.frame.copy(), 0
    labels = {as_shown(label): label for label in map(str, frame[answer_column])}
    for row, (text, shown) in fixes.items():
        label = labels.get(shown, shown)
        at = row - 1  # the index counts from 0 below the header
        if at not in frame.index or _bare(str(frame.at[at, input_column])) != _bare(text):
            raise DataError(
                f"Row {row} of the sheet is not row {row} of this run's examples: the sheet "
                "belongs to other examples."
            )
        changed += str(frame.at[at, answer_column]) != label
        frame.at[at, answer_column] = label
    if not changed:
        raise DataError("The sheet repeats the labels of the file, so nothing would change.")
    return frame, changed


def _bare(text: str) -> str:
    """A text without what a sheet may have changed: hidden letters, spaces, line ends, length."""
    return "".join(char for char in as_shown(text) if char.isalnum())[:1000]
