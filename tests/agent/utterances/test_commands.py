"""Requests to the interview itself, and changed answers."""

import pytest

from agent.utterances import Correction, read_command, read_correction
from policies.brief import Brief

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
    "what happens if the target were 95 %?": ("target", 0.95),
    "what would happen if we had 200k requests": ("monthly_requests", 200_000),
    "and if the target were 85?": ("target", 0.85),
    "assuming the budget is 500 euros": ("monthly_budget", 500),
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
    "what if the facts change twice a year": ("facts_change", "yearly"),
    "what if volume goes up 50%": ("monthly_requests", 60_000),
    "what if volume was 20% higher": ("monthly_requests", 48_000),
    "what if we had 30% more tickets": ("monthly_requests", 52_000),
    "what if volume drops to 10%": ("monthly_requests", 4_000),
    "what if only 30% of requests go through it": ("monthly_requests", 12_000),
    "traffic grows 50% next year": ("monthly_requests", 60_000),
    "what if requests fall by a quarter": ("monthly_requests", 30_000),
    "we expect 20% more tickets next year": ("monthly_requests", 48_000),
    "we expect 20k tickets a month and sort them by topic": None,
    "we retrain it weekly": ("retrainings_per_month", 4.33),
    "we retrain people every month since the topics change": None,
    "our volume doubled": ("monthly_requests", 80_000),
    "what if the time limit was 20% lower": ("latency_limit_ms", 1_600),
    "what if we retrain weekly": ("retrainings_per_month", 4.33),
    "what if we retrained it twice a month": ("retrainings_per_month", 2),
    "what if we retrain every quarter": ("retrainings_per_month", 0.33),
    "what if budget drops 20%": None,
    "what if the target was 5% higher": None,
    "what if our team grows by 30%": None,
    "double the budget": None,
    "double the target": None,
    "make the target 120%": None,
    "raise the target by 5 points": None,
    "what if we had 1000 more requests": None,
    "change the target to 85% and the volume to 20k": None,
    "what if we hired someone": None,
    "change the target": None,
    "the requests come by mail": None,
    "50k a month": None,
    "": None,
}


@pytest.mark.parametrize(("text", "command"), COMMANDS.items())
def test_commands(text, command):
    assert read_command(text) == command


@pytest.mark.parametrize(("text", "change"), CORRECTIONS.items())
def test_corrections(text, change):
    assert read_correction(text, BRIEF) == (None if change is None else Correction(*change))


def test_ten_times_an_unknown_volume_is_unknown():
    assert read_correction("what if we had ten times the volume", Brief()) is None
