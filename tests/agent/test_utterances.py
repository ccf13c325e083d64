"""What people type, and what the interview understands by it."""

from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.utterances import (
    Correction,
    is_unknown,
    read_cadence,
    read_command,
    read_correction,
    read_milliseconds,
    read_money,
    read_share,
    read_volume,
    read_yes_no,
)
from policies.brief import Brief

READERS = (read_share, read_volume, read_money, read_milliseconds, read_cadence, read_yes_no)

SHARES = {
    "90": 0.9,
    "90%": 0.9,
    "0.9": 0.9,
    ".95": 0.95,
    "95,5 %": 0.955,
    "92.125%": 0.92125,
    "nine out of ten": 0.9,
    "nine in ten": 0.9,
    "9 of 10": 0.9,
    "9/10 would do": 0.9,
    "nine times out of ten": 0.9,
    "19 out of every 20": 0.95,
    "4 in 5 tickets right": 0.8,
    "about 85 percent": 0.85,
    "roughly 85 per cent I'd say": 0.85,
    "ninety": 0.9,
    "ninety-five": 0.95,
    "ninety five percent": 0.95,
    "as good as our staff, they get 95": 0.95,
    "gpt-4 gets 95 today, so that": 0.95,
    "four fifths": 0.8,
    "three-quarters": 0.75,
    "two thirds": 2 / 3,
    "somewhere between 90 and 95%": 0.95,
    "90-95%": 0.95,
    "100%": 1.0,
    "1": 1.0,
    "at most 5% errors": 0.95,
    "one mistake in twenty is ok": 0.95,
    "-5": None,
    "minus ninety": None,
    "1e9": None,
    "abc": None,
    "": None,
    "120%": None,
    "0": None,
    "0%": None,
    "zero": None,
    "11 out of 10, haha": None,
    "9/0": None,
    "7": None,
    "€50": None,
    "500ms": None,
    "our 3 agents get 95": None,
    "very good please": None,
}

VOLUMES = {
    "about 50k a month": 50_000,
    "roughly 50 thousand": 50_000,
    "50K": 50_000,
    "1.5 million/yr": 125_000,
    "1,5 million a year": 125_000,
    "1.2m per annum": 100_000,
    "200 a day": 6_000,
    "200/day or so": 6_000,
    "two hundred every working day": 4_333,
    "1,000 per week": 4_333,
    "2.000": 2_000,
    "2,000": 2_000,
    "1 000 000": 1_000_000,
    "1.250.000 im Monat": 1_250_000,
    "a couple of hundred a week": 867,
    "a few thousand": 3_000,
    "half a million": 500_000,
    "two and a half thousand": 2_500,
    "fifty thousand": 50_000,
    "one hundred and fifty": 150,
    "one million two hundred thousand": 1_200_000,
    "300/h": 216_000,
    "2 per second": 5_184_000,
    "1e5": 100_000,
    "40-60k a month": 60_000,
    "40k to 60k": 60_000,
    "between five and ten thousand": 10_000,
    "half a dozen daily": 180,
    "we had 24k last year": 2_000,
    "30k a quarter": 10_000,
    "none yet, so 0": 0,
    "-200": None,
    "minus two hundred": None,
    "1e13": None,
    "1e999": None,
    "lots": None,
    "thousands": None,
    "90%": None,
    "$500": None,
    "3 days": None,
    "100 every other day": None,
    "20 agents with 30 tickets each": None,
    "30 per agent per day": None,
    "1.2.3": None,
    "": None,
}

MONEY = {
    "€2k": 2_000,
    "2k€": 2_000,
    "$500": 500,
    "$ 1,500.50 per month": 1_500.5,
    "1.500,50 €": 1_500.5,
    "500eur": 500,
    "2000 euros a month": 2_000,
    "no more than 1.5k": 1_500,
    "24k a year": 2_000,
    "twelve thousand dollars annually": 1_000,
    "a hundred bucks": 100,
    "between €200 and €300": 300,
    "$10 a day": 300,
    "zero": 0,
    "-€5": None,
    "€-5": None,
    "$0.05 per request": None,
    "2 cents a ticket": None,
    "50 cents": None,
    "10% of revenue": None,
    "not much": None,
    "": None,
}

TIMES = {
    "2 s": 2_000,
    "2s": 2_000,
    "500ms": 500,
    "500 milliseconds tops": 500,
    "2,000 ms": 2_000,
    "1.5 seconds": 1_500,
    "1,5 sec": 1_500,
    "half a second": 500,
    "under a second": 1_000,
    "a second and a half": None,
    "a second or two": None,
    "one and a half seconds": 1_500,
    "a couple of seconds": 2_000,
    "p95 below 800 ms": 800,
    "1-2 seconds": 2_000,
    "one minute": 60_000,
    "5m": 300_000,
    "an hour is fine, it runs at night": 3_600_000,
    "500": None,
    "-2 s": None,
    "0 s": None,
    "fast": None,
    "2 euros": None,
    "": None,
}

