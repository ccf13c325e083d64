"""The rows of a batch as one sequence: the prefix they share once, then each row's own tokens.

Layers that look at one token at a time meet no padding and no token twice; only attention, which
costs little for short rows, puts the rows side by side.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch.nn.functional import pad

from tools.models.batches import common_prefix
from tools.models.scores import read_own


@dataclass(frozen=True)
class Packing:
    """Rows packed into one sequence.

    Attributes:
        ids: Token ids, shape (1, tokens): the shared prefix, then the rows' own tokens.
        positions: Each token's place in its row, shape (1, tokens).
        shared: Tokens of the prefix.
        starts: Where each row's own tokens begin in the sequence.
        own: Places of the rows' own tokens, shape (rows, longest); zero where a row has ended.
        real: Which of those are tokens: places in `own` read row by row, shape (own tokens,).
        sees: Which token sees which of prefix and row, shape (1, 1, longest, shared + longest).
    """

    ids: torch.Tensor
    positions: torch.Tensor
    shared: int
    starts: tuple[int, ...]
    own: torch.Tensor
    real: torch.Tensor
    sees: torch.Tensor

    def place(self, row: int, token: int) -> int:
        """Where the token of a row stands in the sequence."""
        return token if token < self.shared else self.starts[row] + token - self.shared


def pack(rows: Sequence[Sequence[int]], device: torch.device | str) -> Packing:
    """Pack rows of token ids, none empty."""
    shared = common_prefix(rows) if len(rows) > 1 else 0
    lengths = [len(row) - shared for row in rows]
    longest = max(lengths)
    ids, positions, starts = list(rows[0][:shared]), list(range(shared)), []
    own = torch.zeros(len(rows), longest, dtype=torch.long)
    for at, (row, length) in enumerate(zip(rows, lengths, strict=True)):
        own[at, :length] = torch.arange(len(ids), len(ids) + length)
        starts.append(len(ids))
        ids += row[shared:]
        positions += range(shared, len(row))
    real = torch.arange(longest) < torch.tensor(lengths)[:, None]
    sees = pad(torch.ones(longest, longest, dtype=torch.bool).tril(), (shared, 0), value=True)
    return Packing(
        ids=torch.tensor([ids], device=device),
        positions=torch.tensor([positions], device=device),
        shared=shared,
        starts=tuple(starts),
        own=own.to(device),
        real=real.flatten().nonzero()[:, 0].to(device),
        sees=sees[None, None].to(device),
    )


def attend_packed(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    packing: Packing,
    scaling: float | None,
) -> torch.Tensor:
    """Causal attention inside each packed row and to the prefix.

    Args:
        query: Shape (1, query heads, tokens, width).
        key: Shape (1, heads, tokens, width); query heads share them in equal groups.
        value: The same shape as `key`.
        packing: How the rows lie in the sequence.
        scaling: Factor of the scores.

    Returns:
        The result, shape (1, tokens, query heads, width).
    """
    heads, width = query.shape[1], query.shape[3]
    rows, longest = packing.own.shape
    shared, groups = packing.shared, heads // key.shape[1]

    def rowwise(states: torch.Tensor) -> torch.Tensor:
        found = states[0].index_select(1, packing.own.flatten())
        return found.view(states.shape[1], rows, longest, width).transpose(0, 1)

    def after_prefix(states: torch.Tensor) -> torch.Tensor:
        prefix = states[:, :, :shared].expand(rows, -1, -1, -1)
        return torch.cat([prefix, rowwise(states)], 2)

    def attended(
        query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, sees: torch.Tensor
    ) -> torch.Tensor:
        # Query heads of one group meet the same keys, so they count as further queries.
        folded = query.reshape(len(query), key.shape[1], groups * query.shape[2], width)
        unseen = torch.zeros_like(sees, dtype=query.dtype).masked_fill(~sees, -torch.inf)
        mask = unseen.repeat(1, 1, groups, 1).expand(len(query), -1, -1, -1)
        return read_own(folded, key, value, mask, scaling).reshape(query.shape).transpose(1, 2)

    result = attended(rowwise(query), after_prefix(key), after_prefix(value), packing.sees)
    result = result.flatten(0, 1).index_select(0, packing.real)
    if shared:
        asked, keys, values = (states[:, :, :shared] for states in (query, key, value))
        causal = packing.sees.new_ones(shared, shared).tril()[None, None]
        result = torch.cat([attended(asked, keys, values, causal)[0], result])
    return result[None]
