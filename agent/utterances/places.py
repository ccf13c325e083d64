"""Where examples may go: 'nothing leaves the building', 'it may be sent'."""

import re

_MUST_NOT = r"(?:must|may|should|shall|can|could|does|do|will)(?:n't|'t| not| never)|cannot"
_SENT = (
    r"(?:sen[dt]|shared?|upload(?:ed)?|disclosed?|passed on|given (?:to|out|away)|transferred"
    r"|exported|revealed|handed (?:out|over))"
)
_OURS = (
    r"(?:machines?|servers?|premises?|compan(?:y|ies)|house|building|network|country|offices?|sites?"
    r"|perimeter|tenant|infrastructure|systems?|data ?cent(?:er|re)s?|eu|europe|european union)\b"
)
_AT_HOME = (
    # What it must not do
    rf"\b(?:{_MUST_NOT}) leave\b",
    rf"\b(?:never|not to) (?:ever )?leaves? (?:\w+ ){{0,2}}{_OURS}",
    rf"\b(?:{_MUST_NOT}|not to) (?:ever )?(?:be )?{_SENT}\b",
    r"\b(?:nothing|no data)(?: (?:may|must|should|can|ever))*"
    r" (?:leaves?|goes? (?:to|out|outside)|(?:be )?(?:sent|shared|uploaded|disclosed))\b",
    r"\b(?:do not|don't|(?:we|i) never) (?:send|share|upload)\b|\b(?:send|share|upload) nothing\b",
    r"(?:\bnot|n't) allowed (?:to (?:use|send|leave)|outside)\b",
    r"\b(?:no|nothing|not|never)\b.{0,20} (?:to|in|into) (?:\w+ ){0,2}clouds?\b",
    r"\bno cloud\b|\bno external\b|\b(?:no|any) (?:third|outside|other)[- ]part(?:y|ies)\b",
    # Where it has to be
    r"\b(?:stays?|keep|kept|remains?) (?:\w+ ){0,2}(?:here|local|inside|with(?:in)? us"
    rf"|(?:on|in|within)(?: \w+)? {_OURS})",
    r"\bonly (?:inside|within|on|in) (?:our|my)\b",
    r"\b(?:on|in) our own (?:\w+ )?(?:machine|server|data ?cent)",
    # What it is
    r"\bin[ -]?house\b|\bon[ -]prem\w*|\bself[ -]?hosted\b|\bair ?-?gapped\b|\bconfidential\b",
    r"^(?:(?:it|they|this|these|(?:the|our) \w+)(?:'s|'re| is| are) )?(?:\w+ly )?privileged\b",
)
_HOME = re.compile("|".join(_AT_HOME))
# "It need not stay in house" is no permission to send it either: nothing is read.
_NO_NEED = re.compile(
    r"\b(?:need|must|do|does|has|have|is|are)(?:n't| not)(?: (?:have|need) to)?(?: be)?"
    r" (?:stay|kept|remain|confidential|privileged|in[ -]?house|on[ -]prem\w*)\b"
)
_AWAY = re.compile(
    r"\b(?:may|can) (?:leave|be sent|go to)\b|\b(?:fine|ok|okay) to (?:use|send)\b"
    r"|\bcloud is (?:fine|ok|okay)\b"
)
_NOT = re.compile(r"\b(?:nothing|none|no|not|never|cannot|\w+n't)\b")


def read_may_leave(clause: str) -> bool | None:
    """Whether examples may leave the machine, as a clause in plain text says; None if unsaid."""
    if _NO_NEED.search(clause):
        return None
    if _HOME.search(clause):
        return False
    return not _NOT.search(clause) if _AWAY.search(clause) else None
