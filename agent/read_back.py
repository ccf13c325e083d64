"""What was taken beside an answer is read back for a yes, and left out after a no."""

import re
from collections.abc import Callable
from typing import Any

from agent.questions import Option, Question, Topic, Unclear, Update
from agent.state import State
from agent.utterances import (
    read_milliseconds,
    read_money,
    read_share,
    read_volume,
    read_yes_no,
)
from agent.utterances.facts import FactField, Value, read_facts
from agent.utterances.figures import plain_of
from agent.utterances.periods import PERIOD
from agent.utterances.replies import says_only_unknown, without_reply
from policies.brief import Brief
from tools.report.rhythms import rhythm
from tools.report.words import percent
from tools.runs import Run

TOPIC_OF: dict[str, str] = {
    "target": "target",
    "monthly_requests": "volume",
    "latency_limit_ms": "latency",
    "needs_outside_facts": "facts",
    "retrainings_per_month": "cadence",
    "may_leave_machine": "sending",  # never asked: the plan that needs a yes names the endpoints
}
FIELD_OF = {topic: field for field, topic in TOPIC_OF.items()}
READERS: dict[str, Callable[[str], float | int | None]] = {
    "target": read_share,
    "monthly_requests": read_volume,
    "latency_limit_ms": read_milliseconds,
    "monthly_budget": read_money,
}


def _time(milliseconds: float) -> str:
    """A time for an answer, in the unit that people would use."""
    if milliseconds < 1000:
        return f"{milliseconds:g} ms"
    return "1 second" if milliseconds == 1000 else f"{milliseconds / 1000:g} seconds"


def described(facts: dict[Any, Any]) -> str:
    """Facts of the brief as they are read back."""
    return ", ".join(_WORDING[field](value) for field, value in facts.items())


_WORDING: dict[str, Any] = {
    "target": lambda value: f"the target is {percent(value)}",
    "monthly_requests": lambda value: f"{value:,} requests a month",
    "latency_limit_ms": lambda value: f"an answer within {_time(value)}",
    "monthly_budget": lambda value: (
        f"a budget of {value:,.0f} a month in the currency of the prices (nothing is converted)"
    ),
    "facts_change": lambda value: (
        "facts and labels never change" if value == "never" else f"facts or labels change {value}"
    ),
    "needs_outside_facts": lambda value: (
        "right answers need facts from outside" if value else "all that is needed is in the input"
    ),
    "beyond_labels": lambda value: (
        "a label alone is not enough" if value else "a label is all that is needed"
    ),
    "replaces_base": lambda value: (
        "the tuned model is to replace the base model for everything"
        if value
        else "the tuned model is for this task alone"
    ),
    "retrainings_per_month": lambda value: f"a model is trained anew {rhythm(value)}",
    "may_leave_machine": lambda value: (
        "your examples may leave this machine" if value else "your examples stay on this machine"
    ),
}


def with_facts(state: State, facts: dict[Any, Any]) -> Update:
    """The brief with these facts; questions that they answer are asked no more."""
    told = [TOPIC_OF[field] for field in facts if field in TOPIC_OF]
    answered = state.get("answered", ())
    return {
        "brief": state.get("brief", Brief()).model_copy(update=facts),
        "answered": (*answered, *(name for name in told if name not in answered)),
    }


def _ask_read_back(state: State) -> Question:
    facts = {field: getattr(state["brief"], field) for field in state["noticed"]}
    return Question(
        name="read_back",
        text=f"I also took this from what you said: {described(facts)}. Is that right?",
        why="So that nothing I misread decides anything.",
        meaning="I read this out of your words and want to be sure. Say yes if it is so, no to "
        "leave it out, or write how it is.",
        options=(Option(label="Yes", value="yes"), Option(label="No, leave it out", value="no")),
    )


def _read_read_back(state: State, text: str, run: Run) -> Update:
    corrected = read_facts(text) or _lone_value(state["noticed"], text)
    if corrected:
        noticed = tuple(dict.fromkeys((*state["noticed"], *corrected)))
        return {**with_facts(state, dict(corrected)), "noticed": noticed}
    is_no = read_yes_no(text) is False
    if is_no and PERIOD.search(plain_of(text)) and not re.search(r"\d", text):
        raise Unclear("Please write it with its number, for instance “5,000 a week”.")
    right = False if says_only_unknown(text) else read_yes_no(text)
    if right is None or re.search(r"\d", text):
        raise Unclear("Please say yes or no, or write how it is.")
    if right:
        return {"noticed": ()}
    return _forget(state, state["noticed"])


def _lone_value(noticed: tuple[FactField, ...], text: str) -> dict[FactField, Value]:
    """A value that only one of the facts read back can have: 'no, 70k'."""
    said = without_reply(text)
    values = {field: READERS[field](said) for field in noticed if field in READERS}
    read: dict[FactField, Value] = {field: v for field, v in values.items() if v is not None}
    return read if len(read) == 1 else {}


def _forget(state: State, fields: tuple[FactField, ...]) -> Update:
    """Set facts back to what is taken when nothing is said, and open their questions again."""
    defaults: dict[str, Any] = {field: Brief.model_fields[field].default for field in fields}
    reopened = {TOPIC_OF.get(field) for field in fields}
    return {
        "noticed": (),
        "brief": state["brief"].model_copy(update=defaults),
        "answered": tuple(name for name in state.get("answered", ()) if name not in reopened),
    }


READ_BACK = Topic("read_back", _ask_read_back, _read_read_back)
