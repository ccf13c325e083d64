"""Questions about a run, beside the kind of text that models are to work on."""

import pytest

from agent.utterances.corrections import is_what_if
from agent.utterances.intents import (
    Intent,
    quoted,
    read_intent,
)
from agent.utterances.replies import read_consent
from tools.report.glossary import TERMS

INTENTS = {
    "where can it run?": Intent("hosting"),
    "does it need the internet?": Intent("hosting"),
    "do we need an internet connection": Intent("hosting"),
    "can the tuned model run offline": Intent("hosting"),
    "was it worth it?": Intent("brought"),
    "Did it work?": Intent("brought"),
    "Did the fine-tune actually beat the prompt?": Intent("brought"),
    "How was your prediction compared to what happened?": Intent("brought"),
    "should we deploy it?": Intent("live"),
    "are we ready to go live?": Intent("live"),
    "what did training cost?": Intent("tune_cost"),
    "how much did it cost to train it": Intent("tune_cost"),
    "Which claims did the prompt get right but the tuned model get wrong?": Intent("flips"),
    "what did the tuned model break": Intent("flips"),
    "Which rows got worse?": Intent("flips"),
    "how much did we spend on training?": Intent("tune_cost"),
    "can we use it in production now?": Intent("live"),
    "what would it take for fine-tuning to win?": Intent("changes", ("fine-tuning",)),
    "how did you test it?": Intent("split"),
    "can this be installed at our site?": Intent("hosting"),
    "how do i try another wording?": Intent("rewording"),
    "why 90%?": Intent("target", ("90%",)),
    "RAG or fine-tuning?": Intent("compare", ("rag", "fine-tuning")),
    "Is better the trained model or the normal one?": Intent(
        "compare", ("trained model", "normal one")
    ),
    "what does fine-tuning mean in normal words": Intent("meaning", ("fine-tune",)),
    "explain retrieval to me in everyday language": Intent("meaning", ("retrieval",)),
    "can you tell me in simple words what an adapter is": Intent("meaning", ("adapter",)),
    "what is meant by baseline?": Intent("meaning", ("baseline",)),
    "explain the delivery to me": None,
    "how is RAG different from fine-tuning": Intent("difference", ("rag", "fine-tuning")),
    "What's the difference between dev and test in simple words?": Intent(
        "difference", ("dev", "test")
    ),
    "tell my colleague that the parcel is late": None,
    "tell me the verdict without jargon": Intent("simply"),
    "why is that, in easy words?": Intent("simply"),
    "is it allowed to bring a dog": None,
    "my orders will be combined, right?": None,
    "does the lamp work in Italian sockets": None,
    "is it better than ours?": Intent("compare", ("it", "ours")),
    "how does it compare to our people": Intent("compare", ("it", "our people")),
    "could we just use keyword rules": Intent("why_not", ("keyword rules",)),
    "what was the cost?": Intent("tune_cost"),
    "What would have to change so you say fine-tune?": Intent("changes", ("fine-tune",)),
    "overfit?": Intent("overfit"),
    "delta?": Intent("brought"),
    "p99?": Intent("speed"),
    "thanks, where is my parcel?": None,
    "can you send it to my home? where is it": None,
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
    "how fast is it?": Intent("speed"),
    "and how fast are the answers": Intent("speed"),
    "is it fast enough?": Intent("speed"),
    "how quickly does the classifier answer?": Intent("speed"),
    "how long does one request take?": Intent("speed"),
    "what is the latency?": Intent("speed"),
    "does it overfit?": Intent("overfit"),
    "is the tuned model overfitting?": Intent("overfit"),
    "did it just memorise the examples?": Intent("overfit"),
    "overfitting?": Intent("overfit"),
    "does it generalise to new rows?": Intent("overfit"),
    "will it work on new data": Intent("overfit"),
    "hm": Intent("help"),
    "hmm...": Intent("help"),
    "I see": Intent("help"),
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
    "would a bigger model help?": Intent("why_not", ("a bigger model",)),
    "wouldn't RAG be better": Intent("why_not", ("rag",)),
    "can we try retrieval": Intent("why_not", ("retrieval",)),
    "what about another model?": Intent("why_not", ("another model",)),
    "should we use a larger model": Intent("why_not", ("a larger model",)),
    "why shouldn't we train our own model": Intent("why_not", ("train our own model",)),
    "what would we pay per month?": Intent("cost"),
    "what would it cost at 1 million requests": Intent("cost", ("1 million requests",)),
    "how much would it cost with 10 times the volume": Intent("cost", ("10 times the volume",)),
    "how confident are you in that": Intent("sure"),
    "is the answer reliable?": Intent("sure"),
    "how accurate is the best prompt": Intent("sure"),
    "should I collect more examples": Intent("more"),
    "is my file too small?": Intent("more"),
    "are 200 rows enough?": Intent("more"),
    "can i see some errors pls": Intent("mistakes"),
    "i dont get it": Intent("why"),
    "that's wrong": Intent("why"),
    "whats the verdict": Intent("why"),
    "who saw our data?": Intent("privacy"),
    "did you send our data anywhere?": Intent("privacy"),
    "is our data safe?": Intent("privacy"),
    "is our data any good?": Intent("data"),
    "does my data have errors?": Intent("data"),
    "what are locked rows?": Intent("meaning", ("locked rows",)),
    "what is fine-tuning": Intent("meaning", ("fine-tune",)),
    "what are hidden states": Intent("meaning", ("hidden states",)),
    "would you exchange the lamp": None,
    "is our order any good": None,
    "what would I pay for delivery?": None,
    "what is in my file at the office": None,
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
    "how fast is the delivery?": None,
    "how long does a refund take": None,
    "does the jacket fit": None,
    "does it work with other phones": None,
    "will this work for new customers": None,
    "I see mistakes on my invoice": None,
    "show me where my order is": None,
    "what happens with my refund": None,
    "hello": Intent("help"),
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


@pytest.mark.parametrize("term", [term.name for term in TERMS])
def test_every_word_of_the_glossary_is_explained(term):
    for said in (f"what is {term}?", f"what does “{term}” mean?", f"what are {term}s"):
        assert read_intent(said) == Intent("meaning", (term.casefold(),))


def test_a_bare_yes_is_nothing_else():
    assert all(map(read_consent, ("yes", "Yes, go ahead.", "ok then, do it", "sure", "👍 ok")))
    assert not any(map(read_consent, ("yes where is it", "ok but why", "", "start the engine")))
    assert read_consent("no, thanks") is False and read_consent("no parcel came") is None
