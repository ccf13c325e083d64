"""Attention that reads a shared prefix once for a whole batch, and a cache that never copies.

Every row of a batch begins with the same tokens (instructions, fixed examples). Their keys and
values are kept once, with a batch size of one; each row adds only its own. A row's scores against
both are concatenated before the softmax, so the result is that of ordinary attention (the
decomposition is Hydragen's, 2402.05099, with one softmax instead of two that are merged).
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch.nn.functional import pad
from transformers import AttentionInterface, Cache
from transformers.cache_utils import CacheLayerMixin
from transformers.integrations.sdpa_attention import sdpa_attention_forward

from tools.models.packing import Packing, attend_packed
from tools.models.scores import parts_of, products, read_own

NAME = "shared_prefix"
FEW_QUERIES = 9  # a written token and its drafts: copying a prefix for them costs more

Pair = tuple[torch.Tensor, torch.Tensor]


class RowsLayer(CacheLayerMixin):  # type: ignore[misc]
    """Keys and values of one layer, written in place into room that was set aside.

    Attributes:
        prefix: Keys and values that all rows share, each of shape (1, heads, tokens, width).
    """

    def __init__(self, capacity: int, prefix: Pair | None = None) -> None:
        """Set aside room for `capacity` tokens a row; `prefix` is kept and never copied."""
        super().__init__()
        self.capacity = capacity
        self.prefix = prefix
        self.length = 0

    def lazy_initialization(self, key_states: torch.Tensor, value_states: torch.Tensor) -> None:
        """Set the room aside, once the shapes are known."""
        rows, heads, _, width = key_states.shape
        self.keys = key_states.new_empty(rows, heads, self.capacity, width)
        self.values = value_states.new_empty(rows, heads, self.capacity, value_states.shape[-1])
        self.is_initialized = True

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *_: Any, **__: Any
    ) -> Pair:
        """Append the new tokens; returns all tokens of the rows, without the prefix."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        assert self.keys is not None and self.values is not None
        start, self.length = self.length, self.length + key_states.shape[2]
        self.keys[:, :, start : self.length] = key_states
        self.values[:, :, start : self.length] = value_states
        return self.keys[:, :, : self.length], self.values[:, :, : self.length]

    def fork(self, further: int, rows: slice) -> "RowsLayer":
        """A layer with the same tokens and room for further ones; this one stays as it is.

        The tokens are not copied where there is room after them: what a fork writes there, the
        next fork writes over.
        """
        assert self.keys is not None and self.values is not None
        keys, values = self.keys[rows], self.values[rows]
        missing = max(0, self.length + further - self.capacity)
        if missing:
            keys, values = pad(keys, (0, 0, 0, missing)), pad(values, (0, 0, 0, missing))
        twin = RowsLayer(self.capacity + missing, self.prefix)
        twin.keys, twin.values, twin.length, twin.is_initialized = keys, values, self.length, True
        return twin

    def cut(self, tokens: int) -> None:
        """Forget so many of the last tokens."""
        self.length -= tokens

    def keep(self, rows: torch.Tensor) -> None:
        """Keep only some rows."""
        assert self.keys is not None and self.values is not None
        self.keys, self.values = self.keys[rows], self.values[rows]

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        """Length and offset of the keys that a mask has to cover."""
        return self.get_seq_length() + query_length, 0

    def get_seq_length(self) -> int:
        """Tokens so far, the prefix included."""
        return self.length + (self.prefix[0].shape[2] if self.prefix else 0)

    def get_max_length(self) -> int:
        """Most tokens, the prefix included."""
        return self.capacity + (self.prefix[0].shape[2] if self.prefix else 0)


