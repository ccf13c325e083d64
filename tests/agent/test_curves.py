"""Messages that ask to have the learning curve measured."""

import pytest

from agent.asides import FIRST_THIS, answered_beside
from agent.curves import MEASURE, asks_for_curve
from agent.state import State
from agent.workbench import Workbench


@pytest.mark.parametrize(
    ("message", "asked"),
    [
        (MEASURE, True),
        ("Measure the learning curve", True),
        ("can you measure the learning curve?", True),
        ("Please draw a learning curve.", True),
        ("what is a learning curve?", False),
        ("would more examples help?", False),
        ("measure it", False),
    ],
)
def test_who_asks_for_a_curve(message: str, asked: bool) -> None:
    assert asks_for_curve(message) == asked


@pytest.mark.parametrize(
    "message", ["Can you measure the learning curve?", "try this wording: Which topic is this?"]
)
def test_long_work_waits_until_our_question_is_answered(
    message: str, state: State, bench: Workbench
) -> None:
    told = answered_beside(state, message, bench)
    assert [said.text for said in told["exchanges"]] == [FIRST_THIS]
    assert set(told) == {"exchanges"}, "nothing was measured"
