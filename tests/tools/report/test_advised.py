"""Which way is bold in the first picture, and what stands above it."""

from typing import Any

import pytest

from policies.evidence import Difference, Retrieval
from policies.limits import TUNED
from policies.recommendation import Outcome
from tests.assessments import ARMS, labels, minimal
from tools.assessment import Assessment
from tools.report.advised import advised
from tools.report.contents import conclusion, gap_illustration
from tools.report.document import words_of
from tools.report.pictures.scores import gap_key
from tools.trials.stage import TODAY

PROMPT, OWN, NOW, WORDS, MOST, TUNE = (arm.name for arm in ARMS)
LOOKS = Retrieval(
    documents=3,
    passages=9,
    arm=OWN,
    without=PROMPT,
    score=0.8,
    score_without=0.7,
    rows=30,
    gain=Difference(value=0.1, low=0.05, high=0.15, p_value=0.001),
)


def before(verdict: str, *left_out: str, **changes: Any) -> Assessment:
    """A run before any tune, without some of the arms."""
    arms = tuple(arm for arm in ARMS if arm.kind != "tuned" and arm.name not in left_out)
    return labels(**{"verdict": verdict, "outcome": None, "tuned": None, "arms": arms} | changes)


def after(verdict: str, use: Any, **changes: Any) -> Assessment:
    return labels(verdict=verdict, outcome=Outcome(use=use, text=""), **changes)


@pytest.mark.parametrize(
    ("a", "name"),
    [
        (before("adopt_prompt"), PROMPT),
        (before("keep_prompt"), TODAY),
        (before("keep_prompt", TODAY), PROMPT),
        (before("use_classifier"), WORDS),
        (before("fine_tune"), TUNED),
        (before("fine_tune_for_cost"), TUNED),
        (before("larger_model"), ""),
        (before("fix_data"), ""),
        (before("not_enough_evidence"), ""),
        (before("use_retrieval"), ""),
        (before("use_retrieval", retrieval=LOOKS), OWN),
        (after("use_retrieval", "none", retrieval=LOOKS), OWN),
        (after("fine_tune", "tuned"), TUNE),
        (after("fine_tune", "prompt"), PROMPT),
        (after("fine_tune", "classifier"), WORDS),
        (after("fine_tune", "none"), ""),
        (minimal(), ""),
    ],
)
def test_the_advised_way_is_the_one_that_the_answer_is_about(a: Assessment, name: str) -> None:
    assert advised(a) == name


def test_the_team_s_own_prompt_is_kept_where_it_is_the_advice() -> None:
    plan = labels().prompting.plans[-1].model_copy(update={"family": "yours", "name": "mine"})
    own = f"mine ({plan.model})"
    arms = (ARMS[0], ARMS[1].model_copy(update={"name": own}))
    prompting = labels().prompting.model_copy(update={"plans": (plan,)})
    assert advised(before("keep_prompt", arms=arms, prompting=prompting)) == own


@pytest.mark.parametrize(
    ("a", "told"),
    [
        (
            after("fine_tune", "tuned"),
            f"The advised way, “{TUNE}”, reaches 91.7 % on test, which meets the target of 90 %.",
        ),
        (
            before("adopt_prompt"),
            f"The advised way, “{PROMPT}”, reaches 86.7 % on test, 3.3 points below the target of "
            "90 %.",
        ),
        (
            before("fine_tune"),
            "The advised fine-tune is forecast at 91 %, which meets the target of 90 %.",
        ),
        (
            before("not_enough_evidence"),
            f"No measured way is advised. The best score on test is that of “{WORDS}”: 87 %, "
            "3 points below the target of 90 %.",
        ),
        (minimal(), ""),
    ],
)
def test_the_picture_has_a_conclusion(a: Assessment, told: str) -> None:
    assert words_of(conclusion(a)).replace("\xa0", " ") == told


def test_a_score_on_dev_is_not_called_the_best_beside_one_on_test() -> None:
    lucky = ARMS[1].model_copy(update={"dev": ARMS[1].dev.model_copy(update={"score": 0.99})})
    a = before("not_enough_evidence", arms=(ARMS[0], lucky))
    assert PROMPT in words_of(conclusion(a))


@pytest.mark.parametrize(
    ("a", "key"),
    [
        (
            labels(),
            "circle: prompt, square: classifier, triangle: baseline, diamond: fine-tuned model, "
            "bold: what is advised",
        ),
        (
            before("not_enough_evidence", WORDS, NOW, MOST),
            "circle: prompt, upright line: forecast",
        ),
    ],
)
def test_the_marks_are_explained_in_words(a: Assessment, key: str) -> None:
    assert gap_key(a) == key
    drawn = gap_illustration(a)
    assert drawn is not None and drawn.note.endswith(key)


@pytest.mark.parametrize(
    ("a", "bold"),
    [
        (after("fine_tune", "classifier"), [WORDS]),
        (before("adopt_prompt"), [PROMPT]),
        (before("fine_tune"), ["Forecast of a fine-tune"]),
        (before("fix_data"), []),
    ],
)
def test_only_the_advised_way_is_bold(a: Assessment, bold: list[str]) -> None:
    drawn = gap_illustration(a)
    assert drawn is not None
    found = drawn.picture.svg()
    names = [arm.name for arm in a.arms] + ["Forecast of a fine-tune"]
    heavy = [
        line for line in found.splitlines() if "font: bold" in line or "font-weight: 7" in line
    ]
    assert [name for name in names if any(name in line for line in heavy)] == bold
