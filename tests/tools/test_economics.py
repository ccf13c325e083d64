from datetime import date
from typing import Any

import pytest

from policies.evidence import Arm, Cost, Score
from policies.limits import TUNED
from tools.economics import (
    cost_picture,
    costs_after_tune,
    costs_of,
    effort_days,
    machine_cost,
    prices_of,
    running_cost,
    tune_cost,
)
from tools.settings import EndpointSettings, PriceSettings, Settings

BIG = EndpointSettings(base_url="https://models.example/v1", model="b", price_in=2, price_out=8)
FREE = EndpointSettings(base_url="http://127.0.0.1:8000/v1", model="f")
SETTINGS = Settings(
    endpoints={"big": BIG, "free": FREE, "half": FREE.model_copy(update={"price_in": 1.0})},
    prices=PriceSettings(currency="CHF", machine_per_hour=0.36, utilisation=0.5, person_day=400),
)


def arm(**changes: Any) -> Arm:
    given: dict[str, Any] = {
        "name": "plan (big)",
        "kind": "prompt",
        "model": "big",
        "dev": Score(score=0.8, low=0.7, high=0.9, n=50),
        "prompt_tokens": 250,
        "completion_tokens": 10,
        "p50_ms": 500,
    }
    return Arm(**given | changes)


@pytest.mark.parametrize(
    ("changes", "cost"),
    [
        ({}, (250 * 2 + 10 * 8) / 1e6 * 1000),  # 0.58
        ({"model": "free"}, None),
        ({"model": "half"}, None),
        ({"model": "embedded"}, 0.5 / 3600 * 0.36 / 0.5 * 1000),  # half a second of a machine
        ({"model": "none", "kind": "classifier", "p50_ms": 0}, 0.0),
    ],
)
def test_a_request_costs_tokens_or_machine_time(
    changes: dict[str, Any], cost: float | None
) -> None:
    found = running_cost(arm(**changes), SETTINGS)
    assert found is None if cost is None else found == pytest.approx(cost)


def test_a_tune_that_was_made_costs_what_was_measured() -> None:
    expected = {"plan (big)": Cost(per_1000=1.0), TUNED: tune_cost(100, 600, SETTINGS, 300)}
    assert costs_after_tune(expected, None, 0.0, SETTINGS, 300) == expected
    made = arm(name="tuned m", kind="tuned", model="tuned m", busy_ms=200)
    costs = costs_after_tune(expected, made, 3600.0, SETTINGS, 300)
    assert costs["plan (big)"] == expected["plan (big)"]
    assert costs[TUNED].per_1000 == running_cost(made, SETTINGS)
    assert costs[TUNED].one_off == pytest.approx(expected[TUNED].one_off + 0.36 * 3000 / 3600)


def test_machine_time_is_paid_while_idle_too() -> None:
    busy = SETTINGS.model_copy(update={"prices": PriceSettings(utilisation=1.0)})
    idle = SETTINGS.model_copy(update={"prices": PriceSettings(utilisation=0.1)})
    assert machine_cost(100, idle) == pytest.approx(10 * machine_cost(100, busy))


def test_effort_is_due_once_except_for_what_is_in_use() -> None:
    arms = [
        arm(name="now", cost_per_1000=1.0),
        arm(name="new", cost_per_1000=1.0),
        arm(name="words", kind="classifier", cost_per_1000=0.0),
        arm(name="nearest", kind="baseline", cost_per_1000=0.0),
        arm(name="tuned x", kind="tuned", cost_per_1000=0.1),
        arm(name="no price", cost_per_1000=None),
    ]
    costs = costs_of(arms, "now", SETTINGS)
    assert {name: cost.one_off for name, cost in costs.items()} == {
        "now": 0, "new": 200, "words": 400, "nearest": 0, "tuned x": 800,
    }  # fmt: skip
    assert costs["new"].per_month(5000) == 5


def test_a_tune_costs_its_training_and_its_effort() -> None:
    cost = tune_cost(100, 1800, SETTINGS)
    assert cost.one_off == pytest.approx(2 * 400 + 0.18)
    assert cost.per_1000 == pytest.approx(machine_cost(100, SETTINGS))


