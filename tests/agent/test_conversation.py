"""What a message after the verdict leads to."""

import pytest

from agent.conversation import TUNE, answer_message
from agent.plans import UNPROVABLE
from agent.state import State
from agent.workbench import Workbench
from policies.evidence import Score


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("why?", "stops at 86.7"),
        ("show me the mistakes", "Two labels fit"),
        ("compare the prompt and the classifier", "their intervals overlap"),
        ("what if the target were 80 %?", "Suppose the target is 80 %."),
        ("what if volume were 2 million?", "Suppose 2,000,000 requests a month."),
        ("what if right answers needed outside facts?", "Suppose right answers need facts from"),
        ("what if no outside facts were needed?", "Suppose all that is needed is in the input"),
        ("start over", "New question"),
        ("where is my parcel?", "nothing can answer that"),
    ],
)
def test_a_question_about_the_run_is_answered_in_words(
    said: str, heard: str, state: State, bench: Workbench
) -> None:
    went = answer_message(state, said, bench)
    assert went.goto == "converse"
    assert list(went.update) == ["exchanges"], "nothing else is changed"  # type: ignore[arg-type]
    assert heard in went.update["exchanges"][-1].text  # type: ignore[index, call-overload]


def test_a_what_if_says_what_the_answer_would_become(state: State, bench: Workbench) -> None:
    met = answer_message(state, "what if the target were 80 %?", bench)
    text = met.update["exchanges"][-1].text  # type: ignore[index, call-overload]
    assert "would become: use the best prompt" in text and "Nothing is changed" in text
    assert "What makes the difference: the best prompt is good enough." in text


def test_a_changed_answer_is_decided_anew(state: State, bench: Workbench) -> None:
    went = answer_message(state, "change the target to 80 %", bench)
    assert went.goto == "recommend"
    assert went.update["brief"].target == 0.8  # type: ignore[index, call-overload]


@pytest.mark.parametrize(
    ("said", "goto"), [(TUNE, "approve"), ("fine-tune it", "approve"), ("stop", "__end__")]
)
def test_other_ways_on(said: str, goto: str, state: State, bench: Workbench) -> None:
    confirmed: State = {**state, "confirmed": Score(score=0.8, low=0.7, high=0.9, n=90)}
    assert answer_message(confirmed, said, bench).goto == goto


@pytest.mark.parametrize("said", [TUNE, "fine-tune it"])
def test_a_tune_that_nothing_could_prove_is_refused_in_words(
    said: str, state: State, bench: Workbench
) -> None:
    went = answer_message({**state, "confirmed": None}, said, bench)
    assert went.goto == "converse"
    assert went.update["exchanges"][-1].text == UNPROVABLE  # type: ignore[index, call-overload]
