"""Another file, or other columns, after something was already answered."""

from pathlib import Path

import pytest

from agent.interview import next_topic, read_answer
from agent.state import Options, State
from policies.brief import Brief
from tools.runs import Run, create_run

SUPPORT = ("sample:support", "yes", "no", "90%", "no")


@pytest.fixture
def run(home: Path) -> Run:
    return create_run(home)


def _after(run: Run, state: State, *said: str) -> State:
    for answer in said:
        topic = next_topic(state)
        assert topic is not None
        state = {**state, **read_answer(topic, state, answer, run)}  # type: ignore[typeddict-item]
    return state


def _planned(run: Run, task: str = "Sort mail.") -> State:
    """As it is at the plan, where the profile has found the kind of task."""
    begun: State = {"options": Options(), "brief": Brief(), "answered": ()}
    state = _after(run, begun, task, *SUPPORT)
    return {**state, "brief": state["brief"].model_copy(update={"task_type": "labels"})}


def _reopened(state: State, *names: str) -> State:
    return {**state, "answered": tuple(name for name in state["answered"] if name not in names)}


def test_another_kind_of_file_has_its_own_kind_and_target(run: Run) -> None:
    state = _reopened(_planned(run), "examples", "columns")
    state = _after(run, state, "sample:copy", "yes")
    assert state["brief"].task_type is None and state["look"].task_type == "text"
    topic = next_topic(state)
    assert topic is not None and topic.name == "target"
    assert "how close" in topic.ask(state).text.casefold()


def test_the_same_kind_of_file_keeps_the_target(run: Run) -> None:
    state = _reopened(_planned(run), "examples", "columns")
    state = _after(run, state, "sample:support", "yes")
    assert next_topic(state) is None and state["brief"].target == 0.9


def test_other_columns_have_another_kind(run: Run) -> None:
    state = _after(run, _reopened(_planned(run), "columns"), "the other way round")
    assert (state["brief"].input_column, state["brief"].answer_column) == ("topic", "message")
    assert state["brief"].task_type is None
    topic = next_topic(state)
    assert topic is not None and topic.name == "target"


def test_a_samples_task_does_not_stay_with_the_next_file(run: Run) -> None:
    state = _reopened(_planned(run, task="skip"), "examples", "columns")
    assert "outdoor shop" in state["brief"].task
    assert "bakery" in _after(run, state, "sample:orders")["brief"].task
    told = _reopened(_planned(run), "examples", "columns")
    assert _after(run, told, "sample:orders")["brief"].task == "Sort mail."


def test_a_files_own_prompt_does_not_stay_with_the_next_file(run: Run) -> None:
    state = _planned(run)
    look = state["look"].model_copy(update={"prompt": "Sort this."})
    brief = state["brief"].model_copy(update={"prompt": "Sort this."})
    before = _reopened({**state, "look": look, "brief": brief}, "examples", "columns")
    after = _after(run, before, "sample:support")
    assert after["brief"].prompt is None and "prompt" not in after["answered"]
    own = {**before, "look": state["look"]}  # typed in, not the file's
    assert _after(run, own, "sample:support")["brief"].prompt == "Sort this."  # type: ignore[arg-type]
