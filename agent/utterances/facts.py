"""Several facts in one message: '95 %, about 20k a month, and nothing may leave the building'.

A fact that nobody asked for needs a cue of its own ('a month', 'under 2 s', 'budget'), since a task
may well be about a discount of 10 % or an invoice over $500. The interview reads all of them back.
"""

import re
from collections.abc import Callable, Collection
from typing import Literal

from agent.utterances.amounts import gathered
from agent.utterances.choices import LABELS, names_a_need, read_cadence, tells_change
from agent.utterances.figures import CURRENCY, PERCENT, clauses, plain_of
from agent.utterances.periods import PERIOD
from agent.utterances.places import read_may_leave
from agent.utterances.quantities import read_milliseconds, read_money
from agent.utterances.rhythms import read_rate
from agent.utterances.shares import GOAL, OF_ROWS, is_denied, is_measured, read_share, tells_present
from agent.utterances.volumes import read_volume

FactField = Literal[
    "target",
    "monthly_requests",
    "latency_limit_ms",
    "monthly_budget",
    "facts_change",
    "retrainings_per_month",
    "needs_outside_facts",
    "may_leave_machine",
    "beyond_labels",
    "replaces_base",
]
Value = float | int | str | bool

_PARTNERS = (
    "facts|rules|answers|prices|polic(?:y|ies)|stock|products?|menus?|fees?|tariffs?|fares|taxes"
    f"|guidelines?|deadlines?|timetables?|{LABELS}"
)
# 'The weekly meeting' and 'prices change daily' hold a period, but no number of requests.
_OTHER_RHYTHM = re.compile(
    r"\bhalf[ -]?(?:a )?year|"
    r"\b(?:hour|dai|week|month|quarter|year)ly [a-z]|\b(?:once|twice|times)\b"
    rf"|\b(?:{_PARTNERS}) (?:\w+ )?(?:chang|mov|updat)"
)
_GOOD = (
    rf"{GOAL}|\b(?:target|quality|accura\w+|right|correct\w*|enough|least|need|want|reach|hit"
    r"|please|errors?|mistakes?|wrong|of the time|would do|aim\w*)\b"
)
_FAST = (
    r"\b(?:under|within|below|at most|no more than|less than|max\w*|tops|latency|wait\w*|answers?"
    r"|respon\w+|fast\w*|replies|reply|p ?[59]\d|sla)\b"
)
_PAID = r"\b(?:budget|spend\w*|pay|afford|at most|no more than|max\w*|up to|limit|tops)\b"
_ASKED_OF_IT = (
    r"\b(?:requests?|tickets|calls|queries|messages|e?-?mails|volumes?|traffic|cases|documents)\b"
)


_LATER = re.compile(r"\b(?:next|soon|later|grow\w*|expect\w*|plan\w*|will|eventually)\b")


def read_facts(text: str) -> dict[FactField, Value]:
    """What a message states about the brief, whatever was asked; the first of each kind.

    Of two volumes none is taken: '500 a day in summer and 100 a day in winter'.
    """
    stated = _stated(text)
    found: dict[FactField, Value] = {}
    for clause in stated:
        if (fact := _fact(clause)) is not None:
            found.setdefault(*fact)
    rates = {c for c in stated if PERIOD.search(c) and not _LATER.search(c)}
    volumes = {fact[1] for c in rates if (fact := _fact(c)) and fact[0] == "monthly_requests"}
    needed = (c for c in stated if found.get("needs_outside_facts") and tells_change(c))
    if (cadence := next(filter(None, map(read_cadence, needed)), None)) is not None:
        found.setdefault("facts_change", cadence)  # both are told in one clause
    if len(volumes) > 1 or _counts_events(text):
        found.pop("monthly_requests", None)
    return found


# "It changes on every deploy, about 10 a day": the rate is that of the deploys.
_ON_EVENT = re.compile(
    r"\b(?:on|with|after|at|by) (?:every|each) (?:new )?(?:deploy\w*|releases?|builds?|commits?"
    r"|push|merges?|updates?|versions?|sprints?|deliver(?:y|ies)|shipments?|catalogues?|editions?)\b"
)


def _counts_events(text: str) -> bool:
    """Whether a rate in a message is that of an event that changes facts, and not of requests."""
    plain = plain_of(text)
    return bool(_ON_EVENT.search(plain)) and not re.search(_ASKED_OF_IT, plain)


# "1.5k USD once plus 200 a month": the second is money too, and nobody said of what kind.
_MONEY_TOO = re.compile(
    rf"((?:{CURRENCY.pattern})[^,.;]*?)(?: plus|,? and|,? then) [\d.,]+ ?k? "
    rf"(?:{PERIOD.pattern})(?=\W*$|[,.;])",
    re.IGNORECASE,
)


def _stated(text: str) -> list[str]:
    """The clauses of a message that may each state a fact."""
    return clauses(_MONEY_TOO.sub(r"\1", gathered(text)))


def without_facts(text: str, own: str | None) -> str:
    """A message without the clauses that state another fact than the one asked for."""
    kept = [c for c in clauses(gathered(text)) if (fact := _fact(c)) is None or fact[0] == own]
    return ", ".join(kept)


def beside_facts(text: str, kept: Collection[FactField]) -> str:
    """A message as it stands, but for its clauses that state other facts than those to be kept."""
    rest = plain_of(gathered(text))
    for clause in clauses(gathered(text)):
        if (fact := _fact(clause)) is not None and fact[0] not in kept:
            rest = rest.replace(clause, " ")
    return rest.strip(" ,.;!")


def _fact(clause: str) -> tuple[FactField, Value] | None:
    for field, cue, read in _FACTS:
        if cue(clause) and (value := read(clause)) is not None:
            return field, value
    return None


