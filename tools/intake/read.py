"""Tables in: CSV, JSONL and XLSX files, every cell as text and nothing lost in silence."""

import csv
import io
import json
import math
import random
import re
import unicodedata
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time
from itertools import islice
from pathlib import Path
from typing import TypeVar

import openpyxl
import pandas as pd
from charset_normalizer import from_bytes

from tools.errors import DataError

MAX_BYTES = 200_000_000
MAX_ROWS = 50_000
MAX_COLUMNS = 200
SHEET_ROWS = 1_048_576  # Excel's own limit
# Declared in the zip directory; zipfile never unpacks more of a member than is declared there.
MAX_UNPACKED = 400_000_000

DELIMITERS = ",;\t|"
DELIMITED = {".csv", ".tsv", ".tab", ".txt", ""}
JSON_LINES = {".jsonl", ".ndjson", ".json"}
WORKBOOKS = {".xlsx", ".xlsm"}

LONG_HEADER = 80  # characters; longer column names are probably texts of a first row
SAVE_AS_UTF8 = "please save it as UTF-8 (in Excel: “CSV UTF-8”) and try again"

SIGNATURES = {
    "a PDF document": (b"%PDF",),
    "an image": (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF"),
    "a zip archive or an Office document": (b"PK\x03\x04", b"PK\x05\x06"),
    "an archive": (b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!"),
    "an old or password-protected Office document": (b"\xd0\xcf\x11\xe0",),
    "a database": (b"PAR1", b"SQLite format 3"),
}
MARKUP = re.compile(r"\s*<(!--|(!doctype|\?xml|html|head|body|meta|svg|table)\b)", re.IGNORECASE)

Row = TypeVar("Row")
Numbered = Iterator[tuple[int, Row]]


@dataclass(frozen=True, eq=False)
class Table:
    """A table as it was read.

    Attributes:
        frame: Cells as text; the index is the position in the file, from 0 below the header.
        notes: What a reader should know, in plain sentences.
    """

    frame: pd.DataFrame
    notes: tuple[str, ...] = ()


def read_table(path: Path, name: str = "") -> Table:
    """Read a CSV, JSONL (or JSON array) or XLSX file as text.

    Args:
        path: The file; its ending says which kind it should be, its content must agree.
        name: Its name for people, if not the file's own.

    Returns:
        The table. Above MAX_ROWS rows it is a random sample with a fixed seed, stated in the notes.

    Raises:
        DataError: If the file is too large, something else than it says, damaged or without rows.
    """
    name = name or shown_name(path)
    suffix = path.suffix.lower()
    if suffix not in DELIMITED | JSON_LINES | WORKBOOKS:
        raise DataError(f"{name} cannot be read here: please save it as CSV, JSONL or XLSX.")
    data = _content(path, name)
    if suffix in WORKBOOKS:
        return _doubt_header(_read_workbook(data, name))
    _refuse_foreign(data, name)
    encoding, notes = _find_encoding(data, name)
    if suffix in JSON_LINES:
        return _read_json(data, encoding, notes, name)
    return _doubt_header(_read_delimited(data, encoding, notes, name))


def shown_name(path: Path) -> str:
    """The file's own name as it may be shown: no folders or control characters, at most 60 long."""
    name = "".join(c for c in path.name if unicodedata.category(c)[0] != "C")
    return f"“{name if len(name) <= 60 else name[:40] + '…' + name[-19:]}”"


def _content(path: Path, name: str) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise DataError(
                f"{name} is {size / 1e6:,.0f} MB; at most {MAX_BYTES / 1e6:,.0f} MB can be read. "
                f"A random sample of {MAX_ROWS:,} rows is plenty."
            )
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"{name} cannot be opened: {error.strerror}.") from error


def _refuse_foreign(data: bytes, name: str) -> None:
    kind = next((kind for kind, starts in SIGNATURES.items() if data.startswith(starts)), None)
    if kind:
        raise DataError(f"{name} is {kind}, whatever its ending says: please save it as CSV.")


def _find_encoding(data: bytes, name: str) -> tuple[str, list[str]]:
    """The encoding that decodes all of the data, and a note if it had to be guessed."""
    encoding, notes = _declared_encoding(data), []
    if encoding is None:
        encoding = _guessed_encoding(data)
        notes = [f"The file is not UTF-8; it was read as {encoding}. Please check its accents."]
    try:
        text = data.decode(encoding or "ascii")
    except (UnicodeDecodeError, LookupError) as error:
        raise DataError(f"{name} has an unknown text encoding: {SAVE_AS_UTF8}.") from error
    if "\0" in text:
        raise DataError(f"{name} holds NUL bytes, which no text has: {SAVE_AS_UTF8}.")
    if MARKUP.match(text):
        raise DataError(f"{name} is a web page or XML and not a table: please save it as CSV.")
    return encoding or "ascii", notes


def _declared_encoding(data: bytes) -> str | None:
    if data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "utf-32"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    start = data[:4096]
    if start.count(0) > len(start) * 0.3:  # UTF-16 without a mark: every other byte is NUL
        return "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8-sig"


def _guessed_encoding(data: bytes) -> str | None:
    telling = (line for line in data.split(b"\n") if not line.isascii())
    # UTF-16 and UTF-32 were seen by their NUL bytes; lines full of accents look messy (0.2 fails).
    wide = ["utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_32_be", "utf_32_le"]
    sample = b"\n".join(islice(telling, 500))
    matches = from_bytes(sample, threshold=0.4, cp_exclusion=wide)
    best = matches.best()
    if best is None:
        return None
    for match in matches:
        # On a tie charset-normalizer names the alphabetically first, mostly cp1250.
        tied = (match.chaos, match.coherence) == (best.chaos, best.coherence)
        if tied and "cp1252" in (match.encoding, *match.could_be_from_charset):
            return "cp1252"
    return best.encoding


def _lines(data: bytes, encoding: str) -> Iterator[str]:
    """Lines with their own endings, decoded as they are needed."""
    return iter(io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline=""))


