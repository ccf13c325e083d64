"""How advice is judged by what was measured afterwards."""

import json
import math
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.advice import main
from benchmarks.judgement import Judgement, judge, markdown
from benchmarks.points import net, winkler
from benchmarks.scenarios import Change, Scenario, examples
from policies.limits import TUNED
from policies.policy import load_policy
from policies.recommendation import Verdict
from tests.assessments import labels, score
from tools.assessment import ArmCost, Assessment
from tools.trials.stage import TODAY
from tools.tuning.asking import SHORT

CASE = Scenario(name="case", file="examples.csv")


def judged_alone(scenario: Scenario, a: Assessment) -> Judgement:
    """Judge a scenario that was tuned in its own run."""
    return judge(scenario, a, a, load_policy())


def measured(
    verdict: Verdict, target: float, prompt: float, classifier: float, tune: float
) -> Assessment:
    """A finished run whose arms reached these scores on the locked rows; today's way is unknown."""
    a = labels(verdict=verdict)
    assert a.prompting.best is not None and a.tuned is not None
    best = a.prompting.best.model_copy(update={"test": score(prompt)})
    arms = tuple(
        arm.model_copy(update={"test": score(classifier) if arm.kind == "classifier" else arm.test})
        for arm in a.arms
        if arm.name != TODAY
    )
    return a.model_copy(
        update={
            "arms": arms,
            "task": a.task.model_copy(update={"target": target}),
            "prompting": a.prompting.model_copy(update={"best": best}),
            "tuned": a.tuned.model_copy(update={"test": score(tune)}),
        }
    )


@pytest.mark.parametrize(
    ("verdict", "target", "prompt", "classifier", "tune", "right", "regret"),
    [
        ("adopt_prompt", 0.8, 0.82, 0.7, 0.95, True, 0.0),  # above the target nothing is worth more
        ("adopt_prompt", 0.9, 0.82, 0.7, 0.95, False, 0.08),
        ("adopt_prompt", 0.9, 0.88, 0.7, 0.89, True, 0.01),  # inside the margin
        ("use_classifier", 0.9, 0.7, 0.9, 0.6, True, 0.0),
        ("fine_tune", 0.9, 0.85, 0.8, 0.7, False, 0.15),
        ("fine_tune", 0.8, 0.82, 0.7, 0.82, False, 0.0),  # needless: the prompt is as good
        ("fine_tune", 0.9, 0.7, 0.84, 0.85, False, 0.0),  # the classifier is
        ("fine_tune", 0.9, 0.7, 0.82, 0.85, True, 0.0),
        ("larger_model", 0.9, 0.7, 0.8, 0.85, True, 0.0),
        ("larger_model", 0.9, 0.7, 0.8, 0.9, False, 0.02),
        ("not_enough_evidence", 0.9, 0.7, 0.8, 0.9, None, 0.0),
    ],
)
def test_a_verdict_is_judged_by_the_best_measured_arm(
    verdict: Verdict,
    target: float,
    prompt: float,
    classifier: float,
    tune: float,
    right: bool | None,
    regret: float,
) -> None:
    judged = judged_alone(CASE, measured(verdict, target, prompt, classifier, tune))
    assert judged.right is right
    assert judged.regret == pytest.approx(regret)


@pytest.mark.parametrize(("verdict", "right"), [("fix_data", True), ("adopt_prompt", False)])
def test_what_no_arm_can_show_is_right_by_how_the_scenario_was_made(
    verdict: Verdict, right: bool
) -> None:
    planted = CASE.model_copy(update={"truth": ("fix_data",)})
    assert judged_alone(planted, measured(verdict, 0.8, 0.9, 0.9, 0.9)).right is right


def test_the_forecast_is_held_against_the_tune() -> None:
    a = measured("adopt_prompt", 0.8, 0.82, 0.7, 0.95)
    assert a.forecast is not None and a.tuned is not None
    judged = judged_alone(CASE, a)
    assert judged.error == pytest.approx(a.forecast.score - 0.95)
    assert judged.covered is (a.forecast.low <= 0.95 <= a.forecast.high)
    untuned = judged_alone(CASE, a.model_copy(update={"tuned": None}))
    assert untuned.error is None and untuned.covered is None
    looked_up = SHORT.model_copy(update={"passages": "nearest"})
    with_help = a.model_copy(update={"tuned": a.tuned.model_copy(update={"plan": looked_up})})
    assert judged_alone(CASE, with_help).error is None, "no forecast is of such a tune"
    table = markdown([judged, untuned])
    assert "2 of 2 verdicts right, 0 abstained" in table and "1 different tunes" in table
    interval = (a.forecast.score, a.forecast.low, a.forecast.high)
    assert f"Winkler score {100 * winkler(0.95, interval):.1f}." in table


