"""Messages that are neither a known question nor like the run's inputs."""

import pytest

from agent.state import Exchange, State
from agent.unclear import UNCLEAR, choices_of, unclear
from agent.utterances.addressed import is_like

INPUTS = [
    "My parcel never arrived, where is it?",
    "I was charged twice for one order",
    "How do I reset my password?",
    "Can I change the delivery address of my order?",
]
LIKE = {
    "my parcel is late": True,
    "charged for two orders, twice": True,
    "The kettle that Aunt Agatha gave Edgar for his jubilee leaks and nobody replies": True,
    "need more macarons. sixty. mixed colours": True,
    "wats the weather": False,
    "thx": False,
    "the moon is made of cheese": False,
    "": False,
}


@pytest.mark.parametrize(("text", "like"), LIKE.items())
def test_a_message_is_like_the_inputs_by_its_words_or_its_length(text: str, like: bool) -> None:
    assert is_like(text, INPUTS) is like


def test_lines_are_like_inputs_in_lines() -> None:
    assert is_like("name: Bea\ncity: Ulm", ["guest: Ann\nstay: two nights"])
    assert not is_like("name: Bea\ncity: Ulm", INPUTS)


def test_what_was_not_understood_can_be_tried_as_an_example() -> None:
    said = unclear("wats the weather")
    assert said.text == UNCLEAR and "put it in quotes" in said.text
    state: State = {"exchanges": (said,)}
    first, *others = choices_of(state)
    assert first.value == "“wats the weather”" and len(others) == 3
    after: State = {"exchanges": (said, Exchange(message="why?", text="Because."))}
    assert not choices_of(after) and not choices_of({})
