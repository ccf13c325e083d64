"""What a tune on a GPU keeps in memory, and what it computes anew instead."""

from typing import Any

import bitsandbytes as bnb
import torch

from policies.evidence import Frozen

USABLE = 0.85  # of the free memory; the rest is the kernels' workspace and what lies between blocks
# Bytes of activations that a token of one layer keeps for the way back, for each unit of the
# hidden and of the intermediate width: measured on an H100 with 8 billion parameters (docs/log.md:
# 194 kB, and these give 213 kB).
HIDDEN_BYTES, INTERMEDIATE_BYTES = 24, 8
GIGABYTE = 1e9


class Keeping(Frozen):
    """What stays in memory over a training step.

    Attributes:
        folded: The dequantised weights with the adapter added; else each pass makes them anew.
        activations: What the layers computed on the way forward; else it is computed twice.
        reason: Why, with the figures.
        optimiser: By transformers' name. Where memory is scarce its state is kept in 8 bits and
            moves to the machine's own memory when the GPU's is needed.
    """

    folded: bool
    activations: bool
    reason: str
    optimiser: str = "adamw_torch"


def choose_keeping(free: int, weights: int, activations: int, must_fold: bool) -> Keeping:
    """What to keep where so much memory is free.

    Args:
        free: Bytes that are free once the 4-bit model is loaded.
        weights: Bytes that folding takes.
        activations: Bytes of the activations of the largest batch.
        must_fold: Whether the recipe needs folded weights, whatever they take.
    """
    room = int(free * USABLE)
    # With 8 billion parameters on an H100 kept activations saved 39 % of a step, folding 28 % at
    # most (docs/log.md).
    kept = activations + (weights if must_fold else 0) <= room
    folded = must_fold or weights + (activations if kept else 0) <= room
    reason = (
        f"{free / GIGABYTE:.1f} GB are free; folded weights take {weights / GIGABYTE:.1f} GB and "
        f"are {'kept' if folded else 'made anew in each pass'}; activations take "
        f"{activations / GIGABYTE:.1f} GB and are {'kept' if kept else 'computed twice'}"
    )
    optimiser = "adamw_torch_fused" if kept else "paged_adamw_8bit"
    return Keeping(folded=folded, activations=kept, reason=reason, optimiser=optimiser)


def keeping_on(model: Any, tokens: int, must_fold: bool) -> Keeping:
    """What to keep for a model that is loaded in 4 bits.

    Args:
        model: The model, on a GPU or a CPU. On a CPU folded weights and activations are kept.
        tokens: Of the largest batch.
        must_fold: Whether the recipe needs folded weights.
    """
    if model.device.type != "cuda":
        reason = "on a CPU time is scarcer than memory, so everything is kept"
        return Keeping(folded=True, activations=True, reason=reason)
    return choose_keeping(
        free_bytes(), folding_bytes(model), activation_bytes(model, tokens), must_fold
    )


def free_bytes() -> int:
    """What this process may still take on its GPU, if it was given a share only."""
    free, total = torch.cuda.mem_get_info()
    share = int(total * torch.cuda.get_per_process_memory_fraction())
    held, used = torch.cuda.memory_reserved(), torch.cuda.memory_allocated()
    return min(free, share - held) + held - used


def folding_bytes(model: Any) -> int:
    """Bytes of all 4-bit weights dequantised, once as they are and once with their adapter."""
    layers = [module for module in model.modules() if isinstance(module, bnb.nn.Linear4bit)]
    return sum(2 * layer.in_features * layer.out_features * 2 for layer in layers)


def activation_bytes(model: Any, tokens: int) -> int:
    """Bytes that all layers keep for the way back over so many tokens."""
    config = model.config
    inner = getattr(config, "intermediate_size", None) or 4 * config.hidden_size
    width = HIDDEN_BYTES * config.hidden_size + INTERMEDIATE_BYTES * inner
    return int(tokens * config.num_hidden_layers * width)
