"""Requests a month in free text; None for what is not sure."""

import re

from agent.utterances.amounts import gathered
from agent.utterances.figures import (
    ABSURD,
    COUNT,
    CURRENCY,
    NUMBER,
    PERCENT,
    clauses,
    figures_of,
    in_digits,
    only_number,
    plain_of,
)
from agent.utterances.periods import DAY, EACH, PERIOD, PERIODS, WORKING_DAY
from agent.utterances.rhythms import SEASON

TIME = re.compile(
    r"\b(?:ms|(?:milli)?seconds?|secs?|minutes?|hours?|(?:week|work)?days?|weeks?|months?|years?|q[1-4]"
    r"|mornings?|evenings?|nights?|shifts?|(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
    r"|mon ?(?:-|to|till) ?fri)\b"
)
_EACH_ITEM = re.compile(
    rf"{EACH}(?:request|call|ticket|answer|message|e?-?mail|token|seat|user|agent|customer)|\bcents?\b"
)


_WORKING_DAYS = re.compile(
    r"\b(?:work(?:ing)?|week|business) ?-?days?\b"
    r"|\b(?:not|no|nothing|none|without|except|excluding|closed?)(?: (?:on|at|for|the|over))*"
    r" weekends?\b"
)
_WEEK = "monday tuesday wednesday thursday friday saturday sunday".split()


def _a_day(shortest: int) -> str:
    """A pattern for a day's name, cut to no fewer letters than that: 'mon', 'thurs', 'sundays'."""
    names = [day[:length] for length in range(len("wednesday"), shortest - 1, -1) for day in _WEEK]
    return rf"({'|'.join(dict.fromkeys(names))})s?"


_DAYS_COUNTED = re.compile(r"\b([1-7])[ -]days? ?(?:(?:per|a|each|every|/) ?week|weeks?)\b")
_FROM_TO = re.compile(rf"\b{_a_day(2)} ?(?:-|to|till?|until|through|thru) ?{_a_day(2)}\b")
_DAYS_OFF = re.compile(
    r"\b(?:except(?:ing)?|excluding|but not|not|closed|never)(?: (?:on|for|the|every))*"
    rf" {_a_day(3)}(?: (?:and|or|nor|&) (?:on )?{_a_day(3)})?\b"
)
_OFFICE_HOURS = re.compile(
    r"\b(?:office|opening|business|working|work) ?-?(?:hours|times?)\b"
    r"|\b(?:9|nine) ?(?:-|to) ?(?:5|five)\b"
    r"|\bdaytime\b|\bduring the day\b"
)
_PEAK = re.compile(r"\b(?:peaks?|busy|busiest|rush)\b")
_OFF = re.compile(
    r"\b(?:except|but not|closed?)\b|\b(?:not|no|without|excluding)(?: [a-z]+){0,2}"
    r" [a-z]*(?:days|weekends?|nights|summer|winter)\b"
)
_ALWAYS = re.compile(r"\b24 ?/ ?7\b")
_UNKNOWN_RATE = re.compile(r"(?:/|\b(?:per|pro|par|por)\b)\s*[a-z]+|(?<=\d) ?[a-z]p[smhd]\b")
# Nouns of other counts. A small number of anything else is rarely a number of requests a month.
_OTHERS = (
    r"(?:people|persons?|staff|agents?|employees?|colleagues?|teams?|users?|customers?|stores?|shops?"
    r"|branches|countries|languages|char\w*|tokens?|words?|pages?|seasons?|figures?|labels?|products?)"
)
_COUNTED = re.compile(rf"{NUMBER}(?:\s+(?P<noun>[a-z]{{4,}}))?")
_REQUESTS = re.compile(
    r"requests?|tickets?|calls?|quer(?:y|ies)|messages?|e?mails?|cases?|documents?|chats?|orders?|items?"
    r"|questions?|texts?|more|less|maybe|tops|plus|over|please|monthly|daily|weekly|yearly|each|every"
    r"|times"
)
_SMALL = 100


