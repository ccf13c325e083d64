"""Columns named in an answer: which is the input, which the right answer, which today's."""

import re
from collections.abc import Sequence

from agent.utterances.figures import clauses, plain_of
from agent.utterances.replies import DENIES, HEDGE

_INPUT = r"\b(?:inputs?|texts?|(?:goes|go|comes?|coming) in)\b"
_ANSWER = r"\b(?:(?:right )?answers?|outputs?|labels?|comes? out)\b"
# What may stand beside the names; anything else (a negation, a description) is not understood.
_BESIDE = re.compile(
    rf"{_INPUT}|{_ANSWER}|->|=>|\b(?:yes|no|and|then|the|is|are|to|as|it|with|for|by|from|in|out|use|take"
    r"|please|first|second|third|columns?|fields?|should|be|today|today's|current|now|of|we|predict)\b"
    r"|[\W_]"
)
# "We predict queue from body", "queue from body": the answer is named first.
_PREDICTED = re.compile(r"\bpredict (?:the )?\x00(\d+)\x00|\x00(\d+)\x00 from (?:the )?\x00")
_MARK = "\x00{}\x00"


def named_columns(columns: Sequence[str], text: str) -> list[str]:
    """Input, answer and, if there is a third, today's answers; empty where that is not clear.

    Names come in that order ('message and label'), unless both roles are told ('the answer is label
    and the input message').
    """
    rest, found = _marked(columns, text)
    order = [found[int(at)] for at in re.findall(r"\x00(\d+)\x00", rest)]
    beside = re.sub(r"\x00\d+\x00", " ", rest)
    if len(order) not in (2, 3) or _BESIDE.sub("", beside):
        return _each_in_its_clause(columns, text)
    if len(order) == 2 and (predicted := _PREDICTED.search(rest)):
        answer = found[int(predicted[1] or predicted[2])]
        return [name for name in order if name != answer] + [answer]
    told_input, told_answer = re.search(_INPUT, beside), re.search(_ANSWER, beside)
    swapped = told_input and told_answer and told_answer.start() < told_input.start()
    if not swapped:
        return order
    return [order[1], order[0]] if len(order) == 2 else []


_CHOSEN = re.compile(rf"{_ANSWER}|\b(?:right|correct|picked|chose|chosen|decided|assigned)\b")


def _each_in_its_clause(columns: Sequence[str], text: str) -> list[str]:
    """Input and answer, each told in a clause of its own; empty where one is not, or is denied."""
    told: dict[str, list[str]] = {"input": [], "answer": []}
    for clause in clauses(text):
        named = mentions(columns, clause)
        if len(named) != 1 or DENIES.search(clause) or clause.endswith("?"):
            continue
        beside = _named(named[0]).sub(" ", _spaced(clause))
        if re.search(_INPUT, beside):
            told["input"] += named
        elif _CHOSEN.search(beside):
            told["answer"] += named
    found = [*told["input"], *told["answer"]]
    clear = len(told["input"]) == len(told["answer"]) == 1 and found[0] != found[1]
    return found if clear and not HEDGE.search(plain_of(text).replace("what", "")) else []


def mentions(columns: Sequence[str], text: str) -> list[str]:
    """The columns that a message names, the longest names first."""
    return _marked(columns, text)[1]


_AS_ANSWER = re.compile(r"\b(?:answers?|outputs?|labels?|right|correct|comes? out)\b")


def named_answer(columns: Sequence[str], text: str) -> str | None:
    """The one column that is said to hold the right answer: 'department is the right one'."""
    text = _without_denied(columns, text)
    named, plain = mentions(columns, text), re.sub(r"^(?:no|nope)\W+", "", plain_of(text))
    if len(named) != 1 or plain.endswith("?") or DENIES.search(plain) or HEDGE.search(plain):
        return None
    beside = _named(named[0]).sub(" ", _spaced(plain))
    return named[0] if _AS_ANSWER.search(beside) else None


_DENIED_NAME = re.compile(
    r"[,;]?\s*\b(?:and |but )?(?:not|rather than|instead of)"
    r"(?: (?:in|from|the|to|it|column|field))* \x00(\d+)\x00"
)


def _without_denied(columns: Sequence[str], text: str) -> str:
    """A text without the names that are turned down in it: 'in reason, not in status'."""
    rest, found = _marked(columns, text)
    kept = _DENIED_NAME.sub("", rest)
    return re.sub(r"\x00(\d+)\x00", lambda at: _spaced(found[int(at[1])]), kept)


_ALONE = re.compile(
    r"(?:(?:no|nope|sorry|actually|hm+|i think|it|that|this|the|should|must|needs to|has to|be|is"
    r"|was|column|one|meant|rather|please)\b|[\W_])+"
)


def named_alone(columns: Sequence[str], text: str) -> str | None:
    """The one column that a message puts forward without its role: 'it should be priority'."""
    text = _without_denied(columns, text)
    named, plain = mentions(columns, text), _spaced(plain_of(text))
    if len(named) != 1 or plain.endswith("?"):
        return None
    return named[0] if _ALONE.fullmatch(_named(named[0]).sub(" ", plain)) else None


_AS_TODAY = re.compile(
    r"\b(?:today'?s?|now|current(?:ly)?|existing|at present|so far|bot|tool|system) ?\w* ?"
    r"(?:says?|said|picks?|picked|chooses?|chose|predict(?:s|ed)|assign(?:s|ed)|gives?|gave|answers?|results?|outputs?|gets?)\b"
    r"|\bwe (?:get|have) (?:today|now)\b"
)


def named_today(columns: Sequence[str], text: str) -> str | None:
    """The one column that is said to hold today's answers: 'guess is what our bot says'."""
    named, plain = mentions(columns, text), plain_of(text)
    if len(named) != 1 or plain.endswith("?") or DENIES.search(plain):
        return None
    return named[0] if _AS_TODAY.search(_named(named[0]).sub(" ", _spaced(plain))) else None


_JOINED = re.compile(r"\b(?:as well as|together|combined|both|joined|concatenated|merged)\b")


def joins_columns(columns: Sequence[str], text: str) -> bool:
    """Whether several columns are to be one input: 'subject and body together are the input'."""
    return len(mentions(columns, text)) > 1 and bool(_JOINED.search(plain_of(text)))


def _spaced(name: str) -> str:
    return " ".join(name.casefold().replace("_", " ").split())


def _named(column: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(_spaced(column))}(?!\w)")


def _marked(columns: Sequence[str], text: str) -> tuple[str, list[str]]:
    """The text with a mark for each name of a column, and these columns, the longest first."""
    rest, found = _placed(columns, _spaced(plain_of(text))), list[str]()
    for column in sorted(columns, key=len, reverse=True):
        rest, times = _named(column).subn(_MARK.format(len(found)), rest, count=1)
        found += [column] * times
    return rest, found


_PLACES = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": -1}
_PLACE = re.compile(rf"\bthe ({'|'.join(_PLACES)}) (?:one|column)\b")


def _placed(columns: Sequence[str], plain: str) -> str:
    """The text with names for columns that are told by their place in the file: 'the last one'."""

    def name(told: re.Match[str]) -> str:
        at = _PLACES[told[1]]
        return _spaced(columns[at]) if at < len(columns) else told[0]

    return _PLACE.sub(name, plain) if columns else plain
