"""CSV and its relatives: any usual delimiter, and rows as wide as their header."""

import csv
import re
from collections.abc import Iterator
from itertools import chain, islice

from tools.errors import DataError
from tools.intake.encoding import decoded_lines
from tools.intake.headers import LOOKED_AT, above_left_out, header_at
from tools.intake.table import Numbered, Table, made_table, no_rows, sample

DELIMITERS = ",;\t|"
MISSING_CELLS = "Cells are missing: fill them in, or write a separator for each empty one too."
UNQUOTED = "Put texts that contain the separator in quotation marks."
LONGEST_FIELD = 200_000_000  # the default refuses fields above 128 KiB


def read_delimited(data: bytes, encoding: str, notes: list[str], name: str) -> Table:
    """Read delimited text whose delimiter is found by its records.

    Raises:
        DataError: A row is not as wide as the header, a quotation mark is open, or there is no row.
    """
    csv.field_size_limit(LONGEST_FIELD)
    delimiter = _find_delimiter(data, encoding)
    spaced = _opens_after_space(data, encoding, delimiter)
    records = _records(decoded_lines(data, encoding), delimiter, spaced, name)
    first = list(islice(records, LOOKED_AT))
    if not first:
        raise no_rows(name)
    place = header_at([record for _, record in first])
    header = first[place][1]
    records = chain(first[place + 1 :], records)
    if place:
        notes = [*notes, above_left_out(place)]
    rows = ((number, record) for number, (_, record) in enumerate(_whole(records, header, name)))
    kept, total = sample((number, record) for number, record in rows if any(record))
    return made_table(header, kept, total, notes, name)


def _find_delimiter(data: bytes, encoding: str) -> str:
    """The delimiter under which most of the first records are as wide as the header.

    On a tie it is the one that leaves the fewest lines above the header: a comma within each text
    must not beat the semicolons that the header has too.
    """
    scores: dict[str, tuple[float, int, int]] = {}
    for delimiter in DELIMITERS:
        reader = csv.reader(decoded_lines(data, encoding), delimiter=delimiter)
        first = list(islice(filter(any, reader), LOOKED_AT))
        if not first:
            return delimiter  # nothing but this delimiter and blanks
        place = header_at(first)
        widths = [len(record) for record in first[place:]]
        if widths[0] > 1:
            scores[delimiter] = (widths.count(widths[0]) / len(widths), -place, widths[0])
    # A table of one column has no delimiter: the unit separator stands for "none".
    return max(scores, key=lambda delimiter: scores[delimiter], default="\x1f")


def _opens_after_space(data: bytes, encoding: str, delimiter: str) -> bool:
    """Whether quotation marks open after a space: some do, and all of them close properly."""
    first = list(islice(decoded_lines(data, encoding), LOOKED_AT))
    if not any(re.search(f'{re.escape(delimiter)} +"', line) for line in first):
        return False
    lines = decoded_lines(data, encoding)
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
    try:
        return bool(list(islice(reader, LOOKED_AT)))
    except csv.Error:
        return False


def _records(lines: Iterator[str], delimiter: str, spaced: bool, name: str) -> Numbered[list[str]]:
    """Stripped records with the line each starts on; blank ones are kept only after the first."""
    seen: list[str] = []  # lines of the record
    reader = csv.reader(
        _noted(lines, seen), delimiter=delimiter, skipinitialspace=spaced, strict=True
    )
    begun = False
    while True:
        line = reader.line_num + 1
        seen.clear()
        try:
            record = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            raise DataError(
                f"{name}, line {line}: a quotation mark is not closed properly ({error}). "
                "Close it, or double every quotation mark inside a quoted text."
            ) from error
        if _swallows_rows(seen, delimiter, len(record)):
            opens = line + next((n for n, text in enumerate(seen) if text.count('"') % 2), 0)
            raise DataError(
                f"{name}, line {opens}: a quotation mark opens here and closes only in line "
                f"{reader.line_num}, with whole rows in between. Delete it, or double every "
                "quotation mark inside a quoted text."
            )
        begun = begun or any(record)
        if begun:
            yield line, record


def _noted(lines: Iterator[str], seen: list[str]) -> Iterator[str]:
    for line in lines:
        seen.append(line)
        yield line


def _swallows_rows(lines: list[str], delimiter: str, width: int) -> bool:
    """Whether most lines within a record look like whole records, with no prose commas."""
    inner = [line for line in lines[1:-1] if line.strip()]
    rows = sum(
        len(re.findall(rf"{re.escape(delimiter)}(?! |$)", line)) == width - 1 for line in inner
    )
    return width > 1 and len(inner) > 1 and 2 * rows > len(inner)


def _whole(records: Numbered[list[str]], header: list[str], name: str) -> Numbered[list[str]]:
    for line, record in records:
        if any(record) and len(record) != len(header):
            advice = MISSING_CELLS if len(record) < len(header) else UNQUOTED
            raise DataError(
                f"{name}, line {line}: the header has {len(header)} cells, this row {len(record)}. "
                f"{advice}"
            )
        yield line, record