def _read_delimited(data: bytes, encoding: str, notes: list[str], name: str) -> Table:
    csv.field_size_limit(MAX_BYTES)  # the default refuses fields above 128 KiB
    delimiter = _find_delimiter(data, encoding)
    records = _records(_lines(data, encoding), delimiter, name)
    header = next((record for _, record in records), None)
    if header is None:
        raise _no_rows(name)
    rows = ((number, record) for number, (_, record) in enumerate(_whole(records, header, name)))
    kept, total = _sample((number, record) for number, record in rows if any(record))
    return _table(header, kept, total, notes, name)


def _find_delimiter(data: bytes, encoding: str) -> str:
    """The delimiter under which most of the first records are as wide as the header."""
    scores: dict[str, tuple[float, int]] = {}
    for delimiter in DELIMITERS:
        reader = csv.reader(_lines(data, encoding), delimiter=delimiter)
        widths = [len(record) for record in islice(filter(any, reader), 100)]
        if not widths:
            return delimiter  # nothing but this delimiter and blanks
        if widths[0] > 1:
            scores[delimiter] = (widths.count(widths[0]) / len(widths), widths[0])
    # A table of one column has no delimiter: the unit separator stands for "none".
    return max(scores, key=lambda delimiter: scores[delimiter], default="\x1f")


