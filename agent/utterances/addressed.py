"""Whether a message is for us or is a text like those that the models are to work on."""

import re
from collections.abc import Sequence

from agent.utterances.figures import plain_of

# Words of ours; where no example of the team holds one, a message with it is about the run.
_OURS = re.compile(
    r"\b(?:fine-?tun\w*|tun(?:e|ed|ing)|train(?:ing|ed)?|verdict|recommend\w*|prompts?|classifier"
    r"|forecast|spreadsheet|report|pdf|rows?|labels?|accura\w+|scores?|target|wording)\b"
)
_MOST_WORDS = 25
# Words that any text may hold, whatever it is about.
_COMMON = frozenset(
    "answer answers bad best better decide decided details everything explain fast find first good"
    " happen happened happens high know long low need nothing question questions right second show"
    " think work works wrong a about actually all also an and any anything are as at be because"
    " been being but by can could"
    " did do does doing done don't for from get give go got had has have he help her here him his"
    " how i if in into is it its just know let like made make many may me mean more most much must"
    " my need no not now of ok okay on one only or other our ours out over please pls really said"
    " say see she should show so some something such sure take tell than thank thanks that the"
    " their them then there these they thing things think this those to too us use used very want"
    " was way we well were what when where which who whom whose why will with would yes yet you"
    " your yours".split()
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_ASKS = re.compile(
    r"\?\W*$|^(?:and |but |so |ok )?(?:what|who|where|when|why|how|which|can|could|would|should|is"
    r"|are|do|does|did|will)\b"
)
_ORDERS = re.compile(r"(?:and |but |so |ok )?(?:can|could|would|will) you\b")
_ADDRESSES = re.compile(
    r"\bthe (?:answer|run|verdict|result|advice|assessment|forecast)s?\b"
    r"|^(?:that|this|it)(?:'s| is| was)\b|^(?:you|we)\b"
    r"|\bi (?:don't|do not|didn't|can't) (?:get|understand|believe|see)\b"
)
_SENTENCES = re.compile(r"[.!?;]\s+\w")
_MOST_TALK = 12  # words of one sentence; whoever writes more writes what the models are for


def telling_words(text: str) -> set[str]:
    """The words of a text that say what it is about."""
    words = _WORD.findall(re.sub(r"(?<=\w)n?'\w+", "", " ".join(text.casefold().split())))
    return set(words) - _COMMON


def asks(text: str) -> bool:
    """Whether a message is a question, or is put as one; "could you …" without a mark orders."""
    plain = plain_of(text)
    return bool(_ASKS.search(plain)) and (plain.endswith("?") or not _ORDERS.match(plain))


def is_addressed(text: str) -> bool:
    """Whether a message is one short question or addresses somebody; it may be meant for us."""
    plain = plain_of(text)
    if not plain or len(plain.split()) > _MOST_TALK or _SENTENCES.search(plain):
        return False
    return bool(_ASKS.search(plain) or _ADDRESSES.search(plain))


KNOWN = 0.5  # of a text's telling words: with fewer in the examples, it is about other things
SEVERAL = 3  # sentences of which no remark to us consists
SHORT = 4  # a quarter of the examples is shorter than what is called short


def is_like(text: str, inputs: Sequence[str]) -> bool:
    """Whether a text looks like these inputs: in its words, else in its length or its lines.

    A short message about other things is a remark to us. One that is as long as they are, has
    several sentences or is written in lines as they are, may hold names that none of them holds.
    """
    words = telling_words(text)
    known = set[str]().union(*map(telling_words, inputs))
    if words and len(words & known) >= KNOWN * len(words):
        return True
    lengths = sorted(len(each.split()) for each in inputs)
    usual = lengths[len(lengths) // SHORT] if lengths else 0
    is_long = len(text.split()) > _MOST_TALK and len(text.split()) >= usual
    in_lines = "\n" in text.strip() and any("\n" in each.strip() for each in inputs)
    return is_long or in_lines or len(_SENTENCES.findall(text)) >= SEVERAL - 1


def words_of_ours(text: str) -> set[str]:
    """Words of a short message that belong to this product rather than to a team's texts."""
    plain = plain_of(text)
    return set(_OURS.findall(plain)) if len(plain.split()) <= _MOST_WORDS else set()
