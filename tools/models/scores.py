"""Attention by plain products: torch's own kernel is slow for short rows on a CPU.

It takes 1.7 times as long forwards and five times as long backwards (docs/log.md), but never holds
all scores at once, so long rows are left to it.
"""

import torch
from torch.nn.functional import scaled_dot_product_attention

SCORE_BYTES = 2_000_000  # scores that a CPU works on at a time: more would leave its cache
MOST_BYTES = 32_000_000  # of one row's scores
MOST_KEPT = 8_000_000  # bytes of all rows' scores in a layer, which wait there for the way back


def read_own(
    queries: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    mask: torch.Tensor,
    scaling: float | None,
) -> torch.Tensor:
    """Attention of each row to its keys.

    Args:
        queries: Shape (rows, heads, queries, width).
        key: Shape (rows, heads, keys, width).
        value: The same shape.
        mask: Added to the scores, shape (rows, 1, queries, keys).
        scaling: Factor of the scores.

    Returns:
        The shape of `queries`.
    """
    keys = key.shape[2]
    if not _is_short(queries, keys):
        return scaled_dot_product_attention(queries, key, value, mask, scale=scaling)
    queries = queries * (queries.shape[-1] ** -0.5 if scaling is None else scaling)
    return torch.cat(
        [
            products(queries[part], key[part]).add_(mask[part]).softmax(-1) @ value[part]
            for part in parts_of(queries, keys)
        ]
    )


def products(queries: torch.Tensor, key: torch.Tensor) -> torch.Tensor:
    """The scores of queries against their row's keys, shape (rows, heads, queries, keys)."""
    if key.dtype == torch.bfloat16 and not key.is_cuda:
        # A product copies them anyway where room lies between rows, and turned that takes thrice.
        key = key.contiguous()
    return queries @ key.transpose(2, 3)


def parts_of(queries: torch.Tensor, keys: int) -> list[slice]:
    """Rows whose scores against so many keys fit a CPU's cache together, one at least.

    On a GPU it is all of them.
    """
    rows = queries.shape[0]
    step = rows if queries.is_cuda else max(1, SCORE_BYTES // _row_bytes(queries, keys))
    return [slice(start, start + step) for start in range(0, rows, step)]


def _is_short(queries: torch.Tensor, keys: int) -> bool:
    if queries.is_cuda or queries.dtype != torch.bfloat16:
        return False
    row = _row_bytes(queries, keys)
    return row <= MOST_BYTES and not (queries.requires_grad and len(queries) * row > MOST_KEPT)


def _row_bytes(queries: torch.Tensor, keys: int) -> int:
    """Bytes of one row's scores against so many keys."""
    _, heads, count, _ = queries.shape
    return int(heads * count * keys * queries.element_size())
