"""What a tester wrote who had not seen the readers, and what had been misread before."""

import pytest

from agent.utterances import (
    is_absent,
    named_columns,
    read_cadence,
    read_money,
    read_outside_facts,
    read_share,
    read_swap,
    read_volume,
    read_yes_no,
)
from agent.utterances.addressed import words_of_ours
from agent.utterances.commands import read_command, read_reopened
from agent.utterances.corrections import is_what_if, read_correction
from agent.utterances.facts import read_facts
from agent.utterances.intents import read_intent, wants_tune
from agent.utterances.prompts import is_description
from policies.brief import Brief

NO_YES = (
    "tell me exactly what will be sent first",
    "is that right",
    "let me make sure with my boss first",
    "make sure nothing is sent",
    "ok tell me the cost first",
    "we need to be sure first",
    "let me check it's fine with IT",
    "once legal says yes",
    "hang on, right now is a bad time",
    "right, what happens then",
    "what is it exactly",
    "sure how long does it take",
    "we do it by hand at the moment",
    "oops wrong file, I want to upload another one",
)
SHARES = {
    "The team currently gets 82% right, I'd want 90": 0.9,
    "our current vendor hits 91%. We'd only switch for 95+": 0.95,
    "today it is right about 7 times out of 10, we need 9 out of 10": 0.9,
    "humans get 88%, 95 please": 0.95,
    "80 is too low, 92 would be ok": 0.92,
    "It doesn't need to be 95, 85 is plenty": 0.85,
    "not 90, more like ninety-seven": 0.97,
    "as good as our staff, they get 95": 0.95,
    "the target is 90, we're at 80% today": 0.9,
    "make the target 97 rather than 90": 0.97,
    "we get 15% wrong today and want to halve that": None,
    "99% of tickets are in English, 90 is fine": None,
    "80% of them are easy so I'd want 95": None,
    "I'd say 90 give or take 2%": None,
    "at the moment 82%": None,
    "10% wrong is too much": None,
}
VOLUMES = {
    "10 lakh": 1_000_000,
    "200 a day, weekdays only": 4333,
    "3000 a fortnight": 6500,
    "1,5k mails pr day": 45_000,
    "a couple of hundred an hour, 24/7": 144_000,
    "used to be 5k, now more like 20k a month": 20_000,
    "20k invoices": 20_000,
    "2000 claims a month": 2000,
    "we have 6 people on the team so not a lot": None,
    "300 a day except Sundays": 7_800,
    "100 per shift": None,
    "5000 chars each": None,
    "four figures": None,
    "2 stores": None,
}
OUTSIDE = {
    "yes it is all in there": False,
    "the ticket has everything": False,
    "No, the answer isn't always in the input": True,
    "no, you have to look it up": True,
    "It needs the price list, which isn't in the email": True,
    "you can't tell from the email alone": True,
    "the email never has the stock level": True,
    "that's wrong for us, prices are in a separate system": True,
    "not sure, but I think we need the price list": True,
    "for about a third of them you need the contract": True,
    "we don't have to look anything up": False,
}
SENDING = {
    "legal says nothing may go to OpenAI or any other cloud": False,
    "no data may be sent outside": False,
    "none of it may go to a third party": False,
    "don't send our data to openai": False,
    "it has to run on our own servers": False,
    "our data can be sent to the cloud": True,
}
ASKED_AGAIN = {
    "go back to the prompt": "prompt",
    "I've changed my mind about the prompt, we do have one": "prompt",
    "oops wrong file, I want to upload another one": "examples",
    "change the target": "target",
    "change the target to 85%": None,
    "my card was declined": None,
}
QUESTIONS = {
    "how come you didn't recommend fine-tuning?": "why_not",
    "show me where it went wrong": "mistakes",
    "can I see some examples it got wrong?": "mistakes",
    "which label is the worst": "label",
    "can i have the wording you ended up with so I can copy it": "prompt",
    "how does the fine-tune stack up against the prompt?": "compare",
    "how much is it gonna set us back?": "cost",
    "is it cheaper than GPT-4?": "cost",
    "what are the chances that you're wrong here?": "sure",
    "can I trust this number with so few rows?": "sure",
    "what should I do on Monday morning": "next",
    "will training it take days or hours?": "time",
    "how many more rows do you need": "more",
    "who sees my data": "privacy",
    "did you send my spreadsheet anywhere?": "privacy",
    "can I get that as a pdf for my boss": "report",
    "thanks, that's all": "thanks",
    "my parcel never arrived, can you help?": None,
    "is my order cheaper if I return one?": None,
}


@pytest.mark.parametrize("text", NO_YES)
def test_nothing_starts_without_a_plain_yes(text: str) -> None:
    assert read_yes_no(text) is not True


@pytest.mark.parametrize(("text", "share"), SHARES.items())
def test_what_is_today_is_no_target(text: str, share: float | None) -> None:
    assert read_share(text) == share


@pytest.mark.parametrize(("text", "requests"), VOLUMES.items())
def test_a_number_of_something_else_is_no_volume(text: str, requests: int | None) -> None:
    assert read_volume(text) == requests


@pytest.mark.parametrize(("text", "outside"), OUTSIDE.items())
def test_where_the_facts_are_said_to_be_counts(text: str, outside: bool) -> None:
    assert read_outside_facts(text) is outside


@pytest.mark.parametrize(("text", "may"), SENDING.items())
def test_what_may_not_be_sent_stays(text: str, may: bool) -> None:
    assert read_facts(text).get("may_leave_machine") is may


