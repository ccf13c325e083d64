"""Choices in free text: how often facts change, and whether they come with the input."""

import math
import re
from typing import get_args

from agent.utterances.figures import MEASURE, NUMBER, PERCENT, clauses, in_digits, plain_of
from agent.utterances.rhythms import in_whole_words, read_rate
from policies.brief import RETRAININGS, Cadence

_STEADY = (
    r"static|fixed|stable|(?:hardly|barely|almost never|\w+n't|not|never|no)\s+(?:\w+\s)?chang"
)
# Which day of a month it is does not make it weekly: "the first Monday of every month".
_DAY_OF = re.compile(
    r"\b(?:first|second|third|fourth|last|1st|2nd|3rd|4th|same|\d+th) (?:\w+ )?\w*(?:day|week)\b"
    r"(?= (?:of|in|per|each|every) )"
)
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b"
_RHYTHM = r"\b(?:an?|per|each|every|by the)\s+(?:\w+\s+)?"  # 'opening hours' are none
_OFTEN = r"(?:twice|times|couple|few)\s+(?:an?|per|each|every)\s+"
_CADENCES: tuple[tuple[str, Cadence], ...] = (
    (
        rf"\b(?:{_STEADY})\w*(?:\s+(?:at all|really|ever))?(?=$|[.,!;])"
        r"|\b(?:in|for) (?:\w+ ){0,2}years\b|\bblue moon\b"
        r"|\b(?:not|never|\w+n't) (?:\w+ )?chang\w+\b.{0,40}\bsince\b",
        "never",
    ),
    (
        rf"{_OFTEN}(?:hour|day|week)|\bhourly\b|{_RHYTHM}hours?\b|\bdaily"
        r"|(?<!not )\bevery\s?(?:\w+ )?day\b",
        "daily",
    ),
    (r"\bdays?\b|constantly|continuously|all the time|real[ -]?time|by the minute", "daily"),
    (r"\bover ?night\b|\bnightly", "daily"),
    (rf"{_OFTEN}month|(?<!not )\b(?:bi)?weekly|\bweeks?\b|fortnight|\b{_WEEKDAY}", "weekly"),
    (rf"{_OFTEN}year|month|quarter|season|half[ -]year", "monthly"),
    (r"\byear|\bannual|per annum", "yearly"),
    (r"\b(?:hardly|never|rarely|seldom|static|fixed|stable|not (?:often|much))\b|^no\W*$", "never"),
)


# How long something takes is no rhythm: "it takes a new guy about a month to learn".
_LASTING = re.compile(
    r"\b(?:takes?|took|taking|lasts?|lasted|spends?|spent)\b"
    r"(?: (?!every\b|each\b|per\b)[\w.,-]+){0,6}?"
    r" (?:hours?|days?|weeks?|months?|years?)\b"
)


_QUARTERLY = 1 / 3 - 1e-9  # times a month


def read_cadence(text: str) -> Cadence | None:
    """How often facts change, such as 'weekly', 'every few months' or 'hardly ever'.

    A rhythm between two cadences reads as the faster one ('each quarter' is monthly), but what is
    rarer than each quarter is nearer to once a year, and reads as that.
    """
    found = {cadence for clause in clauses(text) if (cadence := _cadence(clause))}
    return max(found, key=get_args(Cadence).index) if found else _cadence(text)


def _cadence(text: str) -> Cadence | None:
    plain = in_whole_words(text)
    plain = re.sub(r"\bnot (?:every|each) \w+|\bnot (?:daily|weekly|monthly)", "", plain)
    plain = _DAY_OF.sub("", _LASTING.sub("", plain))
    told = next((cadence for pattern, cadence in _CADENCES if re.search(pattern, plain)), None)
    rate = read_rate(plain)
    rare = rate is not None and 0 < rate < _QUARTERLY
    return "yearly" if rare and told not in (None, "never") else told


