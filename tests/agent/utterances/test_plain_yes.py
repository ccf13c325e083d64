"""Work starts only on a message that is nothing but a yes; what else it says is heard."""

import pytest

from agent.utterances import read_correction, read_outside_facts, read_share, read_swap, read_volume
from agent.utterances.columns import mentions, named_alone, named_answer
from agent.utterances.commands import read_plan_question, read_reopened
from agent.utterances.corrections import is_what_if
from agent.utterances.facts import read_facts
from agent.utterances.prompts import is_instruction
from agent.utterances.replies import (
    asks_us,
    read_consent,
    says_only_unknown,
    without_reply,
)
from policies.brief import Brief

YES = (
    "yes",
    "Yep please",
    "sure, why not?",
    "go ahead",
    "no problem",
    "I don't mind",
    "that's fine by me",
    "👍",
    "ok, let's go",
    "yes please, go ahead",
    "Yes, do it now!",
    "ok thanks, run it",
    "start",
    "sounds good, thanks",
    "can't see why not",
)
NO = (
    "no",
    "Nope.",
    "no thanks",
    "not now",
    "rather not",
    "don’t do it",
    "not ok",
    "not yet",
    "later",
    "maybe later, thanks",
    "I'll do it later",
    "let me think about it",
    "I need to ask my boss first",
)
NEITHER = (
    "",
    "yes?",
    "yes and no",
    "yes and don't send anything to the cloud",
    "ok stop",
    "okay cancel",
    "ok go back",
    "yes tomorrow",
    "sure, one moment",
    "ok I have a question",
    "great question",
    "ok can I leave the page",
    "go ahead, our data must stay in the EU",
    "yes, as long as nothing goes to OpenAI",
    "yes please, nothing should be sent to other companies",
    "go away",
    "right now?",
    "thanks",
    "not sure",
    "no idea",
    "no, the target is 80%",
    "yes " * 500,
)


@pytest.mark.parametrize("said", YES)
def test_a_plain_yes(said: str) -> None:
    assert read_consent(said) is True


@pytest.mark.parametrize("said", NO)
def test_a_plain_no(said: str) -> None:
    assert read_consent(said) is False


@pytest.mark.parametrize("said", NEITHER)
def test_whatever_else_is_said_starts_and_ends_nothing(said: str) -> None:
    assert read_consent(said) is None


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("how long will it take?", "time"),
        ("what does it cost?", "cost"),
        ("ok, how much is it", "cost"),
        ("what happens to my data?", "data"),
        ("does anything leave my machine?", "data"),
        ("hm", None),
        ("yes", None),
    ],
)
def test_questions_about_a_plan(said: str, asked: str | None) -> None:
    assert read_plan_question(said) == asked


def test_wrong_columns_are_asked_again() -> None:
    for said in ("wrong columns", "oops, wrong column", "no, these are the wrong columns"):
        assert read_reopened(said) == "columns"
    assert read_reopened("sort mails about wrong columns in invoices") is None


@pytest.mark.parametrize(
    "said",
    [
        "please don't lower the target to 70%",
        "do not change the target to 80%",
        "the target isn't 80%",
        "I did not change the target to 80%",
        "actually, 78% accuracy is awful",
        "accuracy is 82% with our current vendor",
        "the goal is to save 30% of the agents' time",
        "The goal is to sort tickets, 80% of which are spam",
        "Our goal is to pick one of 20 categories for each ticket",
    ],
)
def test_what_is_denied_or_described_changes_no_target(said: str) -> None:
    assert read_correction(said, Brief()) is None
    assert "target" not in read_facts(said)


@pytest.mark.parametrize(
    "said",
    [
        "why did the prompt not reach 90%?",
        "the target was 90%, why do you say 86.7%?",
        "why only 86.7% right?",
        "accuracy is only 78%, why?",
        "what about the 13% it gets wrong?",
        "is 86.7% good?",
        "suppose 30% of labels are wrong",
    ],
)
def test_a_question_about_the_figures_found_supposes_nothing(said: str) -> None:
    assert not is_what_if(said)
    assert read_correction(said, Brief()) is None


@pytest.mark.parametrize(
    "said",
    [
        "Nothing leaves our servers!",
        "our data must never leave the building",
        "nothing goes to OpenAI",
        "nothing should be sent to other companies",
    ],
)
def test_nothing_may_leave(said: str) -> None:
    assert read_facts(said) == {"may_leave_machine": False}


