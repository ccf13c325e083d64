"""Layers below the adapter: what they make of a row never changes, so it is computed once.

A training meets each row several times, and the way back ends at the first adapted layer. With
half of the layers frozen a step takes 60 % of the time (docs/log.md).
"""

from collections.abc import Sequence
from functools import partial
from typing import Any, Literal

import torch

from tools.models.packing import Packing, pack

KEPT_BYTES = 1_000_000_000  # of states; rows beyond are read again each time

Row = tuple[int, ...]
Part = Literal["all", "frozen", "adapted"]


class Halves:
    """A model whose frozen and adapted layers are run apart, the frozen ones once a row."""

    def __init__(self, model: Any, frozen: int) -> None:
        """Split a model.

        Args:
            model: What is trained: a causal model that attends by `attention.attend`, with
                adapters by peft.
            frozen: How many layers, from the first, have no adapter; 0 keeps nothing.
        """
        self.model, self.frozen = model, frozen
        self._kept: dict[Row, torch.Tensor] = {}
        self._room = KEPT_BYTES
        self._part: Part = "all"
        self._reached = torch.empty(0)
        if frozen:
            for at, layer in enumerate(model.get_base_model().get_decoder().layers):
                layer.forward = partial(self._forward, at, layer.forward)

    def logits(
        self, rows: Sequence[Sequence[int]], places: Sequence[tuple[int, int]]
    ) -> torch.Tensor:
        """Logits after some tokens of some rows, with the gradients of the adapter.

        Args:
            rows: Token ids of each row.
            places: Row and token of each, as many as are wanted.

        Returns:
            Shape (places, vocabulary).
        """
        packing = pack(rows, self.model.device)
        wanted = [packing.place(row, token) for row, token in places]
        if not self.frozen:
            return self._run("all", packing, wanted, input_ids=packing.ids)
        states = self._states([tuple(row) for row in rows], packing)
        return self._run("adapted", packing, wanted, inputs_embeds=states)

    def _states(self, rows: list[Row], packing: Packing) -> torch.Tensor:
        """What reaches the first adapted layer, shape (1, tokens, width)."""
        missing = [row for row in dict.fromkeys(rows) if row not in self._kept]
        read = self._read(missing) if missing else {}
        states = [read[row] if row in read else self._kept[row] for row in rows]
        return torch.cat([states[0][: packing.shared], *(own[packing.shared :] for own in states)])[
            None
        ]

    @torch.no_grad()
    def _read(self, rows: list[Row]) -> dict[Row, torch.Tensor]:
        """States of rows that are not kept; they are kept from now on, as far as there is room."""
        packing = pack(rows, self.model.device)
        self._run("frozen", packing, [0], input_ids=packing.ids)
        found = {
            row: self._reached[0, [packing.place(at, n) for n in range(len(row))]]
            for at, row in enumerate(rows)
        }
        for row, states in found.items():
            if states.nbytes <= self._room:
                self._kept[row] = states
                self._room -= states.nbytes
        return found

    def _run(
        self, part: Part, packing: Packing, places: list[int], **inputs: torch.Tensor
    ) -> torch.Tensor:
        self._part = part
        try:
            found: torch.Tensor = self.model(
                position_ids=packing.positions,
                packing=packing,
                logits_to_keep=torch.tensor(places, device=packing.positions.device),
                use_cache=False,
                **inputs,
            ).logits[0]
        finally:
            self._part = "all"
        return found

    def _forward(self, at: int, inner: Any, states: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        """A layer's own pass, or none where its part is not run."""
        if self._part == "frozen" and at == self.frozen:
            self._reached = states
        if self._part != "all" and (self._part == "frozen") != (at < self.frozen):
            return states
        return inner(states, *args, **kwargs)
