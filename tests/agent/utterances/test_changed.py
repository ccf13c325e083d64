"""All that a message changes or supposes of the answers."""

import pytest

from agent.utterances.changed import read_changes
from agent.utterances.corrections import is_what_if
from agent.utterances.demands import read_supposed
from agent.utterances.steps import taken_for_points
from policies.brief import Brief

NOW = Brief(target=0.9, monthly_requests=50_000)
CHANGES = {
    "what if the target was 5% lower?": {"target": 0.85},
    "lowered the target by 5 points?": {"target": 0.85},
    "lower the target by 5 points": {"target": 0.85},
    "raise the target by 5 percent": {"target": 0.95},
    "accept 3 points less of quality?": {"target": 0.87},
    "what if we accept 3 points less of quality?": {"target": 0.87},
    "raise the target by 20 points": {},
    "my accuracy is 3 points lower, why?": {},
    "within 300 ms and volume went up 40%?": {
        "latency_limit_ms": 300,
        "monthly_requests": 70_000,
    },
    "what if it had to answer within 300 ms and volume went up 40%?": {
        "latency_limit_ms": 300,
        "monthly_requests": 70_000,
    },
    "target is 95 and we get 200k a month": {"target": 0.95, "monthly_requests": 200_000},
    "what if the target was 85% and volume doubled": {"target": 0.85, "monthly_requests": 100_000},
    "change the target to 92 and tell me the cost": {"target": 0.92},
    "retrain it every 4 weeks": {"retrainings_per_month": 1.08},
    "what if we retrain every two weeks": {"retrainings_per_month": 2.17},
    "what if we retrain it every 6 weeks": {"retrainings_per_month": 0.72},
    "what if we never retrain": {"retrainings_per_month": 0},
    "What if we had twice as many notes?": {"monthly_requests": 100_000},
    "what if we had double the claims?": {"monthly_requests": 100_000},
    "what if we had twice as many examples?": {},
    "what if we had half the mistakes": {},
    "If the target is 85 in place of 95, it changes something?": {"target": 0.85},
    "only one in five requests goes through it": {"monthly_requests": 10_000},
    "what if only one in five claims goes through it": {"monthly_requests": 10_000},
    "I was charged 50 EUR and waited 3 days, why?": {},
}


@pytest.mark.parametrize(("text", "changes"), CHANGES.items())
def test_what_a_message_changes(text: str, changes: dict[str, float]) -> None:
    assert read_changes(text, NOW) == changes


def test_a_step_in_percent_is_said_to_be_taken_for_points() -> None:
    assert "5 % to be 5 points" in taken_for_points("what if the target was 5% lower?")
    assert taken_for_points("what if the target was 5 points lower?") == ""


@pytest.mark.parametrize("text", ["what if 50ms", "what if we needed 50 ms?"])
def test_a_time_alone_is_the_limit(text: str) -> None:
    assert read_supposed(text) == {"latency_limit_ms": 50}


def test_a_part_of_the_requests_is_only_supposed() -> None:
    assert is_what_if("only one in five requests goes through it")
