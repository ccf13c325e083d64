"""Shares, volumes, money and times in free text; None for what is not sure."""

import re

from agent.utterances.figures import (
    ABSURD,
    COUNT,
    CURRENCY,
    MEASURE,
    NUMBER,
    PERCENT,
    figures_of,
    only_number,
    plain_of,
)

_EACH = r"(?:/|\b(?:per|an?|each|every|last|this|past)\b)\s*"
_PERIODS: dict[str, float] = {
    rf"{_EACH}(?:seconds?|sec|s)\b": 30 * 24 * 3_600,
    rf"{_EACH}(?:minute|min)\b": 30 * 24 * 60,
    rf"{_EACH}(?:hour|hr|h)\b|\bhourly\b": 30 * 24,
    rf"{_EACH}(?:(?:work|working|business)[ -]?|week)day\b": 260 / 12,
    rf"{_EACH}(?:day|d)\b|\bdaily\b": 30,
    rf"{_EACH}(?:week|wk|w)\b|\bweekly\b": 52 / 12,
    rf"{_EACH}(?:month|mo|mth)\b|\bmonthly\b": 1,
    rf"{_EACH}quarter\b|\bquarterly\b": 1 / 3,
    rf"{_EACH}(?:year|yr|y|annum)\b|\b(?:yearly|annual(?:ly)?|p\.?a)\b": 1 / 12,
}
PERIOD = re.compile("|".join(_PERIODS))
_TIME = re.compile(
    r"\b(?:ms|(?:milli)?seconds?|secs?|minutes?|hours?|days?|weeks?|months?|years?)\b"
)
_EACH_ITEM = re.compile(
    rf"{_EACH}(?:request|call|ticket|answer|message|e?-?mail|token|seat|user|agent|customer)|\bcents?\b"
)


def _monthly(figures: str) -> float | None:
    # "100 every other day" and "30 per agent" name rates that are not in the table: no guess.
    unread = None if _TIME.search(figures) else 1.0
    factors = (factor for period, factor in _PERIODS.items() if re.search(period, figures))
    number, factor = only_number(figures), next(factors, unread)
    if number is None or factor is None:
        return None
    if PERCENT.search(figures) or _EACH_ITEM.search(figures):
        return None
    return number * factor if number * factor <= ABSURD else None


_OF = r"(?:/|\b(?:out of|of|in)\b)\s*(?:every |the |each )?"
_OUT_OF = re.compile(rf"{NUMBER}(?:\s+[a-z]+)?\s*{_OF}{NUMBER}(?!\w)")
_PARTS = {"thirds": 3, "quarters": 4, "fifths": 5, "sixths": 6, "eighths": 8, "tenths": 10}
_FRACTION = re.compile(rf"{NUMBER}[\s-]*({'|'.join(_PARTS)})\b")
_PERCENTAGE = re.compile(rf"{NUMBER}\s*(?:{PERCENT.pattern})")
_FLAWLESS = re.compile(
    r"^(?:it (?:must|has to|should) be )?(?:perfect|flawless|all(?: of them)?|every one)\W*$"
    r"|\b(?:no|zero|without(?: any)?) (?:errors?|mistakes?)\b"
)
_ERRORS = re.compile(
    r"\b(?:errors?|mistakes?|wrong\w*|incorrect\w*|fail\w*|slips?|slip[ -]?ups?|off|bad"
    r"|miss(?:es|ed)?|mis[a-z]{3,}|blunders?|botch\w*|mess(?:es|ed)? (?:\w+ )?up|goofs?|trips?)\b"
)
_ONE_IN = {
    r"(?:second|other)": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "eighth": 8,
    "tenth": 10, "twentieth": 20, "fiftieth": 50, "hundredth": 100,
}  # fmt: skip


def _stated_shares(figures: str) -> list[float]:
    pairs = [(float(a), float(b)) for a, b in _OUT_OF.findall(figures)]
    pairs += [(float(a), _PARTS[b]) for a, b in _FRACTION.findall(figures)]
    pairs += [(float(a), 100) for a in _PERCENTAGE.findall(figures)]
    pairs += [(1, n) for nth, n in _ONE_IN.items() if re.search(rf"\bevery {nth}\b", figures)]
    return [part / whole for part, whole in pairs if whole > 0]


def read_share(text: str) -> float | None:
    """A quality target, such as '90%', 'nine out of ten' or 'one mistake in twenty'.

    A bare number above 1 is a percentage; one between 1 and 10 might be a mark and is not read, and
    "one" is a pronoun more often than all of them.

    Returns:
        The share of right answers, above 0 and up to 1, or None.
    """
    if _FLAWLESS.search(plain_of(text)):
        return 1.0
    figures = figures_of(text, MEASURE)
    if CURRENCY.search(figures) or _TIME.search(figures):
        return None
    shares = _stated_shares(figures)
    if not shares and (bare := only_number(figures)) is not None and not 1 < bare < 10:
        pronoun = bare == 1 and not re.search(r"\b1\b", text)
        shares = [] if pronoun else [bare if bare <= 1 else bare / 100]
    if len(shares) != 1:
        return None
    allows_errors = bool(_ERRORS.search(figures)) and shares[0] < 0.5
    share = round(1 - shares[0] if allows_errors else shares[0], 9)
    return share if 0 < share <= 1 else None


def read_volume(text: str) -> int | None:
    """Requests a month, such as 'about 50k a month', '200 a day' or '1.5 million/yr'.

    A day counts 30 times, a working day 260/12, a week 52/12; without a period it is a month.
    """
    figures = figures_of(text, COUNT)
    requests = None if CURRENCY.search(figures) else _monthly(figures)
    return None if requests is None else round(requests)


def read_money(text: str) -> float | None:
    """Money a month, in whatever currency was written: '€2k', 'no more than 1.5k', '24k a year'.

    A price per request is no budget and reads as None.
    """
    figures = figures_of(CURRENCY.sub(" ", re.sub(r"-\s?[€$£]", "-", plain_of(text))), COUNT)
    return _monthly(figures)


_UNITS = {"milli": 1, "ms": 1, "s": 1e3, "m": 6e4, "h": 3.6e6}
_DURATION = re.compile(
    rf"(?:{NUMBER}|\ban?\b)\s*(?:of\s+)?(?:an?\s+)?"
    r"((?:milli|m)?s(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?|h(?:(?:ou)?rs?)?)\b(?! and| or)"
)


def read_milliseconds(text: str) -> float | None:
    """A time in milliseconds, such as '2 s', '500ms' or 'under a second'.

    A bare number has no unit, and a guess would be wrong by a thousand: it reads as None.
    """
    durations = _DURATION.findall(figures_of(text, MEASURE))
    if len(durations) != 1:
        return None
    number, unit = durations[0]
    milliseconds = float(number or 1) * next(_UNITS[u] for u in _UNITS if unit.startswith(u))
    return round(milliseconds, 6) if 0 < milliseconds <= ABSURD else None
