"""What is demanded of the answers after the verdict; a team's own texts demand other things."""

import pytest

from agent.utterances.demands import read_demand

DEMANDS: dict[str, dict[str, object]] = {
    "actually 85 % is enough": {"target": 0.85},
    "make it 92 %": {"target": 0.92},
    "answers must come within 2 seconds": {"latency_limit_ms": 2000.0},
    "it shall replace the model for everything": {"replaces_base": True},
    "We need a reason with each label": {"beyond_labels": True},
    "we also need a short explanation for every answer": {"beyond_labels": True},
    "we need more than a label": {"beyond_labels": True},
    "we need the reason for the delay of my order": {},
    "I need an explanation for this charge": {},
    "We need more than a label printer": {},
    "only 85 % of my order arrived": {},
}


@pytest.mark.parametrize(("text", "demanded"), DEMANDS.items())
def test_a_demand_is_the_whole_message(text: str, demanded: dict[str, object]) -> None:
    assert read_demand(text) == demanded