def _cue(*patterns: str) -> Callable[[str], bool]:
    """Whether a clause holds all of these."""
    found = [re.compile(pattern) for pattern in patterns]
    return lambda clause: all(pattern.search(clause) for pattern in found)


_SOMETIMES = re.compile(r"(?:(?:only|maybe|about|just|perhaps|but) )*in (?:about )?\d")  # 'in 5 %'


def _states_share(clause: str) -> bool:
    stated = PERCENT.search(clause) or re.search(
        r"\b(?:out of|in ten|in twenty|in 10|in 20|in 100)\b", clause
    )
    of_rows = OF_ROWS.search(clause) or _SOMETIMES.match(clause)
    if is_denied(clause) or is_measured(clause) or tells_present(clause) or of_rows:
        return False
    return bool(stated) and (len(clause.split()) <= 4 or bool(re.search(_GOOD, clause)))


_SAMPLED = re.compile(r"\b(?:sampl|test|check|count|inspect|label|review(?!s)|audit)(?:l?ed|s)?\b")


def _states_volume(clause: str) -> bool:
    if re.search(r"\b(?:budget|spend\w*|afford|pay)\b", clause) or _SAMPLED.search(clause):
        return False
    if re.search(r"\bhalf an? (?:sec|min|hour)", clause):
        return False
    stated = PERIOD.search(clause) or re.search(_ASKED_OF_IT, clause)
    return bool(stated) and not _OTHER_RHYTHM.search(clause)


def _names_target(clause: str) -> bool:
    named = re.search(rf"\b(?:target|accuracy)\b|{GOAL}", clause)
    return bool(named) and not (is_denied(clause) or is_measured(clause))


# Needs that no classifier meets: a reason with each label, several tasks in one model.
_BEYOND = (
    r"\b(?:need|want|require|expect)\b.*\b(?:reason|explanation|justification|rationale)s?\b"
    r"(?! codes?\b)|\b(?:more than|not (?:just|only)) (?:just |only )?(?:a|the) labels?\b"
    r"|\blabels? alone (?:is|are)(?: not|n't)\b|\bseveral tasks in (?:one|the same) model\b"
)
# Only where facts are named as such: stock and prices are spoken of for many reasons.
_OUTSIDE = (
    r"\b(?:outside|external) (?:facts?|knowledge)\b"
    r"|\bfacts? (?:(?:that|which) (?:are|is) )?(?:from (?:outside|elsewhere)\b"
    r"|(?:not|missing) (?:in|from) the (?:input|text|message)s?\b)"
    r"|\bfacts? (?:that |which )?the (?:input|text|message)s? lacks?\b"
)
# What answers need, and not what a text of the task is about.
_OF_ANSWERS = (
    r"(?:^|\b(?:and|as|since|because|that) )(?:it|(?:the |an? )?(?:right )?(?:model|bot|answer)s?)"
    r"(?: \w+)? (?:needs?|requires?|depends?|rel(?:y|ies)|ha(?:s|ve) to|must)\b"
)
_UNNEEDED = re.compile(r"\b(?:no|not|never|without|none|\w+n't)\b(?! (?:in|from) the\b)")

# What a tuned model is for: all that the base model does, or this task alone.
_IT = r"(?:it|(?:the|a|our) (?:(?:fine-?)?tuned |new )?(?:model|tune|adapter|one))"
REPLACES = (
    rf"{_IT} (?:(?:is|has|had|needs|ought) to|must|shall|should|will|would|may)(?P<no> not| never)?"
    r" (?:then )?(?:replace|take the place of) (?:(?:the|our) (?:base |old |present )?(?:model|one)"
    r"|the base|it) (?:for|in) (?:everything|all (?:tasks|we do|uses))"
)
ALONE = (
    rf"{_IT} (?:is|will be|would be|shall be)"
    r" (?:(?:only|just) for this task(?: alone)?|for this task (?:alone|only))"
)


def _replaces_base(clause: str) -> bool | None:
    """Whether a tuned model is to replace the base model; None where neither is said."""
    found = re.search(REPLACES, clause)
    if found:
        return not found["no"]
    return False if re.search(ALONE, clause) else None


_RETRAINED = re.compile(r"\bre-?train|\b(?:train|learn)\w* (?:\w+ )?(?:anew|again)\b")


def _retrained(clause: str) -> float | None:
    """How often a model is trained anew: 'we retrain quarterly'."""
    return None if is_denied(clause) else read_rate(clause)


_FACTS: tuple[tuple[FactField, Callable[[str], bool], Callable[[str], Value | None]], ...] = (
    ("may_leave_machine", lambda clause: True, read_may_leave),
    ("beyond_labels", _cue(_BEYOND), lambda clause: True),
    ("replaces_base", _cue(r"\b(?:everything|all|task)\b"), _replaces_base),
    ("needs_outside_facts", _cue(_OUTSIDE), lambda clause: not _UNNEEDED.search(clause)),
    ("needs_outside_facts", _cue(_OF_ANSWERS), lambda clause: names_a_need(clause) or None),
    (
        "facts_change",
        _cue(rf"\b(?:{_PARTNERS})\b", r"chang|mov|updat|new|added|reorgani|revis"),
        read_cadence,
    ),
    ("retrainings_per_month", _cue(_RETRAINED.pattern), _retrained),
    ("monthly_budget", _cue(rf"{CURRENCY.pattern}|\bbudget\b", _PAID), read_money),
    ("target", _states_share, read_share),
    ("target", _names_target, read_share),
    ("latency_limit_ms", _cue(_FAST), read_milliseconds),
    ("monthly_requests", _states_volume, read_volume),
)
