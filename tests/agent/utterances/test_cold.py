"""Utterances that a cold reader wrote without seeing the reader's patterns, and what went wrong."""

from typing import Any

import pytest

from agent.utterances.commands import read_command
from agent.utterances.demands import read_demand
from agent.utterances.facts import read_facts
from agent.utterances.intents import read_intent, two_intents
from agent.utterances.prompts import is_put_off, is_withheld
from agent.utterances.puzzled import is_puzzled
from agent.utterances.quantities import read_milliseconds, read_money
from agent.utterances.replies import (
    is_absent,
    names_no_task,
    read_consent,
    read_yes_no,
)
from agent.utterances.shares import lower_share, read_share
from agent.utterances.volumes import read_volume

STAYS = {"may_leave_machine": False}
READINGS: list[tuple[Any, str, Any]] = [
    (read_demand, "we now have 100k requests a month", {"monthly_requests": 100_000}),
    (read_demand, "it's 100k per month actually", {"monthly_requests": 100_000}),
    (read_demand, "we get 20 calls a day", {}),  # may be a text of the team's own
    (read_demand, "we need 90%", {"target": 0.9}),
    (read_demand, "I want 95% now", {"target": 0.95}),
    (read_demand, "90% please", {"target": 0.9}),
    (read_facts, "half a second", {}),  # no volume of 1,296,000
    (read_milliseconds, "half a second", 500.0),
    (read_facts, "tag 500 reviews a day as good or bad", {"monthly_requests": 15_000}),
    (read_facts, "privacy is important, data must stay in our company", STAYS),
    (read_facts, "customer data has to remain on our servers", STAYS),
    (read_facts, "no data to US clouds", STAYS),
    (read_volume, "500 on weekdays", None),
    (read_volume, "300 mon-fri", None),
    (read_volume, "5000 tickets in Q1", None),
    (read_volume, "three quarters of 4000 a month", None),
    (read_volume, "1000 every second day", None),
    (read_volume, "10 per minute at peak", None),
    (read_milliseconds, "below 1.000 ms", None),
    (read_milliseconds, "below 1,000 ms", 1000.0),
    (read_share, "wrong in no more than 2 out of 100 cases", 0.98),
    (read_volume, "5 qps", 12_960_000),
    (read_volume, "100 RPM", 4_320_000),
    (read_volume, "1k rps", 2_592_000_000),
    (read_volume, "5000 tpm", None),  # tokens, maybe
    (read_volume, "10 rps at peak", None),
    (read_volume, "2 lacs a month", 200_000),
    (read_volume, "1.5 cr a year", 1_250_000),
    (read_volume, "1,20,000 per month", 120_000),
    (read_volume, "3L per month", 300_000),
    (read_volume, "5k p/m", 5_000),
    (read_volume, "cple thousand a week", 8_667),
    (read_volume, "tow hundred a day", None),
    (read_volume, "about hundred a day", 3_000),
    (read_volume, "1.500 pro Tag", 45_000),
    (read_volume, "about 1,5 Mio pro Jahr", 125_000),
    (read_volume, "40 por dia", None),
    (read_volume, "200 a day, not weekends", 4_333),
    (read_volume, "200 a day, no mails on sundays", None),
    (read_volume, "84 a day (3 sites × 28)", 2_520),
    (read_volume, "3 x 28 = 84 a day", 2_520),
    (read_volume, "2.5M, peak 4M", 2_500_000),
    (read_volume, "20k a month plus a one-off backfill of 300k", 20_000),
    (read_volume, "half-yearly", None),
    (read_facts, "a minute or two", {}),
    (read_facts, "5 qps classification of tickets", {"monthly_requests": 12_960_000}),
    (read_milliseconds, "half a second or so", 500.0),
    (read_milliseconds, "2s or less", 2_000.0),
    (read_milliseconds, "3 secs or so max", 3_000.0),
    (read_milliseconds, "2 seconds or 3", None),
    (read_milliseconds, "2 minutes and 30 seconds", 150_000.0),
    (read_milliseconds, "sub-second", 1_000.0),
    (read_money, "1.5k USD one time", None),
    (read_share, "ninty percnt", 0.9),
    (read_share, "85% for now, 90% later", 0.85),
    (read_share, "97 per cent, provided that the remaining 3 per cent go to a human", 0.97),
    (read_share, "90% overall but at least 98% on the refunds class", 0.9),
    (read_share, "98% on the refunds class", None),
    (read_facts, "It must not stay in house.", {}),
    (read_facts, "it doesn't have to be confidential", {}),
    (read_facts, "our data is not allowed outside the EU", STAYS),
    (read_facts, "our data must not be given to third parties", STAYS),
    (read_facts, "our budget is 1.5k USD one time plus 200 a month", {}),
    (
        read_facts,
        "our budget is $2k a month plus 200 tickets a day",
        {"monthly_budget": 2_000, "monthly_requests": 6_000},
    ),
    (read_consent, "yes pls", True),
    (read_consent, "go for it mate", True),
    (read_consent, "sure thing", True),
    (read_consent, "No, too expensive", False),
    (read_consent, "nope, way too pricey", False),
    (read_consent, "no thanks, not worth it", False),
    (read_consent, "no but start with the small one", None),
    (read_consent, "no, the target is 80%", None),
    (read_volume, "two or three hundred a day", 9_000),
    (read_volume, "30-40k/mo, up to 60k at peak", 40_000),
    (read_volume, "15k/month + initial load of 1M", 15_000),
    (read_volume, "one-off 20k", None),
    (read_share, "errors at most half a percent", 0.995),
    (read_share, "90 with the rest checked by a human", 0.9),
    (read_volume, "a few", None),
    (read_volume, "just a couple of tickets", None),
    (read_volume, "a few dozen", 36),
    (read_facts, "in 5% of cases", {}),
    (read_facts, "our legal team says nothing goes outside the EU", STAYS),
    (read_facts, "fine, but keep the data here", STAYS),
    (read_money, "we have half the budget", None),
    (read_facts, "one mistake a day is ok", {}),
    (read_volume, "10 mistakes a month", None),
    (read_facts, "we never share data", STAYS),
    (read_facts, "it isn't allowed to leave", STAYS),
    (read_yes_no, "not necessarily", None),
    (read_yes_no, "not always", None),
    (read_yes_no, "not more than 10", None),
    (read_yes_no, "it does not", False),
    (read_consent, "yes, thanks a lot", True),
    (read_consent, "no money for that", False),
    (read_consent, "no, it costs too much", False),
    (is_put_off, "I dont have it here, my colleague has it", True),
    (is_put_off, "i don't have access", True),
    (is_withheld, "yes we have but it is confidential", True),
    (is_absent, "There is none, and the target is 90 percent", True),
    (is_absent, "we have no examples", True),
    (read_yes_no, "I don't understand", None),
    (read_yes_no, "I don't get the question, sorry", None),
    (read_yes_no, "Naw", False),
    (read_yes_no, "aye", True),
    (read_yes_no, "nae", False),
    (read_yes_no, "nae bother", True),
    (read_consent, "nay", False),
    (read_facts, "sort mails, today we're at 82% accepted and we want 95%", {"target": 0.95}),
    (read_facts, "we are currently at 70% and need 90%", {"target": 0.9}),
    (read_share, "right now at 82%, want 95%", 0.95),
    (read_share, "presently 85%, target 92%", 0.92),
    (read_share, "94%, so at least that, plus a small buffer - call it 95.5%", 0.955),
    (read_share, "minimum a ninety and five percent", 0.95),
    (read_share, "between eighty and ninety percent", 0.9),
    (read_share, "95% on auto, 90% on home", None),
    (read_share, "we're at 82", None),
    (read_share, "we are currently at 82", None),
    (read_share, "our error rate is 18% now, we want 5%", 0.95),
    (read_facts, "runbooks, change on every deploy (~10/day)", {}),
    (read_facts, "yes, on every deploy, about 10 a day", {}),
    (read_facts, "with each release, roughly 3 a week", {}),
    (read_facts, "200 tickets a day, on every shop day", {"monthly_requests": 6_000}),
    (read_facts, "dedupe incidents, p99 200ms", {"latency_limit_ms": 200.0}),
    (read_facts, "tag posts, SLA is 500ms", {"latency_limit_ms": 500.0}),
    (read_facts, "We retrain quarterly.", {"retrainings_per_month": 1 / 3}),
    (read_facts, "we train it anew every week", {"retrainings_per_month": 52 / 12}),
    (read_facts, "we don't retrain every week", {}),
    (
        read_facts,
        "it needs to know the current policy wording which is revised every quarter",
        {"needs_outside_facts": True, "facts_change": "monthly"},
    ),
    (read_volume, "1,200 a day, six days a week", 31_200),
    (read_volume, "1,200 a day, five days a week", 26_000),
    (read_volume, "1,200 a day Mon-Sat", 31_200),
    (read_volume, "100/day, Tuesday to Saturday", 2_167),
    (read_volume, "90 a day, closed Mondays", 2_340),
    (read_volume, "90 a day except Saturdays and Sundays", 1_950),
    (read_volume, "300 on saturdays", None),
    (read_volume, "80/day mo-fr", 1_733),
    (read_facts, "sort 500 letters by week of arrival", {}),
    (read_facts, "find emails where someone needs the current invoice", {}),
    (read_facts, "sort mails that depend on our product line", {}),
    (read_facts, "route alarms on every shift, 200 a day", {"monthly_requests": 6_000}),
    (is_puzzled, "i don't know what you mean by facts", True),
    (read_volume, "Approximately two hundred by week", 867),
    (read_volume, "100 by day, 50 by night", None),
    (read_command, "oh I've made a mess of this, can we start over?", "restart"),
    (read_command, "sorry, I made a mistake, go back", "back"),
    (read_command, "sort complaints, start over", None),
    (lower_share, "30 to 50 thousand", 0.6),
    (lower_share, "between 30k and 60k", 0.5),
    (lower_share, "50k", 1.0),
    (is_puzzled, "I don't understand this question", True),
    (is_puzzled, "what do you mean by facts?", True),
    (is_puzzled, "can you give an example?", True),
    (is_puzzled, "how do I decide that?", True),
    (is_puzzled, "huh?", True),
    (is_puzzled, "I have no idea what that means", True),
    (is_puzzled, "no clue what you're talking about", True),
    (is_puzzled, "I cannot see what that is for", True),
    (is_puzzled, "that's too technical for me", True),
    (is_puzzled, "not clear to me", True),
    (is_puzzled, "can you rephrase that?", True),
    (is_puzzled, "I don't know what it can reach", False),
    (is_puzzled, "not sure what to write", False),
    (is_puzzled, "no idea", False),
    (is_puzzled, "I do not know", False),
    (is_puzzled, "explain contract clauses to customers", False),
    (is_puzzled, "sort complaints of people who don't understand their bill", False),
    (is_puzzled, "no, I don't know", False),
    (names_no_task, "I'm not sure what I want really, my grandson said I should try AI", True),
    (names_no_task, "not sure, what can it do?", True),
    (names_no_task, "no idea yet, my boss wants AI", True),
    (names_no_task, "dunno, heard AI is good", True),
    (names_no_task, "my boss wants us to use AI for sorting emails", False),
    (names_no_task, "not sure yet, something with invoices", False),
]


@pytest.mark.parametrize(("read", "text", "expected"), READINGS)
def test_what_a_cold_reader_wrote(read: Any, text: str, expected: Any) -> None:
    assert read(text) == expected


INTENTS = {
    "how much do we save with fine-tuning": "cost",
    "what's the ROI": "cost",
    "when does it pay off": "even",
    "is the classifier better than the prompt?": "compare",
    "which is better, the prompt or the classifier?": "compare",
    "compare the prompt with the clasifier": "compare",
    "thanks, that helps": "thanks",
    "got it thanks": "thanks",
}


@pytest.mark.parametrize(("text", "name"), INTENTS.items())
def test_what_a_cold_reader_asked(text: str, name: str) -> None:
    found = read_intent(text)
    assert found is not None and found.name == name


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("why not tune and how much would it cost", ["why_not", "cost"]),
        ("show me the mistakes and the prompt", ["mistakes", "prompt"]),
        ("what if the target were 95 % and how much would it cost", []),
        ("where is my order and the invoice", []),
    ],
)
def test_two_questions_in_one_message(text: str, names: list[str]) -> None:
    assert [intent.name for intent in two_intents(text)] == names
