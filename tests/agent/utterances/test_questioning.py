"""Which replies ask something back, and which are answers put as questions."""

import pytest

from agent.utterances.questioning import is_put_as_question, read_asked

ASKED = {
    "does 90 mean 90 percent of all or of each type?": "",
    "850 ms is how long?": "",
    "850 ms is how long": "",
    "90 of what?": "",
    "what is the difference between the two?": "",
    "do i have to do the training myself?": "",
    "do we count spam too?": "",
    "is 95 realistic?": "",
    "why 90?": "",
    "i dont know what you mean with 90": "",
    "hard to say... what do others take?": "hard to say...",
    "90, is that of all?": "90",
    "90. does that mean of all?": "90.",
    "300 a day, is that a lot?": "300 a day",
    "no, but how would it know our prices?": "no",
}
ANSWERS = {
    "90?": True,
    "maybe 90 %?": True,
    "is 90 % ok?": True,
    "is it ok if 90% are right?": True,
    "would 90 be enough?": True,
    "how about 90": True,
    "can we say 90?": True,
    "could it be 90%?": True,
    "can it take 2 seconds?": True,
    "can it be overnight?": True,
    "isn't 90 enough?": True,
    "is once a year enough?": True,
    "90 percent, right?": True,
    "should be 95": False,
    "when it's right 95% of the time": False,
    "as good as our people, who get 90": False,
    "are 300 a day": False,
    "no matter what, 90": False,
}


@pytest.mark.parametrize(("text", "told"), ASKED.items())
def test_what_asks_back_and_what_it_tells_beside(text: str, told: str) -> None:
    asked = read_asked(text)
    assert asked is not None and asked.told == told


@pytest.mark.parametrize(("text", "as_question"), ANSWERS.items())
def test_what_answers_though_it_looks_like_a_question(text: str, as_question: bool) -> None:
    assert read_asked(text) is None and is_put_as_question(text) is as_question


@pytest.mark.parametrize("text", ["what would you recommend?", "what's realistic?", "you decide?"])
def test_what_is_left_to_us_asks_nothing(text: str) -> None:
    assert read_asked(text) is None
