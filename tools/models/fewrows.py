"""Products with few rows, made faster on CPUs: writing a token meets all weights for a few rows."""

from functools import partial

import torch
from torch.nn.functional import linear

FEW_ROWS = 48


def favour_few_rows(model: torch.nn.Module) -> None:
    """Change the linear layers of a model that only answers, so that few rows cost less.

    In bf16 the weights are laid out once as oneDNN wants them, which it would else do for every
    product (with 30 rows a third faster, docs/log.md). In fp32 the BLAS of torch's CPU builds is
    up to twice as fast with the weights multiplied by the rows instead of the other way round. The
    results are the same but for rounding.
    """
    embedding = getattr(model, "get_input_embeddings", lambda: None)()
    kept = getattr(embedding, "weight", None)  # a head may share its weights with the embedding
    for module in model.modules():
        if type(module) is not torch.nn.Linear:
            continue
        if module.weight.dtype == torch.float32:
            module.forward = partial(_turned, module)  # type: ignore[method-assign]
        elif module.weight.dtype == torch.bfloat16 and _packs():
            packed = torch.ops.mkldnn._reorder_linear_weight(module.weight.detach())
            module.forward = partial(_packed, packed, module.bias)  # type: ignore[method-assign]
            if module.weight is not kept:
                module.weight = None  # type: ignore[assignment] # the packed copy takes its place


def _packs() -> bool:
    """Whether this build and processor have the products that torch's own compiler uses."""
    known = hasattr(torch.ops.mkldnn, "_linear_pointwise")
    return known and bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def _packed(packed: torch.Tensor, bias: torch.Tensor | None, rows: torch.Tensor) -> torch.Tensor:
    if not rows.numel():  # oneDNN refuses what torch takes
        return rows.new_empty(*rows.shape[:-1], packed.shape[0])
    result: torch.Tensor = torch.ops.mkldnn._linear_pointwise(rows, packed, bias, "none", [], "")
    return result


def _turned(module: torch.nn.Linear, rows: torch.Tensor) -> torch.Tensor:
    if rows.numel() > FEW_ROWS * module.in_features:
        return linear(rows, module.weight, module.bias)
    product = (
        (module.weight @ rows.flatten(0, -2).t()).t().reshape(*rows.shape[:-1], module.out_features)
    )
    return product if module.bias is None else product + module.bias
