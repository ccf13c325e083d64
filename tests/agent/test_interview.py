"""The interview: topics in order, answers in words, problems said."""

from pathlib import Path
from typing import Any

import pytest

from agent.interview import TOPICS, Unclear, next_topic, read_answer
from agent.state import Options, State
from policies.brief import Brief
from tools.runs import Run, create_run

SAMPLE_ANSWERS = ["sort mail", "sample:support", "yes", "no", "nine out of ten", "50k", "no"]


@pytest.fixture
def run(home: Path) -> Run:
    return create_run(home)


def _begin() -> State:
    return {"options": Options(), "brief": Brief(), "answered": ()}


def _answer_all(run: Run, answers: list[str]) -> State:
    state = _begin()
    for answer in answers:
        topic = next_topic(state)
        assert topic is not None
        assert topic.ask(state).why
        update: Any = read_answer(topic, state, answer, run)
        state = {**state, **update}  # type: ignore[typeddict-item]
    return state


def test_a_sample_is_one_click_away(run: Run) -> None:
    state = _answer_all(run, SAMPLE_ANSWERS)
    assert next_topic(state) is None
    brief = state["brief"]
    assert (brief.task, brief.target, brief.monthly_requests) == ("sort mail", 0.9, 50_000)
    assert (brief.input_column, brief.answer_column) == ("message", "topic")
    assert brief.prompt is None
    assert run.examples_file.exists()


def test_never_more_than_twelve_questions() -> None:
    assert len(TOPICS) <= 12


@pytest.mark.parametrize(
    ("before", "answer", "problem"),
    [
        (SAMPLE_ANSWERS[:1], "here it is", "paper clip"),
        (SAMPLE_ANSWERS[:2], "hm", "message, topic"),
        (SAMPLE_ANSWERS[:4], "-5", "share"),
        (SAMPLE_ANSWERS[:4], "abc", "share"),
        (SAMPLE_ANSWERS[:4], "", "share"),
        (SAMPLE_ANSWERS[:5], "lots", "number"),
        (SAMPLE_ANSWERS[:5], "x" * 1_000_000, "1,000,000"),
        (SAMPLE_ANSWERS[:6], "perhaps", "yes or no"),
    ],
)
def test_an_unclear_answer_keeps_the_question_open(
    before: list[str], answer: str, problem: str, run: Run
) -> None:
    state = _answer_all(run, before)
    topic = next_topic(state)
    assert topic is not None
    with pytest.raises(Unclear, match=problem):
        read_answer(topic, state, answer, run)


def test_columns_can_be_named(run: Run) -> None:
    state = _answer_all(run, [*SAMPLE_ANSWERS[:2], "the input is topic and the answer message"])
    assert (state["brief"].input_column, state["brief"].answer_column) == ("topic", "message")


def test_an_unusable_file_is_refused_in_words(run: Run, tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    run.take_examples(empty)
    state = _answer_all(run, SAMPLE_ANSWERS[:1])
    topic = next_topic(state)
    assert topic is not None
    with pytest.raises(Unclear, match="no rows"):
        read_answer(topic, state, "uploaded", run)
