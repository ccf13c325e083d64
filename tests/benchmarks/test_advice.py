"""How advice is judged by what was measured afterwards."""

import json
from pathlib import Path

import pytest

from benchmarks.advice import Scenario, judge, main, markdown
from policies.recommendation import Verdict
from tests.assessments import labels, score
from tools.assessment import Assessment

MARGIN = 0.02
CASE = Scenario(name="case", file="examples.csv")


def measured(
    verdict: Verdict, target: float, prompt: float, classifier: float, tune: float
) -> Assessment:
    """A finished run whose arms reached these scores on the locked rows."""
    a = labels(verdict=verdict)
    assert a.prompting.best is not None and a.tuned is not None
    best = a.prompting.best.model_copy(update={"test": score(prompt)})
    arms = tuple(
        arm.model_copy(update={"test": score(classifier) if arm.kind == "classifier" else arm.test})
        for arm in a.arms
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
        ("fine_tune", 0.9, 0.7, 0.8, 0.85, True, 0.0),
        ("fine_tune", 0.9, 0.85, 0.8, 0.7, False, 0.15),
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
    judged = judge(CASE, measured(verdict, target, prompt, classifier, tune), MARGIN)
    assert judged.right is right
    assert judged.regret == pytest.approx(regret)


@pytest.mark.parametrize(("verdict", "right"), [("fix_data", True), ("adopt_prompt", False)])
def test_what_no_arm_can_show_is_right_by_how_the_scenario_was_made(
    verdict: Verdict, right: bool
) -> None:
    planted = CASE.model_copy(update={"truth": ("fix_data",)})
    assert judge(planted, measured(verdict, 0.8, 0.9, 0.9, 0.9), MARGIN).right is right


def test_the_forecast_is_held_against_the_tune() -> None:
    a = measured("adopt_prompt", 0.8, 0.82, 0.7, 0.95)
    assert a.forecast is not None
    judged = judge(CASE, a, MARGIN)
    assert judged.error == pytest.approx(a.forecast.score - 0.95)
    assert judged.covered is (a.forecast.low <= 0.95 <= a.forecast.high)
    untuned = judge(CASE, a.model_copy(update={"tuned": None}), MARGIN)
    assert untuned.error is None and untuned.covered is None
    table = markdown([judged, untuned])
    assert "2 of 2 verdicts right, 0 abstained" in table and "over 1;" in table


def test_finished_scenarios_are_not_run_again(tmp_path: Path) -> None:
    listed, done = tmp_path / "list.toml", tmp_path / "out" / "one"
    listed.write_text('[[scenario]]\nname = "one"\nfile = "no such file.csv"\n', encoding="utf-8")
    done.mkdir(parents=True)
    a = measured("adopt_prompt", 0.8, 0.82, 0.7, 0.95)
    (done / "assessment.json").write_text(json.dumps(a.model_dump(mode="json")), encoding="utf-8")
    main(tmp_path / "out", listed, tmp_path / "advice.md")
    assert "| one | `adopt_prompt` | yes |" in (tmp_path / "advice.md").read_text(encoding="utf-8")