def test_finished_scenarios_are_not_run_again(tmp_path: Path) -> None:
    listed, done = tmp_path / "list.toml", tmp_path / "out" / "one"
    listed.write_text('[[scenario]]\nname = "one"\nfile = "no such file.csv"\n', encoding="utf-8")
    done.mkdir(parents=True)
    a = measured("adopt_prompt", 0.8, 0.82, 0.7, 0.95)
    (done / "assessment.json").write_text(json.dumps(a.model_dump(mode="json")), encoding="utf-8")
    page, notes = tmp_path / "advice.md", tmp_path / "notes.md"
    notes.write_text("Bank topics were run on a Monday.\n", encoding="utf-8")
    for _ in range(2):  # what was written by hand is kept, once
        main(tmp_path / "out", listed, page=page, notes=notes)
    told = page.read_text(encoding="utf-8")
    assert "| one | `adopt_prompt` | yes |" in told
    assert told.endswith("\n\nBank topics were run on a Monday.\n") and told.count("Monday") == 1


def test_a_tune_made_for_the_same_examples_judges_other_targets(tmp_path: Path) -> None:
    tuned = measured("adopt_prompt", 0.8, 0.82, 0.7, 0.95)
    untuned = measured("adopt_prompt", 0.9, 0.82, 0.7, 0.95).model_copy(update={"tuned": None})
    judged = judge(CASE, untuned, tuned, load_policy())
    assert judged.right is False and judged.regret == pytest.approx(0.08)


@pytest.mark.parametrize(
    ("verdict", "prompt", "months", "right"),
    [
        ("adopt_prompt", 0.82, None, True),
        ("adopt_prompt", 0.82, 3.0, False),  # as good, and its cost comes back in time
        ("adopt_prompt", 0.9, 3.0, True),  # worse than the prompt: it would not be shipped
        ("adopt_prompt", 0.82, 30.0, True),
        ("fine_tune_for_cost", 0.82, 3.0, True),
        ("fine_tune_for_cost", 0.82, 30.0, False),
    ],
)
def test_equals_are_judged_by_what_they_cost(
    verdict: Verdict, prompt: float, months: float | None, right: bool
) -> None:
    a = measured(verdict, 0.8, prompt, 0.7, 0.82)
    assert a.economics is not None
    tuned = ArmCost(per_1000=0.1, per_month=100.0, one_off=900.0, payback_months=months)
    economics = a.economics.model_copy(
        update={"arms": {TUNED: tuned}, "monthly_requests": 1_000_000}
    )
    assert judged_alone(CASE, a.model_copy(update={"economics": economics})).right is right


def test_what_is_outside_the_limits_is_no_rival() -> None:
    """The prompt is as good as the tune, but slower than the team allows."""
    a = measured("fine_tune", 0.8, 0.82, 0.7, 0.82)
    assert judged_alone(CASE, a).right is False
    slow = {"brief": a.brief.model_copy(update={"latency_limit_ms": 0.5})}
    slow["arms"] = tuple(arm.model_copy(update={"p95_ms": 1.0}) for arm in a.arms)
    judged = judged_alone(CASE, a.model_copy(update=slow))
    assert judged.right is True and "prompt" not in judged.measured


@pytest.mark.parametrize(
    ("change", "amount", "column", "same"),
    [("wrong answers", 0.2, "answer", 8), ("answers of today", 0.9, "today", 9)],
)
def test_a_scenario_changes_a_copy_of_its_examples(
    change: Change, amount: float, column: str, same: int, tmp_path: Path
) -> None:
    given = pd.DataFrame({"text": list("abcdefghij"), "answer": ["x", "y"] * 5})
    given.to_csv(tmp_path / "given.csv", index=False)
    scenario = Scenario(name="s", file=str(tmp_path / "given.csv"), change=change, amount=amount)
    changed = pd.read_csv(examples(scenario, tmp_path / "copy"))
    assert (changed[column] == given["answer"]).sum() == same
    assert changed.columns[-1] == "answer"
    fewer = scenario.model_copy(update={"change": "first rows", "amount": 4})
    assert len(pd.read_csv(examples(fewer, tmp_path / "fewer"))) == 4


def test_simpler_forecasts_stand_beside_ours() -> None:
    tunes = [
        judged_alone(
            CASE.model_copy(update={"name": name}), measured("fine_tune", 0.9, prompt, 0.8, tune)
        )
        for name, prompt, tune in (("a", 0.5, 0.7), ("b", 0.6, 0.9))
    ]
    table = markdown(tunes)
    assert tunes[0].forecast is not None
    ours = 100 * (abs(tunes[0].forecast[0] - 0.7) + abs(tunes[0].forecast[0] - 0.9)) / 2
    assert f"same as the classifier: 10.0 points off on 2 of the tunes; ours {ours:.1f}" in table
    assert "the other tunes gained: 10.0 points off" in table  # gains of 20 and 30 points
    rows = [line.split(" | ") for line in table.splitlines() if line[:4] in ("| a ", "| b ")]
    assert [row[-3:-1] for row in rows] == [["+10.0", "+10.0"], ["-10.0", "-10.0"]]
    assert [row[3] for row in rows] == ["10.0", "0.0"]  # regret


def test_what_the_test_sample_adds_to_an_error_is_taken_off() -> None:
    assert net([0.05, -0.03], [0.0, 0.0]) == pytest.approx((0.0017 * 2 / math.pi) ** 0.5)
    assert net([0.05, -0.03], [0.03, 0.03]) == pytest.approx((0.0008 * 2 / math.pi) ** 0.5)
    assert net([0.01, -0.01], [0.03, 0.03]) == 0.0
