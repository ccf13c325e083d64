"""The rows to fix as an Excel file, for the people who know the right answers."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from tools.assessment import Suspect
from tools.intake.corrections import CORRECT, INPUT, ROW, as_shown

COLUMNS = {
    ROW: 8,
    INPUT: 80,
    "Label in the file": 28,
    "Label that looks right": 28,
    "Classifiers' vote for it": 22,
    CORRECT: 32,
}  # with their widths in characters


def write_fixes(path: Path, suspects: Sequence[Suspect]) -> None:
    """Write the rows whose label is probably wrong, the surest first.

    Whatever the file of examples held is written as text, never as a formula.

    Args:
        path: The file to write.
        suspects: The rows.
    """
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet("Fix these rows")
    sheet.freeze_panes = "A2"
    for place, width in enumerate(COLUMNS.values(), start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width

    def text(value: str) -> Any:
        cell: Any = WriteOnlyCell(sheet, as_shown(value))
        cell.data_type = "s"  # openpyxl takes what starts with "=" for a formula
        cell.quotePrefix = True  # and Excel would, once somebody edits the cell
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        return cell

    def title(value: str) -> Any:
        cell: Any = WriteOnlyCell(sheet, value)
        cell.font = Font(bold=True)
        return cell

    sheet.append(list(map(title, COLUMNS)))
    for suspect in suspects:
        share: Any = WriteOnlyCell(sheet, round(suspect.confidence, 2))
        share.number_format = "0%"
        words = map(text, (suspect.input, suspect.given, suspect.suggested))
        sheet.append([suspect.row, *words, share])
    book.save(path)
