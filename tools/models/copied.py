"""Forms whose texts are copied from the input, or whose keys may come in any order.

Many tasks ask for values as they stand in the input: names, dates, places. Such texts are marked
in the JSON schema of a form (`tools/trials/forms.py`). A local model may then write pieces of the
row's own input there and nothing else; other models get the schema without the marks.
"""

import re
from typing import Any

COPIED = "x-copied"  # of a text: the most words of a piece
ANY_ORDER = "x-any-order"  # of an object: whether its keys may come in any order
MOST_WORDS = 400  # of an input; of longer ones the grammar takes long to make
_WORD = re.compile(r"\w+|[^\w\s]")

Schema = dict[str, Any]


def words_of(text: str) -> int:
    """Words and signs of a text."""
    return len(_WORD.findall(text))


def is_piece(value: str, text: str) -> bool:
    """Whether a value stands in a text, in whole words."""
    words = list(_WORD.finditer(text))
    starts, ends = {word.start() for word in words}, {word.end() for word in words}
    at = text.find(value) if value else -1
    while at >= 0:
        if at in starts and at + len(value) in ends:
            return True
        at = text.find(value, at + 1)
    return False


def is_marked(schema: Schema) -> bool:
    """Whether a schema has marks, so that it is another one for each input."""
    return unmarked(schema) != schema


def unmarked(schema: Schema) -> Schema:
    """The schema as any model can be given it."""
    kept = {key: value for key, value in schema.items() if key not in (COPIED, ANY_ORDER)}
    return _inside(kept, unmarked)


def marked_for(schema: Schema, text: str) -> Schema:
    """The schema for one input, with a pattern in place of each mark."""
    pieces: Schema = {}

    def of(part: Schema) -> Schema:
        if COPIED in part:
            return _copied(part, text, pieces)
        found = _inside({k: v for k, v in part.items() if k != ANY_ORDER}, of)
        return _any_order(found) if part.get(ANY_ORDER) else found

    whole = of(schema)
    return {**whole, "$defs": pieces} if pieces else whole


def _inside(schema: Schema, change: Any) -> Schema:
    """The schema with its parts changed."""
    changed = dict(schema)
    if "properties" in schema:
        changed["properties"] = {key: change(part) for key, part in schema["properties"].items()}
    if schema.get("items"):
        changed["items"] = change(schema["items"])
    return changed


def _copied(part: Schema, text: str, pieces: Schema) -> Schema:
    others = [{"type": kind} for kind in part["type"] if kind != "string"]
    most = part[COPIED]
    pattern = _pieces_of(text, most)
    if not pattern:
        return {"type": part["type"]}
    pieces[f"piece-{most}"] = {"type": "string", "pattern": pattern}
    piece = {"$ref": f"#/$defs/piece-{most}"}
    return {"anyOf": [*others, piece]} if others else piece


def _any_order(found: Schema) -> Schema:
    properties = found.pop("properties")
    found.pop("required", None)  # cannot be asked of keys that are known by pattern
    patterns = {f"^{re.escape(key)}$": part for key, part in properties.items()}
    return {**found, "patternProperties": patterns}


def _pieces_of(text: str, most: int) -> str:
    """A regular expression for all pieces of up to so many words; none for a text without words.

    For "a b c" it is ^(a( b( c)?)?|b( c)?|c)$: each word begins a piece, and the next ones may
    follow.
    """
    words = list(_WORD.finditer(text))
    if not 0 < len(words) <= MOST_WORDS:
        return ""
    gaps = [text[one.end() : two.start()] for one, two in zip(words, words[1:], strict=False)]
    shown = [re.escape(word.group()) for word in words]

    def piece(start: int) -> str:
        end = min(len(words), start + most)
        inner = ""
        for at in range(end - 1, start, -1):
            inner = f"({re.escape(gaps[at - 1])}{shown[at]}{inner})?"
        return shown[start] + inner

    return f"^({'|'.join(dict.fromkeys(map(piece, range(len(words)))))})$"