def is_between_cadences(text: str) -> bool:
    """Whether a rhythm is none of the cadences that it could be read as: 'twice a year'."""
    return rate_between_cadences(text) is not None or bool(_CEASELESS.search(plain_of(text)))


_CEASELESS = re.compile(r"\b(?:constantly|continuously|all the time)\b")


def rate_between_cadences(text: str) -> float | None:
    """The times a month of a rhythm that is none of the cadences; None where it is one."""
    rates = [rate for clause in clauses(text) if (rate := read_rate(clause)) is not None]
    rounded = (rate for rate in rates if rate < RETRAININGS["daily"])
    return next(
        (rate for rate in rounded if not any(math.isclose(rate, r) for r in RETRAININGS.values())),
        None,
    )


_KEPT_ELSEWHERE = (
    r"(?:systems?|data ?bases?|tables?|lists?|catalog(?:ue)?s?|sap|erp|crm|wiki|manuals?|calendars?"
    r"|inventory|handbooks?|intranet|sheets?|website|accounts?|stock|warehouse|knowledge base"
    r"|contracts?|polic(?:y|ies)|documents?|schedules?|guides?|guidelines?|tariffs?|rule ?books?)"
)
_ELSEWHERE = re.compile(
    r"\blook(?:s|ed|ing)?\b.{0,30}\bup\b|\blook(?:s|ing)? (?:it|that|them|things) up\b"
    rf"|\b(?:check|ask|see|consult|open|search|need)\w*\b.{{0,30}}\b{_KEPT_ELSEWHERE}\b"
    rf"|\b(?:from|in) (?:(?:our|the|an?) )?(?:\w+ )?{_KEPT_ELSEWHERE}\b"
    r"|\b(?:needs?|has|have) to know (?:about )?our\b"
    r"|\b(?:model|it|bot|llm|ai|machine) (?:\w+n't|cannot|will not) know (?:about )?our\b"
    rf"|\b(?:lost|stuck|nowhere|hopeless) without\b.{{0,12}}\b{_KEPT_ELSEWHERE}\b"
)
# "Can't be answered without our CRM": the denial is of doing it without.
_INDISPENSABLE = re.compile(
    r"\b(?:not|never|no (?:way|chance|one)|nobody|none|cannot|impossible|useless|\w+n't)\b"
    r"(?:(?!\b(?:problem|issue|need|require)\b)[^,.;!?])*\bwithout (?P<what>[^,.;!?]*)"
)
_HELD_ELSEWHERE = re.compile(rf"\b{_KEPT_ELSEWHERE}\b")
_GIVEN = r"(?:e?-?mail|message|text|input|ticket|request|question|row|file|there)"
_INSIDE = re.compile(
    rf"\b(?:all|everything|enough)\b.{{0,40}}\b(?:in|inside|within)\b.{{0,12}}\b{_GIVEN}\b"
    rf"|\b{_GIVEN} (?:\w+ )?(?:has|have|holds?|contains?|says?|tells?) (?:it )?(?:all|enough"
    r"|everything)"
    r"|\bit(?:'s| is) (?:all|enough|in there)\b"
    r"|\bnothing (?:else )?(?:(?:is |comes )?(?:needed )?)?from (?:the )?(?:outside|elsewhere)\b"
    r"|\bonly what\b.{0,30}\b(?:wrote|writes?|says?|said|sends?|sent)\b|\bnothing else\b"
    rf"|\b(?:from|by) the {_GIVEN} (?:alone|itself|only)\b|\b(?:just|only) the {_GIVEN}\b"
)
_IS_GIVEN = re.compile(
    r"\b(?:that|those|these|they|it|which|this)(?:'s|'re| is| are) (?:(?:all|always|already|stated"
    r"|given|written|named|told|included|contained) )*(?:in|inside|within|part of)"
    rf" (?:the |each |every |our |its )?(?:{_GIVEN}|prompt)\b"
)
# "Which we include with each message": what is looked up, but by whoever asks.
_SUPPLY = "past|includ|attach|put|add|inject|suppl|append|prepend|embed|provid|pass|feed|fed|giv"
_SUPPLIED = re.compile(
    r"\b(?:we|they|i|you|our \w+|system|\w+'[sr]e?|it|which|that|is|are|gets?|being)"
    r"(?: (?:will|would|do|can|already|always|usually|just|then|also|all|is|are|gets?|not|never"
    r"|\w+n't))*"
    rf" (?:{_SUPPLY})(?:e|es|s|ed|ded|en|y|ies|ied|ing)?"
    r"(?: [\w'-]+){0,4}?"
    r" (?:in|into|to|with|within|inside|alongside|of)"
    rf" (?:(?:the|each|every|our|its|any|that) )?(?:{_GIVEN}|prompt|context|model|case)s?\b"
)
_EXCEPTING = (
    r"except|although|though|for some|in some|apart from|other than|but|unless|sometimes|usually"
    r"|mostly|often"
)
_EXCEPTED = re.compile(rf"\b(?:{_EXCEPTING})\b")
_LIMITED = re.compile(rf"\b(?:{_EXCEPTING}|besides|only|just)\b")
# "Not for most of them", "maybe 1 in 50": of how many it is true.
_SHARED = re.compile(
    rf"\bmost(?! (?:recent|likely))\b|\b(?:an?|the) (?:few|half|third|quarter|handful|minority)\b"
    rf"|{NUMBER} ?(?:{PERCENT.pattern}|(?:in|of|out of) (?:every )?\d)"
)
_SELDOM = re.compile(r"\b(?:rarely|seldom)\b")
_NEVER = r"(?:not|never|rarely|seldom|no need to|\w+n't)"
_NOT_INSIDE = re.compile(
    rf"\bnot (?:just|only) (?:in |from )?the {_GIVEN}\b"
    rf"|\b{_NEVER}\b(?: \w+){{0,3}} (?:in|inside|within|from)(?: \w+)? {_GIVEN}\b"
    rf"|\b{_GIVEN} (?:\w+ )?{_NEVER} (?:\w+ )?(?:has|have|hold|contain|say|tell|mention|include)"
)
_NOT_ELSEWHERE = re.compile(
    r"\bneeds? (?:not|never) (?:to )?(?:be )?(?:know|see|have|read|use|looked|check|consult)\w*\b|"
    rf"\b{_NEVER}\b(?: (?!without\b)\w+){{0,2}} (?:look|check|ask|consult|search|need)"
    r"|\bnothing\b(?: \w+){0,4} (?:look|check|ask|consult|search)"
    rf"|\b{_NEVER}\b(?: \w+){{0,2}} (?:depends?|rel(?:y|ies)|hinges?) (?:up)?on\b"
    rf"|\b{_NEVER}\b(?: \w+){{0,2}} (?:matter|affect|influence)\b"
    r"|\b(?:no|without) (?:influence|bearing|effect|impact) on\b"
)


