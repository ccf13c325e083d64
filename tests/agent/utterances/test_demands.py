"""What is demanded of the answers after the verdict; a team's own texts demand other things."""

import pytest

from agent.utterances.changed import read_changes
from agent.utterances.corrections import unknown_multiplied
from agent.utterances.demands import read_bare_volume, read_demand, read_supposed
from policies.brief import Brief

DEMANDS: dict[str, dict[str, object]] = {
    "actually 85 % is enough": {"target": 0.85},
    "make it 92 %": {"target": 0.92},
    "answers must come within 2 seconds": {"latency_limit_ms": 2000.0},
    "it shall replace the model for everything": {"replaces_base": True},
    "We need a reason with each label": {"beyond_labels": True},
    "we also need a short explanation for every answer": {"beyond_labels": True},
    "we need more than a label": {"beyond_labels": True},
    "no I meant 800 a day not 800 a month": {"monthly_requests": 24_000},
    "actually it's 800 a day": {"monthly_requests": 24_000},
    "we do 800 a day": {"monthly_requests": 24_000},
    "we get 800 calls a day": {},
    "sorry, 90% not 95%": {"target": 0.9},
    "no, I meant 92%": {"target": 0.92},
    "no, 20% off": {},
    "we need the reason for the delay of my order": {},
    "I need an explanation for this charge": {},
    "We need more than a label printer": {},
    "only 85 % of my order arrived": {},
}


@pytest.mark.parametrize(("text", "demanded"), DEMANDS.items())
def test_a_demand_is_the_whole_message(text: str, demanded: dict[str, object]) -> None:
    assert read_demand(text) == demanded


SUPPOSED: dict[str, dict[str, object]] = {
    "what if we needed 95%?": {"target": 0.95},
    "what about 95": {"target": 0.95},
    "what if it's 95": {"target": 0.95},
    "what if our team grows by 30%": {},
    "what if staff costs 20% of it": {},
    "would 10% more data help?": {},
    "what if data can't leave": {"may_leave_machine": False},
    "would it differ if the data could not leave our premises?": {"may_leave_machine": False},
    "what if the data could be sent to a provider": {"may_leave_machine": True},
}


@pytest.mark.parametrize(("text", "supposed"), SUPPOSED.items())
def test_a_share_of_something_else_is_no_target(text: str, supposed: dict[str, object]) -> None:
    assert read_supposed(text) == supposed


SEVERAL: dict[str, dict[str, object]] = {
    "change volume to 100k and target to 90%": {"monthly_requests": 100_000, "target": 0.9},
    "set target to 85 and latency to 2 s": {"target": 0.85, "latency_limit_ms": 2_000},
    "what if the volume were 100k and the target 95%": {
        "monthly_requests": 100_000,
        "target": 0.95,
    },
    "change the target to 85%": {"target": 0.85},
    "I changed my order to two lamps and my address to Rome": {},
}


@pytest.mark.parametrize(("text", "changes"), SEVERAL.items())
def test_several_answers_change_at_once_or_none_does(text: str, changes: dict[str, object]) -> None:
    assert read_changes(text, Brief(monthly_requests=50_000)) == changes


VOLUMES = {
    "100k a month": True,
    "and at 100k?": True,
    "what, 100k a month?": False,
    "at 95?": False,
    "800": False,
    "I ordered 100 a month ago": False,
}


@pytest.mark.parametrize(("text", "is_one"), VOLUMES.items())
def test_a_volume_alone_asks_for_the_cost_there(text: str, is_one: bool) -> None:
    assert bool(read_bare_volume(text)) is is_one


def test_what_nobody_told_cannot_be_multiplied() -> None:
    assert unknown_multiplied("what if budget drops 20%", Brief()) == "monthly_budget"
    assert unknown_multiplied("what if the target was 5% higher", Brief()) == "target"
    assert unknown_multiplied("what if volume drops 20%", Brief(monthly_requests=9)) is None
    assert unknown_multiplied("my fever drops 20%", Brief()) is None
