"""Excel workbooks: the first sheet that holds a table, whatever size it says it has."""

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from itertools import chain, dropwhile, islice
from typing import Any

from tools.errors import DataError
from tools.intake.headers import LOOKED_AT, above_left_out, header_at
from tools.intake.table import Numbered, Table, cell_text, made_table, no_rows, sample

SHEET_ROWS = 1_048_576  # Excel's own limit
# Declared in the zip directory; zipfile never unpacks more of a member than is declared there.
MAX_UNPACKED = 400_000_000


def read_workbook(data: bytes, name: str) -> Table:
    """Read the first sheet that holds a table.

    Raises:
        DataError: It is damaged, unpacks to too much, or has no row below a header.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > MAX_UNPACKED:
            raise DataError(
                f"{name} would unpack to {unpacked / 1e6:,.0f} MB; "
                f"at most {MAX_UNPACKED / 1e6:,.0f} MB can be read. Please save it as CSV."
            )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions, none about cells
            return _read_sheet(data, name)
    except (
        zipfile.BadZipFile, zlib.error, SyntaxError, KeyError, ValueError, TypeError, EOFError,
        OSError, NotImplementedError,
    ) as error:  # fmt: skip
        raise DataError(f"{name} is not a readable Excel workbook: please save it anew.") from error


def _read_sheet(data: bytes, name: str) -> Table:
    import openpyxl  # only a workbook needs it

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    try:
        sheets = book.worksheets
        if not sheets:
            raise no_rows(name)
        chosen = next((at for at, sheet in enumerate(sheets) if _is_table(sheet)), 0)
        records = _records(sheets[chosen])
        first = list(islice(records, LOOKED_AT))
        place = header_at(first)
        header = _trim(first[place]) if first else []
        rest = chain(first[place + 1 :], records)
        kept, total = sample(_padded(rest, len(header), name))
        notes = [*_sheet_note(sheets, chosen), *([above_left_out(place)] if place else [])]
        return made_table(header, kept, total, notes, name)
    finally:
        book.close()


def _records(sheet: Any) -> Iterator[list[str]]:
    """The cells of a sheet as text, from its first row with anything in it."""
    sheet.reset_dimensions()  # the declared size may be a million empty rows or simply wrong
    rows = islice(sheet.values, SHEET_ROWS)  # a forged row number would yield blanks for hours
    records = ([cell_text(value).strip() for value in row] for row in rows)
    return dropwhile(lambda cells: not any(cells), records)


def _is_table(sheet: Any) -> bool:
    """Whether a sheet holds rows of two cells or more below some names."""
    first = list(islice(_records(sheet), LOOKED_AT))
    return sum(sum(map(bool, cells)) > 1 for cells in first) > 1


def _sheet_note(sheets: Sequence[Any], chosen: int) -> list[str]:
    others = len(sheets) - 1
    if not others:
        return []
    which = f"the sheet “{sheets[chosen].title}”" if chosen else "the first sheet"
    left = "1 other was" if others == 1 else f"{others} others were"
    return [f"Only {which} was read; {left} not."]


def _padded(records: Iterator[list[str]], width: int, name: str) -> Numbered[list[str]]:
    for number, record in enumerate(records):
        cells = _trim(record)
        if len(cells) > width:
            raise DataError(
                f"{name}, row {number + 1} below the header: the header has {width} cells, this "
                f"row {len(cells)}. Give every column a name in the first row."
            )
        if cells:
            yield number, cells + [""] * (width - len(cells))


def _trim(cells: list[str]) -> list[str]:
    """The cells without the empty ones at the end."""
    return cells[: max((n + 1 for n, cell in enumerate(cells) if cell), default=0)]
