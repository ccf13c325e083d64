"""Flip points: at the threshold the verdict is the one named, just before it is still today's."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.decide import verdict_of
from policies.flips import DIGITS, find_flips, quantities, with_machine_price, with_token_price
from policies.limits import TUNED
from policies.rules import LIMITS

GOOD = {"prompt": 0.92, "classifier": 0.91, "forecast": 0.9}
FIELDS = {"task": "fields", "prompt": 0.92, "forecast": 0.91}
NEEDED = {"prompt": 0.8, "classifier": 0.84, "forecast": 0.91}

# told → every flip as (quantity, which way, threshold, verdict); volumes to three digits.
EXPECTATIONS = {
    "low volume": (
        GOOD,
        [
            ("target", 1, 0.95, "larger_model"),
            ("monthly_requests", 1, 120.9e3, "use_classifier"),
            ("price_per_million_tokens", 1, 9.06, "use_classifier"),
        ],
    ),
    "high volume": (
        GOOD | {"monthly_requests": 5_000_000},
        [
            ("target", 1, 0.94, "adopt_prompt"),
            ("monthly_requests", -1, 120.9e3, "adopt_prompt"),
            ("retrainings_per_month", 1, 6.73, "adopt_prompt"),
            ("price_per_million_tokens", -1, 0.00368, "adopt_prompt"),
        ],
    ),
    "unknown volume": (
        FIELDS | {"monthly_requests": None},
        [("target", 1, 0.95, "larger_model")]
        + [("monthly_requests", 1, 385.7e3, "fine_tune_for_cost")],
    ),
    "a tune is needed": (
        NEEDED,
        [("target", -1, 0.84, "use_classifier"), ("target", 1, 0.94, "larger_model")],
    ),
    "a target between whole percents": (
        NEEDED | {"target": 0.845},
        [("target", -1, 0.84, "use_classifier"), ("target", 1, 0.94, "larger_model")],
    ),
    "labels first": (
        {"prompt": 0.85, "forecast": 0.86, "contradictions": 40, "ceiling": 0.89},
        [("target", -1, 0.89, "larger_model")],
    ),
}


def _at(evidence, policy, quantity, value):
    put = next(each.put for each in quantities(evidence) if each.name == quantity)
    return verdict_of(put(value), policy)


def _hold(evidence, policy):
    """Check all flips of some evidence against the bare decision."""
    now, flips = verdict_of(evidence, policy), find_flips(evidence, policy)
    told = {each.name: each for each in quantities(evidence)}
    for flip in flips:
        quantity = told[flip.quantity]
        assert flip.current == (quantity.current if quantity.known else None)
        assert flip.verdict != now
        assert _at(evidence, policy, flip.quantity, flip.threshold) == flip.verdict
        assert _at(evidence, policy, flip.quantity, _just_before(flip, quantity)) == now
    ways = [(flip.quantity, flip.threshold > told[flip.quantity].current) for flip in flips]
    assert len(ways) == len(set(ways))


def _just_before(flip, quantity):
    """The value beside the threshold, on today's side, as fine as the search is."""
    current, threshold = quantity.current, flip.threshold
    sign = 1 if threshold > current else -1
    if flip.quantity == "target":
        return round(threshold - sign * min(0.01, abs(threshold - current)), 4)
    least = 1.0 if flip.quantity == "monthly_requests" else 2e-9
    step = max(least, 3 * threshold / 10**DIGITS)
    return threshold - sign * min(step, abs(threshold - current))


@pytest.mark.parametrize("name", EXPECTATIONS)
def test_flips(name, make_evidence, policy):
    told, expected = EXPECTATIONS[name]
    evidence = make_evidence(**told)
    found = find_flips(evidence, policy)
    assert [
        (f.quantity, 1 if f.threshold > (f.current or 0) else -1, f.verdict) for f in found
    ] == [(quantity, way, verdict) for quantity, way, _, verdict in expected]
    for flip, (_, _, threshold, _) in zip(found, expected, strict=True):
        assert flip.threshold == pytest.approx(threshold, rel=2e-3)
    _hold(evidence, policy)


