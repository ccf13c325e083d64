"""What holds for any evidence: one verdict, no reversal, nothing irrelevant decides."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.contenders import prompt_is_enough
from policies.decide import recommend, verdict_of
from policies.evidence import Forecast
from policies.recommendation import VERDICTS
from policies.regret import Estimate, expected_excess, expected_loss

SHARES = st.integers(0, 200).map(lambda k: k / 200)
MILLISECONDS = st.floats(1, 5000)
TARGETS = st.integers(1, 200).map(lambda k: k / 200)
CLOSE = st.integers(168, 192).map(lambda k: k / 200)  # 84 to 96 %
SCORES = st.one_of(st.none(), SHARES, CLOSE)
# Two different values, the lower first.
PAIRS = st.lists(st.one_of(SHARES, CLOSE), min_size=2, max_size=2, unique=True).map(sorted)
PROMPTED = ("keep_prompt", "adopt_prompt")


@st.composite
def tellings(draw, scores=SCORES):
    """Arguments of the factory, many of them with scores near a target of 90 %."""
    rows = draw(st.one_of(st.integers(4, 4000), st.sampled_from([400, 2000])))
    return {
        "task": draw(st.sampled_from(["labels", "fields", "number", "text"])),
        "rows": rows,
        "target": draw(st.one_of(TARGETS, st.just(0.9))),
        "prompt": draw(scores),
        "classifier": draw(scores),
        "forecast": draw(scores),
        "today": draw(scores),
        "own_prompt": draw(st.booleans()),
        "monthly_requests": draw(st.one_of(st.none(), st.integers(0, 10**8))),
        "contradictions": draw(st.one_of(st.just(0), st.integers(0, rows))),
        "outside_facts": draw(st.booleans()),
        "facts_change": draw(st.sampled_from(["never", "yearly", "weekly", "daily"])),
        "beyond_labels": draw(st.booleans()),
        "larger_measured": draw(st.booleans()),
        "prices": draw(st.booleans()),
        "documents": draw(scores),
        "formal": draw(st.booleans()),
        "label_errors": draw(st.one_of(st.just(0), st.integers(0, rows))),
        "latency": draw(st.one_of(st.none(), st.tuples(MILLISECONDS, MILLISECONDS))),
        "budget": draw(st.one_of(st.none(), st.floats(0, 1000))),
    }


def _rule(found, name):
    return next(reason for reason in found.reasons if reason.rule == name)


@settings(max_examples=120, deadline=None)
@given(told=tellings())
def test_total(told, make_evidence, policy):
    evidence = make_evidence(**told)
    found = recommend(evidence, policy)
    assert found.verdict in VERDICTS
    assert found.verdict == verdict_of(evidence, policy)
    assert [reason.outcome for reason in found.reasons].count("decided") == 1
    assert found.headline and found.confidence and found.ask_again
    assert (found.more_examples is None) or found.verdict == "not_enough_evidence"
    if found.more_examples is not None:
        assert 0 < found.more_examples


@settings(max_examples=120, deadline=None)
@given(told=tellings(), prompts=PAIRS)
def test_a_better_prompt_never_calls_for_a_tune(told, prompts, make_evidence, policy):
    before, after = (verdict_of(make_evidence(**told | {"prompt": p}), policy) for p in prompts)
    assert not (before in PROMPTED and after == "fine_tune")
    if before == "keep_prompt":  # a better prompt may replace today's, no more than that
        assert after in (*PROMPTED, "use_classifier", "fine_tune_for_cost", "not_enough_evidence")


@settings(max_examples=120, deadline=None)
@given(told=tellings(), targets=PAIRS.filter(lambda pair: pair[0] > 0))
def test_a_higher_target_never_makes_a_prompt_enough(told, targets, make_evidence, policy):
    before, after = (make_evidence(**told | {"target": target}) for target in targets)
    assert prompt_is_enough(before, policy) or not prompt_is_enough(after, policy)
    for name in ("present_prompt_is_enough", "prompt_is_enough"):
        met = ("decided", "agreed", "outranked")
        if _rule(recommend(after, policy), name).outcome in met:
            assert _rule(recommend(before, policy), name).outcome in met


@settings(max_examples=120, deadline=None)
@given(told=tellings(), forecasts=PAIRS)
def test_a_better_forecast_never_speaks_against_a_tune(told, forecasts, make_evidence, policy):
    before, after = (verdict_of(make_evidence(**told | {"forecast": f}), policy) for f in forecasts)
    if before in ("fine_tune", "fine_tune_for_cost"):
        assert after in ("fine_tune", "fine_tune_for_cost")


@settings(max_examples=120, deadline=None)
@given(told=tellings(), data=st.data())
def test_nothing_irrelevant_decides(told, data, make_evidence, policy):
    evidence = make_evidence(**told | {"latency": None})  # times matter beside a limit alone
    milliseconds = data.draw(st.floats(0, 1e5))
    renamed = {"p50_ms": milliseconds, "prompt_tokens": 7.0, "note": "sends examples along"}
    arms = [arm.model_copy(update=renamed) for arm in evidence.arms]
    changed = evidence.model_copy(
        update={
            "arms": tuple(data.draw(st.permutations(arms))),
            "costs": dict(data.draw(st.permutations(list(evidence.costs.items())))),
            "brief": evidence.brief.model_copy(update={"task": "Sort tickets", "prompt": "Sort."}),
            "data": evidence.data.model_copy(update={"notes": ("a note",), "dropped": 3}),
        }
    )
    assert recommend(changed, policy) == recommend(evidence, policy)


@settings(max_examples=60, deadline=None)
@given(told=tellings())
def test_trials_cut_short_are_said_and_decide_nothing(told, make_evidence, policy):
    evidence = make_evidence(**told)
    cut = recommend(evidence.model_copy(update={"exhausted": False}), policy)
    assert cut.verdict == recommend(evidence, policy).verdict
    if cut.verdict == "fine_tune":
        assert "not tried to its end" in " ".join(reason.text for reason in cut.reasons)


@settings(max_examples=120, deadline=None)
@given(told=tellings(scores=CLOSE), pair=PAIRS)
def test_a_dearer_tune_never_beats_a_classifier_as_good(told, pair, make_evidence, policy):
    tied = {"beyond_labels": False, "forecast": pair[0], "classifier": pair[1]}
    verdict = verdict_of(make_evidence(**told | tied), policy)
    assert verdict not in ("fine_tune", "fine_tune_for_cost")


def test_the_spread_of_an_interval_cut_off_at_the_end_of_the_scale_is_that_of_its_other_half():
    whole = Forecast(method="probe", score=0.7, low=0.6, high=0.8)
    top = whole.model_copy(update={"score": 0.97, "low": 0.87, "high": 1.0})
    bottom = whole.model_copy(update={"score": 0.02, "low": 0.0, "high": 0.12})
    spreads = [Estimate.of(each).sd for each in (whole, top, bottom)]
    assert spreads == pytest.approx([0.1 / 1.2816] * 3, rel=1e-4)


@settings(max_examples=120, deadline=None)
@given(a=SHARES, b=SHARES, target=TARGETS, spread=st.floats(0, 0.2))
def test_expected_loss(a, b, target, spread):
    """At least the difference of the means up to the target, at most what the chosen one lacks."""
    chosen, rival = (Estimate(mean=mean, sd=spread, sampled=spread) for mean in (a, b))
    found = expected_loss(chosen, rival, target)
    mine, other = (each.mean - expected_excess(each, target) for each in (chosen, rival))
    assert max(0.0, other - mine) - 1e-6 <= found <= target - mine + 1e-6
    alone = Estimate(mean=b, sd=0.0, sampled=0.0)
    sure = Estimate(mean=a, sd=0.0, sampled=0.0)
    assert expected_loss(sure, alone, target) == pytest.approx(
        max(0.0, min(b, target) - min(a, target)), abs=1e-9
    )


def test_expected_loss_is_that_of_drawn_scores():
    rng = np.random.default_rng(5)
    chosen = Estimate(mean=0.86, sd=0.03, sampled=0.03)
    rival = Estimate(mean=0.84, sd=0.08, sampled=0.02)
    drawn = (rng.normal(each.mean, each.sd, 400_000) for each in (chosen, rival))
    mine, other = (np.minimum(scores, 0.88) for scores in drawn)
    mean = np.maximum(0, other - mine).mean()
    assert expected_loss(chosen, rival, 0.88) == pytest.approx(mean, rel=0.01)
