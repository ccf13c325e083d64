"""A training in two halves computes what the whole model does."""

from pathlib import Path
from typing import Any

import bitsandbytes as bnb
import pytest
import torch
from peft import get_peft_model

from tools.tuning.frozen import Halves
from tools.tuning.recipe import Recipe
from tools.tuning.trainer import adapter_settings, load_quantised

RECIPE = Recipe(learning_rate=1.0, rank=4, frozen=0.5)
SHARED = list(range(10, 30))
ROWS = [SHARED + [40 + row] * (row + 2) for row in range(5)]


@pytest.fixture
def model(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("tools.models.numbers.number_format", lambda: ("float32", "exact"))
    torch.manual_seed(0)
    loaded = load_quantised(str(tiny), RECIPE)
    adapted = get_peft_model(loaded, adapter_settings(RECIPE, 2))
    for name, parameter in adapted.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.05)
    return adapted


def places(rows: list[list[int]]) -> list[tuple[int, int]]:
    """The last token of the shared part and all of each row's own."""
    return [(at, n) for at, row in enumerate(rows) for n in range(len(SHARED) - 1, len(row))]


def gradients(model: Any, logits: torch.Tensor) -> list[torch.Tensor]:
    model.zero_grad()
    logits.square().mean().backward()
    return [p.grad.clone() for p in model.parameters() if p.requires_grad]


def test_only_the_adapted_half_is_in_4_bits(model: Any) -> None:
    lower, upper = model.get_base_model().model.layers
    assert not any(isinstance(m, bnb.nn.Linear4bit) for m in lower.modules())
    assert sum(isinstance(m, bnb.nn.Linear4bit) for m in upper.modules()) == 7
    trained = [name for name, p in model.named_parameters() if p.requires_grad]
    assert len(trained) == 14 and all(".layers.1." in name for name in trained)


def test_halves_compute_what_the_whole_does_however_rows_are_mixed(model: Any) -> None:
    whole = Halves(model, 0)
    batches = [ROWS[:3], ROWS[2:], [ROWS[4]], [ROWS[0], ROWS[4]], [[7, 8, 9], ROWS[1]], ROWS]
    wanted = []
    for rows in batches:
        at = [(row, len(ids) - 1) for row, ids in enumerate(rows)]
        logits = whole.logits(rows, at)
        wanted.append((rows, at, logits.detach(), gradients(model, logits)))
    halves = Halves(model, 1)
    for rows, at, logits, slopes in wanted:
        found = halves.logits(rows, at)
        torch.testing.assert_close(found.detach(), logits, rtol=1e-4, atol=1e-5)
        for one, other in zip(gradients(model, found), slopes, strict=True):
            torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-6)


def test_every_token_can_be_asked_for(model: Any) -> None:
    whole = Halves(model, 0).logits(ROWS, places(ROWS))
    found = Halves(model, 1).logits(ROWS, places(ROWS))
    assert found.shape[0] == len(places(ROWS))
    torch.testing.assert_close(found, whole, rtol=1e-4, atol=1e-5)


def test_a_row_meets_the_frozen_half_once(model: Any) -> None:
    halves = Halves(model, 1)
    read: list[int] = []
    lower = model.get_base_model().model.layers[0]
    lower.mlp.register_forward_hook(lambda _, __, out: read.append(out.shape[1]))
    for rows in (ROWS[:2], ROWS[:2], ROWS[1:3], ROWS[2:3]):
        halves.logits(rows, [(0, 5)])
    own = [len(row) - len(SHARED) for row in ROWS]
    assert read == [len(SHARED) + own[0] + own[1], len(ROWS[2])]


def test_what_there_is_no_room_for_is_read_again(
    model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Halves(model, 0).logits(ROWS, places(ROWS))
    row = len(ROWS[0]) * 64 * 4  # bytes of the first row's states
    monkeypatch.setattr("tools.tuning.frozen.KEPT_BYTES", row)
    halves = Halves(model, 1)
    read: list[int] = []
    lower = model.get_base_model().model.layers[0]
    lower.mlp.register_forward_hook(lambda _, __, out: read.append(out.shape[1]))
    for _ in range(2):
        found = halves.logits(ROWS, places(ROWS))
        torch.testing.assert_close(found, whole, rtol=1e-4, atol=1e-5)
    assert read[0] - read[1] == len(ROWS[0]) - len(SHARED)


def test_the_whole_model_still_answers_as_a_whole(model: Any) -> None:
    ids = torch.tensor([ROWS[3]])
    before = model(input_ids=ids).logits
    halves = Halves(model, 1)
    halves.logits(ROWS, [(0, 0)])
    assert torch.equal(model(input_ids=ids).logits, before)
