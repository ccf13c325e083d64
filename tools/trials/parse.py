"""The one rule by which a model's reply becomes an answer.

1. Code fences around the reply are taken off. If the reply contains the marker "Answer:" (any
   case), only the text after the last one counts.
2. labels: the text is a label, or is one without case, outer quotes and punctuation; or exactly
   one label occurs in it as whole words (a label inside a longer matching label does not count).
   fields: the first JSON object in the text, values kept as they are.
   number: after a marker the first number, else the last number in the text; thousands
   separators, currency signs and percent signs are dropped.
   text: the text itself.
3. Anything else is invalid and scores zero; the reply is kept for the list of mistakes.
"""

import json
import math
import re
from collections.abc import Sequence

from policies.brief import TaskType
from tools.jsontext import first_object

_FENCE = re.compile(r"^```(?:[\w-]*[ \t]*\n)?(.*?)```$", re.DOTALL)
_MARKER = re.compile(r"answer\s*:\s*", re.IGNORECASE)
_NUMBER = re.compile(  # a minus after a letter or digit joins words or ranges
    r"((?<!\w)[-−])?[$€£¥]?(\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+\b)?|\.\d+)"
)
_EDGES = " \t\n\r\"'`*.,;:!?()[]{}<>“”‘’"


def parse_answer(task_type: TaskType, reply: str, labels: Sequence[str] = ()) -> str | None:
    """The answer in a reply, or None if there is no valid one.

    Args:
        task_type: Kind of answer.
        reply: What the model wrote.
        labels: The label set, for `labels`.
    """
    text, marked = _after_marker(_unfenced(reply.strip()))
    if task_type == "labels":
        return _label(text, labels)
    if task_type == "fields":
        return _json_object(text)
    if task_type == "number":
        return _number(text, first=marked)
    return text or None


def plain_number(text: str) -> str | None:
    """A right answer of a number task as a plain number, or None."""
    return _number(text, first=True)


def _unfenced(text: str) -> str:
    fenced = _FENCE.match(text)
    return fenced.group(1).strip() if fenced else text


def _after_marker(text: str) -> tuple[str, bool]:
    parts = _MARKER.split(text)
    return parts[-1].strip(), len(parts) > 1


def _label(text: str, labels: Sequence[str]) -> str | None:
    if text in labels:
        return text
    bare = text.casefold().strip(_EDGES)
    for label in labels:
        if bare and bare == label.casefold().strip(_EDGES):
            return label
    found = [label for label in labels if _occurs(label, text)]
    longest = [
        label
        for label in found
        if not any(label != other and _occurs(label, other) for other in found)
    ]
    return longest[0] if len(longest) == 1 else None


def _occurs(phrase: str, text: str) -> bool:
    pattern = rf"(?<!\w){re.escape(phrase.casefold())}(?!\w)"
    return re.search(pattern, text.casefold()) is not None


def _json_object(text: str) -> str | None:
    found = first_object(text)
    if found is None:
        return None
    try:
        written = json.dumps(found, ensure_ascii=False)
    except RecursionError:  # writing gives up a little before reading does
        return None
    return written.encode("utf-8", "replace").decode()  # half an emoji could not be stored


def _number(text: str, *, first: bool) -> str | None:
    found = _NUMBER.findall(text)
    if not found:
        return None
    minus, digits = found[0] if first else found[-1]
    value = float(digits.replace(",", ""))
    if not math.isfinite(value):
        return None
    return f"{-value if minus else value:.15g}"  # "7", as people write it, and not "7.0"
