"""Which mistakes hurt more: 'missing a fraud report is 10 times worse'.

After the verdict people also write the kind of text that the models are to work on, so the whole
message has to say it, and has to name labels of the task.
"""

import re
from collections.abc import Sequence

from agent.utterances.figures import MEASURE, NUMBER, in_digits, plain_of
from tools.measure.harms import LARGEST, Harm

_FIRST = 0xE000  # private characters stand for labels, so that no word of a label is read
_WORD = re.compile(r"[^\W_]+")
_A = r"(?:(?:an?|the|any|every|some|real|actual|one) )*"
_LABEL = rf"{_A}[\"'“”„]?(?P<{{}}>[\ue000-\uf8ff])[\"'“”]?(?: \w+){{{{0,2}}}}?"
_IT_IS = (
    r"(?:is|are|was|were|(?:would |will )?(?:be|counts?|costs?|hurts?|matters?|weighs?))"
    r"(?: (?:us|me|for))?"
)
_SUBJECTS = (
    # Two labels, the right one first
    r"(?:taking|mistaking|reading|treating|classifying|labell?ing|sorting|sending|routing|calling) "
    r"{right} (?:for|as|to|into|under) {given}",
    r"{right} (?:being )?(?:taken|mistaken|classified|labell?ed|sorted|sent|routed|seen) "
    r"(?:for|as|to|into|under) {given}",
    r"(?:saying|answering|giving|choosing) {given} (?:instead of|for|when (?:it is|it's)) {right}",
    # Two labels, either way
    r"(?:confusing|mixing up|swapping) {either} (?:and|with|for) {other}",
    # One label: it was called something else
    r"(?:missing|overlooking|losing|not (?:seeing|spotting|recogni[sz]ing|noticing|finding)"
    r"|failing to (?:see|spot|recogni[sz]e|notice|find)) {right}",
    r"(?:an?|the|every|each)? ?(?:missed|overlooked|unnoticed|unrecogni[sz]ed|lost) {right}",
    r"(?:an?|the|every|each)? ?(?:mistakes?|errors?|wrong answers?) (?:on|in|with|about|for|at) "
    r"{right}",
    r"(?:confusing|mixing up|mistaking|misreading) {right}(?: (?:and|with|for|as) "
    r"(?:anything|something|everything|any|some)(?: else| other)?(?: \w+)?)?",
    # One label: something else was called that
    r"(?:an?|the|every|each)? ?(?:false|needless|mistaken|unjustified) {given}",
    r"(?:an?|the|every|each)? ?false alarms? (?:for|about|on|of) {given}",
    r"(?:wrongly|falsely|needlessly) (?:saying|calling (?:it|something)|answering|giving"
    r"|choosing) {given}",
    r"(?:saying|calling (?:it|something)|answering) {given} (?:when|where|although|if) "
    r"(?:it is not|it isn't|it's not|there is none)",
    r"{right}",
)
_TIMES = rf"{NUMBER} ?(?:times|x|-?fold)"
_FACTOR = (
    rf"(?:about |at least |maybe |some |roughly )?(?:as much as )?{_TIMES}"
    r"(?: (?:as|more|the))?(?: (?:worse|bad|much|costly|expensive|harmful|dear|serious|important"
    r"|as|more|than|others?|any|all|the|rest|mistakes?|errors?|one|usual|ordinary|cost))*"
)
_OPENING = r"(?:(?:and|but|ok|so|please|well|for us|suppose|imagine|say|if|what if|that)\W+)*"
_ENDING = r"[\s.!?]*"
_SPELLED = {r"\b(?:twice|double|doubly)\b": "2 times", r"\btriple\b": "3 times"}
_HALF_SAID = re.compile(
    rf"{_OPENING}(?:missing|overlooking|confusing|mixing up|mistaking|taking|(?:an? )?missed"
    r"|false alarms?|wrongly) .{1,80}? "
    rf"{_IT_IS} (?:{_FACTOR}|(?:much|far|a lot|way|even)? ?(?:worse|more \w+|the worst))"
    rf"(?: .{{1,40}})?{_ENDING}"
)

_CUES = frozenset(re.findall(r"[a-z]{4,}", f"{_SUBJECTS}{_IT_IS}{_FACTOR}{_OPENING}"))


