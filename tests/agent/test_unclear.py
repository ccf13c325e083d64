"""Messages that are neither a known question nor like the run's inputs."""

from agent.state import Exchange, State
from agent.unclear import UNCLEAR, UNSURE, choices_of, unclear


def test_what_was_not_understood_can_be_tried_as_an_example() -> None:
    said = unclear("wats the weather")
    assert said.text == UNCLEAR and "put it in quotes" in said.text
    state: State = {"exchanges": (said,)}
    first, *others = choices_of(state)
    assert first.value == "“wats the weather”" and len(others) == 3
    after: State = {"exchanges": (said, Exchange(message="why?", text="Because."))}
    assert not choices_of(after) and not choices_of({})


def test_what_it_may_have_asked_is_offered_before_trying_it() -> None:
    said = unclear("good enough or what", ("How sure are you?", "Why?"))
    assert said.text == UNSURE
    *asked, last = choices_of({"exchanges": (said,)})
    assert [each.value for each in asked] == ["How sure are you?", "Why?"]
    assert last.value == "“good enough or what”"
