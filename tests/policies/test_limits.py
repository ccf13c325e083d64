"""Limits of time and money: what is known to be over them can be no answer."""

import pytest

from policies.brief import Brief
from policies.decide import recommend, verdict_of
from policies.evidence import Cost
from policies.figures import number, percent
from policies.flips import find_flips
from policies.limits import obstacle

CHEAP, DEAR = Cost(per_1000=0.1), Cost(per_1000=5, fixed_per_month=50)
TIME = {"latency_limit_ms": 500}
MONEY = {"monthly_budget": 100, "monthly_requests": 20_000}

# Milliseconds, cost, brief → what stands in the way.
OBSTACLES = [
    (499, None, TIME, ""),
    (500, None, TIME, ""),
    (1800, None, TIME, "one answer in twenty takes 1,800 ms or more and the limit is 500 ms"),
    (0, None, TIME, ""),  # not known
    (1800, DEAR, {}, ""),
    (0, DEAR, MONEY, "a month costs 150 and the budget is 100"),
    (0, CHEAP, MONEY, ""),
    (0, None, MONEY, ""),
    (0, DEAR, MONEY | {"monthly_requests": None}, ""),
    (0, DEAR, {"monthly_budget": 0, "monthly_requests": 0}, "a month costs 50 and the budget is 0"),
]


@pytest.mark.parametrize(("milliseconds", "cost", "told", "text"), OBSTACLES)
def test_obstacle(milliseconds, cost, told, text):
    assert obstacle(milliseconds, cost, Brief(**told)) == text


def test_a_slow_tune_is_not_advised(make_evidence, policy):
    told = {"task": "fields", "prompt": 0.7, "forecast": 0.93, "latency": (400.0, 500.0)}
    evidence = make_evidence(**told)
    assert verdict_of(evidence, policy) == "fine_tune"
    slow = evidence.model_copy(update={"tuned_ms": 900.0})
    found = recommend(slow, policy)
    assert found.verdict == "not_enough_evidence"
    assert "A fine-tune is forecast at 93 %, but" in found.headline.replace(": a", ": A")
    rule = next(reason for reason in found.reasons if reason.rule == "tune_closes_the_gap")
    assert rule.outcome == "not_met"
    assert "takes 900 ms" in rule.text


def test_what_is_used_today_is_held_to_the_limits_too(make_evidence, policy):
    told = {"prompt": 0.93, "classifier": 0.92, "own_prompt": True}
    assert verdict_of(make_evidence(**told), policy) == "keep_prompt"
    slow = make_evidence(**told, latency=(1800.0, 500.0))
    assert verdict_of(slow, policy) == "use_classifier"


def test_the_budget_is_looked_at_again_at_another_volume(make_evidence, policy):
    """A prompt of 0.138 a thousand is over 100 a month from 725,000 requests on."""
    evidence = make_evidence(task="fields", prompt=0.93, monthly_requests=100_000, budget=100.0)
    flips = [f for f in find_flips(evidence, policy) if f.quantity == "monthly_requests"]
    assert [f.threshold for f in flips] == [pytest.approx(724_700, rel=2e-3)]


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (1, "100 %"),
        (0.9995, "99.9 %"),
        (0.999999, "99.9 %"),
        (0.875, "87.5 %"),
        (0.9, "90 %"),
        (0.0004, "0.1 %"),
        (0.00001, "0.1 %"),
        (0, "0 %"),
    ],
)
def test_only_all_is_all_and_only_nothing_is_nothing(share, text):
    assert percent(share) == text


def test_numbers_are_short():
    assert [number(x) for x in (1800.4, 12.34, 3.14159, 0.5)] == ["1,800", "12", "3.1", "0.5"]
