"""Words of a text in the one form in which they are compared."""

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|[$€£¥₹%°]")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3}){2,}")
_CAMEL = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])")
_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty"
)
_TENS = "thirty forty fifty sixty seventy eighty ninety"
NUMBERS = {word: str(number) for number, word in enumerate(_SMALL.split())} | {
    word: str(10 * tens) for tens, word in enumerate(_TENS.split(), start=3)
}
UNITS = {
    **dict.fromkeys(("euro", "eur"), "€"),
    **dict.fromkeys(("dollar", "usd"), "$"),
    **dict.fromkeys(("pound", "gbp"), "£"),
    **dict.fromkeys(("percent", "pct"), "%"),
}
GAP = "…"  # where words were taken out
LINKS = frozenset("a an the of in at on to for with and or by from is are per its it".split())
NEGATORS = frozenset(
    "not no non never without cannot neither nor nicht kein keine ohne pas sans sin nunca".split()
)


def tokens_of(text: str) -> list[str]:
    """The words, numbers and signs of a text, each in its plain form.

    Case, plural, punctuation and hyphens do not count; small number words are digits, names of
    currencies are their signs: "Two-person tents, 189.00 euros" is 2 person tent 189 €.
    """
    return [_plain(found) for found in _TOKEN.findall(_composed(text))]


def key_of(key: str) -> str:
    """A key as its words: "familyFriendly" and "family_friendly" are "family friendly"."""
    return " ".join(tokens_of(_CAMEL.sub(" ", key.replace("_", " "))))


def numbers_of(text: str) -> list[str]:
    """The numbers that a text writes in digits, in their plain form."""
    found = _TOKEN.findall(_composed(text))
    return [_plain(token) for token in found if token[0].isdigit()]


def content(tokens: Sequence[str]) -> list[str]:
    """The tokens without those that only link."""
    return [token for token in tokens if token not in LINKS] or list(tokens)


def places(wanted: Sequence[str], tokens: Sequence[str]) -> list[int]:
    """Where a sequence of tokens begins in another."""
    size = len(wanted)
    if not size:
        return []
    return [at for at in range(len(tokens) - size + 1) if tokens[at : at + size] == [*wanted]]


def says(wanted: Sequence[str], tokens: Sequence[str]) -> bool:
    """Whether tokens say a value: as it stands, or most of its content in any order.

    Of a value of several content words three quarters have to be there, and all of its numbers;
    "fits two rucksacks" is said by "two of your rucksacks fit".
    """
    if places(wanted, tokens):
        return True
    parts, present = content(wanted), set(tokens)
    if len(parts) < 2:
        return False
    missing = [part for part in parts if part not in present]
    return 4 * len(missing) <= len(parts) and not any(part[0].isdigit() for part in missing)


def negated(tokens: Sequence[str], reach: int = 3) -> list[str]:
    """Tokens with those that follow a negation marked, as in Pang, Lee and Vaithyanathan (2002)."""
    marked, left = [], 0
    for token in tokens:
        if token in NEGATORS or token.endswith(("n't", "n’t")):
            left = reach
            marked.append(token)
        else:
            marked.append(f"not_{token}" if left and token != GAP else token)
            left = max(0, left - 1)
    return marked


def _composed(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _plain(token: str) -> str:
    if token[0].isdigit():
        return _number(token)
    word = token.casefold().replace("’", "'").removesuffix("'s")
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "is", "us")):
        word = word[:-3] + "y" if word.endswith("ies") and len(word) > 4 else word[:-1]
    return NUMBERS.get(word) or UNITS.get(word) or word


def _number(token: str) -> str:
    if _THOUSANDS.fullmatch(token):
        token = token.replace(",", "") if "," in token else token.replace(".", "")
    token = token.replace(",", ".")
    if token.count(".") > 1:  # a version or a date
        return token
    return format(Decimal(token).normalize(), "f")
