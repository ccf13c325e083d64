"""The one rule by which a model's reply becomes an answer.

1. Thoughts in `<think>` at the start and code fences around the reply are taken off. The marker is
   "Answer:" (any case, bold or not, also "The answer is:"); only the text after the last one
   counts, unless the whole reply is a label or a JSON object already.
2. labels: the text is a label, or is one without differences of case, quotes, spaces, kinds of
   minus and outer punctuation; so is the first line after the marker; or the text opens with a
   label and a punctuation mark, and no other label follows at once; or exactly one label occurs in
   it as whole words and is not denied by "not" (a label inside a longer matching label does not
   count; labels of one or two letters are looked for with their case).
   fields: the first JSON object in the text, values kept as they are.
   number: the text as one number. Else after a marker, in the first line with a number: the first
   number after the last "=", or the first one; without a marker the last number in the text.
   Thousands separators, currency and percent signs are dropped; a comma is a decimal sign where it
   cannot part thousands.
   text: the text itself. A marker counts at the very start only or, where the plan reasons before
   it answers or the team's own prompt asks for one, at the start of a line.
3. Anything else is invalid and scores zero; the reply is kept for the list of mistakes.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

from policies.brief import TaskType
from tools.jsontext import first_object, whole_object
from tools.trials.named import reader_of
from tools.written_numbers import numbers_in, plain_number

_FENCE = re.compile(r"^```(?:[\w-]*[ \t]*\n)?(.*?)```$", re.DOTALL)
_THOUGHTS = re.compile(r"\s*<think>.*?</think>", re.DOTALL)
# Repetitions are bounded: a reply may be one letter a thousand times.
_MARK = r"\banswer[*_]{0,3}(?:[ \t]{1,3}is)?[*_]{0,3}\s{0,3}:[*_]{0,3}\s*"
_MARKER = re.compile(_MARK, re.IGNORECASE)
_LINE_MARKER = re.compile(
    rf"^[ \t]{{0,8}}[*_#]{{0,6}}[ \t]{{0,3}}(?:the |my )?(?:final )?{_MARK}",
    re.IGNORECASE | re.MULTILINE,
)


def parse_answer(
    task_type: TaskType, reply: str, labels: Sequence[str] = (), *, reasoned: bool = False
) -> str | None:
    """The answer in a reply, or None if there is no valid one.

    Args:
        task_type: Kind of answer.
        reply: What the model wrote.
        labels: The label set, for `labels`.
        reasoned: Whether the model was asked to think before it answers, for `text`.
    """
    if task_type == "labels":
        return _label(reply.strip(), tuple(labels))
    text = _unfenced(_without_thoughts(reply))
    if task_type == "fields":
        return _fields(text)
    if task_type == "number":
        return _number(*_after_marker(text))
    return _text(text, reasoned) or None


def asks_for_marker(prompt: str | None) -> bool:
    """Whether a prompt of the team's own names a marker, as in: give reasons, then "Answer:"."""
    return prompt is not None and _MARKER.search(prompt) is not None


def plain_object(text: str) -> str | None:
    """A text that is wholly one JSON object, written plainly, or None."""
    found = whole_object(_unfenced(text.strip()))
    return None if found is None else _written(found)


def _without_thoughts(text: str) -> str:
    thoughts = _THOUGHTS.match(text)
    return (text[thoughts.end() :] if thoughts else text).strip()


def _unfenced(text: str) -> str:
    fenced = _FENCE.match(text)
    return fenced.group(1).strip() if fenced else text


def _after_marker(text: str) -> tuple[str, bool]:
    parts = _MARKER.split(text)
    return parts[-1].strip(), len(parts) > 1


def _label(reply: str, labels: tuple[str, ...]) -> str | None:
    if reply in labels:
        return reply
    reader, text = reader_of(labels), _unfenced(_without_thoughts(reply))
    answer, marked = _after_marker(text)
    found = reader.whole(text) or reader.whole(answer)
    if marked and not found:
        line = answer.partition("\n")[0]
        found = reader.whole(line) or reader.within(line)
    return found or reader.within(answer)


def _fields(text: str) -> str | None:
    found = whole_object(text)
    if found is None:
        found = first_object(_after_marker(text)[0])
    return None if found is None else _written(found)


def _written(found: dict[str, Any]) -> str | None:
    try:
        written = json.dumps(found, ensure_ascii=False)
    except RecursionError:  # writing gives up a little before reading does
        return None
    return written.encode("utf-8", "replace").decode()  # half an emoji could not be stored


def _number(text: str, marked: bool) -> str | None:
    if not marked:
        return _read(text, -1)
    parts = (part for line in text.splitlines() for part in (line.rpartition("=")[2], line))
    return next((found for part in parts if (found := _read(part, 0)) is not None), None)


def _read(text: str, place: int) -> str | None:
    """The text as one number, else the number at this place among those in it."""
    whole = plain_number(text.strip("*_` ").rstrip(".!"))
    if whole is not None:
        return whole
    found = numbers_in(text)
    return plain_number(found[place]) if found else None


def _text(text: str, reasoned: bool) -> str:
    marks = list(_LINE_MARKER.finditer(text))
    if marks and reasoned:
        return text[marks[-1].end() :].strip()
    return text[marks[0].end() :].strip() if marks and marks[0].start() == 0 else text
