"""JSON inside running text."""

import json
import re
from typing import Any

_STRING_OR_BRACE = re.compile(r'"(?:[^"\\\n]|\\.)*"|[{}]')


def first_object(text: str) -> dict[str, Any] | None:
    """The first complete JSON object in a text, or None; an empty one only if no other follows.

    Objects inside one that is broken or cut off do not count.
    """
    decoder, empty = json.JSONDecoder(), None
    start = text.find("{")
    while start >= 0:
        found, end = None, -1
        try:
            found, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            end = _balanced_end(text, start)
        if found:
            return dict(found)
        empty = found if empty is None else empty
        start = text.find("{", end) if end >= 0 else -1
    return empty


def whole_object(text: str) -> dict[str, Any] | None:
    """The text as one JSON object with nothing around it, or None."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _balanced_end(text: str, start: int) -> int:
    """Where the braces opened at `start` are all closed again; -1 if they never are."""
    depth = 0
    for found in _STRING_OR_BRACE.finditer(text, start):
        depth += {"{": 1, "}": -1}.get(found.group(), 0)
        if depth == 0:
            return found.end()
    return -1
