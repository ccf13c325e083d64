"""Adapted 4-bit layers that compute with their adapter folded in.

The dequantised weight is kept instead of being made anew in each pass, and the adapter is added to
it once a step. So a forward pass is one product a layer, with the very weights that are served,
and only the gradients go through the adapter's two small factors.
"""

from functools import partial
from typing import Any

import bitsandbytes as bnb
import torch
from peft.tuners.lora import LoraLayer
from torch.nn.functional import linear

from tools.models.folding import fold, nf4_values


class FoldedLayers:
    """The folded layers of one model."""

    def __init__(self, weights: "list[_Weights]") -> None:
        """Keep these."""
        self._weights = weights

    def __len__(self) -> int:
        """How many there are."""
        return len(self._weights)

    def adapters_changed(self) -> None:
        """Fold anew before the next pass.

        Torch counts what it changes in place, so this is needed only after a change that it does
        not see: bitsandbytes' optimisers write past it, and a model on a GPU then trained on the
        weights that it began with (docs/log.md).
        """
        for weights in self._weights:
            weights.state = None


def fold_adapters(model: Any, unrounded: Any = None) -> FoldedLayers:
    """Let every adapted 4-bit layer compute with its adapter folded in.

    The layers stay 4-bit layers of bitsandbytes with adapters of peft; only how they compute
    changes. Memory: twice the adapted weights in the format that is computed in.

    Args:
        model: A model with adapters, by peft.
        unrounded: The base model before rounding, where the rounding error is kept in a further
            4 bits, else None.

    Returns:
        The layers that now compute so.
    """
    base = model.get_base_model()
    layers = [
        (name, layer)
        for name, layer in base.named_modules()
        if isinstance(layer, LoraLayer) and _is_4bit(layer)
    ]
    found = []
    for name, layer in layers:
        weight = None if unrounded is None else unrounded.get_submodule(name).weight
        found.append(_Weights(layer, weight))
        layer.forward = partial(found[-1], layer)
    return FoldedLayers(found)


def _is_4bit(layer: LoraLayer) -> bool:
    return isinstance(layer.get_base_layer(), bnb.nn.Linear4bit)


class _Weights:
    """The frozen weight of one layer, and the same with the adapter as it is now."""

    def __init__(self, layer: Any, unrounded: torch.Tensor | None) -> None:
        base = layer.get_base_layer()
        self.frozen = bnb.functional.dequantize_4bit(base.weight.data, base.weight.quant_state)
        if unrounded is not None:
            self.frozen = self.frozen + nf4_values(unrounded.detach() - self.frozen)
        self.folded = self.frozen.clone()
        self.state: tuple[int, ...] | None = None

    def __call__(self, layer: Any, x: torch.Tensor) -> torch.Tensor:
        (name,) = layer.active_adapters
        down, up = layer.lora_A[name].weight, layer.lora_B[name].weight
        scaling, bias = layer.scaling[name], layer.get_base_layer().bias
        # Counts every change in place: steps of the optimiser, and loading a checkpoint.
        state = (id(down), down._version, id(up), up._version)
        if state != self.state:
            with torch.no_grad():
                fold(self.frozen, down, up, scaling, out=self.folded)
            self.state = state
        if not torch.is_grad_enabled():
            return linear(x, self.folded, bias)
        result: torch.Tensor = _Folded.apply(  # type: ignore[no-untyped-call]
            x, down, up, self.folded, scaling
        )
        return result if bias is None else result + bias


class _Folded(torch.autograd.Function):
    """x @ W.T with W = frozen + scaling * up @ down; gradients of x, `down` and `up`."""

    @staticmethod
    def forward(
        ctx: Any,
        x: torch.Tensor,
        down: torch.Tensor,
        up: torch.Tensor,
        weight: torch.Tensor,
        scaling: float,
    ) -> torch.Tensor:
        ctx.save_for_backward(x, down, up)
        ctx.weight, ctx.scaling = weight, scaling  # written over only after the step
        return linear(x, weight)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        x, down, up = ctx.saved_tensors
        rows, given = x.flatten(0, -2), gradients[0].flatten(0, -2)
        through_up = given @ up.to(x.dtype)
        of_down = (through_up.t() @ rows).float() * ctx.scaling
        of_up = (given.t() @ (rows @ down.t().to(x.dtype))).float() * ctx.scaling
        of_x = (given @ ctx.weight).view_as(x) if ctx.needs_input_grad[0] else None
        return of_x, of_down, of_up, None, None
