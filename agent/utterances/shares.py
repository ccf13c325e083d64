"""Shares of right answers in free text, wished for or of today; None for what is not sure."""

import re

from agent.utterances.figures import (
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
from agent.utterances.periods import PERIOD
from agent.utterances.relatives import read_change
from agent.utterances.volumes import TIME

_OF = r"(?:/|\b(?:out of|outta|of|in|per|on(?= (?:every |each )?100\b))\b)\s*(?:every |the |each )?"
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
# What has to be put right was wrong: 'he should only have to correct one in ten'.
_REPAIRED = re.compile(
    r"\b(?:to|must|should|will|would|can|may|only|just) (?:correct|fix|redo|rework|repair|rewrite"
    r"|adjust|amend|change)\b|\b(?:correct(?:ed|ing|ions?)|fix(?:ed|es|ing)|re-?(?:done|doing)"
    r"|rework\w*|rewritten|repaired)\b"
)
_WRONG_SHARE = re.compile(
    rf"{NUMBER}\s*(?:{PERCENT.pattern}) (?:of (?:them|it|answers) )?(?:may be |can be )?"
    r"(?:wrong|errors?|mistakes?|incorrect)\b"
)
# So many errors, of which no share is told: '100 wrong', '10 mistakes'.
_COUNTED_ERRORS = re.compile(rf"{NUMBER}(?: \w+)? (?:{_ERRORS.pattern})")
_MANY_ERRORS = 50  # of the hundred that is asked about; as many or more are of another number
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
    r"|so that|expect(?:s|ed)?|requir(?:e[sd]?|ement)|demand(?:s|ed)?|wish(?:ed)?|hope[sd]?)\b"
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
# "For allergens …, for tags …": each of another part, whatever is said of it.
_NO_PART = (
    r"(?!(?:us|me|now|later|today|start\w*|example|instance|that|this|it|all|both|our|sure)\b)"
)
_EACH_PART = rf"\b(?:for|on|with|in) (?:the |our )?{_NO_PART}[a-z]{{3,}}"
_TWO_PARTS = re.compile(rf"{_EACH_PART}\b[^,;.]*[,;.] ?(?:but |and |while )?{_EACH_PART}\b")


def names_other_measure(text: str) -> bool:
    """Whether a share is told of another measure than right answers: 'F1 >= 0.85'."""
    return bool(_OTHER_MEASURE.search(plain_of(text)))


def names_part(text: str) -> bool:
    """Whether a share is told of one part of the rows: '98% on the refunds class'."""
    plain = plain_of(text)
    return bool(_PART_OF_ROWS.search(plain) or _TWO_PARTS.search(plain))


def _is_of_something_else(plain: str) -> bool:
    """Whether a share is told of another measure, or of one part of the rows: 'if it's urgent'."""
    return bool(_OTHER_MEASURE.search(plain)) or names_part(plain)


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
    if CURRENCY.search(figures) or TIME.search(figures):
        return None
    shares = _stated_shares(figures)
    if shares and _has_a_lone_figure(figures):
        return None  # only one of them can be meant
    if not shares and (bare := only_number(figures)) is not None and not 1 < bare < 10:
        pronoun = bare == 1 and not re.search(r"\b1\b", text)
        shares = [] if pronoun else [bare if bare <= 1 else bare / 100]
    if len(shares) != 1 or _counts_errors_of_more(figures):
        return None
    wrong = _ERRORS.search(figures) or _REPAIRED.search(figures)
    allows_errors = bool(wrong) and shares[0] < 0.5
    allows_errors = allows_errors or bool(_WRONG_SHARE.search(figures))
    allows_errors = allows_errors or (shares[0] < 0.5 and bool(_ERROR_RATE.search(text)))
    share = round(1 - shares[0] if allows_errors else shares[0], 9)
    return share if 0 < share <= 1 else None


def _counts_errors_of_more(figures: str) -> bool:
    """Whether more errors are counted than a hundred answers could hold: '100 wrong'."""
    counted = _COUNTED_ERRORS.search(figures)
    return bool(counted) and not _stated_shares(figures) and _errors(counted) >= _MANY_ERRORS


def _errors(counted: re.Match[str] | None) -> float:
    return float(counted[1]) if counted else 0.0


def read_errors_among(text: str) -> float | None:
    """The share that is right where errors and cases are counted: '2,000 a week, 100 wrong'.

    Of each there has to be one number, and of the same period where both tell one.
    """
    parts = [in_digits(part, COUNT) for part in clauses(text)]
    wrong = [part for part in parts if _COUNTED_ERRORS.search(part) and len(_numbers(part)) == 1]
    cases = [part for part in parts if len(_numbers(part)) == 1 and not _ERRORS.search(part)]
    shares = any(_stated_shares(part) for part in parts) or CURRENCY.search(text)
    if len(wrong) != 1 or len(cases) != 1 or len(_numbers(" ; ".join(parts))) != 2 or shares:
        return None
    periods = {found[0] for part in (*wrong, *cases) if (found := PERIOD.search(part))}
    errors, of = _numbers(wrong[0])[0], _numbers(cases[0])[0]
    if len(periods) > 1 or not 0 < errors < of / 2:
        return None
    return round(1 - errors / of, 9)


def _numbers(figures: str) -> list[float]:
    return [float(number) for number in re.findall(NUMBER, figures)]
