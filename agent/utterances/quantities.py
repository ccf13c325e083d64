"""Money and times in free text; None for what is not sure."""

import re

from agent.utterances.figures import (
    ABSURD,
    COUNT,
    CURRENCY,
    MEASURE,
    NUMBER,
    figures_of,
    plain_of,
)
from agent.utterances.volumes import monthly

_FOR_ONCE = re.compile(r"\b(?:whole|total|once|one[ -]?(?:off|time)|project|overall|altogether)\b")


_PART_OF_MONEY = re.compile(r"\b(?:half|double|twice|part) (?:of )?(?:the|our|my|that|this)\b")


def read_money(text: str) -> float | None:
    """Money a month, in whatever currency was written: '€2k', 'no more than 1.5k', '24k a year'.

    A price per request is no budget and reads as None; so does a sum for once.
    """
    if _FOR_ONCE.search(plain_of(text)) or _PART_OF_MONEY.search(plain_of(text)):
        return None
    plain = re.sub(r"-\s?[€$£]", "-", plain_of(text))
    apart = re.sub(rf"(?:{CURRENCY.pattern})(?! ?\d)", " | ", plain)  # "1.5k usd two times"
    figures = figures_of(CURRENCY.sub(" ", apart), COUNT)
    return monthly(figures, text)


_UNITS = {"milli": 1, "ms": 1, "s": 1e3, "m": 6e4, "h": 3.6e6}
_DURATION = re.compile(
    rf"(?:{NUMBER}|\ban?\b)\s*(?:of\s+)?(?:an?\s+)?"
    r"((?:milli|m)?s(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?|h(?:(?:ou)?rs?)?)\b"
    r"(?! and (?:an?\b|\d)| or (?:an?\b|\d))"
)
_TWO_UNITS = re.compile(
    rf"{NUMBER} ?m(?:in(?:ute)?s?)?(?: and)? (\d+) ?s(?:ec(?:ond)?s?)?\b"  # "1 min 30 s"
)
_SUB_SECOND = re.compile(r"\bsub[- ]?seconds?\b")


def _in_seconds(minutes_and_seconds: re.Match[str]) -> str:
    minutes, seconds = minutes_and_seconds.groups()
    return f"{float(minutes) * 60 + float(seconds):g} seconds"


def read_milliseconds(text: str) -> float | None:
    """A time in milliseconds, such as '2 s', '500ms' or 'under a second'.

    A bare number has no unit, and a guess would be wrong by a thousand: it reads as None.
    """
    if re.search(r"\b\d{1,3}\.\d{3} ?(?:ms|milli)", plain_of(text)):
        return None  # a thousand or one?
    said = _SUB_SECOND.sub("under a second", plain_of(text))
    durations = _DURATION.findall(_TWO_UNITS.sub(_in_seconds, figures_of(said, MEASURE)))
    if len(durations) != 1:
        return None
    number, unit = durations[0]
    milliseconds = float(number or 1) * next(_UNITS[u] for u in _UNITS if unit.startswith(u))
    return round(milliseconds, 6) if 0 < milliseconds <= ABSURD else None
