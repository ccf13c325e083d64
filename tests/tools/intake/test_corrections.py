"""The sheet of rows to fix, from the report to the corrected examples and back."""

from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from tests.assessments import suspect
from tools.errors import DataError
from tools.intake.corrections import CORRECT, ROW, corrected, read_corrections
from tools.intake.read import read_table
from tools.intake.table import Table
from tools.report.fixes import COLUMNS, write_fixes


@pytest.fixture
def table(tmp_path: Path) -> Table:
    path = tmp_path / "mail.csv"
    path.write_text('text,label\n=1+1,a\n"two\nlines",b\nthree,a\n', encoding="utf-8")
    return read_table(path)


def _sheet(path: Path, **fills: str) -> Path:
    """The sheet of rows 1 and 2, with what somebody wrote into the last column."""
    write_fixes(path, [suspect(1, "train", "=1+1", "a"), suspect(2, "dev", "two\nlines", "b")])
    book = load_workbook(path)
    for row, label in fills.items():
        book.active.cell(int(row[1:]) + 1, len(COLUMNS)).value = label
    book.save(path)
    return path


def test_what_was_filled_in_corrects_the_examples(tmp_path: Path, table: Table) -> None:
    fixes = read_corrections(_sheet(tmp_path / "fix.xlsx", r1="b", r2=" b "))
    frame, changed = corrected(table, "text", "label", fixes)
    assert changed == 1 and list(frame["label"]) == ["b", "b", "a"]
    assert list(table.frame["label"]) == ["a", "b", "a"], "the examples themselves stay"


@pytest.mark.parametrize(
    "hidden",
    ["\u200b", "\ufeff", "\u202a", "\u0085", "\x07", "\u00ad", "\r\n", "\u2028"],
)
def test_the_sheet_is_known_again_whatever_an_input_hides(hidden: str, tmp_path: Path) -> None:
    text, label = f"my re{hidden}fund", "mo\u200bney"
    rows = pd.DataFrame({"text": [text, "my parcel"], "label": ["post", label]})
    write_fixes(tmp_path / "fix.xlsx", [suspect(1, "train", text, "post")])
    book = load_workbook(tmp_path / "fix.xlsx")
    book.active["F2"] = "mo[U+200B]ney"  # as the sheet shows that label
    book.save(tmp_path / "fix.xlsx")
    fixes = read_corrections(tmp_path / "fix.xlsx")
    frame, changed = corrected(Table(rows), "text", "label", fixes)
    assert (changed, list(frame["label"])) == (1, [label, label])


def test_a_sheet_that_changes_nothing_is_refused(tmp_path: Path, table: Table) -> None:
    with pytest.raises(DataError, match="No row of fix.xlsx is filled in"):
        read_corrections(_sheet(tmp_path / "fix.xlsx"))
    fixes = read_corrections(_sheet(tmp_path / "fix.xlsx", r2="b"))
    with pytest.raises(DataError, match="nothing would change"):
        corrected(table, "text", "label", fixes)


@pytest.mark.parametrize("fixes", [{9: ("three", "b")}, {3: ("four", "b")}])
def test_a_sheet_of_other_examples_is_refused(
    table: Table, fixes: dict[int, tuple[str, str]]
) -> None:
    with pytest.raises(DataError, match="belongs to other examples"):
        corrected(table, "text", "label", fixes)


def test_another_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("text,label\na,b\nc,d\n", encoding="utf-8")
    with pytest.raises(DataError, match="is not the sheet of rows to fix"):
        read_corrections(path)


def test_a_row_that_is_no_plain_number_is_named(tmp_path: Path) -> None:
    path = tmp_path / "fix.csv"
    path.write_text(f"{ROW},Input,{CORRECT}\n²,three,b\n", encoding="utf-8")
    with pytest.raises(DataError, match="“²” in the column “Row” is no number"):
        read_corrections(path)