def test_none_where_nothing_changes(make_evidence, policy):
    assert find_flips(make_evidence(prompt=0.95, contradictions=120), policy) == ()


def test_no_volume_where_prices_are_unknown(make_evidence, policy):
    found = find_flips(make_evidence(**GOOD, prices=False), policy)
    assert {flip.quantity for flip in found} == {"target"}


def test_the_nearest_change_is_found_where_there_are_two(make_evidence, policy):
    """Upwards from 80 %: the classifier at 84 ends being enough before the tune at 91 does."""
    evidence = make_evidence(**NEEDED | {"target": 0.82})
    [down, up] = find_flips(evidence, policy)
    assert (down.threshold, down.verdict) == (0.8, "adopt_prompt")
    assert (up.threshold, up.verdict) == (0.85, "fine_tune")


# A saving of 138 - 8 EUR a month at a million requests; 200 labels of 0.25 in each retraining.
SAVING = FIELDS | {"monthly_requests": 1_000_000}


def _relabelled(evidence, retrainings):
    """With a tuned model that needs 200 labels each time it is trained anew."""
    tuned = evidence.costs[TUNED]
    again = {"retraining": tuned.retraining + 200 * 0.25, "labels": 200.0}
    brief = evidence.brief.model_copy(update={"retrainings_per_month": retrainings})
    costs = {**evidence.costs, TUNED: tuned.model_copy(update=again)}
    return evidence.model_copy(update={"costs": costs, "brief": brief})


@pytest.mark.parametrize(
    ("retrainings", "quantity", "threshold"),
    [
        # The 600 EUR that the tune costs more than the prompt at first are 50 in each of 12 months.
        # They leave 80 of the 130 EUR for retraining: 150 each, then 0.53 times.
        (0.0, "retrainings_per_month", 0.531),
        # A fifth of that: 0.1 times 100 + 200 labels at 3.5 EUR.
        (0.1, "label_cost", 3.48),
        # 130 EUR of saving less 50 to pay back: 83 machine hours may cost 0.96 EUR more each.
        (0.0, "machine_price_per_hour", 1.054),
        # 50 EUR saved suffice, so tokens may be cheaper: 0.15 × 58 / 138.
        (0.0, "price_per_million_tokens", 0.0634),
    ],
)
def test_each_price_has_its_flip(retrainings, quantity, threshold, make_evidence, policy):
    evidence = _relabelled(make_evidence(**SAVING), retrainings)
    [flip] = [flip for flip in find_flips(evidence, policy) if flip.quantity == quantity]
    assert flip.verdict == "adopt_prompt"
    assert flip.threshold == pytest.approx(threshold, rel=0.02)
    _hold(evidence, policy)


def test_limits_that_were_told_have_flips(make_evidence, policy):
    evidence = make_evidence(prompt=0.92, latency=(300.0, 500.0), budget=100.0)
    found = {flip.quantity: flip for flip in find_flips(evidence, policy)}
    assert found["latency_limit_ms"].threshold == pytest.approx(300, rel=2e-3)
    assert found["monthly_budget"].threshold == pytest.approx(0.276, rel=5e-3)
    assert {found[name].current for name in ("latency_limit_ms", "monthly_budget")} == {500, 100}
    _hold(evidence, policy)


def _timed(evidence, **milliseconds):
    """With ways that were timed one request at a time; named by their kind."""
    arms = [
        arm.model_copy(update={"p50_ms": milliseconds[arm.kind], "timed": 20})
        if arm.kind in milliseconds
        else arm
        for arm in evidence.arms
    ]
    return evidence.model_copy(update={"arms": tuple(arms)})


