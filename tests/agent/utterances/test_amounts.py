"""Counts that belong together are taken together, and others stay as they are."""

import pytest

from agent.utterances import read_volume
from agent.utterances.amounts import gathered
from agent.utterances.facts import read_facts


@pytest.mark.parametrize(
    ("text", "monthly"),
    [
        ("700 emails and 250 chats a day", 28_500),
        ("around 300 calls plus 200 mails per day", 15_000),
        ("roughly 20 customer emails and 10 phone calls an hour", 21_600),
        ("40 agents, each doing 50 tickets a day", 60_000),
        ("40 agents x 50 tickets a day", 60_000),
        ("six agents with about 30 each a day", 5_400),
        ("12 agents with 30 tickets a day each", 10_800),
        ("8 agents, 40 tickets each, per day", 9_600),
        ("20 stores at about 15 calls a day each", 9_000),
        ("about 100 per agent per day and we have 12 agents", 36_000),
        ("30 tickets per agent a day, 15 agents", 13_500),
    ],
)
def test_volumes_are_added_and_multiplied(text: str, monthly: int) -> None:
    assert read_volume(text) == monthly
    told = read_facts(f"we sort our mail into 8 queues. {text}, 92% please")
    assert (told["monthly_requests"], told["target"]) == (monthly, 0.92)


@pytest.mark.parametrize(
    "text",
    [
        "3 people check each of 200 tickets a day",
        "5 teams, each email goes to 1 of 8 queues a day",
        "8 agents and 500 tickets a day",
        "we are 6 people and get 300 tickets a month",
        "between 300 and 500 tickets a day",
        "4 people each week label 200 tickets",
        "100 a day",
    ],
)
def test_what_is_not_surely_to_be_reckoned_stays(text: str) -> None:
    assert gathered(text) == text


def test_of_two_rates_none_is_taken() -> None:
    assert read_facts("500 tickets a day in summer and 100 a day in winter") == {}
    growing = "20k a month now, growing to 30k a month next year"
    assert read_facts(growing) == {"monthly_requests": 20_000}
