"""Interviews as tests hold them: all answered, one text at a question, a late question."""

from typing import Any

from agent.interview import late_topic, next_topic, read_answer
from agent.state import Options, State
from policies.brief import Brief
from policies.recommendation import Flip, Recommendation
from tools.runs import Run

SAMPLE_ANSWERS = ["sort mail", "sample:support", "yes", "no", "nine out of ten", "no"]


def begin() -> State:
    return {"options": Options(), "brief": Brief(), "answered": ()}


def answer_all(run: Run, answers: list[str]) -> State:
    state = begin()
    for answer in answers:
        topic = next_topic(state)
        assert topic is not None
        assert topic.ask(state).why
        update: Any = read_answer(topic, state, answer, run)
        state = {**state, **update}  # type: ignore[typeddict-item]
    return state


def then(state: State, run: Run, said: str) -> State:
    topic = next_topic(state)
    assert topic is not None
    return {**state, **read_answer(topic, state, said, run)}  # type: ignore[typeddict-item]


def said_at(question: str, text: str, run: Run) -> State:
    """The state after a text at a question; everything before was answered."""
    state = begin()
    for answer in SAMPLE_ANSWERS:
        topic = next_topic(state)
        assert topic is not None
        if topic.name == question:
            return then(state, run, text)
        state = then(state, run, answer)
    raise AssertionError(question)


def advised(*flips: Flip) -> Recommendation:
    return Recommendation(verdict="adopt_prompt", headline="", reasons=(), flips_unknown=flips)


def flip_of(quantity: str, threshold: float) -> Flip:
    return Flip(quantity=quantity, current=None, threshold=threshold, verdict="use_classifier")


MANY = flip_of("monthly_requests", 40_000.5)
SOON = flip_of("latency_limit_ms", 850.0)
OFTEN = flip_of("retrainings_per_month", 0.531)


def late(state: State, said: str, run: Run) -> State:
    topic = late_topic(state)
    assert topic is not None
    return {**state, **read_answer(topic, state, said, run)}  # type: ignore[typeddict-item]
