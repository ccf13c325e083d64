"""Excel workbooks: the visible sheet with the largest table, whatever size it says it has."""

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, dropwhile, islice
from typing import Any

from tools.errors import DataError
from tools.intake.headers import LOOKED_AT, above_left_out, header_at
from tools.intake.table import Numbered, Table, cell_text, made_table, no_rows, sample

SHEET_ROWS = 1_048_576  # Excel's own limit
# Declared in the zip directory; zipfile never unpacks more of a member than is declared there.
MAX_UNPACKED = 400_000_000
CHUNK = 1_000_000  # bytes of a sheet

OLE = b"\xd0\xcf\x11\xe0"  # old Office files, and new ones behind a password
LINE_BREAK = re.compile(r"_x000D_\n?")  # a carriage return as Excel keeps it
PERCENT = re.compile(r"0(\.0+)? ?%")
ZEROS = re.compile(r"0{2,}")
VALUE = re.compile(rb"<(?:\w+:)?(?:v|is)>")
HOLLOW = re.compile(
    rb"""<(?:\w+:)?c (?![^>]*t="str")[^>]*?r="([A-Z]+)\d+"[^>]*>"""
    rb"<(?:\w+:)?f[^>]*>[^<]*</(?:\w+:)?f>(?:<(?:\w+:)?v ?/>|<v></v>)?</(?:\w+:)?c>"
)
ROWS_END = re.compile(rb"</(?:\w+:)?sheetData>")
MERGED = re.compile(rb"""mergeCell [^>]*?ref="([A-Z]+\d+:[A-Z]+\d+)\"""")


@dataclass
class Oddities:
    """What was noticed on reading a sheet."""

    errors: int = 0
    merged: int = 0

    def notes(self) -> Iterator[str]:
        """What is said of them."""
        if self.merged:
            yield f"Cells merged over several rows count for each of them ({self.merged:,} filled)."
        if self.errors:
            cells = "1 cell holds" if self.errors == 1 else f"{self.errors:,} cells hold"
            yield f"{cells} an Excel error such as #N/A and counted as empty."


@dataclass(frozen=True)
class Markup:
    """What openpyxl passes over when it reads a sheet row by row.

    Attributes:
        merges: The last row of each cell that is merged over several, by row and column.
        hollow: Columns with formulas that hold no value, counted from 1.
    """

    merges: dict[tuple[int, int], int]
    hollow: set[int]


def read_workbook(data: bytes, name: str) -> Table:
    """Read the visible sheet with the most rows of a table.

    Raises:
        DataError: It is damaged, locked, unpacks to too much, or has no row below a header.
    """
    if data.startswith(OLE):
        raise DataError(_what_is_locked(data, name))
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
            return _read_book(data, name)
    except (
        zipfile.BadZipFile, zlib.error, SyntaxError, LookupError, ValueError, TypeError, EOFError,
        OSError, RuntimeError, AttributeError,
    ) as error:  # fmt: skip
        raise DataError(f"{name} is not a readable Excel workbook: please save it anew.") from error


def _what_is_locked(data: bytes, name: str) -> str:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return (
            f"{name} is protected with a password: take the password off in Excel (File, Info, "
            "Protect Workbook), save it and try again."
        )
    return f"{name} is an Excel file of the old kind: please save it as .xlsx."


def _read_book(data: bytes, name: str) -> Table:
    import openpyxl  # only a workbook needs it

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    try:
        sheets = book.worksheets
        if not sheets:
            raise no_rows(name)
        chosen = _largest_table(sheets)
        return _read_sheet(sheets[chosen], _sheet_note(sheets, chosen), name)
    finally:
        book.close()


def _largest_table(sheets: Sequence[Any]) -> int:
    """The visible sheet with the most rows of a table; hidden ones often hold lists of values."""
    places = range(len(sheets))
    visible = [at for at in places if sheets[at].sheet_state == "visible"] or list(places)
    tables = [at for at in visible if _is_table(sheets[at])]
    if len(tables) < 2:
        return (tables or visible)[0]
    return max(tables, key=lambda at: _count_rows(sheets[at]))


