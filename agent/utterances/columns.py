"""Columns named in an answer: which is the input, which the right answer, which today's."""

import re
from collections.abc import Sequence

from agent.utterances.figures import plain_of

_INPUT = r"\b(?:inputs?|goes in|go in)\b"
_ANSWER = r"\b(?:(?:right )?answers?|outputs?|labels?|comes? out)\b"
# What may stand beside the names; anything else (a negation, a description) is not understood.
_BESIDE = re.compile(
    rf"{_INPUT}|{_ANSWER}|->|=>|\b(?:yes|no|and|then|the|is|are|to|as|it|with|for|by|from|in|out|use|take"
    r"|please|first|second|third|columns?|fields?|should|be|today|today's|current|now|of)\b|[\W_]"
)
_MARK = "\x00{}\x00"


def named_columns(columns: Sequence[str], text: str) -> list[str]:
    """Input, answer and, if there is a third, today's answers; empty where that is not clear.

    Names come in that order ('message and label'), unless both roles are told ('the answer is label
    and the input message').
    """
    rest, found = f" {plain_of(text).replace('_', ' ')} ", list[str]()
    for column in sorted(columns, key=len, reverse=True):
        name = re.escape(" ".join(column.casefold().replace("_", " ").split()))
        rest, times = re.subn(rf"(?<!\w){name}(?!\w)", _MARK.format(len(found)), rest, count=1)
        found += [column] * times
    order = [found[int(at)] for at in re.findall(r"\x00(\d+)\x00", rest)]
    beside = re.sub(r"\x00\d+\x00", " ", rest)
    if len(order) not in (2, 3) or _BESIDE.sub("", beside):
        return []
    told_input, told_answer = re.search(_INPUT, beside), re.search(_ANSWER, beside)
    swapped = told_input and told_answer and told_answer.start() < told_input.start()
    if not swapped:
        return order
    return [order[1], order[0]] if len(order) == 2 else []
