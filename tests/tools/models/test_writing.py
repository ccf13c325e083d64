"""Drafts save passes with the real model, and what is written stays the same."""

from collections.abc import Callable

import pytest

from tools.models import writing
from tools.models.local import LocalModel
from tools.models.protocol import Form, Limits, Message

EXAMPLES = """Table for two at seven. -> {"number_of_people": 2, "time_of_arrival": "seven"}
Four of us, at eight. -> {"number_of_people": 4, "time_of_arrival": "eight"}
We are three and come at nine. -> {"number_of_people": 3, "time_of_arrival": "nine"}
Table for five at six. ->"""
FORM = Form("regex", "(fox|dog|river|bank)( (fox|dog|river|bank)){30}")


@pytest.mark.parametrize(
    "limits",
    [
        Limits(40),
        Limits(40, form=FORM),
        Limits(40, temperature=0.7, seed=3),
    ],
)
def test_a_repeated_answer_takes_fewer_passes(
    embedded_model: LocalModel,
    limits: Limits,
    monkeypatch: pytest.MonkeyPatch,
    widths: Callable[[LocalModel], list[int]],
) -> None:
    passes = widths(embedded_model)
    chat = (Message(role="user", content=EXAMPLES),)
    ((_, with_drafts),) = embedded_model.complete([chat], limits)
    fewer = len(passes)
    monkeypatch.setattr(writing, "ROOMY", 0)
    ((_, without),) = embedded_model.complete([chat], limits)
    assert fewer < len(passes) - fewer, (with_drafts.text, without.text)
    if limits.form is not None:  # free text in bf16 may take another turn at a near tie
        assert with_drafts.text == without.text
