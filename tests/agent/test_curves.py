"""Messages that ask to have the learning curve measured."""

import pytest

from agent.curves import MEASURE, asks_for_curve


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
