"""Titles above a table are left out; a header that lacks a name is still complained of."""

import io
from pathlib import Path

import openpyxl
import pytest

from tools.errors import DataError
from tools.intake.headers import header_at
from tools.intake.read import read_table

NAMES, ROWS = ["text", "label"], [["late parcel", "delivery"], ["no refund", "billing"]]

WIDE = [["nr", *NAMES], *([str(n), *row] for n, row in enumerate(ROWS))]

PLACES: list[tuple[list[list[str]], int]] = [
    ([NAMES, *ROWS], 0),
    ([["Tickets 2026"], NAMES, *ROWS], 1),
    ([["Tickets 2026", "", ""], [], ["as of May"], NAMES, *ROWS], 3),
    ([["", "Tickets"], ["", *NAMES], *([["", *row] for row in ROWS])], 1),
    ([["text"], *ROWS, ROWS[0]], 0),  # the header lacks a name
    ([["Tickets"], ["text", "text"], *ROWS], 0),
    ([["Tickets"], ["7", "8"], *ROWS], 0),
    ([["Tickets"], ["x" * 61, "label"], *ROWS], 0),
    ([["text"], ["total"], ["that", "too"]], 0),  # one column, with a comma in it
    ([*[["remark"]] * 11, NAMES, *ROWS], 0),
    ([["only a title"]], 0),
    ([["Ticket report", "12.03.2026"], NAMES, *ROWS], 1),
    ([["# exported", "v2"], NAMES, *ROWS], 1),
    ([["#", "text"], ["1", "late parcel"], ["2", "no refund"]], 0),
    ([["Report:", "Tickets", ""], ["From:", "01.01.2026", ""], [], *WIDE], 3),
    ([["Report", "", "12.03.2026"], ["Filter:", "open"], *WIDE], 2),
    ([["text", "2026"], ["late 7", "delivery"], ["late 9", "delivery"]], 0),
    ([["question", ""], ["how many", "pieces"], ["how much", "euros"]], 0),
    ([["sep=", ""], NAMES, *ROWS], 1),
    ([], 0),
]


@pytest.mark.parametrize(("records", "place"), PLACES)
def test_where_the_names_stand(records: list[list[str]], place: int) -> None:
    assert header_at(records) == place


def _book(*sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for number, rows in enumerate(sheets):
        sheet = book.active if number == 0 else book.create_sheet(f"Sheet {number + 1}")
        for row in rows:
            sheet.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_title_in_a_csv_file_is_left_out_and_said(delimiter: str, tmp_path: Path) -> None:
    path = tmp_path / "tickets.csv"
    lines = ["Export of all tickets", "", *(delimiter.join(row) for row in [NAMES, *ROWS])]
    path.write_text("\n".join(lines), encoding="utf-8")
    table = read_table(path)
    assert table.frame.columns.tolist() == NAMES and table.frame.values.tolist() == ROWS
    assert table.frame.index.tolist() == [0, 1]
    assert any("left out" in note for note in table.notes)


def test_the_first_sheet_with_a_table_is_read(tmp_path: Path) -> None:
    path = tmp_path / "tickets.xlsx"
    path.write_bytes(
        _book([["Please see the next sheet"]], [["Tickets"], [], NAMES, *ROWS], [NAMES, *ROWS])
    )
    table = read_table(path)
    assert table.frame.values.tolist() == ROWS
    assert table.notes == (
        "Only the sheet “Sheet 2” was read; 2 others were not.",
        "The first 2 lines are no part of the table and left out.",
    )


def test_a_header_that_lacks_a_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tickets.xlsx"
    path.write_bytes(_book([["text"], *ROWS, *ROWS]))
    with pytest.raises(DataError, match="Give every column a name"):
        read_table(path)


def test_the_visible_sheet_with_the_most_rows_is_read(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(_book([NAMES, *ROWS, *ROWS], [NAMES, ROWS[0]], [["nr", "owner"], *ROWS]))
    )
    book.worksheets[0].sheet_state = "hidden"
    book.active = 1
    book.save(tmp_path / "tickets.xlsx")
    table = read_table(tmp_path / "tickets.xlsx")
    assert table.frame.columns.tolist() == ["nr", "owner"]
    assert table.notes == ("Only the sheet “Sheet 3” was read; 2 others were not.",)
