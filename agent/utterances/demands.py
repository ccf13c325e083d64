"""Demands after the verdict: 'actually 85% is enough', 'make it 85%', 'what if we needed 95%?'."""

import re

from agent.utterances.corrections import moves_a_price
from agent.utterances.facts import ALONE, REPLACES, FactField, read_facts
from agent.utterances.figures import (
    COUNT,
    MEASURE,
    PERCENT,
    figures_of,
    in_digits,
    only_number,
    plain_of,
)
from agent.utterances.periods import PERIOD
from agent.utterances.quantities import read_milliseconds
from agent.utterances.volumes import read_volume

# What a change of mind can be about; where rows may go was settled before they went.
_CHANGEABLE: frozenset[FactField] = frozenset(
    {
        "target",
        "monthly_requests",
        "latency_limit_ms",
        "monthly_budget",
        "facts_change",
        "replaces_base",
        "beyond_labels",
    }
)
_OPENING = (
    r"(?:(?:actually|no|ok(?:ay)?|well|but|hm+|sorry|then|so|please|for (?:us|me|now)"
    r"|(?:can|could) you)\W+)*"
)
_ANSWERS = r"(?:it|the (?:model|answers?|prompt|classifier)|answers|an answer|each answer)"
# What makes a rate one of ours; else it may be a text of the team's own: 'we get 20 calls a day'.
_ANEW = re.compile(
    r"\b(?:now|actually|really|next year|meant|mean|rather|make (?:it|that))\b"
    r"|^(?:no|sorry|wait)\b|\bwe (?:only )?(?:do|handle|process)\b"
)
_CORRECTING = (
    r"(?:(?:actually|no|ok(?:ay)?|well|but|hm+|sorry|wait|then|so|i (?:meant?|said)|rather"
    r"|make (?:it|that)|it's|that's)\W+)*"
)
_SHARE = re.compile(rf"{_CORRECTING}[\d.,]+ ?(?:%|percent|per cent)\W*")
_RATE = re.compile(
    rf"{_CORRECTING}"
    r"(?:(?:we|it's|it is|that's|there (?:are|will be))(?:'re| are)?"
    r"(?: now| actually| really| only)?(?: (?:have|get|expect|had|do|handle|process|receive|at))?)?"
    r"(?: now| about| around| more like)* ?[\d.,]+ ?(?:k|m|thousand|million)?"
    r" (?:(?:requests|tickets|messages|e?-?mails|calls|cases) )?(?:a|per|each|every)"
    r" (?:month|week|day|year)(?: now| actually| really| next year)?\W*"
)
_TURNED_DOWN = re.compile(r"[\s,]+(?:and )?not [\d.,]+\D{0,30}$")  # 'not 800 a month'
_DEMAND = re.compile(
    rf"{_OPENING}(?:"
    r"(?:(?:please )?(?:make|set|take|call|let's (?:make|say|take|do)|change|lower|raise))"
    r" (?:it |that |this )?(?:to |at |with )?[\d.,]+ ?(?:%|percent\b).{0,20}"
    r"|(?:about |around |even |only )?[\d.,]+ ?(?:%|percent|per cent)"
    r" (?:is|are|would be|will be|'s) (?:(?:good|quite|just|more than|also) )*"
    r"(?:enough|fine|ok(?:ay)?|sufficient|all we need|what we need)"
    r"|[\d.,]+ ?(?:%|percent|per cent) (?:will|would|should|might) do"
    rf"|{_ANSWERS} (?:has|have|needs?|must|should|ought)(?: to)?"
    r" (?:answer|respond|reply|react|come|arrive|be (?:right|correct|back|there|answered))\b.{1,40}"
    r"|(?:we|i) (?:really |now |only )?(?:need|want|require|expect) (?:at least |only |about )?"
    r"[\d.,]+ ?(?:%|percent|per cent)(?: now| instead| after all)?"
    r"|[\d.,]+ ?(?:%|percent|per cent) please"
    rf"|{REPLACES}|{ALONE}"
    r"|we (?:(?:also|really) )?(?:need|want|require|expect) (?:(?:an?|the) (?:short )?(?:reason"
    r"|explanation|justification|rationale) (?:with|for|behind|beside) (?:each|every|the|its)"
    r" (?:label|answer|choice|decision)|more than (?:just |only )?(?:a|the) labels?)"
    r")\W*"
)
# All that may stand beside a share which is the target; beside anything else it is of something
# else: 'what if our team grows by 30 %'.
_OF_A_TARGET = frozenset(
    "a about accept accuracy accurate all also an and answers at bar be better beyond but cent"
    " content could d did do down enough expect expected fine for from goal good had happens"
    " happy have how i i'd if imagine in instead is it just least less live ll lower made make me"
    " maybe more need needed no now of ok okay once one only or our out over per percent quality"
    " quite raise raised re really require required right s said say score set settle share"
    " should so sufficient suppose than that the then there they threshold to today under us"
    " using want wanted was we were what when why will with would you".split()
)
_WORD = re.compile(r"[a-z]+")
_OF_SCORES = re.compile(
    r"\b(?:target|accura\w+|quality|goal|right|correct\w*|errors?|mistakes?|wrong)\b"
)
_CANNOT_LEAVE = re.compile(
    r"\b(?:can't|cannot|can not|couldn't|could not|(?:is|are|was|were)(?:n't| not) allowed to)"
    r" (?=leave\b)"
)
_CAN_LEAVE = re.compile(r"\b(?:could|was allowed to|were allowed to) (?=(?:leave|be sent|go to)\b)")
_SUPPOSING = re.compile(
    r"(?:(?:and|but|so|ok)\W+)*(?:what if|suppose|imagine|would|if|(?:what|how) about)\b"
)
# A time with nothing beside it that it could be the time of: 'what if 50ms'.
_A_TIME = re.compile(
    rf"{_SUPPOSING.pattern}(?: (?:we|it|they|the|limit|answers?|need(?:ed|s)?|ha[ds]|was|were|is"
    r"|should|must|to|be|took|takes?|within|under|in|at|only|about))*"
    r" ?[\d.,]+ ?(?:ms|milliseconds?|msecs?|s|secs?|seconds?)\W*"
)
_AT = re.compile(r"(?:(?:and|so|ok|or|but|now|then)\W+)*(?:(?:at|with|for)\W+)?(?:about |only )?")


