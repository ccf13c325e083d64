"""Shares, volumes, money and times in free text; None for what is not sure."""

import re

from agent.utterances.amounts import gathered
from agent.utterances.figures import (
    ABSURD,
    COUNT,
    CURRENCY,
    LOWER_END,
    MEASURE,
    NUMBER,
    PERCENT,
    clauses,
    figures_of,
    in_digits,
    only_number,
    plain_of,
)
from agent.utterances.periods import DAY, EACH, PERIOD, PERIODS, WORKING_DAY
from agent.utterances.relatives import read_change

_TIME = re.compile(
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
    unread = _TIME.search(figures) or _UNKNOWN_RATE.search(figures)
    return found or (None if unread else 1.0)


def _monthly(figures: str, text: str) -> float | None:
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


_OF = r"(?:/|\b(?:out of|outta|of|in|per)\b)\s*(?:every |the |each )?"
_OUT_OF = re.compile(rf"{NUMBER}(?:\s+[a-z]+)?\s*{_OF}{NUMBER}(?!\w)")
_OF_WHOLE = re.compile(
    rf"\bout of (?:every )?{NUMBER}(?:\s+[a-z]+){{0,2}},?"
    rf" (?:no more than|at most|only|just) {NUMBER}(?!\w)"
)
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
_WRONG_SHARE = re.compile(
    rf"{NUMBER}\s*(?:{PERCENT.pattern}) (?:of (?:them|it|answers) )?(?:may be |can be )?"
    r"(?:wrong|errors?|mistakes?|incorrect)\b"
)
_ERROR_RATE = re.compile(r"\berror[ -]rates?\b")  # and any other share is one too
_ONE_IN = {
    r"(?:second|other)": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "eighth": 8,
    "tenth": 10, "twentieth": 20, "fiftieth": 50, "hundredth": 100,
}  # fmt: skip


def _stated_shares(figures: str) -> list[float]:
    pairs = [(float(a), float(b)) for a, b in _OUT_OF.findall(figures)]
    pairs += [(float(b), float(a)) for a, b in _OF_WHOLE.findall(figures)]
    pairs += [(float(a), _PARTS[b]) for a, b in _FRACTION.findall(figures)]
    pairs += [(float(a), 100) for a in _PERCENTAGE.findall(figures)]
    pairs += [(1, n) for nth, n in _ONE_IN.items() if re.search(rf"\bevery {nth}\b", figures)]
    return [part / whole for part, whole in pairs if whole > 0]


_NOW = (
    r"\b(?:today|(?<!for )now|nowadays|(?:current|present)ly|at the moment|at present|so far"
    r"|these days)\b"
)
_WHO = r"(?:team|staff|vendor|supplier|provider|tool|bot|humans?|people|agents?|colleagues|we|they)"
_STANDING = rf"{_NOW}|\bwe(?:'re| are)(?: \w+ly)? (?:at|on)\b"
_PRESENT = re.compile(
    rf"{_STANDING}"
    rf"|\b{_WHO}\b(?: \w+){{0,2}} (?:gets?|hits?|manages?|reach(?:es)?|does)\b"
)
_CLAIMED = re.compile(
    rf"\b{_WHO}\b(?: \w+){{0,2}} (?:promis\w+|claim\w*|advertis\w+|had|used to|boasts?)\b"
)
_WISHED = re.compile(
    r"\b(?:target|goal|want|need|should|must|aim|reach|enough|please|least|fine|better|same|match"
    r"|so that)\b"
)
_CHANGE = re.compile(r"\b(?:halv|doubl|improv)\w*")
_LONE = re.compile(
    rf"{NUMBER}(?:\+|\s*(?=$|[,.;!?)]|(?:is|are|would|will|please|or|then|give|±)\b"
    r"|\s+(?:of|for|on) the (?:rest|others?)\b))"
)


GOAL = r"\bgoal\b(?! (?:is|was|would be) to\b)"  # 'the goal is to sort tickets' names a task
_MEASURED = re.compile(r"\b(?:accuracy|quality)\b.{0,20}\b(?:is|was|are|were|has been)\b")
# Of the rows themselves, not of the answers that are to be right.
OF_ROWS = re.compile(
    rf"{NUMBER}\s*(?:{PERCENT.pattern}) of (?:the |our |my |all )?(?:labels|rows|examples|data"
    r"|which|whom|them are)\b"
)
_DENIED = re.compile(r"\bnever\b|\b\w+n't\b|\bnot\b(?! (?:\d|less|more|below|under|worse))")


def is_denied(text: str) -> bool:
    """Whether what is said is denied: 'please don't lower the target to 70%'."""
    return bool(_DENIED.search(plain_of(text)))


def is_measured(text: str) -> bool:
    """Whether a score is told and none wished for: 'accuracy is 82% with our current vendor'."""
    plain = plain_of(text)
    return bool(_MEASURED.search(plain)) and not _WISHED.search(plain)


# "Our people get 88, it should beat that", and "85, but 80 is what we need".
_BEATEN = re.compile(
    r"\b(?:beat|improve on|better than|exceed|top) (?:that|it|this|them|those|what(?:ever)?)\b"
    r"|^(?=.*\b(?:obviously|of course|clearly|naturally)\b).*\b(?:more|better|higher) than \d"
)
# "94, 93 at a push"
_NEEDED = re.compile(
    rf"{NUMBER}\s*%? (?:(?:is|would be) (?:what|all) we (?:\w+ )?(?:need|want)"
    r"|at a (?:push|pinch))\b"
)
_MORE = re.compile(r"\b(?:more|better|higher|improv\w+)\b")
_NOT_ENOUGH = re.compile(r"\b(?:not|\w+n't)(?: \w+){0,2} enough\b")
_PAID = re.compile(rf"\b(?:pay(?:s|ing)?|paid|costs?|spend)\b|{CURRENCY.pattern}")


def _wished(text: str) -> str:
    """A text without what is said of the present, such as 'the team gets 82 % today', or of money.

    The present is no target, unless nothing else is said and it is wished for; "more" than it is a
    wish without a figure.
    """
    parts, plain = clauses(text), plain_of(text)
    asides = (_PRESENT, _CLAIMED, _PAID)
    others = [part for part in parts if not any(aside.search(part) for aside in asides)]
    if len(others) < len(parts) and re.search(r"\d", in_digits(" ".join(others), MEASURE)):
        return ", ".join(others)
    too_low = _NOT_ENOUGH.search(plain) or _MORE.search(" ".join(others))
    if _CLAIMED.search(plain) or (too_low and len(others) < len(parts)):
        return ""
    is_wish = _WISHED.search(plain) and not _CHANGE.search(plain)
    return "" if re.search(_STANDING, plain) and not is_wish else text


_WHO_GETS = re.compile(r"^(?:who|which|that) (?:\w+ )?(?:gets?|hits?|manages?|reach(?:es)?|does)\b")


def read_present(text: str) -> float | None:
    """The share that is right today, where a message tells it: 'today 70 % is right'."""
    told = []
    for part in clauses(text):
        figures = figures_of(part, MEASURE)
        present = _PRESENT.search(part) or _WHO_GETS.search(part) or is_measured(part)
        if present and read_change(part) is None:
            wrong = _ERRORS.search(figures)
            told += [1 - share if wrong else share for share in _stated_shares(figures)]
    return round(told[0], 9) if len(told) == 1 and 0 < told[0] <= 1 else None


def names_range(text: str) -> bool:
    """Whether a figure is told as a range, which is read as its upper end."""
    return bool(LOWER_END.search(in_digits(text, MEASURE)))


def lower_share(text: str) -> float:
    """What part of a count's upper end its lower end is: 0.6 of '30 to 50 thousand'; else 1."""
    figures = in_digits(text, COUNT)
    ends = LOWER_END.search(figures)
    numbers = re.findall(NUMBER, figures[ends.start() :])[:2] if ends else []
    if len(numbers) < 2:
        return 1.0
    low, high = map(float, numbers)
    while 0 < low * 1_000 <= high:
        low *= 1_000  # the scale of the upper end is that of both
    return low / high if low < high else 1.0


def names_several_shares(text: str) -> bool:
    """Whether more than one share is told: '95% on auto, 90% on home'."""
    return len(_stated_shares(figures_of(text, MEASURE))) > 1


def tells_present(text: str) -> bool:
    """Whether it is told what is so today, and nothing is wished for: 'we are at 82%'."""
    plain = plain_of(text)
    return bool(_PRESENT.search(plain)) and not _WISHED.search(plain)


_LATER_ON = re.compile(
    r"\b(?:later|eventually|ultimately|next (?:year|quarter|month)|in the long (?:run|term)"
    r"|long[- ]term|down the (?:road|line))\b"
)
_REMAINING = re.compile(rf"\bthe (?:remaining|other|last|rest,?) [a-z0-9.]+ ?(?:{PERCENT.pattern})")


def _without_asides(text: str) -> str:
    """A text without what is to hold later on only, and without the share of the rest."""
    plain = _REMAINING.sub("those", plain_of(text))
    parts = clauses(plain)
    first = [part for part in parts if not _LATER_ON.search(part)]
    told = in_digits(" ".join(first), MEASURE)
    return ", ".join(first) if re.search(r"\d", told) and first != parts else plain


_OVERALL = re.compile(
    r"\b(?:overall|in total|in general|on (?:the whole|average)|all in all|across the board)\b"
)


def _overall(text: str) -> str:
    """The clause that tells the share of all, where others tell that of a part: '90% overall'."""
    parts = [part for part in clauses(text) if _OVERALL.search(part) and re.search(r"\d", part)]
    return parts[0] if len(parts) == 1 else text


_OTHER_MEASURE = re.compile(
    r"(?<!not )\b(?:recall|precision|f-?1|auc|sensitivity|specificity|kappa)\b"
)
_PART_OF_ROWS = re.compile(
    r"\bexcept (?:for )?[a-z]+"
    r"|\b(?:the (?:rest|others)|the other ones)\b"
    r"(?! (?:(?:will|can|would|is|are|gets?|we|being|to) )*(?:go|goes|check\w*|review\w*|seen"
    r"|handled|done|looked|corrected|by)\b)"
    r"|\d\D*\b(?:if|when|where) (?:it'?s|it is|they'?re|they are) "
    r"(?!possible|feasible|affordable|ok|right|correct)[a-z]+"
    r"|\b(?:for|on|in|of) (?:the )?(?!all|any|every|each|most|the|our|these|those|which|\d)\w+"
    r" (?:ones|cases|class|classes|label|labels|category|queue)\b"
    r"|\b(?:for|on) (?:the |our )?(?:urgent|critical|important|sensitive|easy|hard|difficult)\b"
)


def names_other_measure(text: str) -> bool:
    """Whether a share is told of another measure than right answers: 'F1 >= 0.85'."""
    return bool(_OTHER_MEASURE.search(plain_of(text)))


def names_part(text: str) -> bool:
    """Whether a share is told of one part of the rows: '98% on the refunds class'."""
    return bool(_PART_OF_ROWS.search(plain_of(text)))


def _is_of_something_else(plain: str) -> bool:
    """Whether a share is told of another measure, or of one part of the rows: 'if it's urgent'."""
    return bool(_OTHER_MEASURE.search(plain) or _PART_OF_ROWS.search(plain))


def _has_a_lone_figure(figures: str) -> bool:
    """Whether a figure stands beside the shares that could be meant as a percentage."""
    for shares in (_OUT_OF, _OF_WHOLE, _FRACTION, _PERCENTAGE):
        figures = shares.sub(" of ", figures)
    return any(10 <= float(lone) <= 100 for lone in _LONE.findall(figures))


def read_share(text: str) -> float | None:
    """A quality target, such as '90%', 'nine out of ten' or 'one mistake in twenty'.

    A bare number above 1 is a percentage; one between 1 and 10 might be a mark and is not read, and
    "one" is a pronoun more often than all of them.

    Returns:
        The share of right answers, above 0 and up to 1, or None.
    """
    if read_change(text) is not None:
        return None  # "half as many errors" depends on how many there are today
    text = _overall(_without_asides(text))
    if _FLAWLESS.search(plain_of(text)):
        return 1.0
    if _BEATEN.search(plain_of(text)):
        return None  # by how much nobody said
    if _is_of_something_else(plain_of(text)):
        return None
    figures = figures_of(_wished(text), MEASURE)
    if needed := _NEEDED.search(figures):
        figures = needed[0]
    if CURRENCY.search(figures) or _TIME.search(figures):
        return None
    shares = _stated_shares(figures)
    if shares and _has_a_lone_figure(figures):
        return None  # only one of them can be meant
    if not shares and (bare := only_number(figures)) is not None and not 1 < bare < 10:
        pronoun = bare == 1 and not re.search(r"\b1\b", text)
        shares = [] if pronoun else [bare if bare <= 1 else bare / 100]
    if len(shares) != 1:
        return None
    allows_errors = bool(_ERRORS.search(figures)) and shares[0] < 0.5
    allows_errors = allows_errors or bool(_WRONG_SHARE.search(figures))
    allows_errors = allows_errors or (shares[0] < 0.5 and bool(_ERROR_RATE.search(text)))
    share = round(1 - shares[0] if allows_errors else shares[0], 9)
    return share if 0 < share <= 1 else None


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
    parts = clauses(plain)
    asides = [part for part in parts if _ASIDE.search(part) and re.search(r"\d", part)]
    kept = [part for part in parts if part not in asides]
    told = in_digits(" ".join(kept), COUNT)
    return ", ".join(kept) if asides and re.search(r"\d", told) else plain


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
    requests = None if other else _monthly(figures, text)
    return None if requests is None else round(requests)


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
    return _monthly(figures, text)


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
