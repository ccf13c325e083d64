"""Reading prompts into key/value caches: a shared prefix once, the rest in batches.

Plans often send the very same prompts and differ only in how the answer is found (written freely,
in a fixed form, scored). What was read is therefore kept, as far as memory allows, and a plan that
sends the same prompts goes on from there.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import pad

from tools.models.attention import RowsCache
from tools.models.batches import Trie, little_padding

BATCH_TOKENS = 4096  # in one forward pass
KEPT_BYTES = 600_000_000  # keys and values of prompts that may be sent again
ROOM = 64  # further tokens for which room is set aside at least
LOGIT_BYTES = 300_000_000


@dataclass
class Reading:
    """Prompts that were read, ready to be continued.

    Attributes:
        logits: Of the first token after each prompt, shape (rows, vocabulary).
        cache: Keys and values.
        mask: Added to attention scores of what follows, shape (rows, 1, 1, longest own part).
        positions: Of each row's last token, shape (rows, 1).
        unsettled: Tokens of each row that were read since, see `settle`.
    """

    logits: torch.Tensor
    cache: RowsCache
    mask: torch.Tensor
    positions: torch.Tensor
    unsettled: int = 0

    def fork(self, further: int, rows: slice = slice(None)) -> "Reading":
        """A copy that can be continued by so many tokens while this one stays as it is."""
        cache = self.cache.fork(further, rows)
        return Reading(self.logits[rows], cache, self.mask[rows], self.positions[rows])

    def keep(self, rows: list[int]) -> None:
        """Keep only some rows."""
        self.cache.keep(torch.tensor(rows, device=self.positions.device))
        self.mask, self.positions = self.mask[rows], self.positions[rows]

    def settle(self, counts: Sequence[int]) -> int:
        """Keep the first so many of each row's last tokens; the others were never there.

        Returns:
            By how many tokens a row the cache grew: a row that keeps fewer has a gap there.
        """
        most = max(counts)
        self.cache.cut(self.unsettled - most)
        kept = torch.tensor(counts, device=self.mask.device)[:, None]
        gaps = torch.arange(most, device=self.mask.device) >= kept
        added = self.mask.new_zeros(gaps.shape).masked_fill_(gaps, torch.finfo(self.mask.dtype).min)
        self.mask = torch.cat([self.mask, added[:, None, None]], -1)
        self.positions = self.positions + kept
        self.unsettled = 0
        return most


class Reader:
    """Reads prompts with one model."""

    def __init__(self, model: Any, device: str) -> None:
        """Read with a causal model that attends by `attention.attend`."""
        self.model = model
        self.device = device
        self.layers = int(model.config.num_hidden_layers)
        self._prefix: tuple[tuple[int, ...], RowsCache] | None = None
        self._kept: OrderedDict[tuple[tuple[int, ...], ...], Reading] = OrderedDict()

    @property
    def token_bytes(self) -> int:
        """Bytes that the keys and values of one token take."""
        config = self.model.config
        heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
        width = (
            getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        )
        return 2 * self.layers * int(heads) * int(width) * int(self.model.dtype.itemsize)

    def read(self, sequences: Sequence[list[int]], shared: int, further: int) -> Reading:
        """Read prompts, or find them read.

        Args:
            sequences: Token ids, all beginning with the same `shared` tokens.
            shared: Length of that prefix.
            further: Tokens that the caller will add to each row.
        """
        key = tuple(map(tuple, sequences))
        if key in self._kept:
            self._kept.move_to_end(key)
        else:
            longest = max(map(len, sequences)) - shared
            size = len(sequences) * (longest + max(further, ROOM)) * self.token_bytes
            self._make_room(size)
            self._kept[key] = self._read(sequences, shared, max(further, ROOM))
        return self._kept[key].fork(further)

    def next_logits(self, ids: torch.Tensor, reading: Reading) -> torch.Tensor:
        """Append tokens to each row, ids of shape (rows, tokens), until `Reading.settle`.

        Returns:
            Logits after each of them, shape (rows, tokens, vocabulary).
        """
        ids = ids.to(self.device)
        rows, width = ids.shape
        order = torch.ones(rows, width, width, dtype=torch.bool, device=self.device).tril()
        mask = torch.cat([reading.mask.expand(-1, -1, width, -1), self._added(order)], -1)
        positions = reading.positions + torch.arange(1, width + 1, device=self.device)
        reading.unsettled = width
        return self._logits(ids, mask, positions, reading.cache, keep=width)

    def trie_logprobs(self, reading: Reading, tries: Sequence[Trie]) -> list[NDArray[np.float64]]:
        """Log-probability of every node of each row's trie given its path, in nats.

        All nodes that have children are read in one pass, each seeing its own ancestors only.

        Returns:
            For each row an array of shape (nodes of its trie,).
        """
        most = max(len(trie.inner) for trie in tries)
        vocabulary = int(reading.logits.shape[-1])
        step = max(1, LOGIT_BYTES // (4 * vocabulary * max(1, most)))
        found = []
        for start in range(0, len(tries), step):
            part = slice(start, start + step)
            found += self._trie_part(reading.fork(most, part), tries[part])
        return found

    def padded(
        self, sequences: Sequence[Sequence[int]], *, left: bool
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Token ids and mask, both of shape (rows, longest), padded on one side."""
        longest = max(map(len, sequences))
        ids = torch.zeros(len(sequences), longest, dtype=torch.long)
        mask = torch.zeros_like(ids)
        for row, sequence in enumerate(sequences):
            span = slice(longest - len(sequence), longest) if left else slice(0, len(sequence))
            ids[row, span] = torch.tensor(sequence)
            mask[row, span] = 1
        return ids.to(self.device), mask.to(self.device)

    def _make_room(self, size: int) -> None:
        held = sum(reading.cache.bytes for reading in self._kept.values())
        while self._kept and held + size > KEPT_BYTES:
            held -= self._kept.popitem(last=False)[1].cache.bytes

    def _read(self, sequences: Sequence[list[int]], shared: int, further: int) -> Reading:
        """Reading is bound by computation, so prompts are read in parts that fit into memory."""
        prefix = self._prefix_cache(tuple(sequences[0][:shared])) if shared else None
        own = [sequence[shared:] for sequence in sequences]
        longest = max(map(len, own))
        logits, caches, masks, ends = [], [], [], []
        for part in little_padding([len(ids) for ids in own], BATCH_TOKENS):
            ids, padding = self.padded(own[part], left=True)
            mask = self._added(_causal(padding.bool()))
            positions = shared + (padding.cumsum(1) - 1).clamp(min=0)
            cache = RowsCache(self.layers, ids.shape[1] + further, prefix)
            logits.append(self._logits(ids, mask, positions, cache)[:, -1])
            caches.append(cache)
            blocked = torch.finfo(self.model.dtype).min  # beside a longer row of another part
            masks.append(pad(mask[:, :, -1:], (longest - ids.shape[1], 0), value=blocked))
            ends.append(positions[:, -1:])
        cache = RowsCache.joined(caches, further)
        return Reading(torch.cat(logits), cache, torch.cat(masks), torch.cat(ends))

    def _prefix_cache(self, prefix: tuple[int, ...]) -> RowsCache:
        """Key/value cache of the prefix; one that begins with the last one goes on from it."""
        if self._prefix is not None and self._prefix[0] == prefix:
            return self._prefix[1]
        start, cache = 0, RowsCache(self.layers, len(prefix))
        if self._prefix is not None and prefix[: len(self._prefix[0])] == self._prefix[0]:
            start = len(self._prefix[0])
            cache = self._prefix[1].fork(len(prefix) - start)
        ids = torch.tensor([prefix[start:]], device=self.device)
        width = torch.ones(1, len(prefix) - start, dtype=torch.bool, device=self.device)
        mask = pad(self._added(_causal(width)), (start, 0))
        positions = torch.arange(start, len(prefix), device=self.device)[None]
        self._logits(ids, mask, positions, cache)
        self._prefix = (prefix, cache)
        return cache

    def _trie_part(self, reading: Reading, tries: Sequence[Trie]) -> list[NDArray[np.float64]]:
        after = reading.logits[:, None][:, :0]
        width = max(len(trie.inner) for trie in tries)
        if width:
            nodes = {id(trie): self._inner_nodes(trie, width) for trie in tries}
            ids, depths, sees = (
                torch.stack(tensors)
                for tensors in zip(*(nodes[id(trie)] for trie in tries), strict=True)
            )
            mask = torch.cat([reading.mask.expand(-1, -1, width, -1), self._added(sees)], -1)
            positions = reading.positions + 1 + depths
            after = self._logits(ids, mask, positions, reading.cache, keep=width)
        rows = []
        # One row at a time fits a processor's cache.
        for trie, first, others in zip(tries, reading.logits, after, strict=True):
            # Place 0 holds the logits after the prompt, place k + 1 those after the k-th inner node
            place = {node: at + 1 for at, node in enumerate(trie.inner)}
            parents = [place.get(parent, 0) for parent in trie.parents]
            logits = torch.cat([first[None], others[: len(trie.inner)]])
            logprobs = logits.log_softmax(-1, dtype=torch.float32)
            rows.append(logprobs[parents, trie.tokens].double().cpu().numpy())
        return rows

    def _inner_nodes(
        self, trie: Trie, width: int
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Tokens, depths and ancestry of the inner nodes, filled up to a width.

        Returns:
            Tensors of shape (width,), (width,) and (width, width).
        """
        inner = trie.inner
        room = width - len(inner)
        ids = torch.tensor([trie.tokens[node] for node in inner] + [0] * room)
        depths = torch.tensor([trie.depths[node] for node in inner] + [0] * room)
        sees = torch.eye(width, dtype=torch.bool)
        if inner:
            sees[: len(inner), : len(inner)] = torch.tensor(trie.ancestry(inner))
        return ids.to(self.device), depths.to(self.device), sees.to(self.device)

    def _logits(
        self,
        ids: torch.Tensor,
        mask: torch.Tensor,
        positions: torch.Tensor,
        cache: RowsCache,
        keep: int = 1,
    ) -> torch.Tensor:
        """Logits of the last `keep` positions, shape (rows, keep, vocabulary).

        The positions are given as a tensor: cut off as a slice they would not lie in one piece, and
        torch then copies a head without gradient, 57 MB here, for every row (docs/log.md).
        """
        width = ids.shape[1]
        logits: torch.Tensor = self.model(
            input_ids=ids,
            attention_mask=mask,
            position_ids=positions,
            cache=cache,
            prefixes=cache.prefixes,
            logits_to_keep=torch.arange(width - keep, width, device=ids.device),
        ).logits
        return logits

    def _added(self, sees: torch.Tensor) -> torch.Tensor:
        """What is added to attention scores, zero where `sees` of shape (rows, queries, keys)."""
        blocked = torch.zeros(sees.shape, dtype=self.model.dtype, device=self.device)
        return blocked.masked_fill_(~sees, torch.finfo(self.model.dtype).min)[:, None]


def _causal(real: torch.Tensor) -> torch.Tensor:
    """Which token sees which, shape (rows, width, width), for rows padded on the left."""
    width = real.shape[1]
    order = torch.ones(width, width, dtype=torch.bool, device=real.device).tril()
    # A padding position sees itself: a row that sees nothing would turn into NaN.
    itself = torch.eye(width, dtype=torch.bool, device=real.device)
    return order & real[:, None, :] | itself
