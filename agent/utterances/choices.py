"""Choices in free text: how often, yes or no, and "I don't know"."""

import re

from agent.utterances.figures import plain_of
from policies.brief import Cadence

_STEADY = (
    r"static|fixed|stable|(?:hardly|barely|almost never|\w+n't|not|never|no)\s+(?:\w+\s)?chang"
)
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b"
_OFTEN = r"(?:twice|times|couple|few)\s+(?:an?|per|each|every)\s+"
_CADENCES: tuple[tuple[str, Cadence], ...] = (
    (
        rf"\b(?:{_STEADY})\w*(?:\s+(?:at all|really|ever))?(?=$|[.,!;])"
        r"|\b(?:in|for) (?:\w+ ){0,2}years\b|\bblue moon\b",
        "never",
    ),
    (rf"{_OFTEN}(?:hour|day|week)|\bhour|\bdaily|(?<!not )\bevery\s?(?:\w+ )?day\b", "daily"),
    (r"\bdays?\b|constantly|continuously|all the time|real[ -]?time|by the minute", "daily"),
    (r"\bover ?night\b|\bnightly", "daily"),
    (rf"{_OFTEN}month|(?<!not )\b(?:bi)?weekly|\bweeks?\b|fortnight|\b{_WEEKDAY}", "weekly"),
    (rf"{_OFTEN}year|month|quarter|season|half[ -]year", "monthly"),
    (r"\byear|\bannual|per annum", "yearly"),
    (r"\b(?:hardly|never|rarely|seldom|static|fixed|stable|not (?:often|much))\b|^no\W*$", "never"),
)


def read_cadence(text: str) -> Cadence | None:
    """How often facts change, such as 'weekly', 'every few months' or 'hardly ever'.

    A rhythm between two cadences reads as the faster one ('each quarter' is monthly), so that
    facts are never trusted for longer than they last.
    """
    plain = re.sub(r"\bnot (?:every|each) \w+|\bnot (?:daily|weekly|monthly)", "", plain_of(text))
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
    plain = _POLITE_YES.sub("yes", plain_of(text))
    if is_unknown(text):
        return None
    refusal, agrees = _NO.search(plain), _YES.search(_NO.sub(" ", plain))
    if refusal:
        return False if refusal.start() == 0 or not agrees else None
    return True if agrees and not _HEDGE.search(plain) else None


_KEPT_ELSEWHERE = (
    r"(?:systems?|data ?bases?|tables?|lists?|catalog(?:ue)?s?|erp|crm|wiki|manuals?|calendars?"
    r"|inventory|handbooks?|intranet|sheets?|website|accounts?|stock|warehouse|knowledge base)"
)
_ELSEWHERE = re.compile(
    r"\blook(?:s|ed|ing)?\b.{0,30}\bup\b|\blook(?:s|ing)? (?:it|that|them|things) up\b"
    rf"|\b(?:check|ask|see|consult|open|search|need)\w*\b.{{0,30}}\b{_KEPT_ELSEWHERE}\b"
    rf"|\b(?:from|in) (?:our|the|an?) (?:\w+ )?{_KEPT_ELSEWHERE}\b"
)
_GIVEN = r"(?:e?-?mail|message|text|input|ticket|request|question|row|file|there)"
_INSIDE = re.compile(
    rf"\b(?:all|everything|enough)\b.{{0,40}}\b(?:in|inside|within)\b.{{0,12}}\b{_GIVEN}\b"
    r"|\bonly what\b.{0,30}\b(?:wrote|writes?|says?|said|sends?|sent)\b|\bnothing else\b"
    rf"|\b(?:from|by) the {_GIVEN} (?:alone|itself|only)\b|\b(?:just|only) the {_GIVEN}\b"
)


def read_outside_facts(text: str) -> bool | None:
    """Whether right answers need facts from elsewhere: 'you'd have to look that up'."""
    plain = plain_of(text)
    inside, elsewhere = bool(_INSIDE.search(plain)), bool(_ELSEWHERE.search(plain))
    return elsewhere if inside != elsewhere else None


_FILLER = r"(?:(?:i|we|i'm|we're|am|are|sorry|honestly|um+|hm+|well|really|just|to be honest)\W+)*"
_UNKNOWN = re.compile(
    rf"^{_FILLER}(?:(?:(?:do not|don't|can't|couldn't)(?: really)? (?:know|say|tell)"
    r"|(?:have )?no (?:idea|clue|preference)"
    r"|(?:haven't|have not) (?:got )?(?:a clue|any idea|thought)"
    r"|not a clue|beats me|not (?:really |quite )?(?:sure|certain)|unsure|dunno|idk"
    r"|(?:i'd|i would|i|we'd|we) (?:have|need) to (?:ask|check|look)|hard to (?:say|tell)"
    r"|whatever|(?:it )?(?:doesn't|does not) matter"
    r"|you (?:decide|choose|tell me)|up to you|your call"
    r"|use (?:the |your )?default|skip (?:it|this|that))\b.{0,80}"
    r"|(?:please )?(?:skip|pass|next(?: question)?|default|n/?a|\?+)(?: please)?[.!]*)$"
)


def is_unknown(text: str) -> bool:
    """Whether the answer is "I don't know": 'no idea', 'skip', '?', 'whatever you think'.

    Read the value first: 'not sure, about 50k' is unknown here and yet holds a volume.
    """
    return bool(_UNKNOWN.search(plain_of(text)))