@pytest.mark.parametrize(
    ("old", "new", "months", "volume"),
    [
        (Cost(per_1000=1.0), Cost(per_1000=0.5, one_off=600), 12, 100_000),
        (Cost(per_1000=1.0), Cost(per_1000=0.5, one_off=600), 6, 200_000),
        (Cost(per_1000=1.0), Cost(per_1000=0.5, fixed_per_month=100), 12, 200_000),
        (Cost(per_1000=1.0), Cost(per_1000=0.5), 12, 0),
        (Cost(per_1000=1.0), Cost(per_1000=1.0), 12, None),
        (Cost(per_1000=0.5), Cost(per_1000=1.0), 12, None),
        (Cost(fixed_per_month=2190), Cost(per_1000=0.01, one_off=600), 12, 0),  # at any volume
        (Cost(per_1000=1.0), None, 12, None),
        (None, Cost(per_1000=1.0), 12, None),
        (Cost(per_1000=1.0), Cost(per_1000=0.5, one_off=600), 0, None),  # nothing may wait
    ],
)
def test_break_even_is_where_the_saving_pays_back(
    old: Cost | None, new: Cost | None, months: float, volume: float | None
) -> None:
    costs = {name: cost for name, cost in (("prompt", old), (TUNED, new)) if cost is not None}
    picture = cost_picture(costs, "prompt", 1000, months, SETTINGS)
    assert picture.break_even_requests == volume
    assert cost_picture(costs, None, 1000, months, SETTINGS).break_even_requests is None


@pytest.mark.parametrize(("volume", "month"), [(None, 20), (0, 20), (50_000, 45)])
def test_the_picture_shows_each_arm_and_what_it_assumes(volume: int | None, month: float) -> None:
    costs = {"prompt": Cost(per_1000=0.5, fixed_per_month=20, one_off=200)}
    picture = cost_picture(costs, "prompt", volume, 12, SETTINGS)
    assert (picture.currency, picture.monthly_requests) == ("CHF", volume)
    found = picture.arms["prompt"]
    assert (found.per_1000, found.per_month, found.one_off) == (0.5, month, 200)
    assert any("0.36 CHF; 50 %" in text for text in picture.assumptions)
    assert any("400 CHF" in text for text in picture.assumptions)


def test_what_learns_is_trained_anew_as_often_as_facts_change() -> None:
    arms = [arm(name="new", cost_per_1000=1.0)]
    arms += [arm(name="words", kind="classifier", model="none", cost_per_1000=0.0)]
    costs = costs_of(arms, None, SETTINGS, rows=400)
    # A quarter of a day, and a tenth of 400 rows labelled anew at half a minute of 30 an hour.
    assert costs["words"].retraining == pytest.approx(0.25 * 400 + 40 * 0.25)
    assert (costs["new"].retraining, costs["words"].labels) == (0, 40)
    assert costs["words"].per_month(0, retrainings=2) == pytest.approx(220)
    tuned = tune_cost(100, 1800, SETTINGS, rows=400)
    assert tuned.retraining == pytest.approx(110 + 0.18) and tuned.machine_hours_once == 0.5


def test_a_dedicated_endpoint_is_paid_while_it_waits() -> None:
    hired = FREE.model_copy(update={"price_per_hour": 2.0, "retires": date(2027, 3, 1)})
    settings = SETTINGS.model_copy(update={"endpoints": {"hired": hired}})
    found = arm(model="hired", cost_per_1000=running_cost(arm(model="hired"), settings))
    costs = costs_of([found], None, settings)
    assert costs[found.name].per_month(1_000_000) == 2 * 730
    picture = cost_picture(costs, found.name, 1000, 12, settings, [found])
    assert picture.retirements == {"hired": "2027-03-01"}
    shown = " ".join(picture.assumptions)
    assert "2027-03-01" in shown and "2 CHF an hour, on for 730 hours" in shown


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"priced_on": date(2026, 11, 1)}, "The prices of hired are those of 2026-11-01."),
        ({"price_in": 0.1, "price_out": 0.4}, "do not say of which day the prices of hired are"),
    ],
)
def test_the_day_of_an_endpoint_s_prices_is_said(told: dict[str, Any], said: str) -> None:
    settings = SETTINGS.model_copy(update={"endpoints": {"hired": FREE.model_copy(update=told)}})
    found = arm(model="hired")
    picture = cost_picture(costs_of([found], None, settings), None, 1000, 12, settings, [found])
    assert said in " ".join(picture.assumptions)


