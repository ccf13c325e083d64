"""Shares, volumes, money and times as people type them."""

import pytest

from agent.utterances import read_milliseconds, read_money, read_share, read_volume

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
    "if it messes up one mail in twenty I can live with it": 0.95,
    "same bar as for our interns, who fail on 15 of 100": 0.85,
    "every third one may be off": 2 / 3,
    "every tenth may be wrong": 0.9,
    "it may miss one in ten": 0.9,
    "the first one": None,
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
    "about 5000 since january": None,
    "5000 a month since january": 5_000,
    "20k in total": None,
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
    "a second and a half": 1500,
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
