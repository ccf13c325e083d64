"""Whether a reply asks something back, or is an answer put as a question.

'850 ms is how long?' asks; '90?' and 'would 90 be enough?' answer, though not for sure. Beside a
question an answer may be told: '90, is that of all?'.
"""

import re
from dataclasses import dataclass

from agent.utterances.figures import MEASURE, clauses, in_digits, plain_of
from agent.utterances.puzzled import tells_puzzlement
from agent.utterances.replies import has_no_target, is_unknown

_LEAD = (
    r"(?:(?:and|but|so|or|ok|okay|well|hm+|um+|sorry|oh|ah|then|please|also|just|actually|maybe"
    r"|by the way)\b\W*)*"
)
_WH = r"(?:what|how|why|who|whom|which|where|when)\b"
_AUX = r"(?:is|are|am|was|were|does|do|did|can|could|will|would|should|shall|may|must|has|have)"
_ANY_AUX = rf"(?:{_AUX}|(?:{_AUX}|ca|wo|sha)n't)\b"
_SUBJECT = r"(?:i|we|you|it|that|this|they|these|those|there)\b"
_MUCH = r"(?:long|much|many|often|fast|big|soon|good|high)"
# What asks with its mark, and what asks even without one: 'should be 90' and 'when it is right 90
# times of 100' open as questions do.
_OPENS = re.compile(rf"{_LEAD}(?:{_WH}|{_ANY_AUX})")
_OPENS_UNMARKED = re.compile(
    rf"{_LEAD}(?:(?:what|why) {_ANY_AUX}|how (?:{_MUCH} )?{_ANY_AUX}|{_AUX} {_SUBJECT}|does \d)"
)
_ENDS = re.compile(
    rf"(?<!\bmatter)(?<!\bor)(?<!\bmatter )(?<!\bor )\b(?:what|how {_MUCH}|which|whom)\b"
    r"(?: [\w%]+){0,3}\W*$"
)
_ENDS_UNMARKED = re.compile(rf"\b(?:is|are|means?) (?:what|how {_MUCH})\W*$")
# An answer that is put as a question: it proposes a figure, or says that something is enough.
_GOOD = r"(?:ok|okay|fine|enough|good|alright|all right|sufficient|acceptable|do|work|allowed)"
_PROPOSES = re.compile(
    rf"{_LEAD}(?:(?:what|how) about\b|what if (?:i|we) \w+ \d|why not (?:about )?\d"
    r"|(?:can|could|may|shall|should|would|will) (?:i|we|you) (?:(?:please|just|also|maybe) )*"
    r"(?:say|take|put|set|use|make|do|go (?:for|with)|call|write|enter|assume|aim)\b"
    r"|(?:shall|should|would|will) (?:it|that|this|the \w+) (?:be|take) (?:\w+ )?\d"
    r"|(?:can|could|may|might) (?:it|that|this|they|the \w+) (?:be|take|run|wait)\b"
    rf"|(?:is|would|will) (?:it|that) (?:be )?{_GOOD} (?:if|when|with)\b.*\d"
    rf"|(?:{_AUX}|ca|wo)n't\b"
    rf"|{_AUX} (?!{_SUBJECT}|he\b|she\b|the\b|your\b)(?:\S+ ){{1,6}}{_GOOD}(?: (?:too|then|for you"
    r"|already))*\W*$)"
)


@dataclass(frozen=True)
class Asked:
    """A reply that asks something back.

    Attributes:
        told: What it says beside the question, or "".
    """

    told: str


def read_asked(text: str) -> Asked | None:
    """What a reply that asks something says beside its question; None where it asks nothing.

    What leaves the answer to us asks nothing: 'what would you recommend?'.
    """
    told: list[str] = []
    asked: list[str] = []
    for sentence in re.split(r"(?<=[.!?;])\s+", plain_of(" ; ".join(text.splitlines()))):
        before, question = _parted(sentence)
        told += [before] if before else []
        asked += [question] if question else []
    if not asked or any(map(_is_left_to_us, asked)):
        return None
    return Asked(told=", ".join(told))


def _is_left_to_us(asked: str) -> bool:
    """Whether a question leaves the answer to us; 'I don't know what you mean' does not."""
    return (is_unknown(asked) or has_no_target(asked)) and not tells_puzzlement(asked)


def is_put_as_question(text: str) -> bool:
    """Whether a reply ends in a question mark or proposes its answer: '90?', 'what about 90'."""
    return plain_of(text).rstrip(" .!)(:;").endswith("?") or bool(_proposes(text))


def _proposes(sentence: str) -> bool:
    return bool(_PROPOSES.match(in_digits(sentence, MEASURE)))


def _parted(sentence: str) -> tuple[str, str]:
    """A sentence as what it tells and what it asks; from its first question on all is asked."""
    marked = sentence.rstrip(" .!)(:").endswith("?")
    parts = clauses(sentence)
    opens, ends = (_OPENS, _ENDS) if marked else (_OPENS_UNMARKED, _ENDS_UNMARKED)
    for at, part in enumerate(parts):
        if opens.match(part) or ends.search(part) or tells_puzzlement(part):
            question = ", ".join(parts[at:])
            return (sentence, "") if _proposes(question) else (", ".join(parts[:at]), question)
    return sentence, ""
