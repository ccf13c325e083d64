"""How often something comes again: 'quarterly', 'every 6-8 weeks', '2 to 3 times a year'."""

import re

from agent.utterances.figures import MEASURE, in_digits, plain_of

_PER = {
    "day": 365 / 12,
    "week": 52 / 12,
    "fortnight": 26 / 12,
    "month": 1.0,
    "quarter": 1 / 3,
    "season": 1 / 3,
    "halfyear": 1 / 6,
    "year": 1 / 12,
}
_ADVERBS = {
    r"daily": "day",
    r"(?<!bi)(?<!bi[- ])weekly": "week",
    r"fortnightly|bi[- ]?weekly": "fortnight",
    r"(?<!bi)(?<!bi[- ])monthly": "month",
    r"quarterly": "quarter",
    r"halfyearly|(?:semi|bi)[- ]?annual(?:ly)?": "halfyear",
    r"(?<!half)yearly|(?<!semi)(?<!semi[- ])(?<!bi)(?<!bi[- ])annual(?:ly)?": "year",
}
_UNIT = rf"(?P<unit>{'|'.join(_PER)})s?\b"
_COUNT = r"(?P<count>\d+(?:\.\d+)?)"
_TO = r"(?: ?(?:-|to|or) ?| and )"
# The faster end of a range, so that nothing is trusted for longer than it lasts.
_TIMES = re.compile(
    rf"\b(?:\d+{_TO})?{_COUNT}(?: ?(?:times?|x))?,? ?(?:a|an|per|each|every|in an?|/) ?{_UNIT}"
)
# "Last year three times", "twice in the past month": of one period, which is taken for all.
_PAST = r"(?:(?:in|over|within|during) )?(?:the )?(?:last|past|previous)"
_SO_OFTEN = r"(?P<often>once|twice|\w+ times|\d+ ?x)"
_OF_LATE = re.compile(
    rf"\b{_PAST} {_UNIT}\W+(?:(?:it|we|they|that|there|was|were|about|only|did|changed) )*"
    rf"{_SO_OFTEN}\b"
)
_TIMES_OF_LATE = re.compile(rf"\b{_SO_OFTEN} {_PAST} {_UNIT}")
_SHORT = {"yrs?": "year", "(?:mo|mth)s?": "month", "wks?": "week", "qtr": "quarter"}
_MONTHS = (
    "january february march april may june july august september october november december"
).split()
SEASON = rf"(?:{'|'.join(_MONTHS)}|spring|summer|autumn|winter|christmas|xmas|easter)"
_EVERY_SEASON = re.compile(rf"\b(every|each) {SEASON}\b")
_HALF_YEAR = re.compile(r"\bhalf[ -]?(?:a )?year")
_EVERY = re.compile(
    r"\b(?:every|each|once (?:in |every )?|1 (?:in|every) )"
    rf" ?(?:an? )?(?:{_COUNT}(?:nd|rd|th)?(?:{_TO}\d+)?|(?P<second>other|second))?(?: of)? ?{_UNIT}"
)


def in_whole_words(text: str) -> str:
    """A text with its periods in plain words: 'each year' for 'yrs', 'every May', 'last year'."""
    plain = _EVERY_SEASON.sub(r"\1 year", plain_of(text))
    for short, word in _SHORT.items():
        plain = re.sub(rf"\b{short}\b", word, plain)
    for of_late in (_OF_LATE, _TIMES_OF_LATE):
        plain = of_late.sub(r"\g<often> each \g<unit>", plain)
    return plain


def read_rate(text: str) -> float | None:
    """Times a month; None where no rhythm is told. Of a range the faster end counts."""
    plain = _HALF_YEAR.sub("halfyear", in_whole_words(text))  # no number of years
    for adverb, unit in _ADVERBS.items():
        plain = re.sub(
            rf"(?:\b(once|twice|\w+ times) )?\b(?:{adverb})\b", rf"\1 each {unit}", plain
        )
    plain = in_digits(plain, MEASURE)
    if times := _TIMES.search(plain):
        return float(times["count"]) * _PER[times["unit"]]
    if every := _EVERY.search(plain):
        count = 2.0 if every["second"] else float(every["count"] or 1)
        return _PER[every["unit"]] / count if count else None
    return None
