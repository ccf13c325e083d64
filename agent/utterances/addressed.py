"""Whether a message is a question, or holds words of this product."""

import re

from agent.utterances.figures import plain_of

# Words of ours; where no example of the team holds one, a message with it is about the run.
_OURS = re.compile(
    r"\b(?:fine-?tun\w*|tun(?:e|ed|ing)|train(?:ing|ed)?|verdict|recommend\w*|prompts?|classifier"
    r"|forecast|spreadsheet|report|pdf|rows?|labels?|accura\w+|scores?|target|wording)\b"
)
_MOST_WORDS = 25
_ASKS = re.compile(
    r"\?\W*$|^(?:and |but |so |ok )?(?:what|who|where|when|why|how|which|can|could|would|should|is"
    r"|are|do|does|did|will)\b"
)
_ORDERS = re.compile(r"(?:and |but |so |ok )?(?:can|could|would|will) you\b")


def asks(text: str) -> bool:
    """Whether a message is a question, or is put as one; "could you …" without a mark orders."""
    plain = plain_of(text)
    return bool(_ASKS.search(plain)) and (plain.endswith("?") or not _ORDERS.match(plain))


def words_of_ours(text: str) -> set[str]:
    """Words of a short message that belong to this product rather than to a team's texts."""
    plain = plain_of(text)
    return set(_OURS.findall(plain)) if len(plain.split()) <= _MOST_WORDS else set()