def test_an_untold_time_limit_is_sought_from_the_slowest_way_down(make_evidence, policy):
    evidence = _timed(make_evidence(**GOOD), prompt=900.0, classifier=2.0)
    [flip] = [f for f in find_flips(evidence, policy) if f.quantity == "latency_limit_ms"]
    assert (flip.current, flip.verdict) == (None, "use_classifier")
    assert flip.threshold == pytest.approx(900, rel=2e-3)
    _hold(evidence, policy)


def test_an_untold_limit_tells_its_range_and_what_decides_there(make_evidence, policy):
    """From 900 ms down the tune alone is fast enough, from 300 down nothing is."""
    evidence = make_evidence(task="fields", prompt=0.93, forecast=0.92)
    evidence = _timed(evidence, prompt=900.0).model_copy(update={"tuned_ms": 300.0})
    [flip] = [f for f in find_flips(evidence, policy) if f.quantity == "latency_limit_ms"]
    assert (flip.verdict, flip.rule) == ("fine_tune", "tune_closes_the_gap")
    assert flip.until == pytest.approx(300, rel=2e-3)
    assert _at(evidence, policy, "latency_limit_ms", flip.until) != "fine_tune"
    told = evidence.model_copy(
        update={"brief": evidence.brief.model_copy(update={"latency_limit_ms": 500.0})}
    )
    flips = [f for f in find_flips(told, policy) if f.quantity == "latency_limit_ms"]
    assert [(f.verdict, f.rule, f.until) for f in flips] == [
        ("not_enough_evidence", LIMITS, None),
        ("adopt_prompt", "prompt_is_enough", None),
    ]


@pytest.mark.parametrize(
    "times",
    [
        {},  # shares of batches are no times that anybody waits
        {"prompt": 90.0, "classifier": 2.0},  # it comes at once already
        {"prompt": 90.0, "classifier": 2000.0},  # the slowest is not what is advised
    ],
)
def test_nobody_is_asked_for_a_limit_that_changes_nothing(times, make_evidence, policy):
    evidence = _timed(make_evidence(**GOOD), **times)
    assert "latency_limit_ms" not in {f.quantity for f in find_flips(evidence, policy)}


def test_a_rhythm_is_known_only_if_it_was_told(make_evidence, policy):
    told = GOOD | {"monthly_requests": 5_000_000}
    for cadence, current in (("never", None), ("yearly", 1 / 12)):
        evidence = make_evidence(**told, facts_change=cadence)
        [flip] = [f for f in find_flips(evidence, policy) if f.quantity == "retrainings_per_month"]
        assert (flip.current, flip.verdict) == (current, "adopt_prompt")
        _hold(evidence, policy)


def test_prices_that_change_nothing_else_keep_the_costs(make_evidence, policy):
    evidence = make_evidence(**SAVING)
    for changed in (with_machine_price(evidence, 0.1), with_token_price(evidence, 0.15)):
        for name, cost in evidence.costs.items():
            assert changed.costs[name].model_dump() == pytest.approx(cost.model_dump())


SHARES = st.one_of(st.none(), st.integers(0, 200).map(lambda k: k / 200))


@settings(max_examples=40, deadline=None)
@given(told=st.data())
def test_flips_hold_on_any_evidence(told, make_evidence, policy):
    evidence = make_evidence(
        task=told.draw(st.sampled_from(["labels", "fields"])),
        rows=told.draw(st.sampled_from([100, 240, 2000])),
        target=told.draw(st.integers(100, 200)) / 200,
        prompt=told.draw(SHARES),
        classifier=told.draw(SHARES),
        forecast=told.draw(SHARES),
        today=told.draw(SHARES),
        monthly_requests=told.draw(st.one_of(st.none(), st.integers(0, 10**7))),
        outside_facts=told.draw(st.booleans()),
        facts_change=told.draw(st.sampled_from(["never", "yearly", "monthly", "weekly"])),
        latency=(200.0, told.draw(st.sampled_from([100.0, 250.0, 2000.0]))),
    )
    _hold(evidence, policy)
