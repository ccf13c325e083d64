"""JSON inside running text."""

import json
from typing import Any


def first_object(text: str) -> dict[str, Any] | None:
    """The first complete JSON object in a text, or None."""
    decoder = json.JSONDecoder()
    for start in (at for at, character in enumerate(text) if character == "{"):
        try:
            found: dict[str, Any] = decoder.raw_decode(text, start)[0]
        except (ValueError, RecursionError):
            continue
        return found
    return None
