"""Layers of a model that only answers, with fewer passes over memory.

Beside its products a layer normalises, rotates and gates. As transformers writes it, each of these
makes several results as large as the states; with fewer of them a CPU reads a tenth faster in fp32
(docs/log.md). The results are the same but for rounding. In bf16 it gains too little for rounding
that decides some answers otherwise than in training.
"""

from functools import partial
from typing import Any

import torch
from torch.nn.functional import rms_norm, silu

from tools.models.attention import attend

# Types that compute alike in transformers; others stay as they are.
NORMS = frozenset({"LlamaRMSNorm", "MistralRMSNorm", "Qwen2RMSNorm", "Qwen3RMSNorm"})
GATES = frozenset({"LlamaMLP", "MistralMLP", "Qwen2MLP", "Qwen3MLP"})
ATTENTIONS = frozenset({"LlamaAttention", "Qwen2Attention"})


def make_lean(model: torch.nn.Module) -> None:
    """Change the layers of a model in fp32 that attends by `attend` and is never trained."""
    module: Any
    for module in model.modules():
        kind = type(module).__name__
        if kind in NORMS:
            module.forward = partial(_norm, module)
        elif kind in GATES and module.config.hidden_act == "silu":
            module.forward = partial(_gate, module)
        elif kind in ATTENTIONS:
            module.forward = partial(_attention, module)


def _norm(module: Any, states: torch.Tensor) -> torch.Tensor:
    return rms_norm(states, module.weight.shape, module.weight, module.variance_epsilon)


def _gate(module: Any, states: torch.Tensor) -> torch.Tensor:
    gate = silu(module.gate_proj(states), inplace=True)
    result: torch.Tensor = module.down_proj(gate.mul_(module.up_proj(states)))
    return result


def _attention(
    module: Any,
    hidden_states: torch.Tensor,
    position_embeddings: tuple[torch.Tensor, torch.Tensor],
    attention_mask: torch.Tensor | None = None,
    cache: Any = None,
    **kwargs: Any,
) -> tuple[torch.Tensor, None]:
    shape = (*hidden_states.shape[:-1], -1, module.head_dim)
    query, key, value = (
        part(hidden_states).view(shape).transpose(1, 2)
        for part in (module.q_proj, module.k_proj, module.v_proj)
    )
    cos, sin = (each[:, None] for each in position_embeddings)
    query, key = _rotated(query, cos, sin), _rotated(key, cos, sin)
    if cache is not None:
        key, value = cache.update(key, value, module.layer_idx)
    result, _ = attend(module, query, key, value, attention_mask, scaling=module.scaling, **kwargs)
    return module.o_proj(result.flatten(2)), None


def _rotated(states: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    """Rotary position embedding: each half of a head with the other, turned by the position."""
    half = states.shape[-1] // 2
    result = states * cos
    result[..., :half].addcmul_(states[..., half:], sin[..., :half], value=-1)
    result[..., half:].addcmul_(states[..., :half], sin[..., half:])
    return result
