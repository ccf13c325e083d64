"""Whether a question is not understood: 'what do you mean?', 'can you give an example?'."""

import re

from agent.utterances.figures import clauses, plain_of

_OPENED = r"(?:(?:sorry|um+|hm+|well|oh|ah|ok|okay|but|and|no|honestly|please|hi|er+)\W+)*"
_ASKED_FOR = (
    r"(?:it|this|that|you|(?:(?:the|this|that|your|these) )?(?:\w+ )?(?:questions?|one|bit))"
)
_PUZZLED = re.compile(
    rf"{_OPENED}(?:(?:i|we)(?:'m| am| are|'re)?(?: (?:really|just|still))* )?(?:"
    r"(?:don't|do not|dont|didn't|did not|can't|cannot|not)(?: (?:really|quite|fully|even))*"
    rf" (?:understand(?:ing)?|get(?: it)?|follow(?:ing)?)(?: {_ASKED_FOR})?"
    r"|(?:don't|do not|dont|not)(?: (?:really|quite))* (?:understand|know|get|sure|see)"
    r" what (?:you|that|this|it|the question) (?:mean|means|want|wants|ask|asks|need|is)(?:ing)?"
    r"(?: (?:me|from me|of me|here|(?:by|with) .{1,40}))?"
    r"|(?:(?:a bit|totally|completely|so) )?(?:lost|confused|puzzled)"
    rf"(?: (?:by|with) {_ASKED_FOR})?"
    rf"|what (?:do|does|did) {_ASKED_FOR} mean(?: (?:by|with) .{{1,40}})?"
    rf"|(?:(?:can|could|would|will) you )?(?:please )?explain(?: {_ASKED_FOR})?"
    r"|(?:(?:can|could|would|will) you )?(?:please )?(?:give|show)(?: me| us)? an example"
    r"|(?:for|an|any) examples?|like what|such as(?: what)?|what|huh|eh|come again"
    rf"|{_ASKED_FOR} (?:makes|means) (?:no sense|nothing)(?: to (?:me|us))?"
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
