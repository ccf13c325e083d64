"""Demands after the verdict: 'actually 85% is enough', 'make it 85%', 'what if we needed 95%?'."""

import re

from agent.utterances.corrections import moves_a_price
from agent.utterances.facts import ALONE, REPLACES, FactField, read_facts
from agent.utterances.figures import MEASURE, PERCENT, figures_of, only_number, plain_of

# What a change of mind can be about; where rows may go was settled before they went.
_CHANGEABLE: frozenset[FactField] = frozenset(
    {
        "target",
        "monthly_requests",
        "latency_limit_ms",
        "monthly_budget",
        "facts_change",
        "replaces_base",
        "beyond_labels",
    }
)
_OPENING = (
    r"(?:(?:actually|no|ok(?:ay)?|well|but|hm+|sorry|then|so|please|for (?:us|me|now)"
    r"|(?:can|could) you)\W+)*"
)
_ANSWERS = r"(?:it|the (?:model|answers?|prompt|classifier)|answers|an answer|each answer)"
_ANEW = r"(?=.*\b(?:now|actually|really|next year)\b)"  # else it may be a text of the team's own
_DEMAND = re.compile(
    rf"{_OPENING}(?:"
    r"(?:(?:please )?(?:make|set|take|call|let's (?:make|say|take|do)|change|lower|raise))"
    r" (?:it |that |this )?(?:to |at |with )?[\d.,]+ ?(?:%|percent\b).{0,20}"
    r"|(?:about |around |even |only )?[\d.,]+ ?(?:%|percent|per cent)"
    r" (?:is|are|would be|will be|'s) (?:(?:good|quite|just|more than|also) )*"
    r"(?:enough|fine|ok(?:ay)?|sufficient|all we need|what we need)"
    r"|[\d.,]+ ?(?:%|percent|per cent) (?:will|would|should|might) do"
    rf"|{_ANSWERS} (?:has|have|needs?|must|should|ought)(?: to)?"
    r" (?:answer|respond|reply|react|come|arrive|be (?:right|correct|back|there|answered))\b.{1,40}"
    r"|(?:we|i) (?:really |now |only )?(?:need|want|require|expect) (?:at least |only |about )?"
    r"[\d.,]+ ?(?:%|percent|per cent)(?: now| instead| after all)?"
    r"|[\d.,]+ ?(?:%|percent|per cent) please"
    rf"|{_ANEW}(?:we|it's|it is|there (?:are|will be))(?: now| actually| really)?"
    r"(?: (?:have|get|expect|had))?(?: now| about| around)* [\d.,]+ ?(?:k|m|thousand|million)?"
    r" (?:(?:requests|tickets|messages|e?-?mails|calls|cases) )?(?:a|per|each|every)"
    r" (?:month|week|day|year)(?: now| actually| next year)?"
    rf"|{REPLACES}|{ALONE}"
    r"|we (?:(?:also|really) )?(?:need|want|require|expect) (?:(?:an?|the) (?:short )?(?:reason"
    r"|explanation|justification|rationale) (?:with|for|behind|beside) (?:each|every|the|its)"
    r" (?:label|answer|choice|decision)|more than (?:just |only )?(?:a|the) labels?)"
    r")\W*"
)
_SETTLED = re.compile(
    r"\b(?:if|suppose|imagine) \d\d (?:is|was|were|would be) (?:good )?(?:enough|ok|fine)\b"
    r"|\b(?:live with|settle for|accept|(?:happy|fine|ok|content|satisfied) with) (?:\w+ )?\d\d\b"
)
_STEP = re.compile(r"\bby\b")
_SUPPOSING = re.compile(
    r"(?:(?:and|but|so|ok)\W+)*(?:what if|suppose|imagine|would|if|(?:what|how) about)\b"
)


def read_demand(text: str) -> dict[str, object]:
    """What a message demands of the answers from now on, by fields of the brief; often nothing.

    The whole message has to be the demand: a team's own texts hold percentages as well.
    """
    if not _DEMAND.fullmatch(plain_of(text)):
        return {}
    return _changeable(text) or _share_alone(text)


def read_supposed(text: str) -> dict[str, object]:
    """The facts that a message supposes; a share that it names alone is the target."""
    if moves_a_price(text):
        return {}
    if not _SUPPOSING.match(plain_of(text)):  # any question, which may be a text of the team's
        return _changeable(text)
    return {str(field): value for field, value in read_facts(text).items()} or _share_alone(text)


def _changeable(text: str) -> dict[str, object]:
    return {field: value for field, value in read_facts(text).items() if field in _CHANGEABLE}


def _share_alone(text: str) -> dict[str, object]:
    plain = plain_of(text)
    told = PERCENT.search(plain) or _SETTLED.search(plain)
    share = told and not _STEP.search(plain)  # "our team grows by 30 %"
    number = only_number(figures_of(text, MEASURE)) if share else None
    return {"target": number / 100} if number is not None and 0 < number <= 100 else {}
