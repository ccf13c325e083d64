"""Messages that ask to try a wording."""

import pytest

from agent.wordings import read_wording

WORDINGS = {
    "try this wording: Sort it.": "Sort it.",
    "Please try this prompt:\nLine one.\nLine two.": "Line one.\nLine two.",
    "Try my instruction : set the target to 0.8": "set the target to 0.8",
    "try the wording:": "",
    "try this: where is my order": None,
    "I would try this wording: no": None,
    "Why?": None,
    "Where is my card? try this wording": None,
}


@pytest.mark.parametrize(("message", "words"), WORDINGS.items())
def test_a_wording_is_what_follows_the_colon(message: str, words: str | None) -> None:
    assert read_wording(message) == words
