"""Short replies in free text: yes or no, "there is none", "I don't know"."""

import re

from agent.utterances.figures import clauses, plain_of
from agent.utterances.puzzled import is_puzzled, tells_puzzlement

_FILLER = (
    r"(?:(?:that|this|i|we|i'm|we're|am|are|sorry|honestly|um+|hm+|well|really|just|to be honest"
    r"|tbh)\W+)*"
)
_UNKNOWN = re.compile(
    rf"^{_FILLER}(?:(?:(?:do not|don't|can't|couldn't)(?: really)? (?:know|say|tell)"
    r"|(?:have )?no (?:idea|clue|preference)"
    r"|(?:haven't|have not) (?:got )?(?:a clue|any idea|thought)"
    r"|(?:nobody|no one|none of us)(?: can)?(?: really)? (?:knows?|say|tell)"
    r"|not a clue|beats me|not (?:really |quite )?(?:sure|certain)|unsure|dunno|idk"
    r"|(?:i'd|i would|i|we'd|we) (?:have|need) to (?:ask|check|look)|hard to (?:say|tell)"
    r"|whatever|what(?:ever)? (?:would|do|should|did) (?:you|i|we) (?:\w+ )?(?:rec+om+end|suggest"
    r"|advise|take|say|pick|choose)|(?:it )?(?:doesn't|does not) matter"
    r"|you (?:decide|choose|tell me)|up to you|your call"
    r"|use (?:the |your )?default|skip (?:it|this|that))\b.{0,80}"
    r"|(?:please )?(?:skip|pass|next(?: question)?|default|n/?a|\?+)(?: please)?[.!]*)$"
)


def is_unknown(text: str) -> bool:
    """Whether the answer is "I don't know": 'no idea', 'skip', '?', 'whatever you think'.

    Read the value first: 'not sure, about 50k' is unknown here and yet holds a volume.
    """
    return bool(_UNKNOWN.search(plain_of(text)))


_WISH = r"(?:targets?|goals?|thresholds?|requirements?)"
_SETTLED = r"(?:decided|defined|agreed|set|fixed)"
# Words that leave the target to us, beside those that answer any question so.
_NO_TARGET = re.compile(
    r"\b(?:no|not (?:got )?an?|\w+n't (?:really )?(?:have|got|set|defined)(?: an?| any| one)?)"
    rf" (?:\w+ )?{_WISH}\b"
    r"|\b(?:do not|don't|haven't) (?:really )?(?:have|got) one\b"
    rf"|\b(?:nobody|no one)(?: has)? {_SETTLED}\b"
    rf"|\b(?:not|never|nothing(?:'s| is)?|\w+n't)(?: (?:yet|been|we|really))* {_SETTLED}\b"
    r"|\bwhat(?:'s| is| would be) (?:realistic|possible|achievable|reasonable|feasible|doable)\b"
    r"|\bas (?:good|high|accurate|close|many) as (?:possible|it gets|you can|can be)\b"
    r"|\b(?:best|highest|most) (?:possible|you can|achievable)\b|\bwhat(?:ever)? works\b"
    r"|\bthe (?:higher|more),? the better\b"
)


def has_no_target(text: str) -> bool:
    """Whether no target is set, or it is left to us: 'not decided yet', 'as good as possible'."""
    return bool(_NO_TARGET.search(plain_of(text)))