def _counts_others(figures: str) -> bool:
    """Whether the number counts something else: 'we are 6 people'."""
    counted = _COUNTED.search(figures)
    noun = counted["noun"] if counted else None
    if counted is None or noun is None or PERIOD.search(figures):
        return False
    small = float(counted[1]) < _SMALL and not _REQUESTS.fullmatch(noun)
    return small or bool(re.fullmatch(_OTHERS, noun))


def _day_named(name: str) -> str:
    """The day that a cut name stands for."""
    return next(day for day in _WEEK if day.startswith(name))


def _days_a_week(figures: str) -> tuple[str, int | None]:
    """The text without the days of work, and how many these are: 'six days a week', 'Mon-Sat'."""
    if found := _DAYS_COUNTED.search(figures):
        days = int(found[1])
    elif found := _FROM_TO.search(figures):
        first, last = (_WEEK.index(_day_named(name)) for name in found.groups())
        days = (last - first) % 7 + 1
    elif found := _DAYS_OFF.search(figures):
        days = 7 - len({_day_named(name) for name in found.groups() if name})
    else:
        return figures, None
    return figures[: found.start()] + figures[found.end() :], days


def _factor(figures: str, days: int | None) -> float | None:
    """What a number is to be multiplied by for a month; None for a rate that is not known."""
    found = next((factor for period, factor in PERIODS.items() if re.search(period, figures)), None)
    working = bool(_WORKING_DAYS.search(figures))
    if found == DAY and _OFF.search(_WORKING_DAYS.sub("", figures)):
        return None
    at_times = _OFFICE_HOURS.search(figures) or _PEAK.search(figures)
    if found is not None and found > DAY and at_times:
        return None  # of how many hours nobody said
    if found == DAY and working:
        return WORKING_DAY
    if found == DAY and days:
        return days * 52 / 12
    if found is None and days:
        return None  # "300 mon-fri" may be a day or a week
    # "100 every other day" and "30 per agent" name rates that are not in the table: no guess.
    unread = TIME.search(figures) or _UNKNOWN_RATE.search(figures)
    return found or (None if unread else 1.0)


def monthly(figures: str, text: str) -> float | None:
    """What a rate comes to in a month.

    Args:
        figures: The text with its numbers in digits.
        text: The text.
    """
    figures, days = _days_a_week(_ALWAYS.sub("", figures))
    number, factor = only_number(figures), _factor(figures, days)
    if number is None or factor is None:
        return None
    if number == 1 and not PERIOD.search(figures) and not re.search(r"\b1\b", text):
        return None  # "skip this one"
    if PERCENT.search(figures) or _EACH_ITEM.search(figures):
        return None
    monthly = number * factor
    return monthly if monthly <= ABSURD and (monthly >= 0.5 or not number) else None


_PART_OF = re.compile(
    r"\bof (?:which|these|those|them)\b|\b(?:an?|one) (?:third|quarter|fifth|tenth) of\b"
)
_VAGUE = re.compile(
    r"(?:(?:just|only|maybe|quite|an?|about|we get|not many,?) )*(?:few|couple|several)"
    r"(?: (?:of )?[a-z]+)?\W*(?<!dozen)(?<!hundred)(?<!thousand)(?<!lakh)(?<!million)"
    r"(?<!hundreds)(?<!thousands)(?<!lakhs)(?<!millions)"
)
# "5000 since January": of how many months nobody said.
_SO_FAR = re.compile(
    r"\bsince\b|\b(?:in total|altogether|all told|to date|so far|until now)\b"
    r"|\bone[- ](?:off|time)\b|\bback ?(?:fill|log)\b"
)
_BEFORE = re.compile(r"\b(?:was|were|used to|had)\b")


