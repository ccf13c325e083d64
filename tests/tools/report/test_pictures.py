import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest

from policies.evidence import Score
from tools.assessment import ArmCost, Assessment
from tools.report.pictures import (
    cost_picture,
    exhaustion_picture,
    gap_picture,
    loss_picture,
    trials_picture,
)

Build = Callable[..., Assessment]
PICTURES = (gap_picture, trials_picture, exhaustion_picture, cost_picture, loss_picture)


@pytest.mark.parametrize("picture", PICTURES)
def test_a_picture_is_one_svg_that_fits_its_column(
    picture: Callable[[Assessment], str], labels: Build
) -> None:
    svg = picture(labels())
    root = ElementTree.fromstring(svg)
    assert root.tag.endswith("svg") and svg.startswith("<svg")
    assert "width" not in root.attrib and "height" not in root.attrib
    assert root.attrib["role"] == "img" and len(root.attrib["aria-label"]) > 20
    assert root[0].tag.endswith("title") and root[0].text
    assert not re.search(r"@\d+@|font-family: |<style|<metadata", svg)


@pytest.mark.parametrize("picture", PICTURES)
def test_a_picture_is_the_same_for_the_same_assessment(
    picture: Callable[[Assessment], str], labels: Build
) -> None:
    assert picture(labels()) == picture(labels())


def test_gap_picture_names_each_arm_the_forecast_and_the_target(labels: Build) -> None:
    drawn = _words(gap_picture(labels()))
    assert {"Fine-tuned SmolLM2", "Word classifier", "Your prompt"} <= drawn
    assert {"Forecast of a fine-tune", "target 90 %", "86.7 % (83–91 %), test"} <= drawn


def test_gap_picture_differs_when_a_score_differs(labels: Build) -> None:
    a = labels()
    worse = a.arms[0].model_copy(update={"test": Score(score=0.7, low=0.65, high=0.75, n=300)})
    assert gap_picture(a) != gap_picture(labels(arms=(worse, *a.arms[1:])))


@pytest.mark.parametrize("target", [0.05, 0.3, 0.995, 1.0])
def test_gap_picture_takes_any_target(target: float, labels: Build) -> None:
    a = labels()
    drawn = gap_picture(labels(task=a.task.model_copy(update={"target": target})))
    assert any(word.startswith("target ") for word in _words(drawn))


def test_trials_picture_shows_every_plan_with_its_n(labels: Build) -> None:
    drawn = _words(trials_picture(labels()))
    assert {"Think step by step", "31 %, n = 40", "87.3 %, n = 300"} <= drawn


def test_cost_picture_marks_volume_and_break_even(labels: Build) -> None:
    drawn = _words(cost_picture(labels()))
    assert {"now 50,000", "break-even 27,778", "Word classifier", "EUR"} <= drawn


def test_cost_picture_needs_no_volume(labels: Build) -> None:
    e = labels().economics.model_copy(
        update={"monthly_requests": None, "break_even_requests": None}
    )
    assert "Word classifier" in _words(cost_picture(labels(economics=e)))


def test_pictures_without_anything_to_show_are_empty(labels: Build, minimal: Build) -> None:
    assert [picture(minimal()) for picture in PICTURES] == [""] * len(PICTURES)
    free = ArmCost(per_1000=0, per_month=0, one_off=0)
    e = labels().economics.model_copy(update={"arms": {"Your prompt": free}})
    assert cost_picture(labels(economics=e)) == ""


@pytest.mark.parametrize(
    "name",
    ["<script>alert(1)</script>", "$x_1$", "@7@", "日本語 🙂", "a\x1b[31m\u202eb\ufffe", "--"],
)
def test_a_hostile_name_is_drawn_as_text(name: str, labels: Build) -> None:
    a = labels()
    arms = (*a.arms, a.arms[1].model_copy(update={"name": name}))
    costs: dict[str, Any] = a.economics.arms | {name: ArmCost(per_1000=1, per_month=1, one_off=1)}
    e = a.economics.model_copy(update={"arms": costs})
    for svg in (gap_picture(labels(arms=arms)), cost_picture(labels(economics=e))):
        ElementTree.fromstring(svg)
        assert not re.search("<script|[\x1b\u202e]", svg)
        assert name in _words(svg) or "␛" in svg


def _words(svg: str) -> set[str]:
    root = ElementTree.fromstring(svg)
    return {element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")}
