"""JSON Lines, or one JSON array, of objects."""

import json
import re
from itertools import chain, islice

from tools.errors import DataError
from tools.intake.chats import CHATS, as_columns, is_chat
from tools.intake.encoding import decoded_lines
from tools.intake.table import Numbered, Table, cell_text, made_table, sample

BEGINNING = re.compile(r'\s*(\[\s*)?\{\s*"(?!")')


def read_json(data: bytes, encoding: str, notes: list[str], name: str) -> Table:
    """Read objects; every key that occurs is a column, and a chat is an input and an answer.

    Raises:
        DataError: Something is no JSON or no object, or there is no row.
    """
    kept, total = sample(_objects(data, encoding, name))
    if kept and all(is_chat(item) for _, item in kept):
        kept = [(number, as_columns(item)) for number, item in kept]
    keys = list(dict.fromkeys(key for _, item in kept for key in item))
    rows = ((number, [cell_text(item.get(key)) for key in keys]) for number, item in kept)
    return made_table([cell_text(key) for key in keys], rows, total, notes, name)


def looks_like_json(text: str) -> bool:
    """Whether a text begins as JSON objects do and no table would."""
    return BEGINNING.match(text) is not None


def _objects(data: bytes, encoding: str, name: str) -> Numbered[dict[str, object]]:
    lines = ((n, line) for n, line in enumerate(decoded_lines(data, encoding)) if line.strip())
    first = list(islice(lines, 2))
    if first and first[0][1].lstrip().startswith("["):
        array = _parse(data.decode(encoding, "replace"), name)
        return _checked(enumerate(array if isinstance(array, list) else []), f"{name}, item")
    inside = _list_inside(data.decode(encoding, "replace"), name) if _is_whole(first) else None
    if inside is not None:
        return _checked(enumerate(inside), f"{name}, item")
    # One line after the other, so that a long file is never held as objects.
    parsed = ((n, _parse(line, f"{name}, line {n + 1}")) for n, line in chain(first, lines))
    return _checked(parsed, f"{name}, line")


def _checked(items: Numbered[object], where: str) -> Numbered[dict[str, object]]:
    for number, item in items:
        if not isinstance(item, dict):
            raise DataError(
                f'{where} {number + 1}: expected an object such as {{"text": …, "label": …}}.'
            )
        yield number, item


def _is_whole(first: list[tuple[int, str]]) -> bool:
    """Whether a file may be one object: it has one line, or its first line is none by itself."""
    return len(first) == 1 or bool(first) and _loaded(first[0][1]) is None


def _list_inside(text: str, name: str) -> list[object] | None:
    """The rows of a file that is one object around them; None if it is something else.

    Raises:
        DataError: The object holds several lists.
    """
    whole = _loaded(text)
    if not isinstance(whole, dict) or set(CHATS) & set(whole):
        return None
    lists = {key: value for key, value in whole.items() if _is_rows(value)}
    if len(lists) == 1:
        return list(*lists.values())
    if len(lists) > 1:
        keys = ", ".join(f"“{key}”" for key in list(lists)[:5])
        raise DataError(f"{name} holds several lists of objects ({keys}): keep only the examples.")
    return [whole]


def _is_rows(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)


def _loaded(text: str) -> object | None:
    try:
        return _parse(text, "")
    except DataError:
        return None


def _parse(text: str, where: str) -> object:
    try:
        # NaN and Infinity are no JSON, only Python's and pandas' way to write "missing".
        return json.loads(text, parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{where}: this is not valid JSON ({error}).") from error