@pytest.mark.parametrize(("text", "question"), ASKED_AGAIN.items())
def test_a_question_can_be_asked_again(text: str, question: str | None) -> None:
    assert read_reopened(text) == question


@pytest.mark.parametrize(("text", "name"), QUESTIONS.items())
def test_questions_in_other_words(text: str, name: str | None) -> None:
    found = read_intent(text)
    assert (found.name if found else None) == name


@pytest.mark.parametrize("text", ["95%, budget is 300 a month", "95, max 300 dollars a month"])
def test_a_budget_is_no_number_of_requests(text: str) -> None:
    found = read_facts(text)
    assert (found.get("monthly_budget"), found.get("monthly_requests")) == (300, None)


def test_a_sum_for_once_is_no_budget_a_month() -> None:
    assert "monthly_budget" not in read_facts("95, budget is 2k EUR for the whole thing")


@pytest.mark.parametrize(
    "text", ["Actually, 10000 tickets are still open, please help", "accuracy is 80% today"]
)
def test_a_text_about_something_else_changes_nothing(text: str) -> None:
    assert read_correction(text, Brief()) is None


def test_short_replies() -> None:
    assert all(map(is_absent, ("None yet, everything is manual", "we do it by hand", "-", "")))
    assert not is_absent("Answer with one word, never with two.")
    assert read_swap("no, other way around") and not read_swap("yes")
    assert read_command("what do you mean by facts?") == "why"
    assert wants_tune("ok go ahead and fine-tune it") and not wants_tune("no don't train it")
    assert wants_tune("I want the fine-tune after all") and wants_tune("fine-tune after all")
    assert not wants_tune("I want to fine-tune my expectations")
    assert words_of_ours("and is the classifier better than that?") == {"classifier"}
    assert not words_of_ours("my parcel has not arrived, where is it?")


COLUMNS = ("created_at", "ticket_text", "category", "agent", "Reply to customer")
NAMED = {
    "ticket_text, category": ["ticket_text", "category"],
    "Ticket text goes in and category comes out": ["ticket_text", "category"],
    "the answer is category and the input is ticket_text": ["ticket_text", "category"],
    "no, category is the answer, ticket_text the input": ["ticket_text", "category"],
    "input: ticket_text -> category": ["ticket_text", "category"],
    "ticket_text, category and agent": ["ticket_text", "category", "agent"],
    "use ticket_text and the reply to customer please": ["ticket_text", "Reply to customer"],
    "the one that says category, the agent column is just who handled it": [],
    "not created_at, ticket_text": [],
    "ticket_text not agent": [],
    "the ticket text": [],
    "category is category": [],
    "subcategory and ticket_text": [],
    "the answer is category, today agent, the input ticket_text": [],
    "ticket_text is what comes in, category is the answer": ["ticket_text", "category"],
    "we predict category from ticket_text": ["ticket_text", "category"],
    "category from ticket_text": ["ticket_text", "category"],
    "from ticket_text we predict the category": ["ticket_text", "category"],
    "we predict category with ticket_text": ["ticket_text", "category"],
    "the second column is the input and the last one the answer": [
        "ticket_text",
        "Reply to customer",
    ],
}


@pytest.mark.parametrize(("said", "expected"), NAMED.items())
def test_columns_are_taken_only_where_their_roles_are_clear(said: str, expected: list[str]) -> None:
    assert named_columns(COLUMNS, said) == expected


@pytest.mark.parametrize(
    "said",
    [
        "Two interns sort them by hand, they get about 4 in 5 right",
        "We use gpt-4o with a long prompt, its around 81% accurate",
        "bunch of regex rules, gets maybe two thirds",
        "it gets roughly 30% wrong at the moment",
        "we never measured it",
        "Just keyword rules at present",
    ],
)
def test_how_it_is_done_today_is_not_taken_for_a_prompt(said: str) -> None:
    assert is_description(said)


@pytest.mark.parametrize(
    "said",
    [
        "Sort each message into one of our teams.",
        "You are a helpful agent. Answer with the topic only.",
        "Which department should this go to?",
        "Classify the ticket, use the word other if nothing fits",
        "We sort mail. Reply with the department only",
        "Extract name, date and number of people as JSON",
    ],
)
def test_a_prompt_is_no_description(said: str) -> None:
    assert not is_description(said)


def test_a_pronoun_is_no_figure_and_money_no_volume() -> None:
    for said in ("skip this one", "two grand a month", "Rs 40,000 per month", "AUD 900 a month"):
        assert read_volume(said) is None, said
    assert read_volume("1 a month") == 1
    assert read_money("Rs 40,000 per month") == 40_000


def test_the_fastest_rhythm_counts_whatever_stays_as_it_is() -> None:
    assert read_cadence("prices change every day but the labels are fixed") == "daily"


@pytest.mark.parametrize(
    ("said", "yes"),
    [
        ("can't see why not", True),
        ("cant see any problem", True),
        ("why not?", True),
        ("they dont", False),
    ],
)
def test_polite_yes_and_bare_no(said: str, yes: bool | None) -> None:
    assert read_yes_no(said) is yes


@pytest.mark.parametrize(
    ("said", "supposed"),
    [
        ("what would it cost if we doubled the traffic?", True),
        ("would the answer be different with double the volume?", True),
        ("would it be different with double the volume?", True),
        ("should we double the volume?", True),
        ("can you change the target to 85%?", False),
        ("please make the target 85%", False),
        ("change the target to 85%", False),
    ],
)
def test_a_question_supposes_and_a_request_changes(said: str, supposed: bool) -> None:
    assert is_what_if(said) is supposed


def test_going_back_may_say_why() -> None:
    assert read_command("go back, I gave you the wrong input") == "back"