_UNKNOWN_ALONE = re.compile(
    r"(?:sorry|yet|really|please|honestly|either|at all|for now|now|tbh|thanks|it|this|that|one"
    r"|what (?:to (?:say|write)|you (?:think|like|want))|(?:what|how) (?:it|the model|this) .{1,40}"
    r"|you (?:think|like|want|choose|decide)|i|we|question|\W)*"
)
# Who sent somebody here, or is to be asked, is no task: "my boss sent me the sheet".
_WHO = (
    r"(?:(?:my|our|the|a) )?(?:boss|manager|lead|chief|director|deputy|supervisor|head|owner"
    r"|colleagues?|team|cto|ceo|it)"
)
_THE_FILE = (
    r"(?:the|this|that|an?|some)? ?(?:sheet|spreadsheet|file|excel|csv|link|page|data|it|this)"
)
_SENT_HERE = re.compile(
    rf"(?:(?:please |just |better |you should )*(?:ask|talk to|check with) {_WHO}"
    rf"|{_WHO} (?:just |only )?(?:sent|gave|forwarded|handed|shared) (?:me|us) {_THE_FILE}"
    rf"|(?:i|we) (?:just |only )?(?:got|was sent|were sent|was given|were given) {_THE_FILE}"
    rf"(?: from {_WHO})?"
    rf"|(?:(?:i|we) (?:was|were|got|am|'m)|{_WHO}) (?:just |only )?(?:told|asked) (?:me |us )?"
    r"to (?:try|test|use|do|check|look at|upload|open|send) (?:this|it|that|you|this out"
    r"|it out))\W*"
)
_UNKNOWN_WORDS = re.compile(
    rf"^{_FILLER}(?:(?:do not|don't|can't|couldn't)(?: really)? (?:know|say|tell)|idk|dunno"
    r"|(?:have )?no (?:idea|clue|preference)|not (?:really |quite )?(?:sure|certain)|whatever"
    r"|you (?:decide|choose|tell me))\b"
)


def says_only_unknown(text: str) -> bool:
    """Whether nothing but "I don't know" is said: not 'idk, something with invoices'.

    Who is to be asked, or who sent somebody here, may stand beside it.
    """
    plain = plain_of(text)
    words = _UNKNOWN_WORDS.match(plain)
    beside = plain[words.end() :] if words else ""
    told = [part for part in clauses(beside) if not _SENT_HERE.fullmatch(part)]
    return is_unknown(text) and bool(_UNKNOWN_ALONE.fullmatch(" ".join(told)))


_WANTS_AI = re.compile(
    r"(?:.{0,60}\b(?:try|use|using|wants?|wanted|do|doing|get|have|needs?|said|says|about|with|like)"
    r"(?: (?:some|this|the|an?|out|something|anything|of))*"
    r" (?:ai|a\.i|llms?|chat ?gpt|machine learning|artificial intelligence|ai (?:stuff|things?))"
    r"|(?:i |we |they |people )?(?:\w+ )?heard .{0,20}\bai\b.*"
    r"|.{0,20}\b(?:what|how) (?:can|could|does|will|would|should)"
    r" (?:it|you|this|that|i|we|ai)\b.*)\W*"
)


def names_no_task(text: str) -> bool:
    """Whether a message is at a loss for a task: 'no idea yet, my boss wants AI'."""
    parts = clauses(text)
    at_a_loss = [part for part in parts if is_unknown(part) or is_puzzled(part)]
    aside = [part for part in parts if _WANTS_AI.fullmatch(part) or _SENT_HERE.fullmatch(part)]
    return bool(parts) and set(parts) == {*at_a_loss, *aside}


_TO_US = re.compile(r"\b(?:i|we|you|me)\b.*\?$|^help\b(?: me| us)?(?: please)?\W*$")


def asks_us(text: str) -> bool:
    """Whether a short message is a question to the interviewer: 'can I change this later?'."""
    plain = plain_of(text)
    return len(plain.split()) <= _MOST_WORDS and bool(_TO_US.search(plain))