def test_at_the_break_even_both_cost_the_same_with_one_off_costs_spread() -> None:
    costs = {
        "prompt": Cost(per_1000=1.0, one_off=200.0),
        TUNED: Cost(per_1000=0.25, one_off=800.0, retraining=90.0),
    }
    picture = cost_picture(costs, "prompt", 1000, 12, SETTINGS, retrainings=0.5)
    volume = picture.break_even_requests
    assert volume is not None
    bills = [cost.per_month(round(volume), 0.5) + cost.one_off / 12 for cost in costs.values()]
    assert bills[0] == pytest.approx(bills[1], abs=0.001)


def test_after_a_tune_its_costs_stand_beside_its_measured_times() -> None:
    costs = {"prompt": Cost(per_1000=1.0), TUNED: Cost(per_1000=0.25)}
    arms = [arm(name="prompt"), arm(name="tuned big", kind="tuned", p50_ms=120, p95_ms=180)]
    found = cost_picture(costs, "prompt", 1000, 12, SETTINGS, arms).arms[TUNED]
    assert (found.p50_ms, found.p95_ms) == (120, 180)
    assert cost_picture(costs, "prompt", 1000, 12, SETTINGS, arms[:1]).arms[TUNED].p50_ms == 0


def test_documents_take_a_search_besides() -> None:
    prices = SETTINGS.prices
    assert effort_days(arm(looks_up=True), prices) - effort_days(arm(), prices) == 3


def test_a_tune_that_looks_up_needs_the_search_too() -> None:
    search = SETTINGS.prices.days_for_retrieval * 400
    plain, asked = (tune_cost(100, 600, SETTINGS, looks_up=looks_up) for looks_up in (False, True))
    assert asked.one_off - plain.one_off == pytest.approx(search)
    made = arm(name="tuned m", kind="tuned", model="tuned m", looks_up=True)
    costs = costs_after_tune({}, made, 600, SETTINGS, 0)
    assert costs[TUNED].one_off == pytest.approx(asked.one_off)
    assert cost_picture(costs, None, 1000, 12, SETTINGS, [made]).arms[TUNED].effort_days == 5


def test_machine_time_is_what_batches_took_not_what_one_request_waits() -> None:
    waiting = arm(model="embedded", p50_ms=5000, busy_ms=500)
    assert running_cost(waiting, SETTINGS) == running_cost(arm(model="embedded"), SETTINGS)


def test_the_picture_shows_hours_efforts_times_and_payback_with_its_range() -> None:
    prompt = arm(name="prompt", cost_per_1000=1.0, p50_ms=200, p95_ms=900)
    words = arm(name="words", kind="classifier", model="none", busy_ms=1800, cost_per_1000=0.36)
    arms = [prompt, words]
    costs = costs_of(arms, None, SETTINGS)
    picture = cost_picture(costs, "prompt", 1_000_000, 12, SETTINGS, arms)
    found = picture.arms["words"]
    assert (found.busy_hours, found.idle_hours) == (500, 500)  # half of the time it waits
    assert found.effort_days == 1 and picture.arms["prompt"].p95_ms == 900
    assert found.payback_months == pytest.approx((400 - 200) / 640)  # the prompt's own 200
    assert found.payback_low == 0
    assert found.payback_high == pytest.approx((800 - 200) / 640)
    assert picture.arms["prompt"].payback_months is None
    assert picture.settings["label_minutes"] == 0.5
    tuned = {"prompt": Cost(per_1000=1.0), TUNED: Cost(per_1000=0.5, one_off=600)}
    range_ = cost_picture(tuned, "prompt", 1000, 12, SETTINGS)
    assert (range_.break_even_low, range_.break_even_high) == (50_000, 200_000)
    changing = cost_picture(
        {**tuned, TUNED: tuned[TUNED].model_copy(update={"retraining": 50.0})},
        "prompt",
        1000,
        12,
        SETTINGS,
        retrainings=1.0,
    )
    assert changing.break_even_requests == 200_000


def test_prices_that_a_decision_hangs_on() -> None:
    assert prices_of("big", SETTINGS).model_dump() == {
        "tokens": 2, "machine_hour": 0.36, "label": 0.25, "currency": "CHF",
    }  # fmt: skip
    assert prices_of(None, SETTINGS).tokens is None
