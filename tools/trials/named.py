"""Which label a reply names."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache

EDGES = " \t\n\r\"'`*.,;:!?()[]{}<>“”‘’"

_ALIKE = str.maketrans("“”„‟‘’‚‛−–‐‑", "\"\"\"\"''''----")
_SPACES = re.compile(r"(?:[^\S\n]|_)+")
_LONE_MINUS = re.compile(r"^- (?=\d)")
_POINT_ZERO = re.compile(r"(?<!\w)(?<!\d[.,])(\d+)\.0+(?!\w|[.,]\d)")
_NUMBER = re.compile(r"(-?)(\d+(?:[.,]\d+)*)")
_NOT = r"(?i:(?:not|\w*n't)\s+(?:(?:an?|the)\s+)?)[\"'`*(]*"
_PAUSE = r"[\"'`*)\]]{0,3}(?:[.,;:!?)]+(?=\s|$)|\n| - )"
_OR = re.compile(r"[\s\"'`*(\-]*(?:(?:or|and)\s+)?[\"'`*(]*", re.IGNORECASE)
# "A customer" and "I think" name no label, "A is right" and "A or B" do.
_NO_WORD = r"(?! (?!(?:is|or|and|but|because|since)\b)[a-z])"


class LabelReader:
    """Finds labels of one set in replies."""

    def __init__(self, labels: Sequence[str]) -> None:
        """Read these labels."""
        self._labels = tuple(dict.fromkeys(labels))
        self._by_form = [(form, _unambiguous(self._labels, form)) for form in (_folded, _bare)]
        by_spelling = _by_spelling(self._labels)
        self._named = list(by_spelling.values())
        spoken = [_as_word(spelling) for spelling in by_spelling]
        self._mention = re.compile(
            rf"(?<!\w)(?:(?:{'|'.join(f'({word})' for word in spoken)})"
            rf"|{_NOT}(?:{'|'.join(spoken)}))(?!\w)"
        )

    def whole(self, text: str) -> str | None:
        """The label that the text is, but for case, quotes, spaces, kinds of minus and edges."""
        if text in self._labels:
            return text
        for form, known in self._by_form:
            if (found := known.get(form(text))) is not None:
                return found
        return None

    def within(self, text: str) -> str | None:
        """The label with which the text opens, or the only one that it names and does not deny."""
        if not self._named:
            return None
        smooth = _smoothed(text)
        return self._opening(smooth.lstrip(EDGES)) or self._only_one(smooth)

    def _opening(self, text: str) -> str | None:
        known, folded = self._by_form[0][1], text.casefold()
        for form in sorted(filter(folded.startswith, known), key=len, reverse=True):
            if opening := re.match(rf"{re.escape(form)}{_PAUSE}", text, re.IGNORECASE):
                return None if self._goes_on(text, opening.end(), known[form]) else known[form]
        return None

    def _goes_on(self, text: str, end: int, label: str) -> bool:
        """Whether another label follows directly, as in a list."""
        gap = _OR.match(text, end)
        following = self._mention.match(text, gap.end() if gap else end)
        if following is None or following.lastindex is None:
            return False
        return self._named[following.lastindex - 1] != label

    def _only_one(self, text: str) -> str | None:
        found = {
            self._named[each.lastindex - 1]
            for each in self._mention.finditer(text)
            if each.lastindex is not None
        }
        outer = [one for one in found if not any(_inside(one, other) for other in found)]
        return outer[0] if len(outer) == 1 else None


@lru_cache(maxsize=32)
def reader_of(labels: tuple[str, ...]) -> LabelReader:
    """The reader of a label set; all replies of a task share it."""
    return LabelReader(labels)


def _smoothed(text: str) -> str:
    """The text with one kind of quote, minus and space, and 4.0 as 4."""
    alike = unicodedata.normalize("NFKC", text).translate(_ALIKE)
    spaced = _LONE_MINUS.sub("-", _SPACES.sub(" ", alike).strip())
    return _POINT_ZERO.sub(r"\1", spaced)


def _folded(text: str) -> str:
    return _smoothed(text).casefold()


def _bare(text: str) -> str:
    return _folded(text).strip(EDGES)


def _unambiguous(labels: Sequence[str], form: Callable[[str], str]) -> dict[str, str]:
    counts = Counter(map(form, labels))
    counts.pop("", None)
    return {form(label): label for label in labels if counts[form(label)] == 1}


def _by_spelling(labels: Sequence[str]) -> dict[str, str | None]:
    """The label of each spelling, longest first; None where several labels share it."""
    found: dict[str, str | None] = {}
    for label in labels:
        spelling = _spelling(label)
        found[spelling] = None if spelling in found else label
    found.pop("", None)
    return {spelling: found[spelling] for spelling in sorted(found, key=len, reverse=True)}


def _spelling(label: str) -> str:
    """How a label is looked for inside a text; "a" is not "A" there."""
    smooth = _smoothed(label)
    return smooth if _is_short(smooth) else smooth.casefold()


def _is_short(text: str) -> bool:
    """Whether only its case tells a label from a word of the sentence: A, IT, HR, but not "no"."""
    return text.isalpha() and (len(text) == 1 or (len(text) == 2 and text.isupper()))


def _as_word(spelling: str) -> str:
    """Pattern of a label inside a text; numbers are not looked for inside other numbers."""
    word = re.escape(spelling)
    if number := _NUMBER.fullmatch(spelling):
        minus = "- ?" if number.group(1) else ""
        digits = re.escape(number.group(2))
        return rf"(?<!\d[.,])(?<!(?<!\w)-){minus}{digits}(?![.,]\d)"
    if _is_short(spelling):
        return word + _NO_WORD if len(spelling) == 1 else word
    return rf"(?i:{word})"


def _inside(one: str | None, other: str | None) -> bool:
    """Whether a label is part of another, longer one."""
    if one is None or other is None or one == other:
        return False
    return bool(re.search(rf"(?<!\w){re.escape(_folded(one))}(?!\w)", _folded(other)))