_STARTERS = r"(?:joiner|start|hire|colleague|staff|guy|girl|person|people|employee|agent|clerk)"
_CHANGES = re.compile(
    rf"chang|mov(?:e|ing)|updat|\bnew (?!{_STARTERS})|re-?organi|revis"
    r"|\bvar(?:y|ies)|differ|\badd(?:ed|s)?\b"
)


LABELS = "labels?|categor(?:y|ies)|classes|tags|topics|taxonom(?:y|ies)|queues|intents"
_OF_LABELS = re.compile(rf"\b(?:{LABELS})\b")


def tells_labels_change(text: str) -> bool:
    """Whether it is the labels that change, which says nothing of facts that the input lacks."""
    return any(_OF_LABELS.search(clause) and tells_change(clause) for clause in clauses(text))


def tells_change(text: str) -> bool:
    """Whether something is said to change: a rhythm alone may be that of a training."""
    return bool(_CHANGES.search(plain_of(text)))


def names_exception(text: str) -> bool:
    """Whether something is left out of what is said: 'no, except for stock levels'.

    'Not for most of them', 'rarely' and 'not without …' leave something out as well.
    """
    plain = plain_of(text)
    if _LIMITED.search(plain) or _SHARED.search(in_digits(plain, MEASURE)):
        return True
    return bool(_INDISPENSABLE.search(plain) or (_SELDOM.search(plain) and not tells_change(plain)))


