"""Tables in: CSV, JSONL and XLSX files, every cell as text and nothing lost in silence."""

import unicodedata
from pathlib import Path

from tools.errors import DataError
from tools.intake.delimited import read_delimited
from tools.intake.encoding import find_encoding
from tools.intake.json_lines import looks_like_json, read_json
from tools.intake.table import MAX_ROWS, Table, doubt_header
from tools.intake.workbook import read_workbook

MAX_BYTES = 200_000_000
START = 4096  # bytes; enough to tell JSON from a table

DELIMITED = {".csv", ".tsv", ".tab", ".txt", ""}
JSON_LINES = {".jsonl", ".ndjson", ".json"}
WORKBOOKS = {".xlsx", ".xlsm"}
ENDINGS = DELIMITED | JSON_LINES | WORKBOOKS

SIGNATURES = {
    "a PDF document": (b"%PDF",),
    "an image": (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF"),
    "a zip archive or an Office document": (b"PK\x03\x04", b"PK\x05\x06"),
    "an archive": (b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!"),
    "an old or password-protected Office document": (b"\xd0\xcf\x11\xe0",),
    "a database": (b"PAR1", b"SQLite format 3"),
}


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
    if suffix not in ENDINGS:
        raise DataError(f"{name} cannot be read here: please save it as CSV, JSONL or XLSX.")
    data = _content(path, name)
    if suffix in WORKBOOKS:
        return doubt_header(read_workbook(data, name))
    _refuse_foreign(data, name)
    encoding, notes = find_encoding(data, name)
    if suffix in JSON_LINES or looks_like_json(data[:START].decode(encoding, "replace")):
        return read_json(data, encoding, notes, name)
    return doubt_header(read_delimited(data, encoding, notes, name))


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
