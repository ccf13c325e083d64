from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM

from tools.models import attention, scores
from tools.models.packing import attend_packed, pack

PREFIX = [5, 9, 3, 7]
ROWS = {
    "a common prefix": [[*PREFIX, 11, 12, 13], [*PREFIX, 21], [*PREFIX, 31, 32, 33, 34, 35, 36]],
    "no common prefix": [[1, 2, 3], [4, 5, 6, 7, 8], [9, 10]],
    "one row": [[*PREFIX, 11]],
    "one row twice": [[*PREFIX, 11], [*PREFIX, 11]],
}


@pytest.fixture(scope="module")
def model(tiny_model_folder: Path) -> Any:
    return AutoModelForCausalLM.from_pretrained(
        tiny_model_folder, dtype=torch.float32, attn_implementation=attention.NAME
    ).eval()


@pytest.mark.parametrize("rows", ROWS.values(), ids=ROWS)
def test_packed_rows_are_read_as_each_alone(model: Any, rows: list[list[int]]) -> None:
    packing = pack(rows, "cpu")
    found = model(
        input_ids=packing.ids, position_ids=packing.positions, packing=packing, use_cache=False
    ).logits[0]
    for at, row in enumerate(rows):
        alone = model(input_ids=torch.tensor([row]), use_cache=False).logits[0]
        places = [packing.place(at, token) for token in range(len(row))]
        assert packing.ids[0, places].tolist() == row
        torch.testing.assert_close(found[places], alone, atol=1e-4, rtol=1e-3)


def test_what_rows_share_is_read_once_and_nothing_is_padded() -> None:
    rows = ROWS["a common prefix"]
    packing = pack(rows, "cpu")
    assert packing.shared == len(PREFIX)
    assert packing.ids.shape[1] == len(PREFIX) + sum(len(row) - len(PREFIX) for row in rows)


def test_gradients_are_those_of_the_rows_alone(model: Any) -> None:
    rows = ROWS["a common prefix"]
    weight = model.model.layers[0].self_attn.k_proj.weight

    def gradient(losses: list[torch.Tensor]) -> torch.Tensor:
        model.zero_grad()
        torch.stack(losses).sum().backward()
        return weight.grad.clone()

    packing = pack(rows, "cpu")
    packed = model(
        input_ids=packing.ids, position_ids=packing.positions, packing=packing, use_cache=False
    ).logits[0]
    last = [packing.place(at, len(row) - 1) for at, row in enumerate(rows)]
    together = gradient([packed[place].logsumexp(-1) for place in last])
    alone = gradient(
        [model(torch.tensor([row]), use_cache=False).logits[0, -1].logsumexp(-1) for row in rows]
    )
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=1e-3)


@pytest.mark.parametrize("most_kept", [0, scores.MOST_KEPT], ids=["torch's kernel", "products"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("rows", ROWS.values(), ids=ROWS)
def test_packed_attention_and_its_gradients_are_the_textbook_s(
    rows: list[list[int]], dtype: torch.dtype, most_kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scores, "MOST_KEPT", most_kept)
    torch.manual_seed(0)
    packing = pack(rows, "cpu")
    tokens, heads, groups, width = packing.ids.shape[1], 2, 3, 8
    query = torch.randn(1, heads * groups, tokens, width).to(dtype).requires_grad_()
    key, value = (torch.randn(1, heads, tokens, width).to(dtype).requires_grad_() for _ in "kv")
    wanted = torch.randn(1, tokens, heads * groups, width)

    def gradients(found: torch.Tensor) -> list[torch.Tensor]:
        return [each.double() for each in torch.autograd.grad((found * wanted).sum(), inputs)]

    inputs = (query, key, value)
    found = attend_packed(*inputs, packing, None)
    expected = torch.zeros(1, tokens, heads * groups, width, dtype=torch.double)
    for at, row in enumerate(rows):
        places = [packing.place(at, token) for token in range(len(row))]
        asked, *met = (each[0, :, places].double() for each in inputs)
        keys, values = (each.repeat_interleave(groups, 0) for each in met)
        later = torch.ones(len(row), len(row), dtype=torch.bool).triu(1)
        logits = (asked @ keys.transpose(1, 2) / width**0.5).masked_fill(later, -torch.inf)
        # A shared prefix is the same in each row, so writing it again changes nothing.
        expected[0, places] = (logits.softmax(-1) @ values).transpose(0, 1)
    near = 1e-5 if dtype == torch.float32 else 5e-2
    torch.testing.assert_close(found.double(), expected, rtol=near, atol=near)
    for ours, textbook in zip(gradients(found), gradients(expected), strict=True):
        torch.testing.assert_close(ours, textbook, rtol=near, atol=3 * near)
