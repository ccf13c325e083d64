"""Flip points: at the threshold the verdict is the one named, just before it is still today's."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.decide import verdict_of
from policies.flips import DIGITS, find_flips

GOOD = {"prompt": 0.92, "classifier": 0.91, "forecast": 0.9}
FIELDS = {"task": "fields", "prompt": 0.92, "forecast": 0.91}
NEEDED = {"prompt": 0.8, "classifier": 0.84, "forecast": 0.91}

# told → every flip as (quantity, which way, threshold, verdict); volumes to three digits.
EXPECTATIONS = {
    "low volume": (
        GOOD,
        [("target", 1, 0.95, "larger_model"), ("monthly_requests", 1, 242e3, "use_classifier")],
    ),
    "high volume": (
        GOOD | {"monthly_requests": 5_000_000},
        [("target", 1, 0.94, "adopt_prompt"), ("monthly_requests", -1, 242e3, "adopt_prompt")],
    ),
    "unknown volume": (
        FIELDS | {"monthly_requests": None},
        [("target", 1, 0.95, "larger_model")]
        + [("monthly_requests", 1, 514e3, "fine_tune_for_cost")],
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
        {"prompt": 0.85, "contradictions": 40, "ceiling": 0.89},
        [("target", -1, 0.89, "larger_model")],
    ),
}


def _at(evidence, policy, quantity, value):
    value = round(value) if quantity == "monthly_requests" else value
    brief = evidence.brief.model_copy(update={quantity: value})
    return verdict_of(evidence.model_copy(update={"brief": brief}), policy)


def _hold(evidence, policy):
    """Check all flips of some evidence against the bare decision."""
    now, flips = verdict_of(evidence, policy), find_flips(evidence, policy)
    for flip in flips:
        told = getattr(evidence.brief, flip.quantity)
        assert flip.current == told
        assert flip.verdict != now
        assert _at(evidence, policy, flip.quantity, flip.threshold) == flip.verdict
        before = _just_before(flip)
        assert _at(evidence, policy, flip.quantity, before) == now
    ways = [(flip.quantity, flip.threshold > (flip.current or 0)) for flip in flips]
    assert len(ways) == len(set(ways))


def _just_before(flip):
    """The value beside the threshold, on today's side, as fine as the search is."""
    sign = 1 if flip.threshold > (flip.current or 0) else -1
    if flip.quantity == "target":
        step = min(0.01, abs(flip.threshold - (flip.current or 0)))
        return round(flip.threshold - sign * step, 4)
    step = max(1.0, 1.5 * flip.threshold / 10**DIGITS)
    return flip.threshold - sign * min(step, abs(flip.threshold - (flip.current or 0)))


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
    )
    _hold(evidence, policy)