class RowsCache(Cache):  # type: ignore[misc]
    """A cache of `RowsLayer`s."""

    def __init__(self, layers: int, capacity: int, prefix: "RowsCache | None" = None) -> None:
        """Set aside room for `capacity` tokens a row after the prefix of another cache."""
        pairs = prefix.pairs if prefix else [None] * layers
        super().__init__(layers=[RowsLayer(capacity, pair) for pair in pairs])

    @property
    def pairs(self) -> list[Pair]:
        """Keys and values of each layer, as far as they are filled."""
        return [
            (layer.keys[:, :, : layer.length], layer.values[:, :, : layer.length])
            for layer in self.layers
        ]

    @property
    def prefixes(self) -> list[Pair] | None:
        """Keys and values that all rows share, a pair a layer; what `attend` wants to be given."""
        pairs = [layer.prefix for layer in self.layers if layer.prefix is not None]
        return pairs or None

    @property
    def bytes(self) -> int:
        """Memory that the rows' own tokens take, the room set aside included."""
        return sum(layer.keys.nbytes + layer.values.nbytes for layer in self.layers)

    def fork(self, further: int, rows: slice = slice(None)) -> "RowsCache":
        """A cache of some rows with room for further tokens; see `RowsLayer.fork`."""
        twin = RowsCache(0, 0)
        twin.layers = [layer.fork(further, rows) for layer in self.layers]
        return twin

    def cut(self, tokens: int) -> None:
        """Forget so many of the last tokens of each row."""
        for layer in self.layers:
            layer.cut(tokens)

    def keep(self, rows: torch.Tensor) -> None:
        """Keep only some rows of the batch."""
        for layer in self.layers:
            layer.keep(rows)

    @classmethod
    def joined(cls, parts: Sequence["RowsCache"], further: int) -> "RowsCache":
        """One cache of the rows of several, aligned on the right, with room for further tokens."""
        if len(parts) == 1:
            return parts[0]
        longest = max(part.layers[0].length for part in parts)
        whole = cls(len(parts[0].layers), longest + further)
        for index, layer in enumerate(whole.layers):
            layer.prefix = parts[0].layers[index].prefix
            pairs = [part.pairs[index] for part in parts]
            keys, values = (
                torch.cat([pad(t, (0, 0, longest - t.shape[2], 0)) for t in tensors])
                for tensors in zip(*pairs, strict=True)
            )
            layer.update(keys, values)
        return whole


def attend(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    prefixes: list[Pair] | None = None,
    packing: Packing | None = None,
    **kwargs: Any,
) -> tuple[torch.Tensor, None]:
    """Attention over a shared prefix and the rows' own tokens.

    Args:
        module: The attention layer; its `layer_idx` picks the prefix.
        query: Shape (rows, query heads, queries, width).
        key: The rows' own keys, shape (rows, heads, tokens, width); query heads share them in
            equal groups.
        value: The rows' own values, of the same shape.
        attention_mask: Added to the scores against the rows' own tokens, shape (rows, 1, queries,
            tokens), or None for ordinary causal attention. The prefix is seen by all.
        scaling: Factor of the scores.
        prefixes: Keys and values of the prefix for each layer, or None if there is none.
        packing: How rows lie packed in one sequence, or None where they are a batch.
        **kwargs: Passed on to ordinary causal attention.

    Returns:
        The result, shape (rows, queries, query heads, width), and no weights.
    """
    if packing is not None:
        return attend_packed(query, key, value, packing, scaling), None
    if attention_mask is None:
        plain: tuple[torch.Tensor, None] = sdpa_attention_forward(
            module, query, key, value, None, scaling=scaling, **kwargs
        )
        return plain
    rows, heads, queries, width = query.shape
    groups = heads // key.shape[1]
    # Query heads of one group meet the same keys, so they count as further queries.
    folded = query.reshape(rows, key.shape[1], groups * queries, width)
    mask = attention_mask if queries == 1 else attention_mask.repeat(1, 1, groups, 1)
    pair = prefixes[int(module.layer_idx)] if prefixes else None  # type: ignore[arg-type]
    if pair is not None and (queries <= FEW_QUERIES or pair[0].shape[2] > key.shape[2]):
        result = torch.cat(
            [
                _read_prefix_once(folded[part], key[part], value[part], mask[part], pair, scaling)
                for part in parts_of(folded, pair[0].shape[2] + key.shape[2])
            ]
        )
    else:
        if pair is not None:  # so short that copying it costs less than two products
            key, value = (
                torch.cat([shared.expand(rows, -1, -1, -1), own], 2)
                for shared, own in zip(pair, (key, value), strict=True)
            )
            mask = pad(mask, (pair[0].shape[2], 0))
        result = read_own(folded, key, value, mask, scaling)
    return result.reshape(rows, heads, queries, -1).transpose(1, 2).contiguous(), None


def _read_prefix_once(
    folded: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    mask: torch.Tensor,
    prefix: Pair,
    scaling: float | None,
) -> torch.Tensor:
    rows, heads, _, width = folded.shape
    shared_key, shared_value = prefix
    shared = shared_key.shape[2]
    folded = folded * (width**-0.5 if scaling is None else scaling)
    alike = folded.transpose(0, 1).flatten(1, 2)  # all rows meet the same prefix
    to_prefix = (
        (alike @ shared_key[0].transpose(1, 2)).view(heads, rows, -1, shared).transpose(0, 1)
    )
    to_own = products(folded, key).add_(mask)
    weights = torch.cat([to_prefix, to_own], -1).softmax(-1)
    from_prefix = weights[..., :shared].transpose(0, 1).flatten(1, 2) @ shared_value[0]
    seen = from_prefix.view(heads, rows, -1, width).transpose(0, 1)
    result: torch.Tensor = seen + weights[..., shared:] @ value
    return result


AttentionInterface.register(NAME, attend)
