"""Utterances that a cold reader wrote without seeing the reader's patterns, and what went wrong."""

from typing import Any

import pytest

from agent.utterances.demands import read_demand
from agent.utterances.facts import read_facts
from agent.utterances.intents import read_intent, two_intents
from agent.utterances.prompts import is_put_off, is_withheld
from agent.utterances.quantities import read_milliseconds, read_share, read_volume
from agent.utterances.replies import is_absent

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
    (is_put_off, "I dont have it here, my colleague has it", True),
    (is_put_off, "i don't have access", True),
    (is_withheld, "yes we have but it is confidential", True),
    (is_absent, "There is none, and the target is 90 percent", True),
    (is_absent, "we have no examples", True),
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
