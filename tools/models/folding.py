"""A 4-bit base with an adapter folded in: the one arithmetic of training, judging and serving.

An adapter is trained on weights that were rounded to 4 bits, and makes up for that rounding. On
the unrounded weights it answers otherwise (docs/log.md). So the weights that are served are those
that it was trained on: rounded to NF4, the adapter's product added, in the model's number format.
"""

from pathlib import Path
from typing import Any

import torch


def nf4_values(weight: torch.Tensor, parts: int = 1) -> torch.Tensor:
    """A weight as NF4 with double quantisation holds it, in its own shape and format.

    Args:
        weight: The unrounded weight.
        parts: One, or two where the rounding error is kept in a further 4 bits.
    """
    values = _rounded(weight.detach())
    for _ in range(parts - 1):
        values = values + _rounded(weight.detach() - values)
    return values


def _rounded(weight: torch.Tensor) -> torch.Tensor:
    from bitsandbytes.functional import dequantize_4bit, quantize_4bit

    packed, state = quantize_4bit(weight, quant_type="nf4", compress_statistics=True)
    values: torch.Tensor = dequantize_4bit(packed, state).to(weight.dtype)
    return values


def fold(
    weight: torch.Tensor,
    down: torch.Tensor,
    up: torch.Tensor,
    scaling: float,
    out: torch.Tensor | None = None,
) -> torch.Tensor:
    """The weight with an adapter's product added.

    Args:
        weight: Shape (outputs, inputs).
        down: The adapter's first factor, shape (rank, inputs).
        up: Its second factor, shape (outputs, rank).
        scaling: Factor of the product.
        out: Where to write the result, or None for a new tensor.
    """
    product = up.to(weight.dtype) @ down.to(weight.dtype)
    return torch.add(weight, product, alpha=scaling, out=out)


@torch.no_grad()
def with_adapter(model: Any, adapter: Path, parts: int) -> Any:
    """The model with its adapted weights rounded to 4 bits and the adapter folded in.

    Args:
        model: A causal model in the format it computes in.
        adapter: PEFT adapter folder.
        parts: How many 4-bit parts the adapter was trained on.
    """
    from peft import PeftModel  # costs 2 s of start-up, and most runs load no adapter
    from peft.tuners.lora import LoraLayer

    adapted = PeftModel.from_pretrained(model, adapter)
    for layer in adapted.modules():
        if isinstance(layer, LoraLayer):
            (name,) = layer.active_adapters
            weight = layer.get_base_layer().weight
            down, up = layer.lora_A[name].weight, layer.lora_B[name].weight
            fold(nf4_values(weight, parts), down, up, layer.scaling[name], out=weight.data)
    return adapted.unload()