_POLITE_YES = re.compile(
    r"\b(?:no|nae) (?:problem|objections?|worries|bother)\b|\b(?:do not|don't) mind\b"
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
_NO_WORD = (
    r"(?:no(?! (?:more|less|fewer) than\b)|nope|nah|naw|nae|nay|n|never"
    r"|not(?! (?:(?:more|less|fewer) than|only|just|necessarily|always|all|every)\b)|\w+n't"
    r"|cannot|wrong|false(?! (?:negatives?|positives?|alarms?)\b)|decline)\b"
)
_NO = re.compile(rf"{_OPENING}{_NO_WORD}")
_NO_SOMEWHERE = re.compile(rf"\b{_NO_WORD}")
_YES_WORD = (
    r"(?:yes|yep|yeah|yup|aye|y|sure(?: thing)?|ok|okay|fine|go ahead|go for it|please do|do it"
    r"|of course|absolutely|certainly|definitely|agreed|(?:sounds|looks) (?:good|right|fine)"
    r"|spot on|great|perfect|correct|right|exactly|true|allowed|it does(?! not)|they do(?! not))"
)
_YES = re.compile(rf"{_OPENING}{_YES_WORD}\b|👍")
_YES_SOMEWHERE = re.compile(rf"\b{_YES_WORD}\b")
# What makes a yes none: a condition, something to be done before, a question.
HEDGE = re.compile(
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
    if is_unknown(text) or tells_puzzlement(text):
        return None
    if _NO.search(plain):
        return False
    short = len(plain.split()) <= _FEW_WORDS and not _ASKS.search(plain)
    agrees = bool(_YES.search(plain)) or (short and bool(_YES_SOMEWHERE.search(plain)))
    if _KEPT_INSIDE.search(plain) or (short and _NO_SOMEWHERE.search(plain)):
        return None if agrees else False
    return True if agrees and not HEDGE.search(plain) else None


_DENIES_OF_US = re.compile(
    r"(?:i|we) (?:\w+n't|do not|cannot|never) (?:(?:really|even|just) )?"
    r"(?!think|believe|suppose|expect|guess|say|reckon|need|require|use|depend|rely)"
)


def denies_of_us(text: str) -> bool:
    """Whether it is of the team itself that something is denied: 'I don't speak that jargon'."""
    return bool(_DENIES_OF_US.match(plain_of(text)))


_SUPPOSE = r"(?:i(?:'d| would| do)? (?:think|believe|guess|suppose|expect|say|assume))"
_LIKELY = r"(?:(?:most|very|quite) )?(?:probably|likely|presumably|mostly)"
_LEANS_YES = re.compile(rf"(?:{_SUPPOSE}|{_LIKELY}),? (?:so|yes|yeah|it does|they do)|{_LIKELY}")
_LEANS_NO = re.compile(
    rf"(?:{_SUPPOSE}|{_LIKELY}),? (?:no|not|it does(?: not|n't)|they do(?: not|n't))"
    r"|i (?:don't|do not|wouldn't|would not) (?:think|believe|suppose|say) (?:so|it does|they do)"
    r"|not really|unlikely"
)


def read_leaning(text: str) -> bool | None:
    """A yes or no that is not quite sure, to be read back: 'I think so', 'mostly no'."""
    plain = plain_of(text).strip(" .!,")
    if _LEANS_NO.fullmatch(plain):
        return False
    return True if _LEANS_YES.fullmatch(plain) else None


# For consent: what a message may hold that is nothing but a yes, or nothing but a no.
_START = (
    rf"(?:{_YES_WORD}|👍|alright|all right|right away|go on|go|start|begin|proceed|continue"
    r"|measur(?:e|ing)|run|let's go|let's (?:do|start|run|try|measure)|by all means|i agree|you may"
    r"|do that|lets go|crack on|fire away|get (?:going|started)|carry on"
    r"|do the needful)"
)
_COURTESY = (
    r"(?:please|kindly|thanks|thank you|many thanks|very|then|now|so|well|oh|ah|and|it|this"
    r"|that|that's|it's|with|by|me|us|for|i|we|i'd say|the work|the plan|here|sorry"
    r"|pls|plz|thx|ta|cheers|mate|man|guys|sir|madam|buddy|folks|team|bro|love|lovely|cool|a lot)"
)
_NO_REPLY = (
    r"(?:no|nope|nah|naw|nae|nay|n|never|never mind|no need|not (?:now|yet|today|ok|okay|this|that)"
    r"|not|don't|do not|(?:rather|better|let's) not|(?:i|we)(?: would|'d) rather not|decline"
    r"|(?:i|we) (?:don't|do not) want(?: to)?"
    r"|(?:don't|do not|no) (?:fine[ -]?)?tun(?:e|ing)(?: it| anything)?)"
)
_NOTHING_BUT_YES = re.compile(
    rf"(?:{_COURTESY}(?!\w)[^\w?]*)*{_START}(?!\w)[^\w?]*"
    rf"(?:(?:{_START}|{_COURTESY})(?!\w)[^\w?]*)*"
)
_NOTHING_BUT_NO = re.compile(
    rf"(?:(?:{_COURTESY}|definitely|absolutely|certainly)(?!\w)[^\w?]*)*{_NO_REPLY}(?!\w)[^\w?]*"
    rf"(?:(?:{_NO_REPLY}|{_COURTESY}|start|do|run|today|measure)(?!\w)[^\w?]*)*"
)
_POSTPONED = (
    r"(?:maybe |perhaps )?(?:later|another time|tomorrow|next week)(?:,? (?:please|thanks))?"
    r"|(?:i'll|we'll|i will|we will) do (?:it|that|this) (?:later|tomorrow|another time)"
    r"|(?:let me|i'll|we'll|i need to|we need to|i have to|we have to|i must|we must)"
    r" (?:first )?(?:think (?:about it|it over)|(?:ask|check with|talk to) (?:my|our|the) \w+)"
    r"(?: first)?"
)
_NOT_YET = re.compile(
    r"^(?:no\W+)?(?:not (?:yet|now|today)\b(?!.*\b(?:but|start|go|run)\b)[^?]*"
    rf"|(?:{_POSTPONED})\W*)$"
)
# A no with its reason, which asks for nothing else.
_NO_BECAUSE = re.compile(
    r"(?:no|nope|nah)\b(?!.*\b(?:but|instead|unless|until|except|start|go|run|yes|only)\b)\W+"
    r"(?:(?:thanks|thank you|sorry)\W+)?(?:(?:it|that|this|we)(?:'s| is| costs)? )?"
    r"(?:(?:way|far|much|just|really|simply) )*(?:too \w+|expensive|unnecessary"
    r"|not (?:worth|needed|necessary|interested)|no (?:budget|money|need|time)"
    r"|(?:can't|cannot|don't|won't|do not) (?:afford|need|want))\b[^?\d]*"
    r"|no (?:budget|money|time|need)\b[^?\d]*"
)
_MOST_WORDS = 10  # of a yes or no that is nothing else


def read_consent(text: str) -> bool | None:
    """A yes or a no to a plan; a yes starts work, so it counts only where nothing else is said.

    'Yes tomorrow', 'ok stop' and 'yes, as long as …' ask for something first: they read as None.
    """
    plain = _POLITE_YES.sub("yes", plain_of(text))
    if len(plain.split()) > _MOST_WORDS:
        return None
    if _NOTHING_BUT_YES.fullmatch(plain):
        return True
    refused = _NOTHING_BUT_NO.fullmatch(plain) or _NO_BECAUSE.fullmatch(plain)
    return False if refused or _NOT_YET.search(plain) else None


def opening_reply(text: str) -> bool | None:
    """The yes or no that a message begins with, whatever follows: 'no, the target is 80%'."""
    plain = plain_of(text)
    if _NO.search(plain):
        return False
    return True if _YES.search(plain) else None


def without_reply(text: str) -> str:
    """What a message says beside a yes or a no: '70k' of 'no, 70k'."""
    beside = [clause for clause in clauses(text) if read_consent(clause) is None]
    return ", ".join(re.sub(r"^(?:yes|no|nope)\b\W*", "", clause) for clause in beside)


_ABSENT = re.compile(
    r"^(?:none|nothing|no|nope|not yet|used to|n/?a|-*)(?=$|\W)|\bby hand\b|\bmanual(?:ly)?\b"
    r"|^(?:there (?:is|are)|there's|we(?:'ve| have)?(?: got)?|i(?:'ve| have)?(?: got)?)"
    r" (?:currently )?(?:none|nothing|no (?:prompts?|examples?|data|file))\b"
    r"|\bno prompt\b|\b(?:binned|dropped|scrapped|abandoned) it\b"
    r"|\b(?:regex\w*|outlook (?:rules|filters)|macros?)\b"
    r"|\b(?:don't|do not|haven't|have not|never) (?:really )?(?:ha[vd]e?|used?|got)\b"
)
_SWAP = re.compile(r"\bother way (?:a?round)\b|\bswap|\brevers|\bvice versa\b|\bwrong way\b")


def is_absent(text: str) -> bool:
    """Whether the answer is "there is none": 'none yet', 'we do it by hand'."""
    return bool(_ABSENT.search(plain_of(text)))


DENIES = re.compile(r"\b(?:no|not|never|without|nor|\w+n't)\b")


def read_swap(text: str) -> bool:
    """Whether two things are to change places: 'no, the other way round'; not if asked."""
    plain = re.sub(r"^(?:no|nope)\W+(?!need\b)", "", plain_of(text))
    return bool(_SWAP.search(plain)) and not plain.endswith("?") and not DENIES.search(plain)
