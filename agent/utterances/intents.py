"""Questions about a finished run: why, why not, mistakes, prompt, compare, cost and so on.

The whole message has to be the question: after the verdict people also write the kind of text that
the models are to work on, and "why was I charged twice?" is one of those. What stands in quotes is
always such a text.
"""

import re
from dataclasses import dataclass
from typing import Literal

from agent.utterances.figures import plain_of
from tools.report.glossary import TERMS

IntentName = Literal[
    "why", "why_not", "mistakes", "prompt", "compare", "cost", "sure", "next", "tried", "changes",
    "fixes", "more", "time", "meaning", "writing", "privacy", "report", "thanks", "help",
]  # fmt: skip

_POLITE = (
    r"(?:(?:and|but|ok|so|please|(?:can|could|would) you|(?:can|could|may) (?:i|we)|i want to"
    r"|let me)\W+)*"
)
_END = r"(?:\W*\b(?:please|then|now|again|exactly|thanks))*\W*"
_SHOW = r"(?:(?:show|list|give|see|print|tell)(?: (?:me|us))? )?"
_THING = (
    r"(?:(?:a |the |to )?(?:fine[ -]?tun\w*|tun\w+|train\w*|classifier|retriev\w+|rag|look[ -]?up"
    r"|larger model|bigger model|better prompt|prompt\w*|keep .*|adopt .*|use .*|fix .*))"
)
_INTENTS: dict[IntentName, str] = {
    "why_not": r"why not(?: (?P<what>.+?))?"
    rf"|why (?:don't|didn't|shouldn't|can't) (?:we|you|i) (?P<do>{_THING}(?: it| that)?)"
    r"|(?:why (?:don't|didn't) you|how come you (?:don't|didn't)) "
    r"(?:advise|recommend|suggest) (?P<advice>.+?)"
    rf"|why (?:wouldn't|won't|isn't|doesn't) (?:an? |the )?(?P<rival>{_THING})"
    r"(?: (?:do|work|help|enough|better|the answer))?",
    "why": r"why|how come|why (?:this|that|is that|the verdict|d(?:o|id) you say (?:so|that|this)"
    rf"|did you decide (?:so|that|this)|do you (?:advise|recommend|think) .{{1,40}}|{_THING})"
    r"|what(?:'s| is| are) the reasons?|explain (?:it|this|that|the (?:answer|verdict))"
    rf"|why (?:is|was|does) {_THING} (?:better|best|enough|win|the (?:answer|best))"
    rf"|(?:so )?should (?:we|i) {_THING}|is (?:it|this|{_THING}) worth (?:it|the \w+)",
    "mistakes": rf"{_SHOW}(?:the |its |some )?(?:mistakes|errors|wrong answers|failures)"
    r"|what (?:does|did|are|were) (?:it|they|the (?:(?:best )?prompt|model|mistakes|errors))"
    r"(?: (?:get|got|do|did) wrong)?|where (?:does|did|do) (?:it|they) (?:go wrong|fail)"
    r"|(?:which|what) (?:labels|answers|topics) (?:get|are|does it|do you) "
    r"(?:mixed up|confused?|mix up)"
    r"|(?:which|what) (?:mistakes|errors) (?:hurt|cost|matter|count)(?: (?:the )?most)?"
    rf"|(?:see )?{_SHOW}(?:where|what|which|some|a few)? ?(?:\w+ )?(?:that )?"
    r"(?:it|they|you) "
    r"(?:got|get|gets|went|goes|did|does|messe[sd]|mess) (?:it )?(?:wrong|up)"
    r"|(?:which|what) \w+ (?:does|did|do) (?:it|they) (?:mess up|get wrong|miss)"
    r"|(?:which|what) (?:label|topic|category|field) is (?:the )?(?:worst|hardest|weakest)",
    "prompt": rf"{_SHOW}(?:the |that )?(?:best |better |winning |exact )?prompt"
    r"|what(?:'s| is| was) the (?:best |better |winning |exact )?prompt"
    r"|(?:which|what) prompt (?:won|wins|is (?:the )?best|was (?:the )?best)"
    r"|(?:have|get|see|copy) the (?:prompt|wording)\b.{0,50}",
    "compare": r"(?:compare|difference between) (?P<a>.+?) (?:and|with|to|against|vs\.?|versus) "
    r"(?P<b>.+?)|(?P<c>.+?) (?:vs\.?|versus) (?P<d>.+?)"
    r"|(?:what's|what is) the difference between (?P<e>.+?) and (?P<f>.+?)(?: in .+)?"
    r"|how (?:does|do|did) (?P<g>.+?) (?:stack up|compare|do|fare) (?:against|to|with) (?P<h>.+?)",
    "cost": rf"(?:what|how much) (?:would|will|does|do|is|are) (?:it|this|that|they|{_THING})"
    r"(?: going to)?(?: cost)?(?: (?:us|me))?(?: (?:a|per|each|every) month)?"
    r"|(?:what about )?(?:the )?costs?"
    rf"|how expensive (?:is|would|will) (?:it|this|that|{_THING})(?: be)?"
    r"|how much (?:is it|would it|will it|is this)(?: gonna| going to)? "
    r"(?:set (?:us|me) back|cost.*)"
    r"|is (?:it|this|that) (?:cheaper|more expensive|dearer)(?: than .+)?",
    "sure": r"(?:how|are you) (?:sure|certain|confident|reliable)"
    r"(?: (?:are you|is (?:this|that|it)))?"
    r"(?: (?:about|of) (?:this|that|it))?"
    r"|can (?:i|we) trust (?:this|that|it|the .{1,20})(?: \w+)?(?: with .{1,30})?"
    r"|what are the (?:chances|odds) (?:that )?(?:you|it|this)(?:'re|'s| are| is) wrong(?: here)?"
    r"|how (?:accurate|reliable|good) (?:is|are) (?:it|this|that|these)(?: \w+)?",
    "next": r"what(?:'s| (?:happens|comes|is|do (?:i|we) do|should (?:i|we) do))(?: (?:next|now))"
    r"|what (?:now|next)|(?:and )?now what|(?:the )?next steps?|how do (?:i|we) go on"
    r"|what are (?:the|our|my) next steps"
    r"|what (?:do|should) (?:i|we) do (?:on )?(?:monday|tomorrow)(?: morning)?",
    "tried": r"what (?:(?:did|have) you|else (?:did|have) you|was) (?:all )?(?:try|tried"
    rf"|test|tested|measured?)|{_SHOW}(?:all )?(?:the )?(?:trials|plans|prompts(?: you)? tried)"
    r"|which prompts (?:did you try|were tried)",
    "changes": r"what (?:would|could|might|will) (?:change|flip) (?:the|your|this)? ?(?:answer"
    r"|verdict|advice|mind|it|that)|when (?:should|do) (?:i|we) ask again",
    "fixes": r"(?:which|what) (?:rows|labels|examples)(?: \w+)? (?:should|do|must|can) (?:i|we)"
    rf"(?: have to)? (?:fix|check|correct|change)|{_SHOW}(?:the )?(?:suspect\w*|wrong|suspicious"
    r"|doubtful) (?:labels|rows)|(?:fix|check) (?:these|the) (?:rows|labels)"
    r"|what are the (?:labels|rows) to (?:fix|check)|are (?:my|our|the) labels any good",
    "more": r"(?:would|will|does|do) (?:more|further) (?:data|examples|rows) (?:help|change (?:it"
    r"|that|anything))|what if (?:i|we) had more (?:data|examples|rows)"
    r"|how many (?:more )?(?:examples|rows) (?:do|would|will) (?:i|we) need|do (?:i|we) need more "
    r"(?:data|examples|rows)|how many more (?:data|examples|rows) do you need",
    "time": rf"how long (?:would|will|did|does) (?:it|this|that|everything|{_THING}) (?:take|last)"
    rf"|(?:will|would|does) (?:it|{_THING})(?: it)? take (?:seconds|minutes|hours|days|long)"
    r"(?: or (?:hours|days|weeks))?",
    "privacy": r"(?:who|where) (?:sees?|reads?|gets?|has|have|does|did|is|are|went) "
    r"(?:.{0,12} )?(?:my|our) (?:data|spreadsheet|file|examples|rows).{0,12}"
    r"|(?:do|does|did|is|are|was|were|has|have) (?:you )?(?:.{0,12} )?(?:my|our) "
    r"(?:data|spreadsheet|file|examples|rows) .{0,30}",
    "report": r"(?:where(?:'s| is) |(?:have|get|see|download) |(?:send|give) me )"
    r"(?:the |a |that |this )?(?:report|pdf)\b.{0,40}"
    r"|(?:have|get) (?:this|that|it) as a (?:pdf|file|report)\b.{0,30}",
    "thanks": r"(?:many )?(?:thanks|thank you|cheers|great|perfect|ok)"
    r"(?:\W+.{0,25}\b(?:all|much|you|bye|day|help))?",
    "writing": r"what (?:do|does|did) (?:the |its |your )?(?:texts?|prompts?|it|they|copy) "
    r"(?:leave out|miss|invent|add|make up)|(?:missing|invented|left[ -]out) facts"
    r"|(?:who|which) (?:won|is better|was preferred)(?: blind)?|"
    rf"{_SHOW}(?:the )?(?:blind (?:comparison|pairs?|test)|house terms|invented facts)"
    r"|(?:what|how) (?:did|was) the blind (?:comparison|test)(?: say| end| come out)?",
    "meaning": r"what(?:'s| is| are| does| do)(?: an?| the)? (?P<term>.+?)(?: mean)?"
    r"|what do you mean (?:by|with) (?P<word>.+?)",
    "help": r"help(?: me)?|what (?:can|may|could|should) (?:i|we) (?:ask|do|say)(?: you| here)?"
    r"|what (?:can|do) you (?:do|know|answer)|which questions (?:can i ask|do you answer)",
}
_TERMS = frozenset(term.name.casefold() for term in TERMS)
_ORDER = sorted(_INTENTS, key=lambda name: name == "meaning")  # whatever else it could be first
_COST_WORD = re.compile(r"cost|expens|how much|price|cheap|dearer")
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
    plain = plain_of(text)
    for name in _ORDER:
        found = re.fullmatch(rf"{_POLITE}(?:{_INTENTS[name]}){_END}", plain)
        if found is None or (name == "cost" and not _COST_WORD.search(plain)):
            continue
        said = tuple(part for part in found.groupdict().values() if part)
        subjects = tuple(map(_term, said)) if name == "meaning" else said
        if name != "meaning" or _TERMS.issuperset(subjects):
            return Intent(name, subjects)
    return None


