"""Where a table begins: many exports write a title, a date or a blank line above the names."""

import re
from collections.abc import Sequence

LOOKED_AT = 100  # records; a title is at the top
MOST_ABOVE = 10  # records above the names
LONGEST_NAME = 60  # characters; what is longer is a text and no name

SEPARATOR_TOLD = "sep="  # the first line of a file for Excel, cut at the separator that it names
NUMBER_OR_DATE = re.compile(
    r"[-+]?\d[\d.,/: -]*|\d{4}-\d\d-\d\d[T ].*|\d{1,2}[./]\d{1,2}[./]\d{4}.*"
)


def header_at(records: Sequence[Sequence[str]]) -> int:
    """Place of the column names among a file's first records; 0 unless other lines stand above.

    A title has one cell, and a line that holds a number or a date, or begins with "# ", names no
    columns either. The names below are several, short, different and no numbers, and none
    of them occurs again in its column: else they are the first row of a table whose header lacks a
    name, which the reader complains of.

    Args:
        records: The first records, blank ones included.
    """
    place = _below_remarks(records)
    return _below_titles(records) if place is None else place


def _below_titles(records: Sequence[Sequence[str]]) -> int:
    place = next((n for n, cells in enumerate(records) if _filled(cells) > 1), 0)
    above = [cells for cells in records[:place] if any(cells)]
    if not above or len(above) > MOST_ABOVE:
        return 0
    names, below = records[place], [cells for cells in records[place + 1 :] if any(cells)]
    if len(above[0]) == len(names) == 2 and above[0][0] != SEPARATOR_TOLD:
        return 0  # a header of two columns whose second one has no name
    if 2 * sum(_filled(cells) > 1 for cells in below) <= len(below):
        return 0  # hardly any row is one of a table
    return place if _are_names(names, below) else 0


def _below_remarks(records: Sequence[Sequence[str]]) -> int | None:
    """Place of the names where every line above lacks one, and one of those lines is a remark."""
    remarks = 0
    for place, cells in enumerate(records[: MOST_ABOVE + 1]):
        if not any(cells):
            continue
        below = [row for row in records[place + 1 :] if any(row)]
        if remarks and len(below) > 1 and _names_all(cells, below) and _are_names(cells, below):
            return place
        told = [cell for cell in cells if cell]
        remark = told[0].startswith("# ") or any(map(NUMBER_OR_DATE.fullmatch, told))
        if not remark and _names_all(cells, below):
            return None
        remarks += remark
    return None


def _names_all(cells: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a line holds words alone, and one for each column that is filled in most rows."""
    if _filled(cells) < 2 or any(char.isdigit() for cell in cells for char in cell):
        return False
    for column in range(max(map(len, below), default=0)):
        filled = sum(column < len(row) and row[column] != "" for row in below)
        named = column < len(cells) and cells[column] != ""
        if named != (2 * filled > len(below)):
            return False
    return True


def _are_names(names: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    told = [name.casefold() for name in names if name]
    if len(set(told)) < len(told) or any(map(_is_value, told)):
        return False
    return not any(
        name and any(name == cells[column] for cells in below if column < len(cells))
        for column, name in enumerate(names)
    )


def above_left_out(lines: int) -> str:
    """What is said of the lines above the names."""
    said = "The first line is" if lines == 1 else f"The first {lines} lines are"
    return f"{said} no part of the table and left out."


def _filled(cells: Sequence[str]) -> int:
    return sum(map(bool, cells))


def _is_value(name: str) -> bool:
    return len(name) > LONGEST_NAME or not any(map(str.isalpha, name))
