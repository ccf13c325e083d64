"""How often, yes or no, and "I don't know", as people type them."""

import pytest

from agent.utterances import is_unknown, read_cadence, read_outside_facts, read_yes_no

CADENCES = {
    "weekly": "weekly",
    "every other week": "weekly",
    "fortnightly": "weekly",
    "twice a month": "weekly",
    "every few months": "monthly",
    "each quarter": "monthly",
    "quarterly": "monthly",
    "twice a year": "yearly",
    "daily": "daily",
    "prices move every day": "daily",
    "several times a week": "daily",
    "all the time": "daily",
    "once a year": "yearly",
    "every 6 months": "yearly",
    "rarely change, once in 18 months at most": "yearly",
    "the depot list, which changes maybe twice a year": "yearly",
    "four times a year": "monthly",
    "every two years": "yearly",
    "annually, in January": "yearly",
    "hardly ever": "never",
    "we haven't changed the categories since 2016": "never",
    "hardly ever, maybe once a year": "yearly",
    "never": "never",
    "they don't change": "never",
    "haven't changed in years": "never",
    "not every day, more like monthly": "monthly",
    "no": "never",
    "quite unstable": None,
    "no idea": None,
    "blue": None,
    "": None,
}


ANSWERS = {
    "yes": True,
    "Yep please": True,
    "sure": True,
    "sure, why not?": True,
    "go ahead": True,
    "no problem": True,
    "I don't mind": True,
    "that's fine by me": True,
    "👍": True,
    "no": False,
    "Nope.": False,
    "no thanks, we're okay": False,
    "keep it in-house": False,
    "it must stay here": False,
    "it’s confidential": False,
    "rather not": False,
    "don't": False,
    "don’t do it": False,
    "we can't": False,
    "not ok": False,
    "definitely not": False,
    "please don't do it": False,
    "it is private": False,
    "yes, but keep it in-house": None,
    "yes if legal agrees": None,
    "yes and no": None,
    "maybe": None,
    "is that ok?": None,
    "not sure": None,
    "banana": None,
    "": None,
}


UNKNOWN = {
    "don't know": True,
    "I don’t know, sorry": True,
    "we honestly don't know": True,
    "no idea": True,
    "I am not sure": True,
    "dunno": True,
    "skip": True,
    "skip this please": True,
    "not sure": True,
    "not really sure, maybe 50k": True,
    "pass": True,
    "?": True,
    "???": True,
    "whatever you think": True,
    "default": True,
    "use the default": True,
    "you decide": True,
    "hard to say": True,
    "50k": False,
    "pass or fail of an inspection": False,
    "sort default notices by urgency": False,
    "skip-level feedback, by theme": False,
    "yes": False,
    "": False,
}


@pytest.mark.parametrize(("text", "cadence"), CADENCES.items())
def test_cadences(text, cadence):
    assert read_cadence(text) == cadence


@pytest.mark.parametrize(("text", "answer"), ANSWERS.items())
def test_yes_and_no(text, answer):
    assert read_yes_no(text) is answer


@pytest.mark.parametrize(("text", "unknown"), UNKNOWN.items())
def test_unknown(text, unknown):
    assert is_unknown(text) is unknown


ELSEWHERE = {
    "you'd have to look up the tariff table for that": True,
    "the agents check the order system first": True,
    "we see that in our CRM": True,
    "somebody looks it up": True,
    "everything one needs is in the mail itself": False,
    "only what the customer wrote matters": False,
    "just the message": False,
    "from the text alone": False,
    "everything is in the mail, else we look it up": None,
    "It needs the policy schedule, but we always paste that into the prompt": False,
    "yes but those are pasted into the input": False,
    "it needs the price list, which we include with each message": False,
    "it's part of the prompt already": False,
    "we attach the price list to each ticket": False,
    "we don't paste the price list into the prompt": True,
    "sometimes we add the price list to the message": None,
    "our customers are nice": None,
    "": None,
}


@pytest.mark.parametrize(("said", "elsewhere"), ELSEWHERE.items())
def test_where_the_facts_are(said: str, elsewhere: bool | None) -> None:
    assert read_outside_facts(said) is elsewhere
