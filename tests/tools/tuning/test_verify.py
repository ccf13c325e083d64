from typing import Any

import pytest

from policies.evidence import Cost, Difference, Forecast, Score
from policies.limits import TUNED
from policies.policy import load_policy
from policies.recommendation import VERDICTS, Use, Verdict
from tests.assessments import tuned
from tests.policies.conftest import _make_evidence
from tools.assessment import FlipCounts
from tools.assessment.tuned import Ratio
from tools.tuning.asking import SHORT
from tools.tuning.verify import (
    Way,
    count_flips,
    judged_anew,
    measured_ways,
    outcome_now,
    outcome_of,
    passes_gate,
)

POLICY = load_policy()
SURE = Difference(value=0.3, low=0.2, high=0.4, p_value=0.01)


FORECAST = Forecast(method="a probe", score=0.9, low=0.8, high=1.0)


def ways_of(prompt: float | None, classifier: float | None, tuned: float) -> list[Way]:
    ways: list[tuple[Use, float | None]]
    ways = [("classifier", classifier), ("prompt", prompt), ("tuned", tuned)]
    return [Way(use, score) for use, score in ways if score is not None]


def score_of(share: float) -> Score:
    return Score(score=share, low=share - 0.02, high=share + 0.02, n=500)


@pytest.mark.parametrize(
    ("value", "low", "for_quality", "for_cost"),
    [
        (0.10, 0.04, True, True),
        (0.10, 0.0, False, True),
        (0.10, -0.01, False, True),
        (0.0, 0.0, False, True),
        (-0.02, -0.08, False, True),
        (0.90 - 0.92, -0.08, False, True),  # a hair more than the margin, by rounding
        (-0.03, -0.08, False, False),
    ],
)
def test_a_gate_depends_on_why_it_was_tuned(
    value: float, low: float, for_quality: bool, for_cost: bool
) -> None:
    difference = Difference(value=value, low=low, high=0.2, p_value=0.01)
    gates = {verdict: passes_gate(verdict, difference, 120, POLICY) for verdict in VERDICTS}
    assert gates.pop("fine_tune_for_cost") == for_cost
    assert set(gates.values()) == {for_quality}


OUTCOMES: list[tuple[float | None, float | None, float, float, Use]] = [
    # prompt, classifier, tuned, target, use
    (0.80, None, 0.92, 0.90, "tuned"),
    (0.80, 0.85, 0.92, 0.90, "tuned"),
    (0.91, None, 0.92, 0.90, "prompt"),
    (0.90, None, 0.92, 0.90, "prompt"),  # within the margin of the best
    (0.89, None, 0.92, 0.90, "tuned"),
    (0.92, 0.91, 0.93, 0.90, "classifier"),
    (0.95, 0.91, 0.93, 0.90, "prompt"),
    (0.95, 0.95, 0.95, 0.90, "classifier"),
    (None, None, 0.92, 0.90, "tuned"),
    (None, 0.91, 0.92, 0.90, "classifier"),
    (0.80, 0.82, 0.86, 0.90, "none"),
    (0.80, 0.82, 0.88, 0.90, "tuned"),  # within the margin below the target
    (0.0, 0.0, 0.0, 0.90, "none"),
]


@pytest.mark.parametrize(("prompt", "classifier", "tuned", "target", "use"), OUTCOMES)
def test_the_cheapest_good_arm_is_used(
    prompt: float | None, classifier: float | None, tuned: float, target: float, use: Use
) -> None:
    ways = ways_of(prompt, classifier, tuned)
    outcome = outcome_of("fine_tune", ways, True, target, FORECAST, POLICY)
    assert outcome.use == use
    assert outcome.forecast_error == pytest.approx(0.9 - tuned)
    assert f"tuned {100 * tuned:.0f} %" in outcome.text
    assert ("Nothing measured reaches the target" in outcome.text) == (use == "none")


def test_without_a_forecast_there_is_no_error_of_it() -> None:
    outcome = outcome_of("fine_tune", [Way("tuned", 0.9)], True, 0.9, None, POLICY)
    assert outcome.forecast_error is None


@pytest.mark.parametrize(
    ("verdict", "prompt", "classifier", "use"),
    [
        ("adopt_prompt", 0.93, 0.96, "prompt"),  # the target is met; the failed tune sets no mark
        ("keep_prompt", 0.93, None, "prompt"),
        ("use_classifier", 0.85, 0.91, "classifier"),
        ("fine_tune", 0.93, 0.92, "classifier"),  # none stands: the cheapest within the margin
        ("larger_model", 0.93, None, "prompt"),
        ("fine_tune", 0.85, 0.80, "none"),
        ("fine_tune", None, None, "none"),
        ("adopt_prompt", None, 0.92, "classifier"),
    ],
)
def test_a_tune_that_failed_is_no_choice_and_earlier_advice_stands(
    verdict: Verdict, prompt: float | None, classifier: float | None, use: Use
) -> None:
    ways = ways_of(prompt, classifier, 0.97)
    outcome = outcome_of(verdict, ways, False, 0.9, None, POLICY)
    assert outcome.use == use
    assert outcome.text.startswith("The fine-tune was not shown to be better than the prompt. ")
    assert "tuned 97 %" in outcome.text


