from types import SimpleNamespace
from typing import Any

import pytest
import torch

from tools.models import attention, scores

ROWS, HEADS, SHARED_HEADS, TOKENS, WIDTH = 5, 6, 2, 40, 8


@pytest.mark.parametrize("scaling", [None, 0.3])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("prefix", [0, 4, 90])
def test_attention_is_the_textbook_s_in_each_format(
    dtype: torch.dtype, prefix: int, scaling: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scores, "SCORE_BYTES", 60_000)  # rows in several parts
    torch.manual_seed(0)
    query = torch.randn(ROWS, HEADS, TOKENS, WIDTH).to(dtype)
    keys, values = torch.randn(2, ROWS, SHARED_HEADS, prefix + TOKENS, WIDTH).to(dtype)
    keys[:, :, :prefix], values[:, :, :prefix] = keys[:1, :, :prefix], values[:1, :, :prefix]
    later = torch.ones(TOKENS, TOKENS).triu(1).bool()
    mask = torch.zeros(ROWS, 1, TOKENS, TOKENS).masked_fill(later, torch.finfo(dtype).min)
    pairs = [(keys[:1, :, :prefix], values[:1, :, :prefix])] if prefix else None
    layer: Any = SimpleNamespace(layer_idx=0)
    found, _ = attention.attend(
        layer,
        query,
        keys[:, :, prefix:],
        values[:, :, prefix:],
        mask.to(dtype),
        scaling,
        pairs,
    )
    every = [each.repeat_interleave(HEADS // SHARED_HEADS, 1).double() for each in (keys, values)]
    found_scores = query.double() @ every[0].transpose(2, 3) * (scaling or WIDTH**-0.5)
    found_scores[..., prefix:] += mask.double()
    expected = (found_scores.softmax(-1) @ every[1]).transpose(1, 2)
    near = 1e-5 if dtype == torch.float32 else 3e-2
    torch.testing.assert_close(found.double(), expected, rtol=near, atol=near)
