"""Questions about a run, beside the kind of text that models are to work on."""

import pytest

from agent.utterances.corrections import is_what_if
from agent.utterances.intents import Intent, quoted, read_intent

INTENTS = {
    "why?": Intent("why"),
    "ok, but why": Intent("why"),
    "why is that?": Intent("why"),
    "Why fine-tune?": Intent("why"),
    "what are the reasons": Intent("why"),
    "explain the verdict please": Intent("why"),
    "why not a classifier?": Intent("why_not", ("a classifier",)),
    "why not fine-tune": Intent("why_not", ("fine-tune",)),
    "why didn't you fine-tune it?": Intent("why_not", ("fine-tune it",)),
    "show me the mistakes": Intent("mistakes"),
    "mistakes": Intent("mistakes"),
    "what did it get wrong?": Intent("mistakes"),
    "where does it fail?": Intent("mistakes"),
    "show me the prompt": Intent("prompt"),
    "can you show the winning prompt please": Intent("prompt"),
    "what's the best prompt?": Intent("prompt"),
    "compare the prompt and the classifier": Intent("compare", ("the prompt", "the classifier")),
    "prompt vs classifier": Intent("compare", ("prompt", "classifier")),
    "what would it cost?": Intent("cost"),
    "how much would that cost a month": Intent("cost"),
    "costs": Intent("cost"),
    "how sure are you?": Intent("sure"),
    "can I trust this": Intent("sure"),
    "what happens next?": Intent("next"),
    "what do we do now": Intent("next"),
    "next steps": Intent("next"),
    "why not?": Intent("why_not"),
    "why is the classifier better?": Intent("why"),
    "should we fine-tune?": Intent("why"),
    "is it worth it?": Intent("why"),
    "which mistakes hurt most?": Intent("mistakes"),
    "what did you try?": Intent("tried"),
    "show me the trials": Intent("tried"),
    "what would change the answer?": Intent("changes"),
    "what would change your mind": Intent("changes"),
    "which rows should I fix?": Intent("fixes"),
    "show me the suspicious labels": Intent("fixes"),
    "would more data help?": Intent("more"),
    "what if I had more examples?": Intent("more"),
    "how many examples do we need?": Intent("more"),
    "how long would a fine-tune take?": Intent("time"),
    "how long did it take": Intent("time"),
    "what is dev?": Intent("meaning", ("dev",)),
    "what does “dev” mean?": Intent("meaning", ("dev",)),
    "what's a baseline": Intent("meaning", ("baseline",)),
    "what are tokens?": Intent("meaning", ("token",)),
    "help": Intent("help"),
    "what can I ask?": Intent("help"),
    "what is my order number?": None,
    "what is a parcel": None,
    "how long will my order take": None,
    "which size should I take": None,
    "should I send it back?": None,
    "why was I charged twice?": None,
    "why is my parcel late": None,
    "how much is the delivery to Spain": None,
    "what is it": None,
    "I see mistakes on my invoice": None,
    "show me where my order is": None,
    "what happens with my refund": None,
    "hello": None,
    "": None,
}


@pytest.mark.parametrize(("text", "intent"), INTENTS.items())
def test_questions_about_the_run(text, intent):
    assert read_intent(text) == intent


def test_long_text_is_no_question():
    assert read_intent("why" + " " * 2_000) is None


def test_what_if_only_supposes():
    assert is_what_if("What if volume doubled?") and is_what_if("And if volume doubled?")
    assert not is_what_if("change the target to 85%")


def test_a_quotation_is_for_the_models():
    assert quoted(" “why?” ") == "why?"
    assert quoted('"why?"') == "why?"
    assert quoted('he said "why?"') is None
