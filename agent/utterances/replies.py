"""Short replies in free text: yes or no, "there is none", "I don't know"."""

import re

from agent.utterances.figures import plain_of

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


_POLITE_YES = re.compile(
    r"\bno (?:problem|objections?|worries)\b|\b(?:do not|don't) mind\b"
    r"|\b(?:can't|cannot|don't) see (?:a|any) (?:problem|issue)\b"
    r"|\b(?:(?:can't|cannot|don't|do not) see|no reason) (?:any reason )?(?:why )?not\b(?: to\b)?"
    r"|\bwhy not\b\??"
)
_OPENING = (
    r"^(?:(?:please|definitely|absolutely|certainly|of course|rather|sorry|oh|ah|well|so|and|hm+"
    r"|um+|great|thanks?|i'?d say|i think|i guess|to be honest|actually|for us)\W+)*"
)
_KEPT_INSIDE = re.compile(
    r"\bin[ -]?house\b|\bon[ -]prem\w*|\b(?:private|confidential)\b"
    r"|\b(?:keep|stays?|remain) (?:(?:it|them|that|this|everything|all|(?:the |our )?data) )?"
    r"(?:\w+ )?(?:here|local\w*|inside|private|with us|on our)\b"
    r"|\bkeep (?:it|them|that|everything)$"
)
_NO_WORD = r"(?:no|nope|nah|n|never|not|\w+n't|cannot|wrong|false|decline)\b"
_NO = re.compile(rf"{_OPENING}{_NO_WORD}")
_NO_SOMEWHERE = re.compile(rf"\b{_NO_WORD}")
_YES_WORD = (
    r"(?:yes|yep|yeah|yup|y|sure|ok|okay|fine|go ahead|go for it|please do|do it|of course"
    r"|absolutely|certainly|definitely|agreed|(?:sounds|looks) (?:good|right|fine)|spot on|great"
    r"|perfect|correct|right|exactly|true|allowed|it does|they do)"
)
_YES = re.compile(rf"{_OPENING}{_YES_WORD}\b|👍")
_YES_SOMEWHERE = re.compile(rf"\b{_YES_WORD}\b")
# What makes a yes none: a condition, something to be done before, a question.
_HEDGE = re.compile(
    r"\b(?:if|unless|only|depends|except|maybe|perhaps|possibly|probably|but|until|after|before"
    r"|first|once|later|wait|hang on|hold on|let me|tell me|show me|make sure"
    r"|(?:have|need|want) to (?:ask|check|know|see|be)|what|how|why|when|who|which|where)\b|\?$"
)
_ASKS = re.compile(
    r"^(?:is|are|am|was|does|did|can|could|will|would|should|may|must|has|have|what|how|why|when"
    r"|who|which|where|do (?:i|we|you|they))\b"
)
_FEW_WORDS = 7  # of so short a message, a yes or no may stand anywhere


def read_yes_no(text: str) -> bool | None:
    """A yes or a no; 'keep it in-house' is the no to "may data leave the machine?".

    A yes may send data away or start work, so it has to be unmistakable: it opens the message or
    the message is short, and a hedged, conditional, questioning or contradictory one reads as None.
    """
    plain = _POLITE_YES.sub("yes", plain_of(text))
    if is_unknown(text):
        return None
    if _NO.search(plain):
        return False
    short = len(plain.split()) <= _FEW_WORDS and not _ASKS.search(plain)
    agrees = bool(_YES.search(plain)) or (short and bool(_YES_SOMEWHERE.search(plain)))
    if _KEPT_INSIDE.search(plain) or (short and _NO_SOMEWHERE.search(plain)):
        return None if agrees else False
    return True if agrees and not _HEDGE.search(plain) else None


_ABSENT = re.compile(
    r"^(?:none|nothing|no|nope|not yet|n/?a|-*)(?=$|\W)|\bby hand\b|\bmanual(?:ly)?\b|\bno prompt\b"
    r"|\b(?:don't|do not|haven't|have not|never) (?:really )?(?:ha[vd]e?|used?|got)\b"
)
_SWAP = re.compile(r"\bother way (?:a?round)\b|\bswap|\brevers|\bvice versa\b|\bwrong way\b")


def is_absent(text: str) -> bool:
    """Whether the answer is "there is none": 'none yet', 'we do it by hand'."""
    return bool(_ABSENT.search(plain_of(text)))


# How it is done today, told instead of the prompt itself, which orders or addresses the model.
_SUBJECT = re.compile(
    r"^(?:(?:well|so|currently|today|right now|at the moment|at present),? )*"
    r"(?:we|our|they|it|he|she|someone|people|the team|staff|my|i|just|only|mostly"
    r"|a (?:few|couple|bunch)|some|bunch|two|three|four|five|\d+)\b"
)
_AT_WORK = re.compile(
    r"\b(?:use[sd]?|using|do(?:es|ne)?|gets?|sorts?|sorted|have|has|had|measured|rules|people|interns?"
    r"|by hand|manual\w*|accura\w+|right|wrong|at present|at the moment|today)\b|%"
)
_ORDERS = re.compile(r"\b(?:you|your|classify|(?:answer|reply|respond) (?:only|with)|one of)\b")


def is_description(text: str) -> bool:
    """Whether it tells how the work is done today: 'two interns sort them by hand'."""
    plain = plain_of(text)
    told = _SUBJECT.search(plain) and _AT_WORK.search(plain)
    return bool(told) and not _ORDERS.search(plain)


def read_swap(text: str) -> bool:
    """Whether two things are to change places: 'no, the other way round'."""
    return bool(_SWAP.search(plain_of(text)))
