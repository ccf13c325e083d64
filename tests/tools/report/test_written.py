"""The section on how texts are written: for text tasks alone, and honest about its limits."""

from typing import Any

import pytest

from tests.assessments import labels
from tools.assessment import (
    Assessment,
    FactsPart,
    Preference,
    Share,
    WritingFigures,
    WritingPart,
)
from tools.report.build import build_html, build_markdown
from tools.report.written import TITLE

HOSTILE = "<b>name</b>"


def _figures(arm: str, share: float) -> WritingFigures:
    low, high = max(0.0, share - 0.05), min(1.0, share + 0.05)
    return WritingFigures(
        arm=arm,
        part="dev",
        texts=40,
        facts=200,
        left_out=Share(value=share, low=low, high=high),
        inventing=Share(value=share / 2, low=0.0, high=high),
        invented=3,
        terms=1.5,
        terms_used=9,
    )


def _text_run(**changes: Any) -> Assessment:
    writing = WritingPart(
        text="The best prompt leaves out 12 % of the facts of its inputs, your own answers 9 %.",
        facts=FactsPart(
            form="key[value]",
            keys=(HOSTILE,),
            learned={f"{HOSTILE}: no": ("not_friendly", "adult")},
            uncounted=("terrace: yes",),
        ),
        terms=("cosy", "hand made"),
        figures=(_figures("your own answers", 0.09), _figures("plain (SmolLM2)", 0.12)),
    )
    return labels().model_copy(update={"writing": writing, **changes})


@pytest.fixture
def page() -> str:
    return build_html(_text_run()).replace("\u00a0", " ")


def test_the_sentence_the_table_and_the_limits_are_there(page: str) -> None:
    for part in (TITLE, "12 %", "9 %", "of 200", "9 of 2 at all", "decide nothing"):
        assert part in page
    assert "not … friendly" in page and "terrace: yes" in page


def test_names_from_outside_are_shown_as_text(page: str) -> None:
    assert HOSTILE not in page and "&lt;b&gt;name" in page


def test_a_task_without_texts_has_no_such_section() -> None:
    assert TITLE not in build_html(labels())


def test_blind_pairs_are_told_with_their_interval() -> None:
    found = Preference(
        one="plain", other="today's answers", wins=12, losses=5, ties=3,
        share=12 / 17, low=0.47, high=0.87, p_value=0.14,
    )  # fmt: skip
    text = build_markdown(_text_run(preferences=(found,)))
    assert "better in 12" in text and "47–87" in text and "may well be luck" in text


def test_house_terms_are_left_out_with_the_examples() -> None:
    assert "hand made" in build_html(_text_run())
    hidden = build_html(_text_run(), examples=False)
    assert not any(part in hidden for part in ("hand made", "terrace: yes", "adult"))
    assert "1 value is" in hidden and "1 key or value is not counted" in hidden