CADENCES = {
    "weekly": "weekly",
    "every other week": "weekly",
    "fortnightly": "weekly",
    "twice a month": "weekly",
    "every few months": "monthly",
    "each quarter": "monthly",
    "quarterly": "monthly",
    "twice a year": "monthly",
    "daily": "daily",
    "prices move every day": "daily",
    "several times a week": "daily",
    "all the time": "daily",
    "once a year": "yearly",
    "annually, in January": "yearly",
    "hardly ever": "never",
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

COMMANDS = {
    "back": "back",
    "go back": "back",
    "can we go back please": "back",
    "previous question": "back",
    "oops, go back one": "back",
    "start over": "restart",
    "let's start again": "restart",
    "can we begin from scratch?": "restart",
    "why?": "why",
    "why do you ask?": "why",
    "why does that matter": "why",
    "what's that for?": "why",
    "stop": "stop",
    "please stop": "stop",
    "ok stop now": "stop",
    "cancel that": "stop",
    "don't stop": None,
    "spot customers who want to stop their contract": None,
    "cancel requests go to billing": None,
    "why customers leave, in one label": None,
    "go": None,
    "": None,
}

BRIEF = Brief(monthly_requests=40_000, latency_limit_ms=2_000, target=0.9)
CORRECTIONS = {
    "change the target to 85%": ("target", 0.85),
    "make the target 0.85": ("target", 0.85),
    "what if the target were 95": ("target", 0.95),
    "lower the target from 90 to 80": ("target", 0.8),
    "target: 85%": ("target", 0.85),
    "our quality should be nine out of ten": ("target", 0.9),
    "volume is actually 20k a month": ("monthly_requests", 20_000),
    "what if volume is 400,000 a month": ("monthly_requests", 400_000),
    "what if volume is half a million": ("monthly_requests", 500_000),
    "what if we had ten times the volume": ("monthly_requests", 400_000),
    "what if traffic was 10x": ("monthly_requests", 400_000),
    "what if volume doubled?": ("monthly_requests", 80_000),
    "what if we had half the volume": ("monthly_requests", 20_000),
    "what if we got twice as many requests": ("monthly_requests", 80_000),
    "suppose we only get 500 tickets a week": ("monthly_requests", 2_167),
    "set the latency to half a second": ("latency_limit_ms", 500),
    "what if the response time per request is 1 s": ("latency_limit_ms", 1_000),
    "halve the latency": ("latency_limit_ms", 1_000),
    "the budget is now €2k": ("monthly_budget", 2_000),
    "what about a budget of 24k a year": ("monthly_budget", 2_000),
    "what if the labels changed weekly": ("facts_change", "weekly"),
    "actually the facts change every few months": ("facts_change", "monthly"),
    "what if the facts change twice a year": ("facts_change", "monthly"),
    "double the budget": None,
    "double the target": None,
    "make the target 120%": None,
    "raise the target by 5 points": None,
    "what if we had 1000 more requests": None,
    "what if volume goes up 50%": None,
    "change the target to 85% and the volume to 20k": None,
    "what if we hired someone": None,
    "change the target": None,
    "the requests come by mail": None,
    "50k a month": None,
    "": None,
}


@pytest.mark.parametrize(("text", "share"), SHARES.items())
def test_quality_targets(text, share):
    assert read_share(text) == (None if share is None else pytest.approx(share))


@pytest.mark.parametrize(("text", "requests"), VOLUMES.items())
def test_monthly_volumes(text, requests):
    assert read_volume(text) == requests


@pytest.mark.parametrize(("text", "money"), MONEY.items())
def test_monthly_money(text, money):
    assert read_money(text) == money


@pytest.mark.parametrize(("text", "milliseconds"), TIMES.items())
def test_times(text, milliseconds):
    assert read_milliseconds(text) == milliseconds


@pytest.mark.parametrize(("text", "cadence"), CADENCES.items())
def test_cadences(text, cadence):
    assert read_cadence(text) == cadence


@pytest.mark.parametrize(("text", "answer"), ANSWERS.items())
def test_yes_and_no(text, answer):
    assert read_yes_no(text) is answer


@pytest.mark.parametrize(("text", "unknown"), UNKNOWN.items())
def test_unknown(text, unknown):
    assert is_unknown(text) is unknown


@pytest.mark.parametrize(("text", "command"), COMMANDS.items())
def test_commands(text, command):
    assert read_command(text) == command


@pytest.mark.parametrize(("text", "change"), CORRECTIONS.items())
def test_corrections(text, change):
    assert read_correction(text, BRIEF) == (None if change is None else Correction(*change))


def test_ten_times_an_unknown_volume_is_unknown():
    assert read_correction("what if we had ten times the volume", Brief()) is None


@pytest.mark.parametrize("reader", READERS)
def test_long_text_is_not_read(reader):
    readable = {read_cadence: "daily", read_yes_no: "yes", read_milliseconds: "2 s"}
    text = readable.get(reader, "0.9")
    assert reader(text) is not None
    assert reader(text + " " * 2_000) is None


def test_long_text_is_no_command_correction_or_unknown():
    padding = " " * 2_000
    assert read_command("stop" + padding) is None
    assert not is_unknown("skip" + padding)
    assert read_correction("make the target 0.85" + padding, BRIEF) is None


WORDS = "1 90 1e9 2.000 -5 % € k ms s half nine and a of in x times volume budget the / - per day"


@settings(max_examples=300, deadline=1_000)
@given(st.lists(st.sampled_from([*WORDS.split(), " ", "."]), max_size=40).map("".join) | st.text())
def test_any_text_reads_as_a_valid_brief_or_not_at_all(text):
    Brief(
        target=read_share(text) or 0.9,
        monthly_requests=read_volume(text),
        monthly_budget=read_money(text),
        latency_limit_ms=read_milliseconds(text),
        facts_change=read_cadence(text) or "never",
    )
    if change := read_correction(f"what if the volume is {text}", BRIEF):
        BRIEF.model_validate({change.field: change.value})


@pytest.mark.parametrize("piece", ["a ", "1 ", "1,000 ", "half a ", "to 1 ", "- ", "sorry ", "no "])
def test_repetitive_text_is_read_in_time(piece):
    text, start = (piece * 2_000)[:2_000], perf_counter()
    for reader in (*READERS, is_unknown, read_command):
        reader(text)
    assert perf_counter() - start < 1