def read_harms(text: str, labels: Sequence[str]) -> tuple[Harm, ...]:
    """Which mistakes count how much, as a message says; () if it says nothing of the kind.

    Args:
        text: What the person wrote.
        labels: The labels of the task.
    """
    if not labels:
        return ()
    plain = _in_digits(_marked(plain_of(text), labels))
    clause = _clause("")
    if not re.fullmatch(rf"{_OPENING}{clause}(?:(?:,|;| and|, and) {clause})*{_ENDING}", plain):
        return ()
    found: list[Harm] = []
    for each in re.finditer(_clause("g"), plain):
        found += _harms(each, labels)
    return tuple(found) if all(0 < harm.times <= LARGEST for harm in found) else ()


def says_half(text: str) -> bool:
    """Whether a message is about harm, but names no label that is known, or no figure."""
    return bool(_HALF_SAID.fullmatch(_in_digits(text)))


_WEIGHED = re.compile(
    r"\b(?:times|twice|x) (?:as )?(?:bad|worse|costly|important)\b|\b(?:much|far|way|a lot) worse\b"
    r"|\b(?:hurts?|matters?) (?:more|most)\b|"
    r"\b(?:is|are|would be|hurts?) (?:by far )?the (?:worst|most)\b"
    r"|\bfalse (?:negatives?|positives?|alarms?)\b.{0,40}\bcosts?\b"
    r"|\b(?:miss(?:ed|ing)|wrong(?:ly)?|false(?:ly)?|mistak\w+|mis[a-z]{4,})\b.{0,40}"
    r"\b(?:fatal|disaster\w*|serious|expensive|costly|costs? us|worst|unacceptable)\b"
    r"|\b(?:right|correct) (?:\w+ )?every time\b"
)


def weighs_mistakes(text: str) -> bool:
    """Whether a message says, beside other things, that some mistakes are worse than others."""
    return bool(_WEIGHED.search(plain_of(text)))


def _in_digits(text: str) -> str:
    """The text with each figure in digits, and "twice" as "2 times"."""
    plain = plain_of(text)
    for wording, times in _SPELLED.items():
        plain = re.sub(wording, times, plain)
    return in_digits(plain, MEASURE)


def _clause(names: str) -> str:
    """The pattern of one statement; with `names` its parts are groups, numbered by the subject."""
    made = []
    for number, subject in enumerate(_SUBJECTS):
        parts = {
            part: _LABEL.format(f"{part}{number}")
            if names
            else _LABEL.replace("?P<{}>", "").format()
            for part in ("right", "given", "either", "other")
        }
        made.append(subject.format(**parts))
    factor = _FACTOR.replace("(\\d", "(?P<times>\\d") if names else _FACTOR
    return rf"(?:{'|'.join(made)}) {_IT_IS} {factor}"


def _harms(said: re.Match[str], labels: Sequence[str]) -> list[Harm]:
    named = {
        name.rstrip("0123456789"): labels[ord(mark) - _FIRST]
        for name, mark in said.groupdict().items()
        if mark and name != "times"
    }
    times = float(said["times"])
    if "either" in named:
        one, other = named["either"], named["other"]
        return [
            Harm(right=one, given=other, times=times),
            Harm(right=other, given=one, times=times),
        ]
    return [Harm(right=named.get("right"), given=named.get("given"), times=times)]


def _marked(plain: str, labels: Sequence[str]) -> str:
    """The text with a private character for each label, the longest names first.

    A label is also named by a word that no other label has: 'delivery' for 'delivery status'.
    """
    marks = {label: chr(_FIRST + at) for at, label in enumerate(labels)}
    for label in sorted(labels, key=len, reverse=True):
        name = plain_of(label)
        if name:
            plain = re.sub(rf"(?<!\w){re.escape(name)}(?:e?s)?(?!\w)", marks[label], plain)
    for word, label in _own_words(labels).items():
        plain = re.sub(rf"(?<!\w){re.escape(word)}(?:e?s)?(?!\w)", marks[label], plain)
    return plain


def _own_words(labels: Sequence[str]) -> dict[str, str]:
    """Words of four letters or more that belong to one label alone, without their plural.

    A word by which a mistake is told, such as "missing", names no label.
    """
    found: dict[str, str | None] = {}
    for label in labels:
        words = {word for word in _WORD.findall(plain_of(label)) if len(word) > 3}
        for word in map(_singular, words - _CUES):
            found[word] = None if word in found else label
    return {word: label for word, label in found.items() if label is not None}


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word
