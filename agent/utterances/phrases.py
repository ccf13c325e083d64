"""Short questions and remarks, known by heart from `phrases.tsv`: "tldr", "p value?", "thx".

What is said in two or three words is too short for a pattern or a classifier to tell what it is
like. A line of the file names the intent, after a colon perhaps what it is about, and a phrase; a
star in it stands for what the question names. Words that change nothing are left out of both sides.
"""

import re
from functools import cache
from importlib.resources import files

from agent.utterances.figures import plain_of

Named = tuple[str, tuple[str, ...]]  # an intent with its subjects
MOST_WORDS = 14
_WORD = re.compile(r"[^\s,.;:!?()\"“”„]+")
_ENDINGS = re.compile(r"'(?:s|re|ll|d|m|ve)$")
_ASKS_MEANING = re.compile(r"what(?:'?s| is| are)? an? ")
_SAME = {
    "whats": "what",
    "wheres": "where",
    "hows": "how",
    "license": "licence",
    "licenses": "licence",
    "licences": "licence",
    "licensed": "licence",
    "thx": "thanks",
    "ty": "thanks",
    "thank": "thanks",
    "class": "label",
    "classes": "label",
    "category": "label",
    "categories": "label",
    "topic": "label",
    "labels": "label",
    "model's": "model",
    "i": "we",
    "f-1": "f1",
}
_FILLING = frozenset(
    "a an the my our your its is are was were be do does did please pls then now so and but ok okay"
    " just really of for to us me there it this that you in on any some i'm at exactly".split()
)


def bare(text: str) -> str:
    """The words of a text that make a difference between short questions."""
    words = (_ENDINGS.sub("", word) for word in _WORD.findall(plain_of(text)))
    same = (_SAME.get(word, word) for word in words)
    return " ".join(word for word in same if word not in _FILLING)


def read_phrase(text: str) -> Named | None:
    """The intent that a short message is, with what it is about; None for any other."""
    said, plain = bare(text), plain_of(text)
    if _ASKS_MEANING.match(plain) or said not in _phrases()[0]:
        return None
    found = _phrases()[0][said]
    is_asked = found[0] == "thanks" and plain.endswith("?")  # "is that all?"
    return None if is_asked else found


def read_open_phrase(text: str) -> Named | None:
    """The same where the message names something in place of a star: 'recall for returns'."""
    said = bare(text)
    if not 0 < len(said.split()) <= MOST_WORDS:
        return None
    for pattern, name in _phrases()[1]:
        if found := pattern.fullmatch(said):
            return name, found.groups()
    return None


def phrases() -> list[tuple[str, str]]:
    """The phrases without a star, each with the intent that it is."""
    text = files("agent.utterances").joinpath("phrases.tsv").read_text(encoding="utf-8")
    pairs = (line.split("\t") for line in text.splitlines() if line and "*" not in line)
    return [(plain_of(phrase), named) for named, phrase in pairs]


@cache
def _phrases() -> tuple[dict[str, Named], list[tuple[re.Pattern[str], str]]]:
    """Phrases as they are, and those with stars as patterns."""
    text = files("agent.utterances").joinpath("phrases.tsv").read_text(encoding="utf-8")
    whole: dict[str, Named] = {}
    open_ones = []
    for line in filter(None, text.splitlines()):
        named, phrase = line.split("\t")
        name, _, subject = named.partition(":")
        if "*" in phrase:
            pattern = re.escape(bare(phrase)).replace(r"\*", "(.{1,60})")
            open_ones.append((re.compile(pattern), name))
        else:
            whole[bare(phrase)] = (name, (subject,) if subject else ())
    return whole, open_ones
