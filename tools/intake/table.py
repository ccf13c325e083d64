"""A table of texts, made of the rows that a reader finds one after the other."""

import json
import math
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import TypeVar

import pandas as pd

from tools.errors import DataError

MAX_ROWS = 50_000
MAX_COLUMNS = 200
MOST_ALIKE = 5  # notes of one kind
LONG_HEADER = 80  # characters; longer column names are probably texts of a first row

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


def made_table(
    header: list[str],
    rows: Iterable[tuple[int, list[str]]],
    total: int,
    notes: list[str],
    name: str,
) -> Table:
    """The table of some numbered rows.

    Args:
        header: Names of the columns.
        rows: Cells as wide as the header, with their positions in the file.
        total: Rows of the file, those that a sample left out included.
        notes: What a reader should know so far.
        name: The file's name for people.

    Raises:
        DataError: There are no rows, or too many columns.
    """
    if not total:
        raise no_rows(name)
    if len(header) > MAX_COLUMNS:
        raise DataError(f"{name} has {len(header):,} columns; at most {MAX_COLUMNS} can be read.")
    columns, renamed = _unique_names(header)
    cells = dict(rows)
    frame = pd.DataFrame(list(cells.values()), index=list(cells), columns=columns, dtype=str)
    sampled = f"The file has {total:,} rows; a fixed random sample of {len(frame):,} is used."
    return Table(frame, (*notes, *renamed, *([sampled] if total > len(frame) else [])))


def sample(rows: Iterable[tuple[int, Row]]) -> tuple[list[tuple[int, Row]], int]:
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


def cell_text(value: object) -> str:
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
    # JSON may hold half a surrogate pair, and NUL, which no CSV file can keep.
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")


def doubt_header(table: Table) -> Table:
    """Add a note where the first line seems to be data (JSON has no such line)."""
    names = [str(name) for name in table.frame.columns]
    if any(len(name) > LONG_HEADER or (table.frame[name] == name).any() for name in names):
        doubt = (
            "The first line was taken as column names but looks like data. "
            "If the file has no header, add one: that line is not used as an example."
        )
        return replace(table, notes=(*table.notes, doubt))
    return table


def no_rows(name: str) -> DataError:
    """What is wrong with a file without rows."""
    return DataError(f"{name} has no rows below a header: please add some examples.")


def at_most(notes: list[str], rest: str) -> list[str]:
    """The first notes of one kind, and how many more there are."""
    more = len(notes) - MOST_ALIKE
    return notes if more <= 0 else [*notes[:MOST_ALIKE], f"… and {more} more {rest}."]


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
    return names, at_most(notes, "columns were renamed likewise")
