"""The answer in short: its title, the next steps, three figures."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from lxml import html

from policies.evidence import Arm
from policies.recommendation import VERDICTS, Outcome, Reason, Use, Verdict
from policies.rules import LIMITS
from tests.assessments import suspect
from tools.assessment import Assessment
from tools.report import words
from tools.report.answer import answer_title, key_figures, next_steps
from tools.report.build import build_html
from tools.trials.plan import OWN
from tools.trials.stage import TODAY

Build = Callable[..., Assessment]


def test_the_title_follows_the_measured_outcome(labels: Build) -> None:
    before = labels(outcome=None, tuned=None)
    assert answer_title(before) == "Fine-tune a model"
    after = labels(outcome=Outcome(use="prompt", text="The tune did not beat the prompt."))
    assert answer_title(after) == "Use the prompt, without a fine-tune"


@pytest.mark.parametrize(("looks_up", "use"), [(True, "prompt"), (False, "prompt"), (True, "none")])
def test_looking_up_is_still_the_advice_after_a_tune_that_failed(
    looks_up: bool, use: Use, labels: Build
) -> None:
    before = labels()
    best = before.prompting.best
    assert best is not None
    arms = [
        arm.model_copy(update={"looks_up": looks_up and arm.name == best.name})
        for arm in before.arms
    ]
    a = labels(verdict="use_retrieval", arms=tuple(arms), outcome=Outcome(use=use, text="It lost."))
    told = (answer_title(a), next_steps(a)) == (words.LOOKED_UP_TITLE, words.LOOKED_UP)
    assert told == (looks_up and use == "prompt")


def _without_today(a: Assessment) -> tuple[Arm, ...]:
    return tuple(arm for arm in a.arms if arm.name != TODAY)


@pytest.mark.parametrize("outcome", [None, Outcome(use="none", text="Keep it.")])
def test_what_people_answer_today_is_kept_by_its_own_score_and_no_price(
    outcome: Outcome | None, labels: Build
) -> None:
    a = labels(verdict="keep_prompt", outcome=outcome)
    assert answer_title(a) == "Keep what you have today"
    score, _, cost = key_figures(a)
    assert (score.label, score.value) == ("Today's answers, right answers", "81.7 %")
    assert cost.value == "not known" and "Ask what today's answers cost" in cost.note
    assert "cost per 1,000" in next_steps(a)[0] and "prompt" not in " ".join(next_steps(a))


def test_a_prompt_of_the_team_s_that_is_kept_is_told_with_its_own_figures(labels: Build) -> None:
    before = labels()
    own = before.prompting.plans[-1].model_copy(update={"family": OWN})
    arms = tuple(
        arm.model_copy(update={"name": f"{own.name} ({own.model})"})
        if arm.name == own.name
        else arm
        for arm in _without_today(before)
    )
    tried = before.prompting.model_copy(update={"plans": (own,)})
    a = labels(verdict="keep_prompt", outcome=None, tuned=None, arms=arms, prompting=tried)
    assert answer_title(a) == "Keep the prompt you have"
    assert next_steps(a) == words.KEPT_PROMPT_STEPS
    assert (key_figures(a)[0].label, key_figures(a)[0].value) == (
        "Your prompt, right answers",
        "39.3 %",
    )


@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_verdict_has_a_title_and_three_steps(verdict: Any, labels: Build) -> None:
    a = labels(verdict=verdict, outcome=None, tuned=None)
    title, steps = words.VERDICT_TITLES[verdict], next_steps(a)
    text = _text(a)
    assert all(phrase in text for phrase in (title, *steps))
    assert len(set(steps)) == 3 and verdict not in text


@pytest.mark.parametrize(("more", "lacks"), [(None, True), (240, False)])
def test_a_missing_forecast_is_not_taken_for_missing_examples(
    more: int | None, lacks: bool, labels: Build
) -> None:
    a = labels(
        verdict="not_enough_evidence", outcome=None, tuned=None, forecast=None, more_examples=more
    )
    text = _text(a)
    assert all(
        (told in text) == lacks for told in (words.UNMEASURED_TITLE, words.UNMEASURED_STEPS[0])
    )
    assert (words.NEXT_STEPS["not_enough_evidence"][0] in text) != lacks


def test_the_rarest_labels_are_named_where_nothing_went_wrong(labels: Build) -> None:
    told = {"verdict": "not_enough_evidence", "outcome": None, "tuned": None, "more_examples": 60}
    before = labels(**told)
    assert "first of the kinds that went wrong." in next_steps(before)[0]
    right = before.prompting.model_copy(update={"mistakes": ()})
    a = labels(**told, prompting=right)
    assert "first of the rarest labels" in next_steps(a)[0]
    none = a.model_copy(update={"data": a.data.model_copy(update={"label_counts": {}})})
    assert next_steps(none)[0].endswith("of every kind that comes up.")


@pytest.mark.parametrize(
    ("metric", "target", "said"),
    [
        ("accuracy", 0.8, "switch only if at least 80 of 100 are right (the target)."),
        ("accuracy", 0.825, "switch only if at least 83 of 100 are right (the target)."),
        ("accuracy", 0.88, "switch only if at least 86 of 100 are right, as here."),
        ("chrf", 0.6, "switch only if they are as good as the target asks."),
    ],
)
def test_the_trial_on_live_requests_has_a_pass_mark(
    metric: str, target: float, said: str, labels: Build
) -> None:
    a = labels(verdict="adopt_prompt", outcome=None, tuned=None)
    task = a.task.model_copy(update={"metric": metric, "target": target})
    assert next_steps(a.model_copy(update={"task": task}))[1].endswith(said)


def test_the_rows_to_fix_are_named_with_the_effort(labels: Build) -> None:
    a = labels(verdict="fix_data", outcome=None, tuned=None)
    rows = tuple(suspect(row, "train", "text", "other") for row in range(75))
    settings = {"label_minutes": 0.5}
    money = a.economics.model_copy(update={"settings": settings})
    told = a.model_copy(update={"suspects": rows, "economics": money})
    first = next_steps(told)[0]
    assert first.endswith("(fix_these_rows.xlsx): 75 rows, about 38 minutes at 0.5 a row.")
    none = a.model_copy(update={"suspects": ()})
    assert next_steps(none) == words.NEXT_STEPS["fix_data"]


def test_a_limit_that_alone_stands_in_the_way_is_told(labels: Build) -> None:
    barred = Reason(rule=LIMITS, outcome="decided", text="It takes too long.")
    a = labels(verdict="not_enough_evidence", outcome=None, tuned=None, reasons=(barred,))
    assert answer_title(a) == "Good enough, but outside your limits"
    assert next_steps(a) == words.BARRED_STEPS


@pytest.mark.parametrize(
    ("verdict", "title"),
    [
        ("larger_model", "Try a larger model"),
        ("fix_data", "Put the examples in order first"),
        ("fine_tune", "Change nothing yet"),
        ("adopt_prompt", "Change nothing yet"),
    ],
)
def test_advice_that_no_tune_could_settle_stands_where_nothing_reached_the_target(
    verdict: Verdict, title: str, labels: Build
) -> None:
    nothing = Outcome(use="none", text="Nothing reaches it.", forecast_error=None)
    a = labels(verdict=verdict, outcome=nothing)
    assert answer_title(a).startswith(title)
    stands = title != "Change nothing yet"
    assert (next_steps(a)[1:] == words.NEXT_STEPS[verdict][1:]) == stands


def test_the_first_figure_is_the_one_that_the_answer_is_about(labels: Build) -> None:
    a = labels(verdict="use_classifier", outcome=None, tuned=None)
    first, tune, cost = key_figures(a)
    assert (first.label, first.value) == ("Classifier, right answers", "87 %")
    assert tune.label == "Fine-tune, forecast" and "Word classifier" in cost.note
    assert key_figures(labels())[0].value == "86.7 %"


def _text(a: Assessment) -> str:
    page = html.document_fromstring(build_html(a)).find("body").text_content()
    return re.sub(r"\s+", " ", page)