def _records(lines: Iterator[str], delimiter: str, name: str) -> Numbered[list[str]]:
    """Stripped records with the line each starts on; blank ones are kept only after the first."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    begun = False
    while True:
        line = reader.line_num + 1
        try:
            record = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            raise DataError(
                f"{name}, line {line}: a quotation mark is not closed properly ({error}). "
                "Close it, or double every quotation mark inside a quoted text."
            ) from error
        begun = begun or any(record)
        if begun:
            yield line, record


def _whole(records: Numbered[list[str]], header: list[str], name: str) -> Numbered[list[str]]:
    for line, record in records:
        if any(record) and len(record) != len(header):
            raise DataError(
                f"{name}, line {line}: the header has {len(header)} cells, this row {len(record)}. "
                "Put texts that contain the separator in quotation marks."
            )
        yield line, record


def _read_json(data: bytes, encoding: str, notes: list[str], name: str) -> Table:
    kept, total = _sample(_objects(data, encoding, name))
    keys = list(dict.fromkeys(key for _, item in kept for key in item))
    rows = ((number, [_cell(item.get(key)) for key in keys]) for number, item in kept)
    return _table([_cell(key) for key in keys], rows, total, notes, name)


def _objects(data: bytes, encoding: str, name: str) -> Numbered[dict[str, object]]:
    items: Iterable[tuple[str, object]]
    first = next((line for line in _lines(data, encoding) if line.strip()), "")
    if first.lstrip().startswith("["):
        array = _parse(data.decode(encoding), name)
        items = (("item", item) for item in (array if isinstance(array, list) else []))
    else:
        # One line after the other, so that a long file is never held as objects.
        items = (("line", line) for line in _lines(data, encoding))
    for number, (kind, item) in enumerate(items):
        where = f"{name}, {kind} {number + 1}"
        if kind == "line":
            if not str(item).strip():
                continue
            item = _parse(str(item), where)
        if not isinstance(item, dict):
            raise DataError(f'{where}: expected an object such as {{"text": …, "label": …}}.')
        yield number, item


def _parse(text: str, where: str) -> object:
    try:
        # NaN and Infinity are no JSON, only Python's and pandas' way to write "missing".
        return json.loads(text, parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{where}: this is not valid JSON ({error}).") from error


def _read_workbook(data: bytes, name: str) -> Table:
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
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    try:
        if not book.worksheets:
            raise _no_rows(name)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # the declared size may be a million empty rows or simply wrong
        rows = islice(sheet.values, SHEET_ROWS)  # a forged row number would yield blanks for hours
        records = ([_cell(value).strip() for value in row] for row in rows)
        header = _trim(next(filter(any, records), []))
        kept, total = _sample(_padded(records, len(header), name))
        others = len(book.worksheets) - 1
        notes = [f"Only the first sheet was read; {others} more were not."] if others else []
        return _table(header, kept, total, notes, name)
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


def _cell(value: object) -> str:
    """A value of JSON or Excel as text: 7.0 as "7", missing as "", objects as JSON."""
    if value is None or isinstance(value, float) and not math.isfinite(value):
        return ""
    if isinstance(value, bool | dict | list):
        text = json.dumps(value, ensure_ascii=False)
    elif isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        text = str(int(value))
    elif isinstance(value, datetime) and value.time() == time():
        text = value.date().isoformat()
    else:
        text = str(value)
    return text.encode("utf-8", "replace").decode("utf-8")  # JSON may hold half a surrogate pair


def _sample(rows: Iterable[tuple[int, Row]]) -> tuple[list[tuple[int, Row]], int]:
    """At most MAX_ROWS rows in their order (Vitter's algorithm R), and how many there were."""
    chance = random.Random(0)
    kept: list[tuple[int, Row]] = []
    total = 0
    for total, row in enumerate(rows, start=1):
        if total <= MAX_ROWS:
            kept.append(row)
        elif (place := chance.randrange(total)) < MAX_ROWS:
            kept[place] = row
    return sorted(kept, key=lambda row: row[0]), total


def _table(
    header: list[str],
    rows: Iterable[tuple[int, list[str]]],
    total: int,
    notes: list[str],
    name: str,
) -> Table:
    if not total:
        raise _no_rows(name)
    if len(header) > MAX_COLUMNS:
        raise DataError(f"{name} has {len(header):,} columns; at most {MAX_COLUMNS} can be read.")
    columns, renamed = _unique_names(header)
    cells = dict(rows)
    frame = pd.DataFrame(list(cells.values()), index=list(cells), columns=columns, dtype=str)
    sampled = f"The file has {total:,} rows; a fixed random sample of {len(frame):,} is used."
    return Table(frame, (*notes, *renamed, *([sampled] if total > len(frame) else [])))


def _unique_names(header: list[str]) -> tuple[list[str], list[str]]:
    """Column names without repeats or blanks, and a note for each name that was changed."""
    names: list[str] = []
    notes: list[str] = []
    seen: Counter[str] = Counter()
    for position, cell in enumerate(header, start=1):
        base = " ".join(cell.split()) or f"column {position}"
        name = base
        while name in names or (name != base and name in header):
            seen[base] += 1
            name = f"{base} ({seen[base] + 1})"
        if name != base:
            notes.append(f"Two columns are named “{base}”; the later one is now “{name}”.")
        names.append(name)
    return names, notes


def _doubt_header(table: Table) -> Table:
    """Add a note where the first line seems to be data (JSON has no such line)."""
    names = [str(name) for name in table.frame.columns]
    if any(len(name) > LONG_HEADER or (table.frame[name] == name).any() for name in names):
        doubt = (
            "The first line was taken as column names but looks like data. "
            "If the file has no header, add one: that line is not used as an example."
        )
        return replace(table, notes=(*table.notes, doubt))
    return table


def _no_rows(name: str) -> DataError:
    return DataError(f"{name} has no rows below a header: please add some examples.")
