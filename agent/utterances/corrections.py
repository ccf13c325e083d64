"""Changed answers and what-ifs."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from agent.utterances.choices import read_cadence
from agent.utterances.figures import ABSURD, NUMBER, plain_of
from agent.utterances.multiples import FALLING, RISING, TO_COME, factor_told, share_told
from agent.utterances.periods import PERIOD
from agent.utterances.quantities import read_milliseconds, read_money
from agent.utterances.rhythms import read_rate
from agent.utterances.shares import GOAL, OF_ROWS, is_denied, is_measured, read_share
from agent.utterances.volumes import read_volume
from policies.brief import RETRAININGS, Brief

CorrectedField = Literal[
    "target",
    "monthly_requests",
    "latency_limit_ms",
    "monthly_budget",
    "facts_change",
    "retrainings_per_month",
]
_MULTIPLIED: frozenset[CorrectedField] = frozenset(
    {"monthly_requests", "latency_limit_ms", "monthly_budget", "retrainings_per_month"}
)  # by '20 % more'; of a target that may be points


@dataclass(frozen=True)
class Correction:
    """One changed answer.

    Attributes:
        field: The field of the brief that changes.
        value: Its new value, in the brief's own unit.
    """

    field: CorrectedField
    value: float | int | str


_FIELDS: dict[CorrectedField, str] = {
    "target": rf"\b(?:target(?! (?:latency|volume|budget))|quality|accuracy)\b"
    rf"|\bthe (?:bar|threshold)\b|{GOAL}",
    "monthly_requests": r"\b(?:volumes?|traffic)\b",
    "latency_limit_ms": r"\b(?:latency|(?:response|answer|waiting) times?|time limit)\b",
    "monthly_budget": r"\b(?:budget|spend|spending)\b",
    "facts_change": r"\bfacts\b|\b(?:labels?|rules|answers|prices|policies) (?:\w+ )?chang",
    "retrainings_per_month": r"\bretrain\w*|\btrain(?:ed|ing)? (?:it |them )?(?:again|anew)\b",
}
_REQUESTS = re.compile(r"\b(?:requests?|tickets|calls|queries|messages|e?-?mails)\b")
_NAMED = rf"(?:{'|'.join(_FIELDS.values())})"
_SUPPOSED = (
    r"\b(?:what if|(?:happens?|and|but|cost|be|change|differ) if|suppose|imagine|assum\w+"
    r"|(?:what|how) about|say we|happens? (?:at|when|once))\b"
    r"|^(?:and|but|so|what) with\b"
)
_MOVING = (
    rf"^(?:if )?(?:the |our |my )?{_NAMED} (?:(?:will|might|could|may) )?(?:{RISING}|{FALLING})\b"
)
# Of what is still to come only a supposition is made: 'traffic grows 50 % next year'.
_TO_COME = re.compile(
    rf"^(?:the |our |my )?{_NAMED} (?:(?:will|might|could|may) (?:\w+ )?(?:{RISING}|{FALLING})"
    rf"|{TO_COME})\b"
)
# Any plural stands for the requests, whatever a team calls them, but for what else a run counts.
_OTHER_COUNTS = (
    r"(?:examples|rows|labels|categories|classes|topics|fields|errors|mistakes|prompts|models|tokens"
    r"|points|costs|prices|days|weeks|months|years|hours|minutes|seconds|times|retrainings"
    r"|employees|colleagues|documents|gpus|servers|machines)"
)
_AS_MANY = re.compile(
    r"\b(?:twice|double|triple|half|times|many)(?: (?:the|our|as|that|many|number|of))+ "
    rf"(?!(?:\w+ )?{_OTHER_COUNTS}\b)(?:[a-z]+ )?[a-z]{{2,}}[a-rt-z]s\b"
)
_PART_OF_THEM = r"\b(?:only|just) (?:one|1) (?:in|out of) (?:every )?\w+ (?:\w+ )?\w+s\b"
_GOES_THROUGH = (
    rf"^{_PART_OF_THEM} (?:\w+ )?(?:go|goes|come|comes|is sent|are sent|gets?|reach|reaches|needs?"
    r"|uses?)\b.*\b(?:it|this|model|prompt|classifier|through)\b"
)
_EXPECTED = re.compile(r"^we (?:expect|foresee|plan|will (?:have|get|see))\b")
_WHAT_IF = re.compile(r"(?:(?:and|but|so|ok)\W+)*(?:what if|suppose|imagine)\b")
_CUE = re.compile(
    rf"{_SUPPOSED}|{_MOVING}|{_GOES_THROUGH}"
    r"|^we (?:will |would )?retrain(?: it| the model)? (?:\w+|(?:once|twice) an? \w+)\W*$"
    r"|^(?:(?:please|then|let's|we|i) )*(?:(?:will|would|could|can|might) )?retrain"
    r"(?: it| them| the (?:tuned )?(?:model|classifier))? "
    r"(?:every|each|once|twice|never|\w+ times|weekly|monthly|quarterly|yearly)\b"
    rf"|^if (?:the |our |my )?{_NAMED} (?:is|are|was|were|would be|had|has)\b"
    r"|\b(?:actually|i meant|should (?:be|have))\b"
    r"|\b(?:change|make|set|update|correct|raise|lower|increase|reduce|cut|double|triple|halve)"
    rf" (?:the |our |my )?(?:monthly |new )?{_NAMED}"
    rf"|^(?:the |our |my )?{_NAMED} ?(?:is|are|=|:|to|\d)"
)
_REQUESTED = re.compile(r"^(?:\w+,? )?(?:can|could|would|will) you\b|\bplease\b")
_STEP = re.compile(
    r"\bby\b|\b(?:more|less|fewer|extra|additional)\b(?! than)"
    r"|\d ?(?:points?|percent|%)? (?:higher|lower|up|down)\b"
)


_SORRY = re.compile(
    r"^(?:(?:oh|ah|oops|sorry|apologies|my (?:bad|mistake)|i was wrong|i got (?:that|it) wrong"
    r"|correction|no,? wait|wait)\W+)+"
)
# What held before is no figure of the change: '85 in place of 95'.
_REPLACED = re.compile(rf" (?:in place of|instead of|in lieu of) {NUMBER} ?(?:%|percent\b)?")
# What a price does in a what-if; prices are the operator's, no answer of the team.
_PRICE_MOVES = re.compile(
    r"\b(?:price|cost|fee|tariff|wage|rent)s?\b(?:(?!\b(?:if|at|when|with|for)\b)[^.?])*"
    r"\b(?:(?:halv|doubl|tripl|drop|fall|rise|go(?:es)? (?:up|down)|increas|decreas|chang)\w*"
    r"|(?:was|were|is|gets?|becomes?|only)\b[^.?]*\b(?:half|twice|double|\d+ ?%))"
    r"|\b(?:halv|doubl|tripl|rais|lower|cut|drop|increas|reduc)\w* (?:(?:its|their|the|our|all) )?"
    r"(?:\w+ )?(?:price|fee|tariff)s?\b"
    r"|\d ?(?:%|percent\b|times\b) (?:cheaper|dearer|more expensive|pricier)\b"
    r"|\bcosts? (?:only |just )?(?:half|twice|double|\d+ times)\b(?! the\b)"
)
_NEVER = re.compile(
    r"\b(?:never|not|don't|without|no)\b[^.?]*\bretrain|\bretrain\w*[^.?]*\bnever\b"
)
_WHY = re.compile(r"\b(?:why|how come)\b(?! not\b)")
# The run's own figures, named in a question about them.
_ITS_FIGURE = re.compile(
    rf"\bthe {NUMBER} ?%|^(?:is|are|was) (?:only )?{NUMBER} ?%|{OF_ROWS.pattern}"
)


def asks_about_figures(text: str) -> bool:
    """Whether a message asks about what a run found: 'why only 86.7% right?'."""
    plain = plain_of(text)
    return bool(_WHY.search(plain) or _ITS_FIGURE.search(plain))


def moves_a_price(text: str) -> bool:
    """Whether a message is about a price that changes: 'what if the price halves?'."""
    return bool(_PRICE_MOVES.search(plain_of(text)))


def is_what_if(text: str) -> bool:
    """Whether a changed answer is only supposed: 'what if volume doubled', or asked about.

    'Why only 86.7% right?' and 'what about the 13% it gets wrong?' ask about the run as it is.
    """
    plain = plain_of(text)
    if asks_about_figures(plain):
        return False
    asked = plain.endswith("?") and not _REQUESTED.search(plain)
    to_come = _TO_COME.search(plain) or (_EXPECTED.search(plain) and share_told(plain))
    return asked or bool(re.search(f"{_SUPPOSED}|{_GOES_THROUGH}", plain) or to_come)


def only_supposes(text: str) -> bool:
    """Whether a message begins as nothing but a what-if does: 'what if we hired two people'."""
    return bool(_WHAT_IF.match(plain_of(text)))


def _scaled(field: CorrectedField, factor: float, current: Brief) -> float | int | None:
    now, most = getattr(current, field), 1 if field == "target" else ABSURD
    if not isinstance(now, int | float) or not 0 < now * factor <= most:
        return None
    return round(now * factor) if field == "monthly_requests" else round(now * factor, 9)


def read_correction(text: str, current: Brief) -> Correction | None:
    """A changed answer or a what-if, such as 'make the target 0.85' or 'ten times the volume'.

    Only one field at a time, and no steps ('by 5 points'), which would need a second reading.

    Args:
        text: What the person wrote.
        current: The brief so far, which 'ten times', 'double' and '20 % more' multiply.
    """
    plain = _REPLACED.sub("", _SORRY.sub("actually ", plain_of(text)))
    field = _field_named(plain)
    if field is None:
        return None
    value: float | int | str | None = None
    factor = _factor(plain, field)
    if factor is not None:
        value = _scaled(field, factor, current)
    elif not _STEP.search(plain):
        value = _READERS[field](plain)
    return None if value is None else Correction(field, value)


def is_cued(plain: str) -> bool:
    """Whether the wording is one of a change or a what-if."""
    return bool(_CUE.search(plain))


def unknown_multiplied(text: str, current: Brief) -> CorrectedField | None:
    """The field that a message multiplies although nobody has told it: 'budget drops 20 %'.

    The target is one as well: 5 % more of it may be points.
    """
    plain = plain_of(text)
    field = _field_named(plain)
    if field == "target":
        return field if share_told(plain) is not None else None
    if field is None or getattr(current, field) is not None:
        return None
    return None if _factor(plain, field) is None else field


def _field_named(plain: str) -> CorrectedField | None:
    """The one field that a change is about, or None."""
    told = is_measured(plain) and not re.search(_SUPPOSED, plain)
    denied = is_denied(plain) and not _NEVER.search(plain)  # 'never retrain' is a rhythm too
    if asks_about_figures(plain) or denied or told or moves_a_price(plain):
        return None
    fields = [field for field, wording in _FIELDS.items() if re.search(wording, plain)]
    a_rate = _factor(plain, "monthly_requests") or PERIOD.search(plain) or is_what_if(plain)
    of_them = _AS_MANY.search(plain) or re.search(_PART_OF_THEM, plain)
    if not fields and ((_REQUESTS.search(plain) and a_rate) or (of_them and is_what_if(plain))):
        fields = ["monthly_requests"]
    cued = _CUE.search(plain) or (_EXPECTED.search(plain) and share_told(plain))
    return fields[0] if len(fields) == 1 and cued else None


def _factor(plain: str, field: CorrectedField) -> float | None:
    by_share = share_told(plain) if field in _MULTIPLIED else None
    return factor_told(plain) or by_share


def _retrainings(text: str) -> float | None:
    """Retrainings a month: 'weekly', 'every 4 weeks', 'twice a month', 'never'."""
    if _NEVER.search(plain_of(text)):
        return 0.0
    rate = read_rate(text)
    if rate is not None:
        return round(rate, 2)
    cadence = read_cadence(text)
    return round(RETRAININGS[cadence], 2) if cadence else None


_READERS: dict[CorrectedField, Callable[[str], float | int | str | None]] = {
    "target": read_share,
    "monthly_requests": read_volume,
    "latency_limit_ms": read_milliseconds,
    "monthly_budget": read_money,
    "facts_change": read_cadence,
    "retrainings_per_month": _retrainings,
}
