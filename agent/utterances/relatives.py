"""Targets that are told by what is there today: 'half as many errors', '5 points better than now'.

Taken for shares of their own they would be the opposite of what is meant: half as many errors is no
target of 50 %.
"""

import re
from dataclasses import dataclass

from agent.utterances.figures import MEASURE, PERCENT, in_digits, plain_of

_FIGURE = r"\d+(?:\.\d+)?"
_PERCENT = rf"{_FIGURE} ?(?:{PERCENT.pattern})"
_PARTS = {"half": 1 / 2, "third": 1 / 3, "quarter": 1 / 4, "fifth": 1 / 5, "tenth": 1 / 10}
_PART = rf"(?:(?:an?|1|2|3|0\.5) )?(?:{'|'.join(_PARTS)})s?|0\.5"
_AMOUNT = rf"(?P<amount>{_PERCENT}|{_PART})"
_ERRORS = (
    r"(?:errors?|error[ -]rates?|mistakes?|failures?|misses|slip-?ups?"
    r"|(?:wrong|incorrect|mis[a-z]{4,}) [a-z]+)\b"
)
_CUT = r"(?:reduc|cut|lower|decreas|drop|shr[iu]nk|slash|bring|brought|get|fall|fell|down)\w*"
_SOME = r"(?: [\w'’-]+){0,4}?"
# By how much fewer errors there are to be, and how many are to be left.
_FEWER = (
    rf"{_AMOUNT} (?:fewer|less|lower) (?:\w+ )?{_ERRORS}",
    rf"\b{_CUT}{_SOME} {_ERRORS}{_SOME} (?:by|in) {_AMOUNT}",
    rf"\b{_ERRORS}{_SOME} {_CUT}{_SOME} (?:by|in) {_AMOUNT}",
)
_LEFT = (
    rf"{_AMOUNT} (?:as (?:many|much)|(?:of )?(?:the|our|today's|current|present))"
    rf"(?: (?:of|the|our|today's|current|present))* {_ERRORS}",
    rf"{_AMOUNT} as (?:often|frequently) wrong\b",
    rf"\bwrong {_AMOUNT} as often\b",
    rf"\b{_ERRORS}{_SOME} {_AMOUNT} of (?:what|that|the|today)",
)
_TIMES_FEWER = re.compile(rf"\b({_FIGURE}) ?(?:x|times|fold) (?:fewer|less) {_ERRORS}")
_HALVED = re.compile(rf"\bhalv(?:e|ed|es|ing)\b{_SOME} {_ERRORS}|\b{_ERRORS}{_SOME} halved\b")
_AS_GOOD = re.compile(
    rf"({_FIGURE}) ?(?:(?:x|times)? ?as (?:good|accurate|reliable|well)"
    r"|(?:x|times) (?:better|more (?:accurate|reliable)))\b"
)
_POINTS = r"(?:(?:percent(?:age)?|%)[ -]?)?points?|pp"
_UP = r"(?:more|better|higher|up|above|over|on top|extra|improvement)"
_MORE_POINTS = re.compile(
    rf"({_FIGURE}) ?(?:{_POINTS}) {_UP}\b"
    rf"|\b(?:improv|increas|rais|gain|up|add|higher|better|plus)\w*{_SOME}(?: by)? ({_FIGURE}) ?"
    rf"(?:{_POINTS})\b"
)
_PERCENT_BETTER = re.compile(
    rf"({_FIGURE}) ?(?:{PERCENT.pattern}) (?:better|more accurate|higher|improve\w*"
    rf"|(?:above|over) (?:today|now))\b|\bimprov\w*{_SOME} by {_FIGURE} ?(?:{PERCENT.pattern})"
)
_TODAY = (
    r"(?:today|now|currently|at present|at the moment|(?:what|as) (?:we|they|it)(?:'ve| have| do"
    r"| are| is| get)?|(?:the|our) (?:current|present|existing|old"
    r"|temps?|people|team|staff|clerks|agents|vendor|supplier))"
)
_SAME = re.compile(
    rf"\b(?:at least|as (?:good|well|accurate|high) as|same as|equal to|on par with|not? worse"
    rf" than|match(?:es)?|like){_SOME} {_TODAY}"
)
_BETTER = re.compile(
    r"\b(?:(?:better|more (?:accurate|reliable)) than|beats?|more than|improve on|above)"
    rf"{_SOME} {_TODAY}"
)


@dataclass(frozen=True)
class Relative:
    """A target that depends on today's share of right answers.

    Attributes:
        errors: What today's share of errors is multiplied by.
        points: What is added to today's share, 0 to 1.
        unclear: Why no figure follows from it even where today's share is known, or "".
    """

    errors: float = 1.0
    points: float = 0.0
    unclear: str = ""

    def target(self, today: float) -> float | None:
        """The share that is wished for where today's is known; None where none follows."""
        share = round(1 - (1 - today) * self.errors + self.points, 4)
        return share if not self.unclear and 0 < share <= 1 else None


def read_change(text: str) -> Relative | None:
    """A change from today, with its figure: 'a third fewer mistakes', '10 points more'."""
    plain = in_digits(text, MEASURE)
    for patterns, left in ((_FEWER, False), (_LEFT, True)):
        for found in filter(None, (re.search(pattern, plain) for pattern in patterns)):
            share = _share(found["amount"])
            return Relative(errors=share if left else 1 - share)
    if _HALVED.search(plain_of(text)):
        return Relative(errors=0.5)
    if (times := _TIMES_FEWER.search(plain)) and float(times[1]):
        return Relative(errors=1 / float(times[1]))
    if (good := _AS_GOOD.search(plain)) and 1 < float(good[1]) <= 10:
        return Relative(errors=1 / float(good[1]))  # so many times fewer are wrong
    if points := _MORE_POINTS.search(plain):
        return Relative(points=float(points[1] or points[2]) / 100)
    if _PERCENT_BETTER.search(plain):
        return Relative(unclear="“… % better” may mean points, or a share of the errors.")
    return None


def read_comparison(text: str) -> Relative | None:
    """A target told by today's alone: 'same as now', 'better than what we've got'."""
    plain = plain_of(text)
    if _BETTER.search(plain):
        return Relative(unclear="By how much better I cannot tell.")
    return Relative() if _SAME.search(plain) else None


def _share(amount: str) -> float:
    """A part of all, such as '20 %', 'a third' or '2 thirds'."""
    part = next((value for name, value in _PARTS.items() if name in amount), None)
    number = re.match(_FIGURE, amount)
    if part is None:
        assert number is not None
        return float(number[0]) / (1 if number[0] == "0.5" else 100)
    return part * float(number[0] if number else 1)
