"""Excel workbooks: the first sheet, whatever size it says it has."""

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from itertools import islice

from tools.errors import DataError
from tools.intake.table import Numbered, Table, cell_text, made_table, no_rows, sample

SHEET_ROWS = 1_048_576  # Excel's own limit
# Declared in the zip directory; zipfile never unpacks more of a member than is declared there.
MAX_UNPACKED = 400_000_000


def read_workbook(data: bytes, name: str) -> Table:
    """Read the first sheet.

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
        if not book.worksheets:
            raise no_rows(name)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # the declared size may be a million empty rows or simply wrong
        rows = islice(sheet.values, SHEET_ROWS)  # a forged row number would yield blanks for hours
        records = ([cell_text(value).strip() for value in row] for row in rows)
        header = _trim(next(filter(any, records), []))
        kept, total = sample(_padded(records, len(header), name))
        others = len(book.worksheets) - 1
        notes = [f"Only the first sheet was read; {others} more were not."] if others else []
        return made_table(header, kept, total, notes, name)
    finally:
        book.close()


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
