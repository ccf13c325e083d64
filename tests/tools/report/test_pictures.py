import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest

from policies.evidence import Score
from tools.assessment import ArmCost, Assessment, ErrorCell
from tools.report import pictures
from tools.report.pictures import (
    Picture,
    cost_picture,
    errors_picture,
    exhaustion_picture,
    flips_picture,
    forgetting_picture,
    gap_picture,
    learning_picture,
    loss_picture,
    trials_picture,
)

Build = Callable[..., Assessment]
Draw = Callable[[Assessment], Picture | None]
PICTURES = (
    gap_picture,
    trials_picture,
    exhaustion_picture,
    errors_picture,
    learning_picture,
    flips_picture,
    forgetting_picture,
    cost_picture,
    loss_picture,
)


def svg_of(draw: Draw, a: Assessment) -> str:
    picture = draw(a)
    assert picture is not None
    return picture.svg()


def test_every_picture_is_tested_here() -> None:
    assert {draw.__name__ for draw in PICTURES} == set(pictures.__all__) - {"Picture"}


@pytest.mark.parametrize("picture", PICTURES)
def test_a_picture_is_one_svg_that_fits_its_column(picture: Draw, labels: Build) -> None:
    svg = svg_of(picture, labels())
    root = ElementTree.fromstring(svg)
    assert root.tag.endswith("svg") and svg.startswith("<svg")
    assert "width" not in root.attrib and "height" not in root.attrib
    assert root.attrib["role"] == "img" and len(root.attrib["aria-label"]) > 20
    assert root[0].tag.endswith("title") and root[0].text
    assert not re.search(r"@\d+@|font-family: |<style|<metadata", svg)


@pytest.mark.parametrize("picture", PICTURES)
def test_a_picture_is_the_same_for_the_same_assessment(picture: Draw, labels: Build) -> None:
    assert svg_of(picture, labels()) == svg_of(picture, labels())


def test_gap_picture_names_each_arm_the_forecast_and_the_target(labels: Build) -> None:
    drawn = _words(svg_of(gap_picture, labels()))
    assert {"Fine-tuned SmolLM2", "Word classifier", "Your prompt"} <= drawn
    assert {"target 90 %", "86.7 % (82–91 %), test"} <= drawn
    assert "Forecast of a fine-tune" not in drawn  # it is measured now
    assert "Forecast of a fine-tune" in _words(svg_of(gap_picture, labels(tuned=None)))


def test_gap_picture_differs_when_a_score_differs(labels: Build) -> None:
    a = labels()
    worse = a.arms[0].model_copy(update={"test": Score(score=0.7, low=0.65, high=0.75, n=300)})
    assert svg_of(gap_picture, a) != svg_of(gap_picture, labels(arms=(worse, *a.arms[1:])))


@pytest.mark.parametrize("target", [0.05, 0.3, 0.995, 1.0])
def test_gap_picture_takes_any_target(target: float, labels: Build) -> None:
    a = labels()
    drawn = svg_of(gap_picture, labels(task=a.task.model_copy(update={"target": target})))
    assert any(word.startswith("target ") for word in _words(drawn))


def test_trials_picture_shows_every_plan_with_its_n(labels: Build) -> None:
    drawn = _words(svg_of(trials_picture, labels()))
    assert {"Think step by step", "31 % of 40 rows", "87.3 % of 300 rows"} <= drawn


def test_cost_picture_marks_volume_and_break_even(labels: Build) -> None:
    drawn = _words(svg_of(cost_picture, labels()))
    assert {"now 50,000", "break-even about 28,000", "Word classifier", "EUR"} <= drawn


def test_cost_picture_needs_no_volume(labels: Build) -> None:
    e = labels().economics.model_copy(
        update={"monthly_requests": None, "break_even_requests": None}
    )
    assert "Word classifier" in _words(svg_of(cost_picture, labels(economics=e)))


def test_pictures_without_anything_to_show_are_empty(labels: Build, minimal: Build) -> None:
    assert [draw(minimal()) for draw in PICTURES] == [None] * len(PICTURES)
    free = ArmCost(per_1000=0, per_month=0, one_off=0)
    e = labels().economics.model_copy(update={"arms": {"Your prompt": free}})
    assert cost_picture(labels(economics=e)) is None


@pytest.mark.parametrize(
    "name",
    ["<script>alert(1)</script>", "$x_1$", "@7@", "日本語 🙂", "a\x1b[31m\u202eb\ufffe", "--"],
)
def test_a_hostile_name_is_drawn_as_text(name: str, labels: Build) -> None:
    a = labels()
    arms = (*a.arms, a.arms[3].model_copy(update={"name": name}))
    costs: dict[str, Any] = a.economics.arms | {name: ArmCost(per_1000=1, per_month=1, one_off=1)}
    e = a.economics.model_copy(update={"arms": costs})
    cells = tuple(
        cell.model_copy(update={"right": name if cell.right == "other" else cell.right})
        for cell in a.prompting.errors
    )
    prompts = a.prompting.model_copy(update={"errors": cells})
    changed = labels(arms=arms, economics=e, prompting=prompts)
    for draw in (gap_picture, cost_picture, errors_picture):
        svg = svg_of(draw, changed)
        ElementTree.fromstring(svg)
        assert not re.search("<script|[\x1b\u202e]", svg)
        assert any(word.startswith(name) for word in _words(svg)) or "␛" in svg


