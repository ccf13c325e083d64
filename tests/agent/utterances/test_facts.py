"""Several facts in one message, and messages that only look like facts."""

import pytest

from agent.utterances.facts import read_facts, without_facts

FACTS = {
    "95% please, we do about 20k a month and nothing may leave the building": {
        "target": 0.95,
        "monthly_requests": 20_000,
        "may_leave_machine": False,
    },
    "60k a month, categories change weekly": {
        "monthly_requests": 60_000,
        "facts_change": "weekly",
    },
    "Sort customer mails, about 50k a month, target 90%": {
        "monthly_requests": 50_000,
        "target": 0.9,
    },
    "we need 9 out of 10, under two seconds, budget €2k": {
        "target": 0.9,
        "latency_limit_ms": 2_000,
        "monthly_budget": 2_000,
    },
    "roughly between 5k and 7k a month, at 85% accuracy": {
        "monthly_requests": 7_000,
        "target": 0.85,
    },
    "one hundred and fifty a day and 80 % right": {"monthly_requests": 4_500, "target": 0.8},
    "two and a half thousand a week": {"monthly_requests": 10_833},
    "1.5 million/yr with answers within 500 ms": {
        "monthly_requests": 125_000,
        "latency_limit_ms": 500,
    },
    "nine in ten, and we need a reason with each label": {"target": 0.9, "beyond_labels": True},
    "We want more than a label, an explanation for every decision": {"beyond_labels": True},
    "it shall replace the model for everything": {"replaces_base": True},
    "90 %, and the tuned model will replace the base for everything": {
        "target": 0.9,
        "replaces_base": True,
    },
    "it must not replace the model for everything": {"replaces_base": False},
    "it is for this task alone": {"replaces_base": False},
    "please replace the model number for everything in stock": {},
    "the reason code for each ticket": {},
    "prices change every day; keep it in-house": {
        "facts_change": "daily",
        "may_leave_machine": False,
    },
    "3000 requests/week\nit's confidential": {
        "monthly_requests": 13_000,
        "may_leave_machine": False,
    },
    "the data can go to the cloud, we'd pay at most $500": {
        "may_leave_machine": True,
        "monthly_budget": 500,
    },
    "the target is 80": {"target": 0.8},
    "no more than 5% errors and 200 tickets a day": {"target": 0.95, "monthly_requests": 6_000},
    "Extract the amount from a $500 invoice": {},
    "flag mails that announce a 10% discount": {},
    "classify 20k tickets into 12 topics": {},
    "Route support mails to one of six teams": {},
    "write the daily summary of 5 minutes of talk": {},
    "sort the notes of the weekly meeting": {},
    "tell whether the customer wants to leave": {},
    "is the product new": {},
    "": {},
}


@pytest.mark.parametrize(("text", "facts"), FACTS.items())
def test_facts_of_a_message(text, facts):
    assert read_facts(text) == facts


def test_a_long_message_is_not_read():
    assert read_facts("90% please" + " " * 2_000) == {}


def test_what_answers_the_question_is_kept_apart():
    said = "60k a month, categories change weekly"
    assert without_facts(said, "monthly_requests") == "60k a month"
    assert without_facts(said, None) == ""
