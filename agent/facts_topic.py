"""The question about facts from outside: whether right answers need them, and how they change."""

from agent.questions import Option, Question, Topic, Unclear, Update, changed
from agent.state import State
from agent.utterances import is_unknown, read_cadence, read_outside_facts, read_yes_no
from agent.utterances.choices import (
    are_supplied,
    is_between_cadences,
    names_a_need,
    names_a_record,
    names_exception,
    rate_between_cadences,
    tells_change,
    tells_doubt,
    tells_labels_change,
)
from agent.utterances.replies import denies_of_us, opening_reply, read_leaning, without_reply
from policies.brief import Cadence
from tools.report.rhythms import rhythm
from tools.runs import Run

MEANT_BY_FACTS = (
    "Facts from outside are what an answer depends on and the input does not tell: what is in "
    "stock, today's price, a rule that changes. “When will my parcel come?” needs the carrier's "
    "records, so yes; “Which team should get this e-mail?” is told by the e-mail itself, so no."
)
NO_BUT_CHANGES = (
    "You say no, and that something changes all the same. Does a right answer depend on it, though "
    "the input does not tell it? Please say yes or no."
)
CADENCES = "I reckon with yearly, monthly, weekly and daily."
ABOUT_FACTS = "Please say yes or no: does a right answer need facts that are not in the input?"
SHORT = 5  # words of a reply that is about nothing else


def _ask_facts(state: State) -> Question:
    return Question(
        name="facts",
        text="Does a right answer need facts that are not in the input, such as prices, stock or "
        "rules that change?",
        why="A fine-tune teaches form and skill, not facts. If you are not sure, I take no.",
        meaning=MEANT_BY_FACTS,
        options=(
            Option(label="No, it is all in the input", value="no"),
            Option(label="Yes, it needs other facts", value="yes"),
        ),
    )


def _read_facts(state: State, text: str, run: Run) -> Update:
    cadence = _rhythm_of_facts(text)
    agreed = _agreed(text, cadence)
    stated = read_outside_facts(text)  # "yes, it is all in there": what is said counts
    needs = agreed if stated is None else stated
    inferred = needs is None and _follows_from_rhythm(text, cadence)
    if inferred:
        if opening_reply(text) is False and names_exception(text):
            raise Unclear(NO_BUT_CHANGES)
        needs = cadence != "never"
    if needs is None:
        return _read_leaning(state, text)
    told = changed(state, needs_outside_facts=needs)
    # "Not sure, sometimes they look in the CRM" leaves to the person what decides.
    doubtful = stated is not None and tells_doubt(text) and not opening_reply(text)
    if not cadence or not (needs or agreed is None):
        unsure = are_supplied(text) is not None or (stated is None and denies_of_us(text))
        unsure = unsure or doubtful
        return {**told, "noticed": ("needs_outside_facts",)} if unsure else told
    told = changed(state, needs_outside_facts=needs, facts_change=cadence)
    rounded = rounded_rhythm(text, cadence)
    told |= {"note": rounded} if rounded else {}
    # "No facts, but the list changes": a need that nobody stated decides only after a yes.
    doubted = inferred and (opening_reply(text) is False or len(text.split()) > SHORT)
    if doubted or doubtful or names_exception(text):
        return {**told, "noticed": ("needs_outside_facts", "facts_change")}
    return {**told, "noticed": ("facts_change",)} if is_between_cadences(text) else told


def rounded_rhythm(text: str, cadence: object) -> str:
    """What is said of a rhythm that is none of those that are reckoned with; "" where it is one."""
    rate = rate_between_cadences(text)
    if rate is None:
        return ""
    years = 1 / (12 * rate) if rate else 0
    told = f"every {years:.0f} years" if years > 1 else rhythm(rate)
    return f"About {told} counts here as {cadence}: {CADENCES}"


def _rhythm_of_facts(text: str) -> Cadence | None:
    """How often the facts change that a right answer needs."""
    stated, denied = read_outside_facts(text), read_yes_no(text) is False
    if (denied or stated is False) and not tells_change(text):
        return None  # "no, a new joiner can do it after a day"
    if stated is False and opening_reply(text) is None and not tells_labels_change(text):
        return None  # "prices change weekly, but the queue doesn't depend on them"
    return read_cadence(without_reply(text))


def _agreed(text: str, cadence: Cadence | None) -> bool | None:
    if cadence and opening_reply(text):
        return True  # "yes, but they never change"
    agreed = read_yes_no(text)
    excepted = names_exception(text) and not tells_labels_change(text)
    return None if agreed is False and excepted else agreed  # "no, except for prices"


def _follows_from_rhythm(text: str, cadence: Cadence | None) -> bool:
    """Whether a rhythm alone says that facts are needed: not that of requests, or of labels."""
    if cadence is None or (cadence == "never" and names_exception(text)):
        return False
    of_facts = tells_change(text) or names_a_record(text) or len(text.split()) <= SHORT
    return of_facts and not tells_labels_change(text)


def _read_leaning(state: State, text: str) -> Update:
    """An answer that is neither a yes nor a no: "don't know" is a no, and the rest is read back.

    Raises:
        Unclear: It leans to no side.
    """
    if is_unknown(text) and not names_exception(text):  # "can't tell without looking it up"
        return changed(state, needs_outside_facts=False)
    leaning = True if names_a_need(text) else read_leaning(text)
    if leaning is None:
        of_labels = " That labels change does not tell it." if tells_labels_change(text) else ""
        meaning = f"{MEANT_BY_FACTS} " if text.rstrip().endswith("?") else ""
        raise Unclear(f"{meaning}{ABOUT_FACTS}{of_labels}")
    told = changed(state, needs_outside_facts=leaning)
    return {**told, "noticed": ("needs_outside_facts",)}


FACTS = Topic("facts", _ask_facts, _read_facts)