def _term(word: str) -> str:
    """A word as the glossary has it."""
    bare = word.strip(" \"“”„'").casefold()
    return bare if bare in _TERMS else bare.removesuffix("s").replace("fine tun", "fine-tun")


# Words of ours; where no example of the team holds one, a message with it is about the run.
_OURS = re.compile(
    r"\b(?:fine-?tun\w*|tun(?:e|ed|ing)|train(?:ing|ed)?|verdict|recommend\w*|prompts?|classifier"
    r"|forecast|spreadsheet|report|pdf|rows?|labels?|accura\w+|scores?|target|wording)\b"
)
_MOST_WORDS = 25
_TUNE = re.compile(
    r"(?:(?:ok(?:ay)?|yes|please|then|so|now|just|let's|go ahead(?: and)?|do)\W+)*"
    r"(?:(?:i|we)(?:'d| would)? (?:want|like)(?: to)?(?: the| a)? )?"
    r"(?:fine-?tune|tune|train)(?: it| the model| one| anyway| after all| regardless)*"
    r"(?: now| please| then)*\W*"
)


def words_of_ours(text: str) -> set[str]:
    """Words of a short message that belong to this product rather than to a team's texts."""
    plain = plain_of(text)
    return set(_OURS.findall(plain)) if len(plain.split()) <= _MOST_WORDS else set()


def wants_tune(text: str) -> bool:
    """Whether the whole message orders the tune: 'ok, go ahead and fine-tune it'."""
    return bool(_TUNE.fullmatch(plain_of(text)))


def quoted(text: str) -> str | None:
    """The inside of a message that is one quotation, or None."""
    found = _QUOTED.fullmatch(text.strip())
    return found["inner"] if found else None
