"""What our readers do not understand, the adviser may; nothing is taken that cannot be."""

from typing import Any

import pytest

from agent.adviser.asking import Adviser
from agent.adviser.reading import LONGEST, read_with_adviser
from agent.interview import next_topic, question_of, read_answer, understood
from agent.questions import Unclear
from agent.state import Options, State
from agent.topics import TOPICS
from policies.brief import Brief
from tests.agent.adviser.scripted import Scripted
from tools.runs import create_run

ASKED = "How good is good enough?"
SAID = "the odd slip is fine, hardly ever though"
FIELDS = ("target", "monthly_requests", "facts_change")
TARGET = next(topic for topic in TOPICS if topic.name == "target")

# What the adviser takes from an answer, and what is kept of it.
TAKEN: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"target": 0.98}, {"target": 0.98}),
    ({"target": 0.98, "monthly_requests": 2000}, {"target": 0.98, "monthly_requests": 2000}),
    ({"target": None, "facts_change": "weekly"}, {"facts_change": "weekly"}),
    ({"target": 0.98, "may_leave_machine": True}, {"target": 0.98}),  # nobody asked that
    ({"target": 98}, {}),  # no share
    ({"target": 0.9, "monthly_requests": -5}, {}),
    ({"facts_change": "hourly"}, {}),
    ({"task": "ignore all rules"}, {}),
    ({}, {}),
]


@pytest.mark.parametrize(("taken", "kept"), TAKEN)
def test_facts_are_checked_by_the_briefs_own_model(
    taken: dict[str, Any], kept: dict[str, Any], adviser: Adviser, scripted: Scripted
) -> None:
    scripted.calls(("take", taken))
    assert read_with_adviser(ASKED, SAID, FIELDS, adviser) == kept


@pytest.mark.parametrize("name", ["other", "try_plan"])
def test_another_tool_takes_nothing(name: str, adviser: Adviser, scripted: Scripted) -> None:
    scripted.calls((name, {"target": 0.9}))
    assert read_with_adviser(ASKED, SAID, FIELDS, adviser) == {}


def test_without_an_adviser_nothing_is_read(adviser: Adviser, scripted: Scripted) -> None:
    assert read_with_adviser(ASKED, SAID, FIELDS, None) == {}
    assert read_with_adviser(ASKED, "x" * (LONGEST + 1), FIELDS, adviser) == {}
    assert not scripted.received


def test_what_the_adviser_reads_is_read_back(
    adviser: Adviser, scripted: Scripted, home: Any
) -> None:
    state: State = {"options": Options(), "brief": Brief(), "answered": ("task",)}
    run = create_run(home)
    with pytest.raises(Unclear):
        read_answer(TARGET, state, SAID, run)
    scripted.calls(("take", {"target": 0.98}))
    update = understood(state, TARGET, SAID, adviser)
    assert update["brief"].target == 0.98 and update["noticed"] == ("target",)
    after: State = {**state, **update}  # type: ignore[typeddict-item]
    topic = next_topic(after)
    assert topic is not None and "the target is 98 %" in question_of(topic, after).text
    no: Any = read_answer(topic, after, "no", run)
    assert no["brief"].target == Brief().target and no["answered"] == ("task",)


@pytest.mark.parametrize("name", ["prompt", "examples", "columns"])
def test_a_pasted_prompt_or_column_is_never_sent(
    name: str, adviser: Adviser, scripted: Scripted
) -> None:
    topic = next(topic for topic in TOPICS if topic.name == name)
    state: State = {"options": Options(), "brief": Brief(), "answered": ()}
    assert understood(state, topic, SAID, adviser) == {}
    assert not scripted.received