_ASIDE = re.compile(
    r"\b(?:peaks?|peaking|busiest|one[ -](?:off|time)|back ?fill|backlog|archive|initial(?:ly)?"
    r"|growing to|(?:later|eventually|next year))\b"
)
# For a part of the year, or from some day on: 'in the weeks before christmas', 'from May'.
_AT_SEASON = re.compile(
    rf"\b(?:in|before|around|during|over|until|at|from|as of|starting(?: in)?|by)"
    r" (?:(?:the|every|each|next|this|late|early|mid|weeks?|months?|days?|time|in|of|before"
    r"|around) )*"
    rf"{SEASON}\b|^(?:and )?then\b|\b(?:soon|in (?:the )?future)\b"
)
_OTHERWISE = re.compile(r"\b(?:rest|otherwise|else|other|remaining)\b")
_AT_PEAK = re.compile(r"\bat (?:the |our )?peaks?\b")
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)")
_REASONING = re.compile(r"^.*=\s*(?=\D{0,9}\d)")  # "3 x 28 = 84 a day"


def _of_every_month(text: str) -> str:
    """A text without a peak, a sum for once, or how a rate was reckoned, where the rate is told."""
    plain = _REASONING.sub("", plain_of(text)).replace(" + ", " plus ")
    plain = _AT_PEAK.sub("peak", plain)  # or it would be a clause of its own
    outside = _IN_BRACKETS.sub("", plain)
    if PERIOD.search(outside) and re.search(r"\d", outside):
        plain = outside
    kept, asides = _parted(plain)
    return ", ".join(kept) if asides else plain


def _parted(plain: str) -> tuple[list[str], list[str]]:
    """The clauses with the rate of every month, and those beside it; without one all are kept."""
    parts = clauses(plain)
    asides = [part for part in parts if _has_number(part) and _ASIDE.search(part)]
    if not _OTHERWISE.search(plain):
        asides += [part for part in parts if _has_number(part) and _AT_SEASON.search(part)]
    kept = [part for part in parts if part not in asides]
    return (kept, asides) if asides and _has_number(" ".join(kept)) else (parts, [])


def _has_number(text: str) -> bool:
    return bool(re.search(r"\d", in_digits(text, COUNT)))


def read_volume_aside(text: str) -> int | None:
    """The most requests a month that are told beside the rate of every month, at a peak or later.

    A figure without a period has that of the rate: '1,200 a week, 4,000 before christmas'.
    """
    kept, asides = _parted(plain_of(text))
    period = PERIOD.search(" ".join(kept))
    found = []
    for aside in asides:
        figures = figures_of(aside, COUNT)
        number = only_number(figures)
        rate = monthly(figures, aside) if PERIOD.search(figures) else None
        if rate is None and number is not None and not CURRENCY.search(figures):
            rate = monthly(f"{number:.0f} {period[0] if period else ''}", aside)
        found += [] if rate is None else [round(rate)]
    return max(found, default=None)


# "Ten mistakes a month" are no requests.
_COUNTED_ERRORS = re.compile(rf"{NUMBER} (?:errors?|mistakes?|failures?|slip-?ups?)\b")


def _of_now(text: str) -> str:
    """A text without what was before, where it tells what is now: 'was 20k, now it is 11k'."""
    parts = clauses(text)
    now = [part for part in parts if re.search(r"\bnow\b", part) and not _BEFORE.search(part)]
    before = [part for part in parts if _BEFORE.search(part)]
    return ", ".join(now) if now and before and re.search(r"\d", " ".join(now)) else text


def read_volume(text: str) -> int | None:
    """Requests a month, such as 'about 50k a month', '200 a day' or '1.5 million/yr'.

    A day counts 30 times, a working day 260/12, a week 52/12; without a period it is a month.
    """
    if _PART_OF.search(plain_of(text)) or _VAGUE.fullmatch(plain_of(text)):
        return None  # how many that leaves, or "a few" is, nobody said
    figures = figures_of(_of_now(gathered(_of_every_month(text))), COUNT)
    if _SO_FAR.search(figures) and not PERIOD.search(figures):
        return None
    money = CURRENCY.search(figures) or re.search(r"\bgrand\b", plain_of(text))
    other = money or _COUNTED_ERRORS.search(figures) or _counts_others(figures)
    requests = None if other else monthly(figures, text)
    return None if requests is None else round(requests)
