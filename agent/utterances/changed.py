"""All that a message changes of the answers, or supposes: 'target 95 and we get 200k a month'."""

import re

from agent.utterances.corrections import is_cued, is_what_if, read_correction
from agent.utterances.demands import read_demand, read_fact
from agent.utterances.figures import plain_of
from agent.utterances.steps import orders_step, read_step
from policies.brief import Brief

_PARTS = re.compile(r",?\s+and\s+(?:(?:if|that|the|our)\s+)*|[,;]\s+(?:and\s+)?(?:the |our )?")
_FIGURE = re.compile(r"\d")


def read_changes(text: str, current: Brief) -> dict[str, object]:
    """All answers that a message changes or supposes, by field.

    Where several are named each part that holds a figure has to be read, so that none is lost
    without a word.
    """
    found = _in_parts(text, current)
    if len(found) > 1:
        return found
    step = read_step(text, current.target) if _may_step(text) else None
    if step is not None:
        return {"target": step}
    one = read_correction(text, current)
    return {one.field: one.value} if one is not None else {}


def _may_step(text: str) -> bool:
    return is_what_if(text) or orders_step(text)


def _in_parts(text: str, current: Brief) -> dict[str, object]:
    """What the parts of a message change, where it has several; nothing where one is unread."""
    plain = plain_of(text)
    parts = _PARTS.split(plain)
    first = parts[0]
    if len(parts) < 2 or not (is_cued(first) or is_what_if(text) or read_demand(first)):
        return {}
    found: dict[str, object] = {}
    for part in parts:
        told = _in_part(part, current)
        if (not told and _FIGURE.search(part)) or set(told) & set(found):
            return {}
        found |= told
    return found


def _in_part(part: str, current: Brief) -> dict[str, object]:
    """What one part changes; the words of a change stand in the first one alone."""
    for said in (part, f"change the {part}", f"what if {part}"):
        told = read_correction(said, current)
        if told is not None:
            return {told.field: told.value}
    step = read_step(part, current.target)
    return {"target": step} if step is not None else read_fact(part)
