"""Understanding of free-text answers without a language model.

Every reader returns None for what it is not sure of, and the interview asks again: a wrong number
in the brief costs more than a second question. Text over 2,000 characters is never read.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from policies.brief import Brief, Cadence

Command = Literal["back", "restart", "why", "stop"]
CorrectedField = Literal[
    "target", "monthly_requests", "latency_limit_ms", "monthly_budget", "facts_change"
]


@dataclass(frozen=True)
class Correction:
    """One changed answer.

    Attributes:
        field: The field of the brief that changes.
        value: Its new value, in the brief's own unit.
    """

    field: CorrectedField
    value: float | int | str


_LONGEST = 2_000
_ABSURD = 1e12
_SPELLINGS = str.maketrans("’‘−–—×\u00a0\u202f", "''---x  ")

_SMALL = "zero one two three four five six seven eight nine ten eleven twelve thirteen".split()
_TEENS = "fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDS = {word: float(value) for value, word in enumerate(_SMALL + _TEENS)}
_WORDS |= {word: 10.0 * value for value, word in enumerate(_TENS, start=2)}
_WORDS |= {"once": 1, "twice": 2, "couple": 2, "few": 3, "several": 5, "half": 0.5}
_SPELLED = {"dozen": 12, "hundred": 100, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_SCALES = _SPELLED | {"k": 1e3, "tsd": 1e3, "grand": 1e3, "m": 1e6, "mio": 1e6, "bn": 1e9}


def _phrase(separators: str, scales: list[str]) -> re.Pattern[str]:
    """A number in digits, words or both, such as '1.5 million' or 'a couple of hundred'."""
    word = rf"(?:{'|'.join(_WORDS)})\b"
    scale = rf"(?:{'|'.join(scales)})s?(?![a-z])"
    # Checked by lookbehind so that the digits of names such as gpt4 and gpt-4 are no figures.
    start = r"(?<![\w.,'])(?<![a-z]-)(?:an?\s+)?"
    grouped = rf"[1-9]\d{{0,2}}(?P<sep>[{separators}])\d{{3}}(?:(?P=sep)\d{{3}})*(?:[.,]\d\d?)?"
    literal = rf"(?P<literal>{grouped}|\d+(?:[.,]\d+)?(?:e\+?\d+)?|\.\d+)(?!\d|[.,]\d)"
    first = rf"(?:{literal}|\b{word}|\b(?:{'|'.join(_SPELLED)})\b)"
    tens = rf"[\s-]+{word}|\s+and\s+an?\s+half\b|(?<=hundred)\s+and\s+{word}"
    then = rf"(?:{tens}|(?:[\s-]*|\s+of\s+|\s+an?\s+){scale})"
    return re.compile(rf"{start}(?P<number>{first}{then}*)")


# Only counts and money use 2.000 and 5m for thousands and millions; a time of 5m is minutes.
_COUNT = _phrase(",.' ", list(_SCALES))
_MEASURE = _phrase(",", list(_SPELLED))
_NUMBER = r"(?<![\w.])(?<![a-z]-)(\d+(?:\.\d+)?)"
_LOWER_END = re.compile(
    rf"(?:{_NUMBER}[%€$£]?\s*[a-z]*\s*(?:-|\bto\b)|between\s+[\d.]+\D{{0,9}}\s+and)\s*(?=[€$£]?\d)"
)
_NEGATIVE = re.compile(r"(?<!\w)-[€$£]?\d|[€$£]-\d|\b(?:minus|negative) \d")
_BARE = re.compile(rf"{_NUMBER}(?!\w|\.\d)")
_PERCENT = re.compile(r"%|\b(?:percent|per cent|pct|prozent)\b")
_CURRENCY = re.compile(r"[€$£]|(?<![a-z])(?:euros?|eur|usd|dollars?|bucks|pounds?|chf)(?![a-z])")


def _plain(text: str) -> str:
    if len(text) > _LONGEST:
        return ""
    return " ".join(text.translate(_SPELLINGS).lower().split())


def _figure(match: re.Match[str]) -> str:
    digits, total = match["literal"] or "", 0.0
    plain_digits = digits.replace(match["sep"] or "'", "").replace(",", ".")
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


def _figures(text: str, phrase: re.Pattern[str]) -> str:
    """The text with each number in plain digits and each range as its upper end."""
    figures = _LOWER_END.sub("", phrase.sub(_figure, _plain(text)))
    return "" if _NEGATIVE.search(figures) else figures


def _only_number(figures: str) -> float | None:
    numbers = _BARE.findall(figures)
    return float(numbers[0]) if len(numbers) == 1 else None


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
    number, factor = _only_number(figures), next(factors, unread)
    if number is None or factor is None:
        return None
    if _PERCENT.search(figures) or _EACH_ITEM.search(figures):
        return None
    return number * factor if number * factor <= _ABSURD else None


_OF = r"(?:/|\b(?:out of|of|in)\b)\s*(?:every |the |each )?"
_OUT_OF = re.compile(rf"{_NUMBER}(?:\s+[a-z]+)?\s*{_OF}{_NUMBER}(?!\w)")
_PARTS = {"thirds": 3, "quarters": 4, "fifths": 5, "sixths": 6, "eighths": 8, "tenths": 10}
_FRACTION = re.compile(rf"{_NUMBER}[\s-]*({'|'.join(_PARTS)})\b")
_PERCENTAGE = re.compile(rf"{_NUMBER}\s*(?:{_PERCENT.pattern})")
_ERRORS = re.compile(r"\b(?:errors?|mistakes?|wrong|incorrect|failures?)\b")


def _stated_shares(figures: str) -> list[float]:
    pairs = [(float(a), float(b)) for a, b in _OUT_OF.findall(figures)]
    pairs += [(float(a), _PARTS[b]) for a, b in _FRACTION.findall(figures)]
    pairs += [(float(a), 100) for a in _PERCENTAGE.findall(figures)]
    return [part / whole for part, whole in pairs if whole > 0]


def read_share(text: str) -> float | None:
    """A quality target, such as '90%', 'nine out of ten' or 'one mistake in twenty'.

    A bare number above 1 is a percentage; one between 1 and 10 might be a mark and is not read.

    Returns:
        The share of right answers, above 0 and up to 1, or None.
    """
    figures = _figures(text, _MEASURE)
    if _CURRENCY.search(figures) or _TIME.search(figures):
        return None
    shares = _stated_shares(figures)
    if not shares and (bare := _only_number(figures)) is not None and not 1 < bare < 10:
        shares = [bare if bare <= 1 else bare / 100]
    if len(shares) != 1:
        return None
    allows_errors = bool(_ERRORS.search(figures)) and shares[0] < 0.5
    share = round(1 - shares[0] if allows_errors else shares[0], 9)
    return share if 0 < share <= 1 else None


def read_volume(text: str) -> int | None:
    """Requests a month, such as 'about 50k a month', '200 a day' or '1.5 million/yr'.

    A day counts 30 times, a working day 260/12, a week 52/12; without a period it is a month.
    """
    figures = _figures(text, _COUNT)
    requests = None if _CURRENCY.search(figures) else _monthly(figures)
    return None if requests is None else round(requests)


def read_money(text: str) -> float | None:
    """Money a month, in whatever currency was written: '€2k', 'no more than 1.5k', '24k a year'.

    A price per request is no budget and reads as None.
    """
    figures = _figures(_CURRENCY.sub(" ", re.sub(r"-\s?[€$£]", "-", _plain(text))), _COUNT)
    return _monthly(figures)


_UNITS = {"milli": 1, "ms": 1, "s": 1e3, "m": 6e4, "h": 3.6e6}
_DURATION = re.compile(
    rf"(?:{_NUMBER}|\ban?\b)\s*(?:of\s+)?(?:an?\s+)?"
    r"((?:milli|m)?s(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?|h(?:(?:ou)?rs?)?)\b(?! and| or)"
)


def read_milliseconds(text: str) -> float | None:
    """A time in milliseconds, such as '2 s', '500ms' or 'under a second'.

    A bare number has no unit, and a guess would be wrong by a thousand: it reads as None.
    """
    durations = _DURATION.findall(_figures(text, _MEASURE))
    if len(durations) != 1:
        return None
    number, unit = durations[0]
    milliseconds = float(number or 1) * next(_UNITS[u] for u in _UNITS if unit.startswith(u))
    return round(milliseconds, 6) if 0 < milliseconds <= _ABSURD else None


_STEADY = (
    r"static|fixed|stable|(?:hardly|barely|almost never|\w+n't|not|never|no)\s+(?:\w+\s)?chang"
)
_OFTEN = r"(?:twice|times|couple|few)\s+(?:an?|per|each|every)\s+"
_CADENCES: tuple[tuple[str, Cadence], ...] = (
    (
        rf"\b(?:{_STEADY})\w*(?:\s+(?:at all|really|ever))?(?=$|[.,!;])|\b(?:in|for) years\b",
        "never",
    ),
    (rf"{_OFTEN}(?:hour|day|week)|\bhour|\bdaily|(?<!not )\bevery\s?(?:\w+ )?day", "daily"),
    (r"\bdays?\b|constantly|continuously|all the time|real[ -]?time|by the minute", "daily"),
    (rf"{_OFTEN}month|(?<!not )\b(?:bi)?weekly|\bweeks?\b|fortnight", "weekly"),
    (rf"{_OFTEN}year|month|quarter|season|half[ -]year", "monthly"),
    (r"\byear|\bannual|per annum", "yearly"),
    (r"\b(?:hardly|never|rarely|seldom|static|fixed|stable|not (?:often|much))\b|^no\W*$", "never"),
)


def read_cadence(text: str) -> Cadence | None:
    """How often facts change, such as 'weekly', 'every few months' or 'hardly ever'.

    A rhythm between two cadences reads as the faster one ('each quarter' is monthly), so that
    facts are never trusted for longer than they last.
    """
    plain = re.sub(r"\bnot (?:every|each) \w+|\bnot (?:daily|weekly|monthly)", "", _plain(text))
    return next((cadence for pattern, cadence in _CADENCES if re.search(pattern, plain)), None)


_POLITE_YES = re.compile(
    r"\bno (?:problem|objections?|worries)\b|\b(?:do not|don't) mind\b|\bwhy not\b\??"
)
_NO = re.compile(
    r"\b(?:(?:please|definitely|absolutely|certainly|of course|rather|sorry|oh|well)\W+)*"
    r"(?:no|nope|nah|n|never|not(?: (?:ok(?:ay)?|fine|right|allowed))?|\w+n't|cannot"
    r"|in[ -]?house|on[ -]prem\w*|(?:keep|stays?) (?:it|them|that|everything|here|local|inside)"
    r"|private|confidential|wrong|false|decline)\b"
)
_YES = re.compile(
    r"\b(?:yes|yep|yeah|yup|y|sure|ok|okay|fine|go ahead|go for it|please do|do it|of course"
    r"|absolutely|certainly|definitely|agreed|sounds good|great|perfect|correct|right|exactly"
    r"|true|allowed|it does|they do)\b|👍"
)
_HEDGE = re.compile(
    r"\b(?:if|unless|only|depends|except|maybe|perhaps|possibly|probably|but|until|after)\b|\?$"
)


def read_yes_no(text: str) -> bool | None:
    """A yes or a no; 'keep it in-house' is the no to "may data leave the machine?".

    A yes may send data away or start work, so it has to be unmistakable: a hedged, conditional,
    questioning or contradictory one reads as None.
    """
    plain = _POLITE_YES.sub("yes", _plain(text))
    if is_unknown(text):
        return None
    refusal, agrees = _NO.search(plain), _YES.search(_NO.sub(" ", plain))
    if refusal:
        return False if refusal.start() == 0 or not agrees else None
    return True if agrees and not _HEDGE.search(plain) else None


_FILLER = r"(?:(?:i|we|i'm|we're|am|are|sorry|honestly|um+|hm+|well|really|just|to be honest)\W+)*"
_UNKNOWN = re.compile(
    rf"^{_FILLER}(?:(?:(?:do not|don't|can't|couldn't)(?: really)? (?:know|say|tell)"
    r"|(?:have )?no (?:idea|clue|preference)|not (?:really |quite )?(?:sure|certain)|unsure|dunno"
    r"|idk|hard to (?:say|tell)|whatever|you (?:decide|choose)|up to you|your call"
    r"|use (?:the |your )?default|skip (?:it|this|that))\b.{0,80}"
    r"|(?:please )?(?:skip|pass|next|default|n/?a|\?+)(?: please)?[.!]*)$"
)


def is_unknown(text: str) -> bool:
    """Whether the answer is "I don't know": 'no idea', 'skip', '?', 'whatever you think'.

    Read the value first: 'not sure, about 50k' is unknown here and yet holds a volume.
    """
    return bool(_UNKNOWN.search(_plain(text)))


_ASKING = r"(?:(?:please|ok|sorry|wait|no|oops|let's|(?:can|could) (?:we|i|you)|just|take me)\W+)*"
_ENDING = r"(?:[\s,]*\b(?:please|now|again|thanks|one|a step|for now))*[\s.!?]*"
_COMMANDS: dict[Command, str] = {
    "back": r"(?:go )?back(?: to)?(?: the)?(?: (?:previous|last) question)?|previous(?: question)?"
    r"|(?:the )?last question|undo(?: that| it)?",
    "restart": r"(?:start|begin) (?:over|again|afresh)|restart|reset"
    r"|(?:(?:start|begin) )?from (?:scratch|the (?:start|beginning))",
    "why": r"(?:but )?why|why (?:do|does|is|are|should) .{0,40}?"
    r"\b(?:ask|asking|need|matter|important|relevant|want|know)\b.{0,20}"
    r"|what(?:'s| is) (?:that|this|it) for",
    "stop": r"(?:stop|cancel|quit|exit|abort)(?: it| this| that)?|(?:that's )?enough",
}


def read_command(text: str) -> Command | None:
    """A request to the interview itself: 'go back', 'start over', 'why do you ask?', 'stop'.

    The whole message has to be the request, since a task may well be about stopping something.
    """
    plain = _plain(text)
    wanted = (
        command
        for command, wording in _COMMANDS.items()
        if re.fullmatch(rf"{_ASKING}(?:{wording}){_ENDING}", plain)
    )
    return next(wanted, None)


_FIELDS: dict[CorrectedField, str] = {
    "target": r"\b(?:target(?! (?:latency|volume|budget))|goal|quality|accuracy)\b",
    "monthly_requests": r"\b(?:volumes?|traffic)\b",
    "latency_limit_ms": r"\b(?:latency|(?:response|answer|waiting) times?|time limit)\b",
    "monthly_budget": r"\b(?:budget|spend|spending)\b",
    "facts_change": r"\bfacts\b|\b(?:labels?|rules|answers|prices|policies) (?:\w+ )?chang",
}
_REQUESTS = re.compile(r"\b(?:requests?|tickets|calls|queries|messages|e?-?mails)\b")
_READERS: dict[CorrectedField, Callable[[str], float | int | str | None]] = {
    "target": read_share,
    "monthly_requests": read_volume,
    "latency_limit_ms": read_milliseconds,
    "monthly_budget": read_money,
    "facts_change": read_cadence,
}
_NAMED = rf"(?:{'|'.join(_FIELDS.values())})"
_CUE = re.compile(
    r"\b(?:what if|suppose|imagine|assume|(?:what|how) about|actually|i meant|should (?:be|have))\b"
    r"|\b(?:change|make|set|update|correct|raise|lower|increase|reduce|cut|double|triple|halve)"
    rf" (?:the |our |my )?(?:monthly |new )?{_NAMED}"
    rf"|^(?:the |our |my )?{_NAMED} ?(?:is|are|=|:|to|\d)"
)
_NOT_A_RATE = r"(?! (?:an?|per|each|every)\b)"
# Rewritten as '2 times', so that one pattern finds every factor; 'half a million' is a number.
_FACTORS = {
    rf"\b(?:doubl(?:e|ed|es)|twice)\b{_NOT_A_RATE}": "2 times",
    r"\btripl(?:e|ed|es)\b": "3 times",
    r"\bhal(?:ve|ved|ves)\b|\bhalf(?= (?:the|that|of|as|our)\b|\W*$)": "0.5 times",
}
_TIMES = re.compile(rf"{_NUMBER} ?-?(?:x|times|fold)\b{_NOT_A_RATE}|\bfactor of {_NUMBER}")
_STEP = re.compile(
    r"\bby\b|\b(?:more|less|fewer|extra|additional)\b(?! than)"
    r"|\d ?(?:points?|percent|%)? (?:higher|lower|up|down)\b"
)


def _factor(plain: str) -> float | None:
    for wording, times in _FACTORS.items():
        plain = re.sub(wording, times, plain)
    times_found = _TIMES.search(_figures(plain, _COUNT))
    return float(times_found[1] or times_found[2]) if times_found else None


def _scaled(field: CorrectedField, factor: float, current: Brief) -> float | int | None:
    now, most = getattr(current, field), 1 if field == "target" else _ABSURD
    if not isinstance(now, int | float) or not 0 < now * factor <= most:
        return None
    return round(now * factor) if field == "monthly_requests" else round(now * factor, 9)


def read_correction(text: str, current: Brief) -> Correction | None:
    """A changed answer or a what-if, such as 'make the target 0.85' or 'ten times the volume'.

    Only one field at a time, and no steps ('by 5 points'), which would need a second reading.

    Args:
        text: What the person wrote.
        current: The brief so far, which 'ten times', 'double' and 'half' multiply.
    """
    plain = _plain(text)
    fields = [field for field, wording in _FIELDS.items() if re.search(wording, plain)]
    if not fields and _REQUESTS.search(plain):
        fields = ["monthly_requests"]
    if len(fields) != 1 or not _CUE.search(plain):
        return None
    field, factor = fields[0], _factor(plain)
    value: float | int | str | None = None
    if factor is not None:
        value = _scaled(field, factor, current)
    elif not _STEP.search(plain):
        value = _READERS[field](plain)
    return None if value is None else Correction(field, value)