@pytest.mark.parametrize("draw", PICTURES)
@pytest.mark.parametrize("name", ["$x_1$", "日本語 🙂", "@3@"])
def test_a_picture_is_also_a_file_of_pixels(draw: Draw, name: str, labels: Build) -> None:
    a = labels()
    picture = draw(labels(arms=(*a.arms, a.arms[3].model_copy(update={"name": name}))))
    assert picture is not None
    before, image = picture.svg(), picture.png()
    width, height = (int.from_bytes(image[at : at + 4], "big") for at in (16, 20))
    assert image.startswith(b"\x89PNG")
    assert width / height == pytest.approx(picture.size[0] / picture.size[1], rel=0.01)
    assert picture.svg() == before and picture.png() == image


@pytest.mark.parametrize(
    ("draw", "told"),
    [
        (gap_picture, ["target 90 %", "Word classifier 87 % (83–91 %), test"]),
        (trials_picture, ["Your prompt 36.3 % after 30 rows, 39.3 % of 300 rows"]),
        (errors_picture, ["returns came out as billing 21 times", "no valid answer 4 times"]),
        (learning_picture, ["80 % from 150 examples", "91 % expected from 600", "88–94 %"]),
        (flips_picture, ["24 better", "9 worse", "251 right before and after"]),
        (forgetting_picture, ["43 % before, 42 % after"]),
        (cost_picture, ["break-even at about 28,000", "now 50,000"]),
        (loss_picture, ["train from 2.20"]),
        (exhaustion_picture, ["85.3 % after 6, likely 82–89 %"]),
    ],
)
def test_a_picture_says_what_it_shows_in_words(draw: Draw, told: list[str], labels: Build) -> None:
    picture = draw(labels())
    assert picture is not None
    assert all(phrase in picture.alt for phrase in told), picture.alt


@pytest.mark.parametrize("kinds", [2, 9, 10, 11, 40])
def test_errors_of_many_labels_are_gathered(kinds: int, labels: Build) -> None:
    a = labels()
    cells = [
        ErrorCell(right=f"label {n}", given=f"label {n + 1}", count=n + 1) for n in range(kinds)
    ]
    prompts = a.prompting.model_copy(update={"errors": tuple(cells)})
    picture = errors_picture(labels(prompting=prompts))
    assert picture is not None
    drawn = _words(picture.svg())
    assert any(word.startswith(f"label {kinds - 1} ·") for word in drawn)
    assert any(word.startswith("all other labels") for word in drawn) == (kinds > 9)
    assert len({word for word in drawn if "·" in word}) <= 10


def test_fields_are_drawn_with_their_fates(labels: Build) -> None:
    a = labels()
    fates = {"right": 20, "wrong": 5, "missing": 2, "invented": 1}
    cells = tuple(ErrorCell(right="city", given=fate, count=n) for fate, n in fates.items())
    task = a.task.model_copy(update={"type": "fields", "metric": "field_f1"})
    prompts = a.prompting.model_copy(update={"errors": cells})
    picture = errors_picture(labels(task=task, prompting=prompts))
    assert picture is not None
    assert "city 20 right, 5 wrong, 2 missing, 1 invented" in picture.alt
    assert {"city", "right", "invented"} <= _words(picture.svg())


def test_the_team_s_own_prompt_is_in_the_race_however_weak(labels: Build) -> None:
    a = labels()
    own = a.prompting.plans[0].model_copy(update={"name": "yours", "family": "yours", "score": 0.0})
    many = tuple(
        a.prompting.plans[0].model_copy(update={"name": f"plan {n}", "score": n / 100})
        for n in range(30)
    )
    prompts = a.prompting.model_copy(update={"plans": (own, *many)})
    picture = trials_picture(labels(prompting=prompts))
    assert picture is not None
    drawn = _words(picture.svg())
    assert {"yours", "plan 29"} <= drawn and "plan 1" not in drawn
    assert "18 further plans" in picture.alt


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([30] * 12, ""),
        ([30] * 13, "1 further plan is in the table"),
        ([30] * 14, "2 further plans are in the table"),
        ([30] * 12 + [8], "1 further plan, which left early, is in the table"),
        ([30] * 12 + [8, 8], "2 further plans, which left early, are in the table"),
        ([30] * 13 + [8], "2 further plans, 1 of which left early, are in the table"),
    ],
)
def test_only_plans_that_left_early_are_said_to_have(
    rows: list[int], said: str, labels: Build
) -> None:
    one = labels().prompting.plans[0]
    plans = tuple(one.model_copy(update={"name": f"{i}", "n": n}) for i, n in enumerate(rows))
    picture = trials_picture(
        labels(prompting=labels().prompting.model_copy(update={"plans": plans}))
    )
    assert picture is not None
    assert (said in picture.alt) if said else ("further plan" not in picture.alt)


def _words(svg: str) -> set[str]:
    root = ElementTree.fromstring(svg)
    return {element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")}
