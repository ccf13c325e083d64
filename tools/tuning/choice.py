"""Loss among the labels: how surely a model in training picks the right one of the set.

The loss of a written answer is shared by all of its tokens, most of which follow from the first
ones. What counts is the choice among the labels, so that is a loss of its own: at each token where
labels part, only tokens that go on to a label are compared.
"""

from collections.abc import Iterable, Sequence

import torch
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import pad_sequence

Tokens = tuple[int, ...]


class Choice:
    """The labels of a task as a model in training writes them."""

    def __init__(self, labels: Iterable[Sequence[int]]) -> None:
        """Know these labels, each the tokens of a whole answer."""
        follows: dict[Tokens, set[int]] = {}
        for tokens in labels:
            for at, token in enumerate(tokens):
                follows.setdefault(tuple(tokens[:at]), set()).add(token)
        self._follows = {path: sorted(tokens) for path, tokens in follows.items()}

    def loss(self, logits: torch.Tensor, answers: Sequence[Sequence[int]]) -> torch.Tensor:
        """Mean surprise at the right labels if only labels can be written, nats a row.

        Args:
            logits: Before each token of each answer, one answer after another, shape (tokens,
                vocabulary).
            answers: The right answers, each one of the labels.
        """
        places, options, right, place = [], [], [], 0
        for answer in answers:
            for at, token in enumerate(answer):
                allowed = self._follows[tuple(answer[:at])]
                if len(allowed) > 1:
                    places.append(place)
                    options.append(torch.tensor(allowed))
                    right.append(allowed.index(token))
                place += 1
        if not places:
            return logits.sum() * 0.0
        tokens = pad_sequence(options, batch_first=True, padding_value=-1).to(logits.device)
        among = logits[places].gather(1, tokens.clamp(min=0)).masked_fill(tokens < 0, -torch.inf)
        wanted = torch.tensor(right, device=logits.device)
        return cross_entropy(among.float(), wanted, reduction="sum") / len(answers)
