import pytest

from agent.utterances.alike import QUESTIONS, alike
from agent.utterances.intents import Intent, read_intent

# By a tester who had not seen the readers, and what those had made of it: nothing.
ASKED = {
    "how sure are you about that, honestly?": "sure",
    "show me the prompt you'd use": "prompt",
    "who can see our messages?": "privacy",
    "who sees our customers' data?": "privacy",
    "what does 92.5% actually mean in practice?": "sure",
    "would it work in French too?": "overfit",
    "does it discriminate against people with bad spelling?": "overfit",
    "can my intern set this up?": "next",
    "how do I explain this to my board?": "why",
    "how much would we save": None,
    "what is the weather like?": None,
    "write me a poem about cats": None,
    "can you integrate it with zendesk": None,
    "why was I charged twice": None,
    "my card has not arrived, when will it come?": None,
    "what is my balance?": None,
    "": None,
}


@pytest.mark.parametrize(("text", "name"), ASKED.items())
def test_a_question_is_taken_for_what_it_is_most_like(text: str, name: str | None) -> None:
    found = alike(text)
    assert (found.name if found else None) == name


def test_each_question_is_like_itself() -> None:
    for name, questions in QUESTIONS.items():
        for question in questions:
            found = alike(question)
            assert found is not None and (found.name, found.same) == (name, True), question


def test_the_patterns_take_none_of_them_for_another() -> None:
    for name, questions in QUESTIONS.items():
        for question in questions:
            intent = read_intent(question)
            assert intent is None or intent.name == name, (question, intent)
            assert not isinstance(intent, Intent) or intent.name in QUESTIONS
