"""Counts to be added or multiplied: '700 emails and 250 chats', '40 agents with 50 each'."""

import re
from itertools import pairwise

from agent.utterances.figures import COUNT, in_digits, plain_of
from agent.utterances.periods import PERIOD

_KIND = (
    r"(?:e-?mails?|mails?|calls?|chats?|tickets?|messages?|letters?|forms?|orders?|faxes|cases?"
    r"|requests?|documents?|texts?|queries|posts?|reviews?|comments?|invoices?|claims?)\b"
)
_HEADS = (
    r"(?:agents|people|persons|clerks|colleagues|employees|reps|handlers|operators|branches|shops"
    r"|stores|sites|teams|offices|countries|advis[eo]rs|nurses|inboxes|mailboxes)\b"
)
_HEAD = r"(?:agent|person|head|clerk|employee|rep|branch|shop|store|site|team|office|country)\b"
_ABOUT = r"(?:(?:about|around|roughly|some|another|maybe|perhaps|up to|circa|ca\.?|~) ?)*"
_DO = r"(?:(?:\w+ing|does|do|gets?|handles?|takes?|answers?|has|have|with|at) )?"
_EACH = r"(?:each|apiece)\b(?! (?:of|day|week|month|quarter|year))"
_AND = re.compile(rf" (?:\w+ )?{_KIND},? (?:and|plus|&|\+) {_ABOUT}")
_TIMES = re.compile(rf" {_HEADS},? (?:who )?(?:(?:{_EACH}|x|\*|times) {_DO}|{_DO}{_EACH} ){_ABOUT}")
_WITH = re.compile(rf" {_HEADS},? (?:who |and )?(?:each )?{_DO}{_ABOUT}")
_A_HEAD = re.compile(
    rf" ?(?:\w+ )?(?:{_KIND} )?(?:(?:per|for each|for every|an?|each) {_HEAD}|{_EACH})"
)
_THEN_KIND = re.compile(rf" (?:\w+ )?{_KIND}")
_THEN_EACH = re.compile(rf"(?P<before> [\w/ ]*?)[ ,]*\b{_EACH}")
_THEN_HEADS = re.compile(rf" {_HEADS}")


def gathered(text: str) -> str:
    """The text with two kinds of requests added up, and requests a head times the heads.

    What is not surely to be added or multiplied stays as it is.
    """
    plain = plain_of(text)
    for first, second in pairwise(COUNT.finditer(plain)):
        between, after = plain[first.end() : second.start()], plain[second.end() :]
        one, other = (float(in_digits(figure[0], COUNT)) for figure in (first, second))
        if _AND.fullmatch(between) and (kind := _THEN_KIND.match(after)):
            total, rest = one + other, after[kind.end() :]
        elif (found := _a_head(between, after)) is not None:
            total, rest = one * other, found
        else:
            continue
        return f"{plain[: first.start()]}{total:.0f} requests {rest.lstrip(' ,')}"
    return text


def _a_head(between: str, after: str) -> str | None:
    """What stands after requests a head and the heads, the period first; None if it is not that."""
    rest = None
    if _TIMES.fullmatch(between):
        rest = _THEN_KIND.sub("", after, count=1) if _THEN_KIND.match(after) else after
    elif _WITH.fullmatch(between) and (each := _THEN_EACH.match(after)):
        kind = _THEN_KIND.match(each["before"])
        rest = each["before"][kind.end() if kind else 0 :] + after[each.end() :]
    elif (head := _A_HEAD.match(between)) and (heads := _THEN_HEADS.match(after)):
        rest = between[head.end() :] + after[heads.end() :]
    return rest if rest is not None and PERIOD.search(rest) else None
