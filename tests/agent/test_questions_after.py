"""Who answers a message after the verdict: we, or the models that it is a text for."""

from typing import Any

import pytest

from agent import conversation
from agent.asked import TO_TUNE
from agent.conversation import answer_message
from agent.state import Exchange, Options, State
from agent.workbench import Workbench
from policies.brief import Brief
from tests.assessments import labels
from tools.assessment import FILE_NAME
from tools.intake.samples import SAMPLES
from tools.models.catalogue import Catalogue
from tools.runs import open_run
from tools.settings import EndpointSettings
from tools.trials.plan import Plan
from tools.trials.stage import Winner

BY_MODELS = "(the models answered)"
PUT_IN_QUOTES = "put it in quotes"
SAID = {
    "what if we needed 95%?": "Suppose the target is 95 %.",
    "what if nothing may leave the building?": "Suppose",
    "can you refund 20% of my order?": BY_MODELS,
    "would 85% be ok?": "Suppose the target is 85 %.",
    "would a bigger model help?": "larger model",
    "wouldn't RAG be better": "Looking facts up (RAG) is not the answer",
    "why shouldn't we train our own model": "That is the answer: fine-tune a model",
    "what would we pay per month?": "At 50,000 requests a month.",
    "what would it cost at 1 million requests?": "At 1,000,000 requests a month.",
    "how much would it cost with 10 times the volume?": "At 500,000 requests a month.",
    "what would it cost if we doubled the traffic?": "At 100,000 requests a month.",
    "how confident are you in that": "How sure: Fairly sure",
    "should I collect more examples": "a new department is added",
    "is my file too small?": "a new department is added",
    "what are locked rows?": "Locked rows: The test examples",
    "what do you mean by locked rows": "Locked rows: The test examples",
    "field-F1???": "Field-F1:",
    "suppose we could live with 85": "Suppose the target is 85 %.",
    "and if the bar were 19 out of 20 instead?": "Suppose the target is 95 %.",
    "what happens once we grow to 3 million messages per month": "Suppose 3,000,000 requests",
    "is 86.7 vs 91.7 a real difference or just luck": "whether a difference is luck.",
    "can i see some errors pls": "Two labels fit",
    "i dont get it": "stops at 86.7",
    "that's wrong": "stops at 86.7",
    "who saw our data?": "No endpoint was allowed",
    "is our data any good?": "usable rows",
    "does my data have errors?": "usable rows",
    "compare today and the prompt": "today's answers",
    "yes": TO_TUNE,
    "ok, go ahead": TO_TUNE,
    "no thanks": "nothing is started",
    "who are you?": "I am a program.",
    "how does the galaxy rotate?": PUT_IN_QUOTES,
    "are we certain the consultants weren't hallucinating": "How sure",
    "how sure are you about that, honestly?": "I take that to be about how sure this is.",
    "who gets to see our customers' messages?": "No endpoint was allowed",
    "could it run on a server of our own?": "No endpoint was allowed",
    "show me 5 random ones it got right": "I keep only mistakes to be shown",
    "and with twice the volume?": "Suppose 100,000 requests a month.",
    "what if 80 was enough": "Suppose the target is 80 %.",
    "what's a confidence interval": "Interval: The range",
    "whats lora": "QLoRA: A way to fine-tune",
    "what is overfitting": "Overfitting shows where",
    "will it forget other stuff if we tune it": "Forgetting: A tuned model getting worse",
    "how do i get this into our helpdesk": "behind an address of your own",
    "can you put this behind an api": "behind an address of your own",
    "can my intern set this up?": "I take that to be about the work and the people",
    "line up all three for me": "I take that to be about how the ways compare.",
    "what if the price per request halves?": "10.50 EUR a month in place of 21 EUR",
    "what if prices go up by 50%?": "31.50 EUR a month in place of 21 EUR",
    "what if tokens cost twice as much": "42 EUR a month in place of 21 EUR",
    "what if openai doubles its prices?": "42 EUR a month in place of 21 EUR",
    "what if machines get 30% cheaper": "14.70 EUR a month in place of 21 EUR",
    "what if wages go up by 50%?": "your operator's settings",
    "compare your delivery time with the one on the website": BY_MODELS,
    "I was wrong, we do about 120k messages a month": "Changed: 120,000 requests a month",
    "don't fine-tune": "nothing is started",
    "thanks, that's really helpful!": "You are welcome",
    "what if volume was 20% higher": "Suppose 60,000 requests a month.",
    "what if budget drops 20%": "You told me no budget yet",
    "change volume to 100k and target to 90%": "Changed: 100,000 requests a month, the target is",
    "and at 100k?": "At 100,000 requests a month.",
    "what would 2000 a day cost": "At 60,000 requests a month.",
    "tldr": "Fine-tune? Yes.",
    "thx": "You are welcome",
    "how much to label 1000 more": "With 1,000 more examples",
    "are 200 rows enough?": "Twice the examples would add about one point.",
    "is the prompt enough?": "The target is 90 %",
    "we expect 20% more tickets next year": "Suppose 60,000 requests a month.",
    "what if the moon was made of parcels": "put it in quotes",
    "how many labels are there": "billing 252",
    "did the fine-tune help?": "No model was tuned",
    "is the tuned model better than the prompt": "Nearest 8 examples",
    "which one should we use": "Fine-tune? Yes.",
    "wats the weather": "not like your examples",
    "say it in French": "English only",
    "what's the recall for returns": "returns: 40 of 61 right",
    "precision of lamps": "how right each label is",
    "how does it compare with today": "today's answers",
    "compare few shot and fine tuning": "Nearest 8 examples",
    "Was any of the test material seen during training?": "300 locked away",
    "which licence?": "Apache 2.0",
    "can we run this on our own server?": "It can run on a machine of your own",
    "can i run it locally": "No endpoint was allowed",
    "do we have to use the cloud?": "It can run on a machine of your own",
    "could we host this ourselves?": "It can run on a machine of your own",
    "thanks a lot, that helped": "You are welcome",
    "tuned or prompt, which is better?": "Nearest 8 examples",
    "Please let nothing leave the warehouse, cancel my order for the lamp": BY_MODELS,
    "does it run on-prem?": "Asking changes nothing",
    "can it run in-house?": "It can run on a machine of your own",
    "what if the target was 5% lower?": "(I took 5 % to be 5 points of the target.)",
    "can we lower the target to 85?": "Suppose the target is 85 %.",
    "within 300 ms and volume went up 40%?": "Suppose an answer within 300 ms, 70,000",
    "what would it cost, and what if the target was 80%?": "At 50,000 requests a month.",
    "change the target to 92 and tell me the cost": "At 50,000 requests a month.",
    "change the volume to 200k, what would it cost?": "At 200,000 requests a month.",
    "change the target to 85 and why?": "that reaches the target of 85 %",
    "Where are saved the data? Is it private?": "No endpoint was allowed",
    "Why you say yes if it costs more?": "stops at 86.7 %",
    "So it learned from my letters, did it?": "600 to learn from",
    "can you email me this?": "the download buttons",
    "which data did you test on?": "300 locked away",
    "Did ye test it on our ain messages?": "Yes, on rows of your own file",
    "I don't understand a word of that, can you put it simply?": "In these words",
    "Could we just try a different wording…?": "try this wording: …",
    "What would have to change for you to recommend RAG?": "I found nothing that would",
    "Should we put it live?": "What comes first",
    "Thank you dear, that's very kind": "You are welcome",
    "ok cheers": "You are welcome",
    "blargh foo": "in other words",
    "Sorry what's fine tuning again?": "Further training of a model",
    "why not train it though, my boss read that's the way to go": "why not a fine-tune",
    "On which computer it will work? we have only normal office PC": "on a machine of your own",
    "try: the parcel is late, nobody answers": BY_MODELS,
    "try: twelve blue herons": "Is that a wording of the prompt, or a text",
    "Try it on this: the lamp is broken": BY_MODELS,
    "the lamp that I got is broken, I want my money back": BY_MODELS,
    "where is my parcel?": BY_MODELS,
    "you charged my card twice": BY_MODELS,
    "can I return the lamp I ordered?": BY_MODELS,
    "What if we got 20.000 a month?": "would cost",
    "what if the best we accept is 80 % and 20,000 a month": "would cost 1.20 EUR a month, and",
    "what if it must answer in half a second?": "within 500 ms",
    "change the volume to 200k, and what would it cost?": "84 EUR a month",
    "what does fine-tuning mean in normal words": "Further training of a model",
    "What is the difference between retrieval and fine tuning?": "Retrieval: Looking up",
    "I have to explain this to my director in two sentences. Help?": "(trained further on our",
    "Please explain me the verdict in simple words": "In these words",
    "is it allowed with GDPR?": "No endpoint was allowed",
    "Two offices will be merged in summer. Is all this then useless?": "stays usable",
    "was your prompt better than mine?": "is ahead of “Your prompt”",
    "how is it compared with what our agents do today?": "is ahead of “today's answers”",
    "is the model better than people": "is ahead of “today's answers”",
    "And compared to my agents?": "is ahead of “today's answers”",
    "Does it work in other languages?": "That was not measured",
    "what do I send to our IT department": "Give them these",
    "What would have to change so you say fine-tune?": "That is the answer already",
    "could I have my two orders merged": BY_MODELS,
}


