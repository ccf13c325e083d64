"""What is said at a question and counts elsewhere: money, what labelling costs, grave mistakes.

Unheard it would be taken for a reply, as in “there is no budget”, or be asked about with a “please
say yes or no” that tells nothing.
"""

import re
from collections.abc import Callable

from agent.utterances.facts import read_facts
from agent.utterances.figures import CURRENCY, clauses, plain_of
from agent.utterances.harms import weighs_mistakes

WEIGH_LATER = (
    "Which mistakes are worse than others you can tell me after the verdict, for instance: "
    "“missing ‹a label› is 10 times worse”."
)
LABELLING = (
    "What labelling costs is a setting: `label_minutes` and `labelling_hour` under [prices] "
    "(docs/settings.md). The report reckons with it, and I do not ask for it here."
)
MONEY = (
    "Money counts here only as the most you would pay a month, as in “our budget is 500 a month”: "
    "what costs more is not advised. What each way would cost is in the report."
)
_SUM = rf"(?:{CURRENCY.pattern})\W*\d|\d\W*[km]?\W*(?:{CURRENCY.pattern})|\bgrand\b"
_MONEY = re.compile(
    rf"{_SUM}|\bbudget\b|\bmoney (?:is )?(?:no|not|isn't)\b|\bno money\b"
    r"|\b(?:cannot|\w+n't|not) (?:pay|afford|spend)\b"
)
_LABELLING = re.compile(
    r"\b(?:expert|lawyer|doctor|annotat\w+|label(?:l?ing|l?ers?|l?ed)?|cod(?:ing|ers?)|clerk|agent"
    r"|person|staff|we|somebody|student|colleague)s?\b.*\b(?:seconds?|secs?|minutes?|mins?|hours?)"
    r" (?:each|apiece|per|an?|for (?:each|every|one))\b"
    r"|\d.*\b(?:per|an?|each) (?:label|annotation)\b|\blabel(?:s|l?ing)? costs?\b"
)
_COST = re.compile(rf"{_SUM}|label|annotat|\b(?:example|row)s?\b")
_TOLD_OF: tuple[tuple[Callable[[str], bool], str], ...] = (
    (weighs_mistakes, WEIGH_LATER),
    (lambda clause: bool(_MONEY.search(clause)), MONEY),
)


def set_aside(text: str) -> tuple[str, str]:
    """A message without what counts elsewhere, and in a sentence where that counts.

    Returns:
        The rest of the message, and the sentence; the message as it is, and "", if all counts here.
    """
    if _LABELLING.search(plain_of(text)) and _COST.search(plain_of(text)):
        return "", LABELLING  # minutes and a wage, in clauses that each would be something else
    parts = {clause: _where(clause) for clause in clauses(text)}
    told = dict.fromkeys(filter(None, parts.values()))
    if not told:
        return text, ""
    return ", ".join(clause for clause, where in parts.items() if not where), " ".join(told)


def _where(clause: str) -> str:
    """Where a clause counts, if that is elsewhere; a fact of the brief counts everywhere."""
    if read_facts(clause):
        return ""
    return next((where for is_told, where in _TOLD_OF if is_told(clause)), "")