def _is_indispensable(plain: str) -> bool:
    """Whether nothing goes without a place where facts are kept: 'not without the price list'."""
    found = _INDISPENSABLE.search(plain)
    return bool(found and _HELD_ELSEWHERE.search(found["what"])) and not plain.endswith("?")


_DENIED = re.compile(r"\b(?:not|never|no longer|cannot|\w+n't)\b")


def are_supplied(text: str) -> bool | None:
    """Whether facts from elsewhere are put into the input: 'we paste that in the prompt'.

    Returns:
        True or False as it is said, and None where it is not, or not of every input.
    """
    plain = plain_of(text)
    if not _SUPPLIED.search(plain):
        return None
    unsure = _EXCEPTED.search(re.sub(r"\b(?:but|although|though)\b", " ", plain))
    return None if unsure else not _DENIED.search(plain)


_PRESENTLY = (
    r"(?:our|today's|tomorrow's|this (?:week|month)'s|(?:the )?(?:current|latest|live|present"
    r"|newest|actual|up[- ]to[- ]date|real[- ]time))"
)
_NEEDS = re.compile(
    r"\b(?:needs?|requires?|depends? on|rel(?:y|ies) on|ha(?:s|ve) to (?:know|see|have)|must know)"
    r"(?: (?:to|know|see|have|about|up))*"
    rf" (?:{_PRESENTLY}|(?<=know )the|(?<=about )the) (?!{_GIVEN}s?\b)\w{{3,}}"
)


_RECORD = re.compile(rf"\b(?:the|our|an?|my|this|that|some)\b (?:\w+ ){{0,2}}{_KEPT_ELSEWHERE}\b")
_DOUBT = re.compile(
    r"\b(?:not (?:\w+ )?(?:sure|certain)|unsure|sometimes|maybe|perhaps|possibly|probably|might"
    r"|i (?:think|guess|suppose|believe)|hard to (?:say|tell)|it depends|(?:don't|do not) know)\b"
)


def names_a_record(text: str) -> bool:
    """Whether something is named that facts are kept in: 'the fee schedule', 'our style guide'."""
    plain = plain_of(text)
    return bool(_RECORD.search(plain)) and not _DENIED.search(plain) and not plain.endswith("?")


def tells_doubt(text: str) -> bool:
    """Whether what is said is said not to be sure, or not always so: 'not sure', 'sometimes'."""
    return bool(_DOUBT.search(plain_of(text)))


def names_a_need(text: str) -> bool:
    """Whether something is named that an answer needs, and no input tells: 'needs our prices'."""
    plain = plain_of(text)
    return bool(_NEEDS.search(plain)) and not _DENIED.search(plain) and not plain.endswith("?")


def read_outside_facts(text: str) -> bool | None:
    """Whether right answers need facts from elsewhere: 'you'd have to look that up'."""
    plain = plain_of(text)
    missing, needless = bool(_NOT_INSIDE.search(plain)), bool(_NOT_ELSEWHERE.search(plain))
    supplied = are_supplied(text)
    missing = missing or supplied is False or _is_indispensable(plain)
    given = (clause for clause in clauses(text) if _IS_GIVEN.search(clause))
    needless = needless or any(not _EXCEPTED.search(clause) for clause in given)
    needless = needless or bool(supplied)
    all_inside = bool(_INSIDE.search(plain)) and not _EXCEPTED.search(plain)
    inside = needless or (all_inside and not missing)
    elsewhere = missing or (bool(_ELSEWHERE.search(plain)) and not needless)
    return elsewhere if inside != elsewhere else None
