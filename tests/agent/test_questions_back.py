"""What a question back, a doubt or a rounded figure does at the questions of the interview."""

from pathlib import Path
from typing import Any

import pytest

from agent.questions import Unclear
from agent.state import State
from tests.interviews import MANY, OFTEN, SAMPLE_ANSWERS, SOON, advised, answer_all, late, said_at
from tools.runs import Run, create_run


@pytest.fixture
def run(home: Path) -> Run:
    return create_run(home)


@pytest.mark.parametrize(
    ("question", "text", "told"),
    [
        ("target", "hard to say... what do others take?", "Where a person still looks"),
        ("target", "is 95 realistic, or what do you need?", "Think of 100 answers"),
        ("facts", "What kind of facts?", "what is in stock"),
        ("columns", "what is the difference between the two?", "what the model is given"),
        ("prompt", "A prompt? like in a command line?", "the instruction sent to a model"),
        ("task", "complaints", "what should come out for each"),
        ("task", "triage", "what comes in and what should come out"),
        ("task", "Do you mean what we want from it or what it does now?", "should come out"),
        ("task", "yes", "what comes in and what should come out"),
        ("target", "i dont know what you mean with 90", "Think of 100 answers"),
        ("facts", "no, but we get new tariffs all the time", "Does a right answer depend on it"),
    ],
)
def test_it_is_explained_and_asked_again(question: str, text: str, told: str, run: Run) -> None:
    try:
        state = said_at(question, text, run)
    except Unclear as unclear:
        assert told in str(unclear)
    else:
        assert told in state["note"] and question not in state["answered"]


def test_a_figure_that_is_asked_about_is_not_recorded(run: Run) -> None:
    state = said_at("target", "does 85 mean 85 percent of all or of each type?", run)
    assert state["brief"].target == 0.9 and "target" not in state["answered"]
    assert "All answers count together" in state["note"]
    waited: State = {**answer_all(run, SAMPLE_ANSWERS), "recommendation": advised(SOON)}
    asked = late(waited, "850 ms is how long?", run)
    assert asked["brief"].latency_limit_ms is None and "1,000 ms are one second" in asked["note"]


@pytest.mark.parametrize(
    ("question", "text", "told", "read_back"),
    [
        ("target", "85?", {"target": 0.85}, ("target",)),
        ("target", "is 85 % ok?", {"target": 0.85}, ("target",)),
        ("target", "85, is that of all?", {"target": 0.85}, ("target",)),
        ("target", "do you want percent? then 85", {"target": 0.85}, ("target",)),
        ("target", "85", {"target": 0.85}, ()),
        ("target", "between 80 and 85", {"target": 0.85}, ("target",)),
        (
            "target",
            "2000 complaints a week, i can accept 100 wrong",
            {"target": 0.95, "monthly_requests": 8_667},
            ("monthly_requests", "target"),
        ),
        (
            "target",
            "we have 2000 complaints a week, 100 % right",
            {"target": 1, "monthly_requests": 8_667},
            ("monthly_requests", "target"),
        ),
        ("facts", "no?", {"needs_outside_facts": False}, ("needs_outside_facts",)),
        (
            "facts",
            "not sure. sometimes the agent looks in the crm",
            {"needs_outside_facts": True},
            ("needs_outside_facts",),
        ),
        (
            "facts",
            "the fee schedule, the council decides on it once a year",
            {"needs_outside_facts": True, "facts_change": "yearly"},
            ("needs_outside_facts", "facts_change"),
        ),
        ("facts", "the model need not know the policy", {"needs_outside_facts": False}, ()),
        ("task", "Answer mails. The fees change every May", {}, ("facts_change",)),
    ],
)
def test_what_is_not_sure_is_read_back(
    question: str, text: str, told: dict[str, Any], read_back: tuple[str, ...], run: Run
) -> None:
    state = said_at(question, text, run)
    assert question in state["answered"] and state.get("noticed", ()) == read_back
    assert {field: getattr(state["brief"], field) for field in told} == told


def test_a_target_of_all_that_was_confirmed_is_not_asked_about_again(run: Run) -> None:
    state = answer_all(run, [*SAMPLE_ANSWERS[:4], "100%", "yes", "no"])
    assert state["brief"].target == 1 and not state["noticed"]


@pytest.mark.parametrize(
    ("question", "text", "note"),
    [
        ("target", "between 80 and 85", "upper end"),
        ("facts", "Yes. Policy is revised quarterly", "every 3 months counts here as monthly"),
        ("facts", "yes, the list changes every couple of weeks", "every 2 weeks counts here as"),
        ("facts", "our style guide, we change it every two yrs", "every 2 years counts here as"),
        ("task", "Answer mails. The prices change quarterly", "counts here as monthly"),
        ("columns", "i think so, yes. But the first 20 rows are old ones", "All rows of your file"),
        ("prompt", "IT has it. Can we go ahead without?", "back to the prompt"),
        ("prompt", "nobody kept the text", "without it"),
    ],
)
def test_what_was_made_of_an_answer_is_said(question: str, text: str, note: str, run: Run) -> None:
    state = said_at(question, text, run)
    assert question in state["answered"] and note in state["note"]


@pytest.mark.parametrize(
    ("text", "volume", "note"),
    [
        ("1.200 a week, 4.000 before christmas", 5_200, "17,333 the answer would be the same"),
        ("18k now, from April 55k", 18_000, "55,000 the answer would be another"),
        ("50k a month, peak 90k", 50_000, ""),
    ],
)
def test_a_peak_beside_a_volume(text: str, volume: int, note: str, run: Run) -> None:
    state: State = {**answer_all(run, SAMPLE_ANSWERS), "recommendation": advised(MANY)}
    told = late(state, text, run)
    assert told["brief"].monthly_requests == volume and note in told.get("note", "")


def test_who_trains_is_told(run: Run) -> None:
    state: State = {**answer_all(run, SAMPLE_ANSWERS), "recommendation": advised(OFTEN)}
    with pytest.raises(Unclear, match="no person has to"):
        late(state, "do i have to do the training myself?", run)
