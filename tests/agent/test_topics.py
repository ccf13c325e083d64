"""What answers to the questions of the interview change, and which of them are asked again."""

from pathlib import Path
from typing import Any

import pytest

from agent.interview import next_topic, read_answer
from agent.questions import Unclear
from agent.state import Options, State
from policies.brief import Brief
from tools.runs import Run, create_run

ANSWERS = ("sort mail", "sample:support", "yes", "no", "nine out of ten")


@pytest.fixture
def run(home: Path) -> Run:
    return create_run(home)


def _said_at(question: str, text: str, run: Run) -> State:
    """The state after a text at a question; everything before was answered."""
    state: State = {"options": Options(), "brief": Brief(), "answered": ()}
    for answer in (*ANSWERS, None):
        topic = next_topic(state)
        assert topic is not None
        asked = topic.name == question
        assert asked or answer is not None
        update: Any = read_answer(topic, state, text if asked else answer, run)
        state = {**state, **update}  # type: ignore[typeddict-item]
        if asked:
            break
    return state


FACTS_NEEDED = [
    ("can't be answered without our CRM", True),
    ("cannot be done without the order system", True),
    ("no way without the CRM", True),
    ("never without the stock list", True),
    ("wouldn't work without the price list", True),
    ("not without the contract", True),
    ("no, it can be done without the CRM", False),
    ("it isn't a problem without the CRM", False),
    ("no, they rarely change", False),
    ("no. oh and the target should be 85 not 90", False),
    ("no, 20k a month", False),
    ("yes and about 20k a month", True),
]


@pytest.mark.parametrize(("text", "needed"), FACTS_NEEDED)
def test_whether_facts_are_needed(text: str, needed: bool, run: Run) -> None:
    state = _said_at("facts", text, run)
    assert "facts" in state["answered"]
    brief = state["brief"]
    assert (brief.needs_outside_facts, brief.facts_change) == (needed, Brief().facts_change)


def test_a_changed_answer_beside_a_reply_is_taken_too(run: Run) -> None:
    state = _said_at("facts", "no. oh and the target should be 85 not 90", run)
    assert state["brief"].target == 0.85 and "85" in state["note"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("about 3k tickets a month", {"monthly_requests": 3_000}),
        ("3000 tickets a month by the way", {"monthly_requests": 3_000}),
        ("500 bucks a month tops", {"monthly_budget": 500}),
        ("nothing may leave the building", {"may_leave_machine": False}),
        ("no, the target should be 85", {"target": 0.85}),
    ],
)
def test_another_fact_leaves_the_question_open(text: str, told: dict[str, Any], run: Run) -> None:
    state = _said_at("facts", text, run)
    assert "facts" not in state["answered"]
    expected = Brief(task="sort mail", input_column="message", answer_column="topic")
    fields = {"needs_outside_facts", "facts_change", *told}
    assert state["brief"].model_dump(include=fields) == expected.model_copy(update=told).model_dump(
        include=fields
    )


UNCLEAR = [
    ("facts", "not without the ticket text"),
    ("facts", "can't be done without a human"),
    ("facts", "not for most of them"),
    ("facts", "rarely, maybe 1 in 50"),
    ("facts", "rarely"),
    ("facts", "it takes a new guy about a month to learn"),
]


@pytest.mark.parametrize(("question", "text"), UNCLEAR)
def test_what_is_not_clear_is_asked_again(question: str, text: str, run: Run) -> None:
    with pytest.raises(Unclear):
        _said_at(question, text, run)