@pytest.mark.parametrize(
    ("said", "share"),
    [
        ("80% would not be enough", None),
        ("80% isn't enough", None),
        ("I don't want 100%", None),
        ("I don't want 100%, 90 is fine", 0.9),
        ("our vendor promises 99%", None),
        ("the old tool had 85% accuracy, we want better", None),
        ("our vendor promises 99%, we need 95", 0.95),
        ("95 percent of urgent ones, 80 of the rest", None),
        ("60% wrong is ok", 0.4),
    ],
)
def test_a_share_that_is_turned_down_or_promised_is_no_target(
    said: str, share: float | None
) -> None:
    assert read_share(said) == share


def test_once_may_mean_as_soon_as() -> None:
    assert read_volume("5000 once we go live") == 5000
    assert read_volume("once a day") == 30


@pytest.mark.parametrize(
    "said",
    [
        "No preamble, just the label.",
        "You decide which team gets the mail.",
        "Never answer with more than a word",
        "Nothing but the label",
        "please classify the mail",
        "Classify: {text}",
    ],
)
def test_orders_to_a_model(said: str) -> None:
    assert is_instruction(said)


@pytest.mark.parametrize(
    "said",
    [
        "yes we do, I'll have to ask our dev for it",
        "let me check",
        "give me a minute",
        "hmm",
        "It's secret",
        "it's in the file",
        "What is a prompt exactly and why would I need it",
        "No prompt yet",
        "no labels yet",
        "You decide",
        "you tell me",
        "never mind",
        "we never used one",
        "No, we label everything by hand",
    ],
)
def test_talk_is_no_order_to_a_model(said: str) -> None:
    assert not is_instruction(said)


@pytest.mark.parametrize(
    ("said", "nothing_else"),
    [
        ("I don't know", True),
        ("don't know, sorry", True),
        ("not sure what it should do", True),
        ("not sure yet honestly, my deputy just told me to upload this", True),
        ("skip", True),
        ("whatever", True),
        ("I don't know, sort emails maybe", False),
        ("You tell me whether a review is fake", False),
        ("Whatever comes in should be sorted", False),
        ("idk, something with invoices", False),
        ("Sort mail", False),
    ],
)
def test_a_task_may_begin_like_not_knowing(said: str, nothing_else: bool) -> None:
    assert says_only_unknown(said) is nothing_else


@pytest.mark.parametrize(
    ("said", "to_us"),
    [
        ("help", True),
        ("can I change this later?", True),
        ("Is this review fake?", False),
        ("help customers find the right form", False),
    ],
)
def test_questions_to_the_interviewer(said: str, to_us: bool) -> None:
    assert asks_us(said) is to_us


@pytest.mark.parametrize(
    ("said", "swapped"),
    [
        ("no, the other way round", True),
        ("swap them please", True),
        ("yes, no need to swap them", False),
        ("don't swap them", False),
        ("is it the wrong way round?", False),
    ],
)
def test_a_swap_is_ordered(said: str, swapped: bool) -> None:
    assert read_swap(said) is swapped


COLUMNS = ("ticket_text", "agent_label", "department")


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("the right answer is in department", "department"),
        ("department is the right one", "department"),
        ("no, Department is the answer", "department"),
        ("the answer is in agent label", "agent_label"),
        ("department is not the answer", None),
        ("is department right?", None),
        ("the last one is the answer", "department"),
        ("department", None),
        ("the right answer is in topic", None),
    ],
)
def test_the_column_of_the_right_answer(said: str, answer: str | None) -> None:
    assert named_answer(COLUMNS, said) == answer


@pytest.mark.parametrize(
    ("said", "alone"),
    [
        ("it should be department", "department"),
        ("no, department", "department"),
        ("department says it all", None),
        ("not department", None),
        ("is it department?", None),
        ("ticket_text and department", None),
    ],
)
def test_the_column_that_is_put_forward(said: str, alone: str | None) -> None:
    assert named_alone(COLUMNS, said) == alone


def test_names_in_a_message() -> None:
    assert mentions(COLUMNS, "Agent label, not ticket_text") == ["ticket_text", "agent_label"]
    assert mentions(COLUMNS, "yes") == []


@pytest.mark.parametrize(
    ("said", "outside"),
    [
        ("everything is in the email except prices", None),
        ("usually everything is in the email but sometimes you need the order history", None),
        ("it needs to know our opening hours", True),
        ("not just the email", True),
        ("just the email", False),
    ],
)
def test_an_exception_is_no_all(said: str, outside: bool | None) -> None:
    assert read_outside_facts(said) is outside


def test_what_stands_beside_a_reply() -> None:
    said = {"no, 70k": "70k", "yes and no": "", "no 70k": "70k", "never changes": "never changes"}
    assert {text: without_reply(text) for text in said} == said