@pytest.fixture
def asked(state: State, bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> State:
    """A verdict on the bundled messages, whose best prompt could answer."""
    open_run(bench.settings.home, state["run"]).take_examples(SAMPLES[0].path)
    winner = Winner(plan=Plan(name="own", family="own"), model="embedded")
    trials = state["trials"].model_copy(update={"winner": winner})
    brief = state["brief"].model_copy(
        update={name: None for name in ("input_column", "answer_column")}
    )

    def answered(state: State, message: str, text: str, bench: Workbench) -> Exchange:
        return Exchange(message=message, text=BY_MODELS)

    monkeypatch.setattr(conversation, "answer_both", answered)
    return {**state, "trials": trials, "brief": brief}


def _text(state: State, said: str, bench: Workbench) -> str:
    update: Any = answer_message(state, said, bench).update
    return str(update["exchanges"][-1].text)


@pytest.mark.parametrize(("said", "heard"), SAID.items())
def test_who_answers(said: str, heard: str, asked: State, bench: Workbench) -> None:
    assert heard in _text(asked, said, bench)


@pytest.mark.parametrize(
    ("said", "field", "value"),
    [
        ("actually 85% is enough", "target", 0.85),
        ("make it 85%", "target", 0.85),
        ("could you make that 85 percent for now", "target", 0.85),
        ("it has to answer in under 200 ms", "latency_limit_ms", 200),
    ],
)
def test_a_demand_is_decided_by(
    said: str, field: str, value: float, asked: State, bench: Workbench
) -> None:
    went = answer_message(asked, said, bench)
    update: Any = went.update
    brief: Brief = update["brief"]
    assert (went.goto, getattr(brief, field)) == ("recommend", value)


@pytest.mark.parametrize(
    "said", ["can I get 20% off?", "I paid 20% too much", "it has to arrive within 2 days"]
)
def test_a_text_with_a_figure_changes_nothing(said: str, asked: State, bench: Workbench) -> None:
    assert answer_message(asked, said, bench).goto == "converse"


def _with_endpoints(bench: Workbench, **settings: Any) -> Workbench:
    endpoint = EndpointSettings(base_url="http://localhost:1/v1", model="m")
    known = bench.settings.model_copy(
        update={"endpoints": {"big": endpoint, "wise": endpoint}, **settings}
    )
    return Workbench(known, Catalogue(known), bench.policy)


def test_an_endpoint_that_was_stopped_early_is_named(asked: State, bench: Workbench) -> None:
    options = Options(models=("embedded", "big"), allow_send=("big",))
    text = _text({**asked, "options": options}, "who saw our data?", _with_endpoints(bench))
    assert "“big” was allowed to receive your rows, and may have got some" in text
    assert "No endpoint was allowed" not in text


def test_who_improves_wordings_is_named_too(asked: State, bench: Workbench) -> None:
    known = _with_endpoints(bench, adviser="wise", optimisers=("gepa",))
    text = _text({**asked, "answered": ("target",)}, "who saw our data?", known)
    assert "“wise” may have received a few of your rows" in text
    assert "The adviser “wise” may be told your task" in text


def test_an_endpoint_that_answered_is_named_although_nothing_may_leave_now(
    asked: State, bench: Workbench
) -> None:
    a = labels(outcome=None, tuned=None)
    plans = (a.prompting.plans[0].model_copy(update={"model": "big"}),)
    kept = a.model_copy(update={"prompting": a.prompting.model_copy(update={"plans": plans})})
    run = open_run(bench.settings.home, asked["run"])
    (run.folder / FILE_NAME).write_text(kept.model_dump_json(), encoding="utf-8")
    brief = asked["brief"].model_copy(update={"may_leave_machine": False})
    closed: State = {**asked, "answered": ("sending",), "brief": brief}
    text = _text(closed, "who saw our data?", _with_endpoints(bench))
    assert "“big” got the rows that it was asked about" in text
