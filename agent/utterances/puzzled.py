"""Whether a question is not understood: 'what do you mean?', 'can you give an example?'."""

import re

from agent.utterances.figures import clauses, plain_of

_OPENED = r"(?:(?:sorry|um+|hm+|well|oh|ah|ok|okay|but|and|no|honestly|please|hi|er+)\W+)*"
_ASKED_FOR = (
    r"(?:it|this|that|you|(?:(?:the|this|that|your|these) )?(?:\w+ )?(?:questions?|one|bit))"
)
_NOT = r"(?:don't|do not|dont|didn't|did not|can't|cannot|couldn't|not|no|never)"
_MUCH = (
    r"(?: (?:really|quite|fully|even|just|still|a|any|the|slightest|have|got|at all|too|so|very))*"
)
# "What you mean" and "what that is for"; but not what the model can do, which nobody knows yet.
_MEANT = (
    r"(?: (?:of|about))? what (?:you|that|this|it|these|those|the question)(?:'s|'re| is| are)?"
    r"(?: (?:mean|want|ask|need|talk|say|get|refer|is|are|for|about)\w*.{0,25})?"
)
_PUZZLED = re.compile(
    rf"{_OPENED}(?:(?:i|we)(?:'m| am| are|'re|'ve| have)?{_MUCH} )?(?:"
    # Nothing is understood
    rf"{_NOT}{_MUCH} (?:understand(?:ing)?|get(?: it)?|follow(?:ing)?)(?: {_ASKED_FOR})?"
    rf"|{_NOT}{_MUCH} (?:understand|know|get|sure|see|idea|clue|clear|certain){_MEANT}"
    rf"|(?:lost|confused|puzzled)(?: (?:by|with) {_ASKED_FOR})?"
    rf"|{_ASKED_FOR} (?:makes|means) (?:no sense|nothing)(?: to (?:me|us))?"
    rf"|(?:{_ASKED_FOR}(?:'s| is| sounds| looks) |sounds )?(?:(?:too|so|very|a bit|all) )*"
    r"(?:not clear|unclear|technical|complicated|confusing|abstract)(?: (?:to|for) (?:me|us))?"
    # Something is asked for
    rf"|what (?:do|does|did) {_ASKED_FOR} mean(?: (?:by|with) .{{1,40}})?"
    rf"|(?:do|did|does) {_ASKED_FOR} mean\b.{{1,80}}"
    r"|(?:(?:can|could|would|will) you )?(?:please )?"
    rf"(?:explain|rephrase|simplify|clarify)(?: {_ASKED_FOR})?"
    r"|(?:(?:can|could|would|will) you )?(?:please )?(?:give|show)(?: me| us)? an example"
    r"|(?:for|an|any) examples?|like what|such as(?: what)?|what|huh|eh|come again"
    r"|in (?:plain|simple) (?:english|words|terms)"
    r"|how (?:do|should|can|would|could) (?:i|we) (?:decide|know|choose|tell|answer)(?: .*)?"
    r"|what(?:'s| is| are| would be) (?:an? )?(?:good|typical|usual|sensible) \w+"
    r")(?: (?:please|then|here|though|sorry|at all|mate))*\W*"
)
_THE_TERM = re.compile(
    rf"{_OPENED}what(?:'s| is| are| do| does)(?: you mean (?:by|with))?(?: an?| the| your| these)?"
    r" (?P<term>.+?)(?: mean)?(?: here| please)?\W*"
)


def is_puzzled(text: str, question: str = "") -> bool:
    """Whether a message says that a question is not understood, or asks for an example.

    Args:
        text: What a person wrote.
        question: The question's own words; to ask what they are asks for its meaning.
    """
    parts = clauses(text)
    if parts and all(_PUZZLED.fullmatch(part) for part in parts):
        return True
    asked, words = _THE_TERM.fullmatch(plain_of(text)), set(re.findall(r"\w+", plain_of(question)))
    return bool(asked) and set(re.findall(r"\w+", asked["term"] if asked else "")) <= words


def tells_puzzlement(text: str) -> bool:
    """Whether a part of a message says that it is not understood, whatever else is said."""
    return any(_PUZZLED.fullmatch(part) for part in clauses(text) if len(part.split()) > 1)
