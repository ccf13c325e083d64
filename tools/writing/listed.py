"""Inputs that are lists of facts: how such lists are recognised and read.

A list is read in one of a few forms: JSON, `key[value]`, triples `subject | key | value`, or pairs
`key: value`, `key=value`, `key -> value` that are parted by lines, bullets, semicolons, bars, tabs
or commas. All rows of a file decide whether it holds lists, and in which form (`find_form`).
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

from tools.writing.words import key_of, tokens_of

LOOKED_AT = 2000  # rows
MOSTLY = 0.9  # share of the rows that must read as lists
COVERED = 0.8  # share of a row's letters and digits that must belong to facts
RECURRING = 0.8  # share of the facts whose key other rows have as well
FEW_WORDS = 8  # the median value has at most so many: longer ones are prose with headings
CONTINUED = 6  # words of a piece without a key that still belongs to the value before
REPEATED = 0.5  # share of facts whose key their own row repeats; above it is a dialogue
KEYLESS = ""
NOTHING = frozenset(("", "none", "null", "n/a", "na", "nan", "-", "–", "—", "?", "unknown"))

_BRACKETS = re.compile(r"([^\W\d_][^\[\](){},;|=:\n]{0,39}?)\s*\[([^\[\]]*)\]")
_MARK = re.compile(
    r"\s*(?P<key>[^\W\d_][^:=\n\[\]{}<>→|;]{0,39}?)\s*(?:=>|->|→|=|:(?!//))\s*(?P<value>.*)",
    re.DOTALL,
)
_BULLET = re.compile(r"\s*(?:[-*•·–]|\d{1,2}[.)])\s+")
_WRAPPER = re.compile(r"\s*[\w ]{1,30}\((?P<inside>.*)\)\s*", re.DOTALL)
_PARTS = re.compile(r",(?=\s)|(?<!\d),(?!\d)|;|\s/\s|\n")
_ALNUM = re.compile(r"[^\W_]")
LINES, WEAK = "lines", "commas"
_SEPARATORS = {
    LINES: r"\n+",
    "semicolons": r"\s*;\s*|\n+",
    "bars": r"\s*\|+\s*|\n+",
    "tabs": r"\t+|\n+",
    WEAK: r"\s*,\s+|\n+",
}


@dataclass(frozen=True)
class Fact:
    """One fact of an input: a key in its plain words, and one value as it is written."""

    key: str
    value: str

    @property
    def tokens(self) -> tuple[str, ...]:
        """The value as it is compared."""
        return tuple(tokens_of(self.value))


@dataclass(frozen=True)
class Form:
    """A form of list: its name for people, and what reads it."""

    name: str
    pairs: Callable[[str], list[tuple[str, str]]]

    def facts(self, text: str) -> list[Fact]:
        """The facts of an input; a value that lists several things is as many facts."""
        found = [
            Fact(key_of(key), part)
            for key, value in self.pairs(_inside(text))
            for part in _several(value)
            if tokens_of(part)
        ]
        return list(dict.fromkeys(found))


def find_form(inputs: Sequence[str]) -> Form | None:
    """The form of list that the inputs have, or None if they are no lists of facts.

    In a form nine of ten rows must read as facts that cover four fifths of their letters and
    digits, with two facts a row on average; four of five facts must have a key that recurs in other
    rows; the median value has at most eight words; and keys are mostly not repeated in a row, which
    tells a list from a dialogue. Among several such forms the one that finds the most facts wins.
    """
    rows = [_inside(text) for text in inputs[:LOOKED_AT] if text.strip()]
    found = [(form, _facts_of(form, rows)) for form in FORMS]
    fitting = [(count, -at, form) for at, (form, count) in enumerate(found) if count]
    return max(fitting, key=lambda each: each[:2])[2] if fitting else None


def _facts_of(form: Form, rows: Sequence[str]) -> int:
    """How many facts the form finds in all rows; 0 if it does not fit."""
    read = [(text, form.pairs(text)) for text in rows]
    fitting = [pairs for text, pairs in read if pairs and _coverage(text, pairs) >= COVERED]
    facts = [(key_of(key), value) for pairs in fitting for key, value in pairs]
    if not rows or len(fitting) < MOSTLY * len(rows) or len(facts) < 2 * len(rows):
        return 0
    in_rows = Counter(key for pairs in fitting for key in {key_of(key) for key, _ in pairs})
    recurring = sum(in_rows[key] > 1 for key, _ in facts)
    keyed = [[key for key, _ in pairs if key] for pairs in fitting]
    repeated = sum(len(keys) - len(set(keys)) for keys in keyed)
    if recurring < RECURRING * len(facts) or repeated > REPEATED * len(facts):
        return 0
    if median(len(value.split()) for _, value in facts) > FEW_WORDS:
        return 0
    return len(facts)


def _inside(text: str) -> str:
    """The text without a call around the list, as in "inform(name[Fox], price[3])"."""
    wrapped = _WRAPPER.fullmatch(text)
    return wrapped["inside"] if wrapped else text.strip()


def _coverage(text: str, pairs: Sequence[tuple[str, str]]) -> float:
    """Share of the letters and digits of a text that belong to its facts."""
    held = sum(len(_ALNUM.findall(key + value)) for key, value in pairs)
    return held / max(1, len(_ALNUM.findall(text)))


def _several(value: str) -> Iterator[str]:
    for part in _PARTS.split(value.strip()):
        bare = part.strip(" \t\"'“”„`[]{}").removesuffix(".")
        if bare.casefold() not in NOTHING:
            yield bare


def _json(text: str) -> list[tuple[str, str]]:
    if text.lstrip()[:1] not in ("{", "["):
        return []
    try:
        return list(_leaves(KEYLESS, json.loads(text)))
    except (ValueError, RecursionError):
        return []


def _leaves(key: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(str(name), inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(key, inner)
    elif isinstance(value, bool):
        yield key, str(value).lower()
    elif value is not None:
        yield key, str(value)


def _brackets(text: str) -> list[tuple[str, str]]:
    return [(key.strip(), value) for key, value in _BRACKETS.findall(text)]


def _triples(text: str) -> list[tuple[str, str]]:
    found: dict[tuple[str, str], None] = {}
    for piece in re.split(r"\n+|\s*(?:;|&&|<TSP>)\s*", text.strip()):
        parts = [part.strip(" ()<>") for part in piece.split("|")]
        if len(parts) != 3 or not all(parts):
            return []
        found[("subject", parts[0].replace("_", " "))] = None
        found[(parts[1], parts[2].replace("_", " "))] = None
    return list(found)


def _marked(text: str, separator: str) -> list[tuple[str, str]]:
    """Pairs with a mark between key and value; a short piece without one goes on with the last."""
    found: list[tuple[str, str]] = []
    for piece in re.split(_SEPARATORS[separator], text):
        bare = _BULLET.sub("", piece, count=1)
        bulleted, marked = bare != piece, _MARK.fullmatch(bare)
        if marked and not _is_time(marked):
            found.append((marked["key"].strip("\"'*_ "), marked["value"].strip()))
        elif bulleted and separator == LINES:
            found.append((KEYLESS, bare))
        elif found and len(bare.split()) <= CONTINUED:
            found[-1] = (found[-1][0], f"{found[-1][1]}, {bare}".strip(", "))
        elif separator == LINES and 0 < len(bare.split()) <= CONTINUED:
            found.append((KEYLESS, bare))  # a title above the list
    return [(key, value) for key, value in found if value]


def _is_time(marked: re.Match[str]) -> bool:
    """Whether the mark is inside a time, as in "at 10:30"."""
    return marked["key"][-1:].isdigit() and marked["value"][:1].isdigit()


FORMS = (
    Form("JSON", _json),
    Form("key[value]", _brackets),
    Form("subject | key | value", _triples),
    *(
        Form(f"key: value, parted by {separator}", partial(_marked, separator=separator))
        for separator in _SEPARATORS
    ),
)
