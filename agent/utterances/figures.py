"""Figures in a text: digits, number words and ranges, as plain digits.

Text over 2,000 characters is never read.
"""

import re

_LONGEST = 2_000
ABSURD = 1e12
_SPELLINGS = str.maketrans("’‘−–—×\u00a0\u202f", "''---x  ")

_SMALL = "zero one two three four five six seven eight nine ten eleven twelve thirteen".split()
_TEENS = "fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDS = {word: float(value) for value, word in enumerate(_SMALL + _TEENS)}
_WORDS |= {word: 10.0 * value for value, word in enumerate(_TENS, start=2)}
_WORDS |= {"once": 1, "twice": 2, "couple": 2, "cple": 2, "few": 3, "several": 5, "half": 0.5}
_WORDS |= {"ninty": 90, "eigty": 80, "eigthy": 80, "fourty": 40}  # as they are misspelt
_SPELLED = {"dozen": 12, "hundred": 100, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_SCALES = _SPELLED | {"k": 1e3, "tsd": 1e3, "grand": 1e3, "m": 1e6, "mio": 1e6, "bn": 1e9}
_SCALES |= {"lakh": 1e5, "lac": 1e5, "l": 1e5, "crore": 1e7, "cr": 1e7}
# What may stand before a scale that has no number: "cpl thousand" and "tow hundred" are misspelt.
_BEFORE_SCALE = (
    "a an one about around roughly approx approximately maybe perhaps some almost nearly over "
    "under above below to or and of in per every each than most least like say circa ca half"
).split()


_NOT_FOR_ONCE = r"(?![ -]?(?:off|time)\b)"  # "a one-off", "one time"
_WHEN = r"(?! (?:i|we|it|they|you|the|this|that|everything|all)\b)"  # 'once we go live'


_LAKHS = r"[1-9]\d?(?:,\d\d)+,\d{3}"  # as in India: 1,20,000


def _phrase(separators: str, scales: list[str]) -> re.Pattern[str]:
    """A number in digits, words or both, such as '1.5 million' or 'a couple of hundred'."""
    word = rf"(?:{'|'.join(_WORDS)})\b(?<!once)(?<!one)|once\b{_WHEN}|one\b{_NOT_FOR_ONCE}"
    word = rf"(?:{word})"
    scale = rf"(?:{'|'.join(scales)})s?(?![a-z])"
    # Checked by lookbehind so that the digits of names such as gpt4 and gpt-4 are no figures.
    start = r"(?<![\w.,'])(?<![a-z]-)(?:an?\s+)?"
    grouped = rf"[1-9]\d{{0,2}}(?P<sep>[{separators}])\d{{3}}(?:(?P=sep)\d{{3}})*(?:[.,]\d\d?)?"
    literal = rf"(?P<literal>{_LAKHS}|{grouped}|\d+(?:[.,]\d+)?(?:e\+?\d+)?|\.\d+)(?!\d|[.,]\d)"
    allowed = [r"(?<![a-z] )", *(rf"(?<=\b{before} )" for before in _BEFORE_SCALE)]
    bare = rf"(?:{'|'.join(allowed)})"
    first = rf"(?:{literal}|\b{word}|\b{bare}(?:{'|'.join(_SPELLED)})\b)"
    tens = rf"[\s-]+{word}|\s+and\s+an?\s+half\b|(?<=hundred)\s+and\s+{word}"
    after_tens = "|".join(rf"(?<=\b{ten})" for ten in _TENS)  # "ninety and five"
    tens += rf"|(?:{after_tens})\s+and\s+(?:{'|'.join(_SMALL[1:10])})\b"
    then = rf"(?:{tens}|(?:[\s-]*|\s+of\s+|\s+an?\s+){scale})"
    return re.compile(rf"{start}(?P<number>{first}{then}*)")


# Only counts and money use 2.000 and 5m for thousands and millions; a time of 5m is minutes.
COUNT = _phrase(",.' ", list(_SCALES))
MEASURE = _phrase(",", list(_SPELLED))
NUMBER = r"(?<![\w.])(?<![a-z]-)(\d+(?:\.\d+)?)"
LOWER_END = re.compile(
    rf"(?:{NUMBER}[%€$£]?\s*[a-z]*\s*(?:-|\b(?:to|or)\b)|between\s+[\d.]+\D{{0,9}}\s+and)\s*(?=[€$£]?\d)"
)
# "Not 90, more like 97" and "80 is too low": a figure that is named to be turned down.
_TURNED_DOWN = re.compile(
    r"\b(?:not|rather than|instead of|used to be|(?:need|have|has)(?: not|n't)(?: to)?(?: be)?"
    r"|(?:not|\w+n't) (?:need|have) to be|(?:not|\w+n't) (?:want|need|expect|require)(?: to be)?)"
    rf" {NUMBER}\s*%?"
    rf"|{NUMBER}\s*%?(?: \w+)? (?:is|are|was|would be) (?:\w+ )?(?:too|not enough)\b[^,.;]*"
    rf"|{NUMBER}\s*%?(?: \w+)? (?:\w+n't|\w+ not) (?:be |quite )?enough\b[^,.;]*"
)
# "60. sixty, not thousand": the same figure once more.
_RESTATED = re.compile(
    rf"{NUMBER}(?: ?[.,;:=]+ +\(?| +[(=] ?)"
    r"(?:(?:that is|that's|i\.?e\.?|in words|so|meaning)[ ,:]+)*\1(?![\w.]|\.\d)"
)
# "92, no wait, 94": what comes after counts.
_TAKEN_BACK = re.compile(
    r"^.*(?:\b(?:no,? wait|wait,? no|scratch that|i mean|i meant|make that|or rather|correction"
    r"|no,? (?:actually|make)|actually,? (?:no|make))\b|\bcall it(?= [\d.]+ ?%)"
    r"|\bsorry,?(?= \d)|[-.,] ?no,?(?= \d))(?=\D{0,12}\d)"
)
_NEGATIVE = re.compile(r"(?<!\w)-[€$£]?\d|[€$£]-\d|\b(?:minus|negative) \d")
_BARE = re.compile(rf"{NUMBER}(?!\w|\.\d)")
PERCENT = re.compile(r"%|\b(?:percent|per cent|percnt|percen|prcent|precent|pct|prozent)\b")
CURRENCY = re.compile(
    r"[€$£₹¥]|(?<![a-z])(?:euros?|eur|usd|dollars?|bucks|pounds?|quid|gbp|chf|rs\.?|inr|rupees?|aud|cad"
    r"|nzd|sgd|sek|nok|dkk|pln|jpy|yen)(?![a-z])"
)


_BARE_NOT = re.compile(
    r"\b(do|does|did|is|are|was|were|ca|could|wo|would|should|has|have|had|need)nt\b"
)
_ISH = re.compile(r"(?<=[\d%k]) ?-?ish\b")  # '90ish'
# Rates in letters, as engineers and accountants write them: "5 qps", "20 rpm", "5k p/m".
_IN_LETTERS = re.compile(
    r"(?<=[\d.]) ?(?P<scale>k|m)? ?(?:(?:[qr]p|tp(?=s))(?P<clock>[smh])"
    r"|p ?/ ?(?P<calendar>[dwmy]))\b"
)
_LETTERS = {"s": "second", "m": "minute", "h": "hour"}
_CALENDAR = {"d": "day", "w": "week", "m": "month", "y": "year"}


def _rate_in_words(match: re.Match[str]) -> str:
    period = _LETTERS[match["clock"]] if match["clock"] else _CALENDAR[match["calendar"]]
    return f"{match['scale'] or ''} requests per {period}"


_HALF_PERCENT = re.compile(r"\bhalf an? (?:percent|per cent|%)(?!\w)")
_AND_A_HALF = re.compile(r"\b(?:an?|one) (second|sec|minute|min|hour) and a half\b")


def plain_of(text: str) -> str:
    """The text in lower case and plain punctuation; "" where it is too long to be an answer."""
    if len(text) > _LONGEST:
        return ""
    plain = " ".join(text.translate(_SPELLINGS).lower().split())
    plain = _BARE_NOT.sub(r"\1n't", plain)
    plain = _IN_LETTERS.sub(_rate_in_words, _ISH.sub("", plain))
    plain = _HALF_PERCENT.sub("0.5 percent", plain)
    return _AND_A_HALF.sub(r"1.5 \1s", plain)


_OPEN = re.compile(r"\bbetween(?!.* and )|\bhundred$")
# "We're at 82 %" tells where somebody stands, and is no clause of its own.
_STANDS = "".join(rf"(?<!\b{word})" for word in ("is", "are", "'re", "now", "today", "currently"))
_CLAUSES = re.compile(
    rf"\s*(?:;|[,.!?](?=\s|$)|\s(?:but|plus|also|with)\s|{_STANDS}\sat(?! most| least)\s"
    r"|(?:,\s*)?\sand\s(?!a half\b))\s*"
)


def clauses(text: str) -> list[str]:
    """The parts of a message that may each state a fact of their own."""
    parts = [part for part in _CLAUSES.split(plain_of(text.replace("\n", "; "))) if part]
    joined: list[str] = []
    for part in parts:  # 'between 5 and 10k' and 'one hundred and fifty' are one figure each
        if joined and _OPEN.search(joined[-1]):
            joined[-1] = f"{joined[-1]} and {part}"
        else:
            joined.append(part)
    return joined


_POINT = re.compile(r"(?<![\d.])(\d+) point (\d+)(?![\d.])")  # "ninety-two point five"


def _figure(match: re.Match[str]) -> str:
    digits, total = match["literal"] or "", 0.0
    grouping = match["sep"] or ("," if re.fullmatch(_LAKHS, digits) else "'")
    plain_digits = digits.replace(grouping, "").replace(",", ".")
    group = float(plain_digits) if digits else None
    for word in re.findall(r"[a-z]+", match["number"].removeprefix(digits)):
        scale = _SCALES.get(word) or _SCALES.get(word.removesuffix("s"))
        if word in _WORDS:
            group = (group or 0) + _WORDS[word]
        elif scale and scale < 1_000:
            group = (1 if group is None else group) * scale
        elif scale:
            total, group = total + (1 if group is None else group) * scale, 0
    return f"{total + (group or 0):.9f}".rstrip("0").rstrip(".")


def in_digits(text: str, phrase: re.Pattern[str]) -> str:
    """The text with each number in plain digits."""
    return _POINT.sub(r"\1.\2", phrase.sub(_figure, plain_of(text)))


def figures_of(text: str, phrase: re.Pattern[str]) -> str:
    """The text with each number in plain digits and each range as its upper end.

    Figures that are named to be turned down, or taken back, are left out.
    """
    last = _RESTATED.sub(r"\1", _TAKEN_BACK.sub("", in_digits(text, phrase)))
    figures = _TURNED_DOWN.sub("", LOWER_END.sub("", last))
    return "" if _NEGATIVE.search(figures) else figures


def only_number(figures: str) -> float | None:
    """The number of a text in plain digits that holds exactly one."""
    numbers = _BARE.findall(figures)
    return float(numbers[0]) if len(numbers) == 1 else None