@pytest.mark.parametrize(
    ("rows", "says"),
    [(22, "tried on 22 locked rows, which are too few"), (200, "not shown to be better")],
)
def test_too_few_locked_rows_are_said_to_be_the_reason(rows: int, says: str) -> None:
    ways = ways_of(0.05, 1.0, 1.0)
    outcome = outcome_of("use_classifier", ways, False, 0.9, None, POLICY, rows)
    assert says in outcome.text and outcome.use == "classifier"


@pytest.mark.parametrize(
    ("told", "verdict", "tuned", "shipped", "use"),
    [
        # 690 a month prompted, 42 tuned: the tune is the cheaper one, as the advice said.
        (
            {"task": "fields", "prompt": 0.92, "forecast": 0.91, "monthly_requests": 5_000_000},
            "fine_tune_for_cost",
            0.92,
            True,
            "tuned",
        ),
        # At 2,000 requests the start is all that costs, and a prompt's is the smallest.
        (
            {"task": "fields", "prompt": 0.92, "forecast": 0.91},
            "adopt_prompt",
            0.93,
            True,
            "prompt",
        ),
        # The prompt that is good enough takes too long.
        (
            {"task": "fields", "prompt": 0.91, "forecast": 0.93, "latency": (900.0, 300.0)},
            "fine_tune",
            0.92,
            True,
            "tuned",
        ),
        # The staff are better than both, or as good.
        ({"prompt": 0.8, "forecast": 0.9, "today": 0.905}, "keep_prompt", 0.89, True, "none"),
        ({"prompt": 0.8, "forecast": 0.9, "today": 0.905}, "keep_prompt", 0.89, False, "none"),
        ({"prompt": 0.8, "forecast": 0.9, "today": 0.7}, "fine_tune", 0.91, True, "tuned"),
        ({"prompt": 0.91, "own_prompt": True}, "keep_prompt", 0.93, False, "prompt"),
    ],
)
def test_costs_limits_and_what_is_there_today_count_after_a_tune_too(
    told: dict[str, Any], verdict: Verdict, tuned: float, shipped: bool, use: Use
) -> None:
    evidence = _make_evidence(**told)
    ways = measured_ways(evidence, score_of(told["prompt"]), score_of(tuned), POLICY)
    outcome = outcome_of(verdict, ways, shipped, 0.9, evidence.forecast, POLICY)
    assert outcome.use == use, outcome.text
    assert ("keep what you have today" in outcome.text.lower()) == (use == "none")


@pytest.mark.parametrize(("fixed", "p_value", "ships"), [(4, 0.125, False), (8, 0.008, True)])
def test_a_gain_of_a_few_rows_is_no_proof(fixed: int, p_value: float, ships: bool) -> None:
    gain = Difference(value=fixed / 500, low=0.001, high=0.02, p_value=p_value, fixed=fixed)
    assert passes_gate("fine_tune", gain, 500, POLICY) == ships


@pytest.mark.parametrize(
    ("prose", "lost", "alone", "replacing"),
    [
        (1.0, 0.0, True, True),
        (1.09, -0.02, True, True),
        (1.11, 0.0, True, False),
        (1.0, -0.03, True, False),
        (1.3, -0.2, True, False),
    ],
)
def test_forgetting_blocks_only_what_is_to_replace_the_base(
    prose: float, lost: float, alone: bool, replacing: bool
) -> None:
    ratio = Ratio(value=prose, low=prose, high=prose)
    kept = Difference(value=lost, low=lost, high=0, p_value=1)
    changes = {"asked": 314, "difference": kept, "prose_ratio": ratio, "answers_ratio": ratio}
    part = tuned()
    part = part.model_copy(update={"forgetting": part.forgetting.model_copy(update=changes)})
    found = {
        replaces: judged_anew(part, "fine_tune", POLICY, replaces) for replaces in (False, True)
    }
    assert (found[False].shipped, found[True].shipped) == (alone, replacing)
    assert found[True].forgetting.passed == replacing
    assert "for this task alone" in found[False].forgetting.text
    assert "limits are stricter" in found[True].forgetting.text
    evidence = _make_evidence(prompt=0.8, forecast=0.9)
    brief = evidence.brief.model_copy(update={"replaces_base": True})
    wanted = evidence.model_copy(update={"brief": brief})
    outcome = outcome_now(found[True], "fine_tune", wanted, score_of(0.8), POLICY)
    assert (outcome.use == "tuned") == replacing
    assert ("forgotten too much" in outcome.text) == (not replacing)
    assert ("forgotten too much" in found[True].text) == (not replacing)


