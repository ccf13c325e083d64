"""JSON Lines, or one JSON array, of objects."""

import json
from collections.abc import Iterable

from tools.errors import DataError
from tools.intake.chats import as_columns, is_chat
from tools.intake.encoding import decoded_lines
from tools.intake.table import Numbered, Table, cell_text, made_table, sample


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


def _objects(data: bytes, encoding: str, name: str) -> Numbered[dict[str, object]]:
    items: Iterable[tuple[str, object]]
    first = next((line for line in decoded_lines(data, encoding) if line.strip()), "")
    if first.lstrip().startswith("["):
        array = _parse(data.decode(encoding), name)
        items = (("item", item) for item in (array if isinstance(array, list) else []))
    else:
        # One line after the other, so that a long file is never held as objects.
        items = (("line", line) for line in decoded_lines(data, encoding))
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
