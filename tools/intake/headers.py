"""Where a table begins: many exports write a title, a date or a blank line above the names."""

from collections.abc import Sequence

LOOKED_AT = 100  # records; a title is at the top
MOST_ABOVE = 10  # records above the names
LONGEST_NAME = 60  # characters; what is longer is a text and no name


def header_at(records: Sequence[Sequence[str]]) -> int:
    """Place of the column names among a file's first records; 0 unless a title stands above them.

    A title has one cell. The names below it are several, short, different and no numbers, and none
    of them occurs again in its column: else they are the first row of a table whose header lacks a
    name, which the reader complains of.

    Args:
        records: The first records, blank ones included.
    """
    place = next((n for n, cells in enumerate(records) if _filled(cells) > 1), 0)
    above = [cells for cells in records[:place] if any(cells)]
    if not above or len(above) > MOST_ABOVE:
        return 0
    names, below = records[place], [cells for cells in records[place + 1 :] if any(cells)]
    if 2 * sum(_filled(cells) > 1 for cells in below) <= len(below):
        return 0  # hardly any row is one of a table
    told = [name.casefold() for name in names if name]
    if len(set(told)) < len(told) or any(map(_is_value, told)):
        return 0
    for column, name in enumerate(names):
        if name and any(name == cells[column] for cells in below if column < len(cells)):
            return 0
    return place


def above_left_out(lines: int) -> str:
    """What is said of the lines above the names."""
    said = "The first line is" if lines == 1 else f"The first {lines} lines are"
    return f"{said} no part of the table and left out."


def _filled(cells: Sequence[str]) -> int:
    return sum(map(bool, cells))


def _is_value(name: str) -> bool:
    return len(name) > LONGEST_NAME or not any(map(str.isalpha, name))
