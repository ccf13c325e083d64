from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from tools.models.local import LocalModel
from tools.models.protocol import Limits, Message
from tools.tuning.job import Scoring, chat_row
from tools.tuning.judge import Judge

ASKED = [(Message(role="user", content=f"{'word ' * (n % 7)}number {n}"),) for n in range(160)]
TOKENS = 5


@pytest.fixture(scope="module")
def answered(tiny: Path) -> tuple[Any, Any, list[dict[str, Any]]]:
    """The tiny model, its tokenizer, and rows whose right answer is what it says when served."""
    with pytest.MonkeyPatch.context() as patch:  # in bf16 rounding decides some tokens
        patch.setattr("tools.models.numbers.compute_dtype", lambda: (torch.float32, "for the test"))
        served = LocalModel(tiny, "tiny")
    replies = sorted(served.complete(ASKED, Limits(TOKENS)))
    # The tiny model ends its turns with ordinary words, which real ones do not.
    rows = [chat_row(ASKED[n], reply.text) for n, reply in replies if reply.finish == "length"]
    model: Any = AutoModelForCausalLM.from_pretrained(tiny, dtype=served.dtype)
    return model.train(), AutoTokenizer.from_pretrained(tiny), rows


def test_a_model_is_judged_by_what_it_would_say_when_served(
    answered: tuple[Any, Any, list[dict[str, Any]]],
) -> None:
    model, tokenizer, rows = answered
    assert len(rows) > 64  # more than a batch
    scoring = Scoring(type="text", metric="chrf", answer_tokens=TOKENS)
    assert Judge(tokenizer, rows, scoring).score(model) == 1
    swapped = [{**row, "completion": rows[n - 1]["completion"]} for n, row in enumerate(rows)]
    assert Judge(tokenizer, swapped, scoring).score(model) < 0.5


def test_replies_are_read_by_the_one_rule(answered: tuple[Any, Any, list[dict[str, Any]]]) -> None:
    model, tokenizer, rows = answered
    labels = tuple(dict.fromkeys(row["completion"][0]["content"] for row in rows))
    scoring = Scoring(type="labels", metric="accuracy", labels=labels, answer_tokens=TOKENS)
    assert Judge(tokenizer, rows, scoring).score(model) > 0.9
    unknown = scoring.model_copy(update={"labels": ("buy", "sell")})
    assert Judge(tokenizer, rows, unknown).score(model) == 0
