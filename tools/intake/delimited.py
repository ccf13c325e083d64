"""CSV and its relatives: any usual delimiter, and rows as wide as their header."""

import csv
from collections.abc import Iterator
from itertools import chain, islice

from tools.errors import DataError
from tools.intake.encoding import decoded_lines
from tools.intake.headers import LOOKED_AT, above_left_out, header_at
from tools.intake.table import Numbered, Table, made_table, no_rows, sample

DELIMITERS = ",;\t|"
LONGEST_FIELD = 200_000_000  # the default refuses fields above 128 KiB


def read_delimited(data: bytes, encoding: str, notes: list[str], name: str) -> Table:
    """Read delimited text whose delimiter is found by its records.

    Raises:
        DataError: A row is not as wide as the header, a quotation mark is open, or there is no row.
    """
    csv.field_size_limit(LONGEST_FIELD)
    delimiter = _find_delimiter(data, encoding)
    records = _records(decoded_lines(data, encoding), delimiter, name)
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
    """The delimiter under which most of the first records are as wide as the header."""
    scores: dict[str, tuple[float, int]] = {}
    for delimiter in DELIMITERS:
        reader = csv.reader(decoded_lines(data, encoding), delimiter=delimiter)
        first = list(islice(filter(any, reader), LOOKED_AT))
        if not first:
            return delimiter  # nothing but this delimiter and blanks
        widths = [len(record) for record in first[header_at(first) :]]
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
