"""Changed answers and what-ifs."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from agent.utterances.choices import read_cadence
from agent.utterances.figures import ABSURD, COUNT, NUMBER, figures_of, plain_of
from agent.utterances.periods import PERIOD
from agent.utterances.quantities import (
    GOAL,
    OF_ROWS,
    is_denied,
    is_measured,
    read_milliseconds,
    read_money,
    read_share,
    read_volume,
)
from policies.brief import Brief

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


_FIELDS: dict[CorrectedField, str] = {
    "target": rf"\b(?:target(?! (?:latency|volume|budget))|quality|accuracy)\b"
    rf"|\bthe (?:bar|threshold)\b|{GOAL}",
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
_SUPPOSED = (
    r"\b(?:what if|(?:happens?|and|but|cost|be|change|differ) if|suppose|imagine|assum\w+"
    r"|(?:what|how) about|say we|happens? (?:at|when|once))\b"
    r"|^(?:and|but|so|what) with\b"
)
_CUE = re.compile(
    rf"{_SUPPOSED}|\b(?:actually|i meant|should (?:be|have))\b"
    r"|\b(?:change|make|set|update|correct|raise|lower|increase|reduce|cut|double|triple|halve)"
    rf" (?:the |our |my )?(?:monthly |new )?{_NAMED}"
    rf"|^(?:the |our |my )?{_NAMED} ?(?:is|are|=|:|to|\d)"
)
_NOT_A_RATE = r"(?! (?:an?|per|each|every)\b)"
# Rewritten as '2 times', so that one pattern finds every factor; 'half a million' is a number.
_FACTORS = {
    rf"\b(?:doubl(?:e|ed|es|ing)|twice)\b{_NOT_A_RATE}": "2 times",
    r"\btripl(?:e|ed|es)\b": "3 times",
    r"\bhal(?:ve|ved|ves)\b|\bhalf(?= (?:the|that|of|as|our)\b|\W*$)": "0.5 times",
}
_TIMES = re.compile(rf"{NUMBER} ?-?(?:x|times|fold)\b{_NOT_A_RATE}|\bfactor of {NUMBER}")
_REQUESTED = re.compile(
    r"^(?:\w+,? )?(?:(?:can|could|would|will) you|(?:can|could|may) (?:we|i))\b|\bplease\b"
)
_STEP = re.compile(
    r"\bby\b|\b(?:more|less|fewer|extra|additional)\b(?! than)"
    r"|\d ?(?:points?|percent|%)? (?:higher|lower|up|down)\b"
)


_SORRY = re.compile(
    r"^(?:(?:oh|ah|oops|sorry|apologies|my (?:bad|mistake)|i was wrong|i got (?:that|it) wrong"
    r"|correction|no,? wait|wait)\W+)+"
)
# What a price does in a what-if; prices are the operator's, no answer of the team.
_PRICE_MOVES = re.compile(
    r"\b(?:price|cost|fee|tariff|wage|rent)s?\b(?:(?!\b(?:if|at|when|with|for)\b)[^.?])*"
    r"\b(?:halv|doubl|tripl|drop|fall|rise|go(?:es)? (?:up|down)|increas|decreas|chang)\w*"
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
    return asked or bool(re.search(_SUPPOSED, plain))


def _factor(plain: str) -> float | None:
    for wording, times in _FACTORS.items():
        plain = re.sub(wording, times, plain)
    times_found = _TIMES.search(figures_of(plain, COUNT))
    return float(times_found[1] or times_found[2]) if times_found else None


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
        current: The brief so far, which 'ten times', 'double' and 'half' multiply.
    """
    plain = _SORRY.sub("actually ", plain_of(text))
    told = is_measured(plain) and not re.search(_SUPPOSED, plain)
    if asks_about_figures(plain) or is_denied(plain) or told or moves_a_price(plain):
        return None
    fields = [field for field, wording in _FIELDS.items() if re.search(wording, plain)]
    factor = _factor(plain)
    a_rate = factor or PERIOD.search(plain) or is_what_if(plain)
    if not fields and _REQUESTS.search(plain) and a_rate:
        fields = ["monthly_requests"]
    if len(fields) != 1 or not _CUE.search(plain):
        return None
    field = fields[0]
    value: float | int | str | None = None
    if factor is not None:
        value = _scaled(field, factor, current)
    elif not _STEP.search(plain):
        value = _READERS[field](plain)
    return None if value is None else Correction(field, value)