def _read_sheet(sheet: Any, notes: list[str], name: str) -> Table:
    markup, found = _markup(sheet), Oddities()
    records = _records(sheet, found, markup.merges)
    first = list(islice(records, LOOKED_AT))
    place = header_at([_trim(record) for record in first])
    header = _trim(first[place]) if first else []
    _refuse_hollow(markup.hollow, header, first[place + 1 :], name)
    rest = chain(first[place + 1 :], records)
    kept, total = sample(_padded(rest, len(header), name))
    notes = [*notes, *([above_left_out(place)] if place else []), *found.notes()]
    return made_table(header, kept, total, notes, name)


def _refuse_hollow(hollow: set[int], header: list[str], first: list[list[str]], name: str) -> None:
    """Refuse a column of formulas that no Excel has worked out yet.

    Raises:
        DataError: There is such a column.
    """
    for column, title in enumerate(header):
        if column + 1 in hollow and not any(row[column] for row in first if column < len(row)):
            raise DataError(
                f"The formulas in the column “{title[:60]}” of {name} hold no values: open the "
                "file in Excel, save it and try again."
            )


def _records(
    sheet: Any, found: Oddities, merges: dict[tuple[int, int], int]
) -> Iterator[list[str]]:
    """The cells of a sheet as text, from its first row with anything in it."""
    sheet.reset_dimensions()  # the declared size may be a million empty rows or simply wrong
    rows = islice(sheet.rows, SHEET_ROWS)  # a forged row number would yield blanks for hours
    records = ([_shown(cell, found) for cell in row] for row in rows)
    return dropwhile(lambda cells: not any(cells), _unmerged(records, merges, found))


def _shown(cell: Any, found: Oddities) -> str:
    """A cell as Excel shows it where that matters: percentages and zeros in front."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "e":
        found.errors += 1
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        form = str(cell.number_format)
        if percent := PERCENT.fullmatch(form):
            return f"{value:.{len(percent[1] or '.') - 1}%}"
        if ZEROS.fullmatch(form) and float(value).is_integer():
            return f"{int(value):0{len(form)}d}"
    return LINE_BREAK.sub("\n", cell_text(value)).strip()


def _unmerged(
    records: Iterator[list[str]], merges: dict[tuple[int, int], int], found: Oddities
) -> Iterator[list[str]]:
    """Rows with the text of a merged cell in each row that the cell reaches over."""
    begun: dict[int, tuple[int, str]] = {}
    for number, cells in enumerate(records, start=1):
        if merges and any(cells):
            for column, (last, text) in begun.items():
                if number <= last and text:
                    cells += [""] * (column - len(cells))
                    found.merged += not cells[column - 1]
                    cells[column - 1] = cells[column - 1] or text
        for column, text in enumerate(cells, start=1):
            if (number, column) in merges:
                begun[column] = (merges[number, column], text)
        yield cells


def _is_table(sheet: Any) -> bool:
    """Whether a sheet holds rows of two cells or more below some names."""
    first = list(islice(_records(sheet, Oddities(), {}), LOOKED_AT))
    return sum(sum(map(bool, cells)) > 1 for cells in first) > 1


def _count_rows(sheet: Any) -> int:
    """Rows of two values or more, counted without reading them."""
    total, rest = 0, b""
    for chunk in _chunks(sheet):
        *rows, rest = (rest + chunk).split(b"</row>")
        total += sum(len(VALUE.findall(row)) > 1 for row in rows)
    return total


def _markup(sheet: Any) -> Markup:
    """Merged cells stand behind the rows, of formulas the first ones tell enough."""
    from openpyxl.utils import column_index_from_string
    from openpyxl.worksheet.cell_range import CellRange

    hollow: set[int] = set()
    rest = b""
    for number, chunk in enumerate(_chunks(sheet)):
        if number == 0:
            columns = {match[1].decode() for match in HOLLOW.finditer(chunk)}
            hollow = {column_index_from_string(column) for column in columns}
        rest += chunk
        if not (behind := ROWS_END.search(rest)):
            rest = rest[-len("</x:sheetData>") - 20 :]
        elif behind.start():
            rest = rest[behind.start() :]
    merges = {}
    for match in MERGED.finditer(rest):
        merged = CellRange(match[1].decode())
        if merged.max_row > merged.min_row:
            merges[merged.min_row, merged.min_col] = merged.max_row
    return Markup(merges, hollow)


def _chunks(sheet: Any) -> Iterator[bytes]:
    with sheet.parent._archive.open(sheet._worksheet_path) as source:
        yield from iter(lambda: source.read(CHUNK), b"")


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