def read_demand(text: str) -> dict[str, object]:
    """What a message demands of the answers from now on, by fields of the brief; often nothing.

    The whole message has to be the demand: a team's own texts hold percentages as well.
    """
    plain = _TURNED_DOWN.sub("", plain_of(text))
    if _ANEW.search(plain) and _RATE.fullmatch(plain):
        return _changeable(plain)
    if _ANEW.search(plain) and _SHARE.fullmatch(plain):
        return _share_in(plain)
    if not _DEMAND.fullmatch(plain_of(text)):
        return {}
    return _changeable(text) or _share_in(text)


def read_supposed(text: str) -> dict[str, object]:
    """The facts that a message supposes; a share that it names alone is the target."""
    plain = _CAN_LEAVE.sub("may ", _CANNOT_LEAVE.sub("may not ", plain_of(text)))
    if moves_a_price(plain):
        return {}
    if not _SUPPOSING.match(plain):  # any question, which may be a text of the team's
        return _changeable(plain)
    facts: dict[str, object] = {str(field): value for field, value in read_facts(plain).items()}
    if not (_OF_SCORES.search(plain) or _is_alone(plain)):
        facts.pop("target", None)
    if not facts and _is_alone(plain):
        facts = _share_in(plain)
    if not facts and _A_TIME.fullmatch(plain):
        limit = read_milliseconds(plain)
        facts = {"latency_limit_ms": limit} if limit is not None else {}
    return facts


def read_fact(part: str) -> dict[str, object]:
    """The facts that a part of a message names, of those about which one can change one's mind."""
    return _changeable(part)


def read_bare_volume(text: str) -> str | None:
    """The volume that a message is and nothing more: '100k a month', 'and at 100k?'."""
    plain = plain_of(text).rstrip("?!. ")
    opening = _AT.match(plain)
    said = plain[opening.end() :] if opening else plain
    number = COUNT.match(said)
    rest = said[number.end() :] if number else ""
    volume = read_volume(said) if number else None
    is_rate = PERIOD.fullmatch(rest.strip()) is not None
    named = opening is not None and opening[0].strip() != "" and not rest and (volume or 0) > 100
    return said if volume and (is_rate or named) else None


def _is_alone(plain: str) -> bool:
    """Whether nothing stands beside a figure that it could be a share of."""
    return set(_WORD.findall(in_digits(plain, MEASURE))) <= _OF_A_TARGET


def _changeable(text: str) -> dict[str, object]:
    return {field: value for field, value in read_facts(text).items() if field in _CHANGEABLE}


def _share_in(text: str) -> dict[str, object]:
    number = only_number(figures_of(text, MEASURE))
    percent = PERCENT.search(plain_of(text)) or (number is not None and 10 <= number < 100)
    in_bounds = number is not None and percent and 0 < number <= 100
    if number is not None and in_bounds:
        return {"target": number / 100}
    return {}