def test_the_forecast_is_of_a_tune_that_is_asked_briefly() -> None:
    evidence = _make_evidence(prompt=0.8, forecast=0.9)
    for plan, compared in ((SHORT, True), (SHORT.model_copy(update={"shots": "nearest"}), False)):
        part = tuned().model_copy(update={"plan": plan})
        outcome = outcome_now(part, "fine_tune", evidence, score_of(0.8), POLICY)
        assert (outcome.forecast_error is not None) is compared


def test_every_verdict_is_known_to_the_gate() -> None:
    verdict: Verdict
    for verdict in VERDICTS:
        assert passes_gate(verdict, SURE, 120, POLICY)


@pytest.mark.parametrize(("rows", "ships"), [(0, False), (29, False), (30, True)])
def test_few_test_rows_ship_nothing(rows: int, ships: bool) -> None:
    assert {passes_gate(verdict, SURE, rows, POLICY) for verdict in VERDICTS} == {ships}


def test_rows_that_judged_another_tune_prove_none() -> None:
    ways = [Way("prompt", 0.7), Way("tuned", 0.95)]
    for used in (0, 1, 2):
        assert passes_gate("fine_tune", SURE, 120, POLICY, used=used) == (used == 0)
        outcome = outcome_of("fine_tune", ways, not used, 0.9, None, POLICY, 120, used=used)
        assert (outcome.use == "tuned") == (used == 0)
        assert ("had judged" in outcome.text) == (used > 0)


def test_rows_are_counted_by_what_became_of_them() -> None:
    before, after = [0, 0, 0, 1, 1, 0.5, 0.5, 0.5], [1, 1, 0, 0, 1, 0.5, 0.75, 0.25]
    counted = count_flips(before, after)
    assert counted == FlipCounts(fixed=3, broken=2, kept_right=1, kept_wrong=2)


@pytest.mark.parametrize(
    ("verdict", "rows", "high", "says"),
    [
        ("use_retrieval", 24, -0.08, "scored 25 points below the prompt on 24 locked rows (58.3 "),
        ("fine_tune", 200, -0.08, "scored 25 points below the prompt on 200 locked rows (58.3 "),
        ("use_retrieval", 24, 0.01, "tried on 24 locked rows, which are too few"),
    ],
)
def test_a_tune_that_is_clearly_worse_is_told_so_whatever_the_rows(
    verdict: Verdict, rows: int, high: float, says: str
) -> None:
    lost = Difference(value=-0.25, low=-0.42, high=high, p_value=0.03, broken=6)
    ways = [Way("prompt", 20 / 24), Way("tuned", 14 / 24)]
    outcome = outcome_of(verdict, ways, False, 0.7, None, POLICY, rows, difference=lost)
    assert says in outcome.text and outcome.use == "prompt"
    part = tuned().model_copy(
        update={"difference": lost, "test": Score(score=14 / 24, low=0.4, high=0.8, n=rows)}
    )
    told = judged_anew(part, verdict, POLICY).text
    assert ("clearly worse" in told) == (high < 0)
    assert "−25 points against the best prompt (−42 to" in told


def test_a_little_worse_is_not_the_reason_where_a_saving_allows_it() -> None:
    lost = Difference(value=-0.01, low=-0.015, high=-0.005, p_value=0.03)
    ways = [Way("prompt", 0.92), Way("tuned", 0.91)]
    outcome = outcome_of("fine_tune_for_cost", ways, False, 0.9, None, POLICY, 24, difference=lost)
    assert "24 locked rows, which are too few" in outcome.text


@pytest.mark.parametrize(
    ("changes", "use", "says"),
    [
        ({}, "tuned", "use the tuned model"),
        ({"slow_ms": 400.0}, "tuned", "use the tuned model"),
        ({"slow_ms": 900.0}, "classifier", "cannot be used: one answer in twenty takes 900 ms"),
        ({"cost": Cost(per_1000=2.0)}, "classifier", "a month costs 2,000 and the budget is 100"),
    ],
)
def test_a_tune_is_judged_by_the_time_and_cost_it_turned_out_to_have(
    changes: dict[str, Any], use: Use, says: str
) -> None:
    evidence = _make_evidence(
        prompt=0.8,
        classifier=0.89,
        forecast=0.93,
        monthly_requests=1_000_000,
        latency=(100.0, 500.0),
        budget=100.0,
    )
    evidence = evidence.model_copy(update={"costs": {TUNED: Cost(per_1000=0.01)}})
    part = tuned().model_copy(update={"test": score_of(0.93), **changes})
    outcome = outcome_now(part, "fine_tune", evidence, score_of(0.8), POLICY)
    assert outcome.use == use and says in outcome.text[:1].lower() + outcome.text[1:]
