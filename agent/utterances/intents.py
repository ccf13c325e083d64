"""Questions about a finished run: why, why not, mistakes, prompt, compare, cost and so on.

The whole message has to be the question: after the verdict people also write the kind of text that
the models are to work on, and "why was I charged twice?" is one of those. What stands in quotes is
always such a text.
"""

import re
from dataclasses import dataclass
from typing import get_args

from agent.utterances.figures import plain_of
from agent.utterances.patterns import END, PATTERNS, PLAINLY, POLITE, IntentName
from agent.utterances.phrases import read_open_phrase, read_phrase
from tools.report.glossary import TERMS, Term

_NAMES: dict[str, IntentName] = {name: name for name in get_args(IntentName)}
_TERMS = frozenset(term.name.casefold() for term in TERMS)
_FILLING = re.compile(r" (?:rows?|examples?|scores?|models?|parts?|sets?)$")
_ORDER = sorted(PATTERNS, key=lambda name: name == "meaning")  # whatever else it could be first
_MANNER = re.compile(rf",? {PLAINLY}(?=\W*$| what\b)")
_COST_WORD = re.compile(
    r"\broi\b|break[ -]?even|return on|sav(?:e|ing)|cost|expens|how much|price|cheap|dearer|pay"
    r"|spend"
)
_JOINED = re.compile(
    r",? and (?=(?:how|what|why|who|where|which|when|show|the (?:prompt|cost)|is|can)\b)"
)
_CLAUSES = re.compile(r"(?<=[.?!…;,])\s+")
_BESIDE = re.compile(r",? (?:and|but) (?:then |also )?|(?<=[.?!;,])\s+")
_MOST_CLAUSES = 3
_REMARKS = frozenset({"thanks", "help", "later"})
_IF = re.compile(r"\b(?:if|suppose)\b")
_BARE_IS = re.compile(r"\b(what|that|who|where|how|let)s\b")
_QUOTED = re.compile(r"[\"“„”](?P<inner>.+)[\"“”]", re.DOTALL)


@dataclass(frozen=True)
class Intent:
    """What a message asks about the run.

    Attributes:
        name: The kind of question.
        subjects: What it names: the verdict of "why not …", the two sides of "compare".
    """

    name: IntentName
    subjects: tuple[str, ...] = ()


def read_intent(text: str) -> Intent | None:
    """The question about the run that a message is, or None."""
    known = read_phrase(text)
    if known is not None:
        return _known(*known)
    plain = _BARE_IS.sub(r"\1's", plain_of(text))
    for name in _ORDER:
        found = re.fullmatch(rf"{POLITE}(?:{PATTERNS[name]}){END}", plain)
        if found is None or (name == "cost" and not _COST_WORD.search(plain)):
            continue
        said = tuple(part for part in found.groupdict().values() if part)
        subjects = tuple(map(_term, said)) if name == "meaning" else said
        if name != "meaning" or _TERMS.issuperset(subjects):
            return Intent(name, subjects)
    named = read_open_phrase(text)
    if named:
        return _known(*named)
    return _in_clauses(text) or _told_plainly(plain)


def _told_plainly(plain: str) -> Intent | None:
    """The question of a message that says besides how it is to be answered: "…, in easy words".

    Reasons are then told without rules.
    """
    bare = _MANNER.sub("", plain)
    found = read_intent(bare) if bare and bare != plain else None
    return Intent("simply") if found and found.name == "why" else found


def _in_clauses(text: str) -> Intent | None:
    """The last question of several clauses: "I don't understand a word, can you put it simply?".

    Each of them has to be for us; with any other clause it may be a text of the team's.
    """
    clauses = [clause for clause in _CLAUSES.split(text.strip()) if clause.strip()]
    if not 1 < len(clauses) <= _MOST_CLAUSES:
        return None
    found = [read_intent(clause) for clause in clauses]
    if None in found:
        return None
    told = [intent for intent in found if intent and intent.name not in _REMARKS]
    named = [intent for intent in told if intent.subjects]  # "tuned or prompt, which is better?"
    return (named or told or found)[-1]


def _known(name: str, subjects: tuple[str, ...]) -> Intent:
    return Intent(_NAMES[name], subjects)


def two_intents(text: str) -> tuple[Intent, ...]:
    """The two questions of a message that joins them by “and”; nothing where it asks another."""
    parts = _JOINED.split(text)
    if len(parts) != 2 or _IF.search(text):
        return ()
    if parts[1].startswith("the "):
        parts[1] = f"show me {parts[1]}"
    found = tuple(intent for part in parts if (intent := read_intent(part)) is not None)
    return found if len(found) == 2 else ()


def question_beside(text: str) -> tuple[str, Intent | None]:
    """The question that stands beside something else: "change the target to 92 and why?".

    Returns:
        The message without it, and the question; None where there is none beside anything.
    """
    parts = [part for part in _BESIDE.split(text) if part.strip()]
    read = [(part, read_intent(part)) for part in parts] if len(parts) > 1 else []
    asked = [intent for _, intent in read if intent and intent.name not in _REMARKS]
    rest = ", ".join(part.rstrip(" ,;") for part, intent in read if intent is None)
    return (rest, asked[0]) if asked and rest else (text, None)


def read_term(word: str) -> str | None:
    """The glossary's word that a text is, in lower case, or None."""
    found = _term(word.strip(" ?.!").removeprefix("the "))
    return found if found in _TERMS else None


def _term(word: str) -> str:
    """A word as the glossary has it."""
    bare = word.strip(" \"“”„'").casefold()
    single = bare if bare in _TERMS else bare.removesuffix("s")
    if single in _TERMS:
        return single
    core = _FILLING.sub("", bare)  # "locked rows" are the test
    return next((t.name.casefold() for t in TERMS if _is_wording_of(t, core)), single)


def _is_wording_of(term: Term, said: str) -> bool:
    return bool(re.fullmatch(term.pattern or rf"{re.escape(term.name)}s?", said, re.IGNORECASE))


_TUNE = re.compile(
    r"(?:(?:ok(?:ay)?|yes|please|then|so|now|just|let's|go ahead(?: and)?|do)\W+)*"
    r"(?:(?:i|we)(?:'d| would)? (?:want|like)(?: to)?(?: the| a)? )?"
    r"(?:fine-?tune|tune|train)(?: it| the model| one| anyway| after all| regardless)*"
    r"(?: now| please| then)*\W*"
)


_SHOWN_RIGHT = re.compile(
    rf"{POLITE}(?:show|list|see|give|print|which|what|examples?|some)\b.{{0,40}}"
    r"\b(?:it|they|you|the (?:model|prompt|classifier))(?: \w+)? (?:got|gets?|did|had|answered) "
    rf"(?:it |them )?(?:right|correct(?:ly)?){END}"
)


def asks_for_right_answers(text: str) -> bool:
    """Whether rows that were answered right are to be shown: 'show me 5 it got right'."""
    return bool(_SHOWN_RIGHT.fullmatch(plain_of(text)))


def wants_tune(text: str) -> bool:
    """Whether the whole message orders the tune: 'ok, go ahead and fine-tune it'."""
    return bool(_TUNE.fullmatch(plain_of(text)))


def quoted(text: str) -> str | None:
    """The inside of a message that is one quotation, or None."""
    found = _QUOTED.fullmatch(text.strip())
    return found["inner"] if found else None
