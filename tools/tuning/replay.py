"""Replay against forgetting: beside the task, the model keeps saying what its base says.

The base answers some general requests (none is like one of the general-ability items).
In training a few of these answers accompany every batch, and the divergence of the model in
training from its base, KL(base, tuned), is added to the loss at each of their tokens. That is
cheaper than learning the answers again (LwF, 1606.09282): what the base said is computed once.

How an answer begins decides which answer it is, and there a tune on short answers pulls hardest.
For such a tune that one token counts for several, and those of the request, which is given, for
less.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

import torch

from tools.models.batches import common_prefix
from tools.models.local import LocalModel
from tools.models.packing import pack
from tools.models.protocol import Chat, LanguageModel, Limits, Message
from tools.progress import Watch
from tools.tuning.frozen import Halves

LIKELIEST = 512  # next tokens that are told apart; the others count together
LIMITS = Limits(24)
SHORTEST = 8  # own tokens of a row
AT_ONCE = 16  # rows read in one pass, what they share read once
# Weights of tokens; those of the rest of an answer are 1. Chosen on 28 tunes (docs/log.md).
BEGINNING, REQUEST = 8.0, 0.25


@dataclass(frozen=True)
class Kept:
    """What the base says along one row.

    Attributes:
        ids: Token ids of the row.
        first: The first token after which the next one is compared.
        tokens: The likeliest next tokens, shape (compared, LIKELIEST).
        logprobs: Their log-probabilities, and that of all others, shape (compared, LIKELIEST + 1).
        weights: How much each comparison counts, shape (compared,).
    """

    ids: list[int]
    first: int
    tokens: torch.Tensor
    logprobs: torch.Tensor
    weights: torch.Tensor


def replay_chats() -> list[Chat]:
    """The project's general requests."""
    text = files("tools.tuning").joinpath("replay_prompts.txt").read_text(encoding="utf-8")
    return [(Message(role="user", content=line),) for line in text.splitlines() if line]


def replay_rows(base: LanguageModel, watch: Watch) -> list[tuple[Chat, str]]:
    """The requests with the base model's own answers.

    Raises:
        Stopped: It was stopped.
    """
    chats = replay_chats()
    written = base.complete(chats, LIMITS)
    replies = dict(watch.track("tune", "Noting what the model says today", written, len(chats)))
    found = [(chat, replies[at].text) for at, chat in enumerate(chats)]
    return [(chat, answer) for chat, answer in found if answer]


class Replay:
    """The base's answers, ready to accompany a training."""

    def __init__(
        self, base: LocalModel, rows: Sequence[tuple[Chat, str]], seed: int, beginnings: bool
    ) -> None:
        """Compute what the base says along these rows.

        Args:
            base: The base model, not rounded to 4 bits.
            rows: Requests with its answers.
            seed: Of the order.
            beginnings: Whether it counts most how an answer begins; else all tokens count alike.
        """
        self.seed = seed
        encode = base.tokenizer.encode
        found = [(base.tokens(chat), encode(text, add_special_tokens=False)) for chat, text in rows]
        first = common_prefix([asked + said for asked, said in found])
        own = [(asked, said) for asked, said in found if len(asked + said) - first >= SHORTEST]
        packs = [own[at : at + AT_ONCE] for at in range(0, len(own), AT_ONCE)]
        weights = (REQUEST, BEGINNING) if beginnings else (1.0, 1.0)
        self.rows = [kept for some in packs for kept in _kept(base, some, first, *weights)]

    def loss(self, halves: Halves, step: int, count: int) -> torch.Tensor:
        """Divergence from the base on some rows, nats a token.

        Args:
            halves: The model in training.
            step: Which step of the training; it decides the rows, so a resumed training has the
                same.
            count: How many rows.
        """
        chosen = random.Random(f"{self.seed}/{step}").sample(self.rows, min(count, len(self.rows)))
        places = [
            (at, token) for at, row in enumerate(chosen) for token in range(row.first, len(row.ids))
        ]
        logits = halves.logits([row.ids for row in chosen], places)
        tokens = torch.cat([row.tokens for row in chosen]).to(logits.device)
        base = torch.cat([row.logprobs for row in chosen]).to(logits.device)
        weights = torch.cat([row.weights for row in chosen]).to(logits.device)
        return (divergence(base, logits, tokens) * weights).sum() / weights.sum()


def divergence(base: torch.Tensor, logits: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
    """KL divergence over some tokens and the rest taken together, a lower bound of the whole.

    Args:
        base: Log-probabilities of the base, shape (places, tokens + 1), the rest last.
        logits: Of the model in training, shape (places, vocabulary).
        tokens: The tokens told apart, shape (places, tokens).

    Returns:
        Shape (places,).
    """
    found = logits.gather(1, tokens).float() - logits.float().logsumexp(-1, keepdim=True)
    own = torch.cat([found, _rest(found)], 1)
    return (base.exp() * (base - own)).sum(1)


def _kept(
    base: LocalModel,
    rows: list[tuple[list[int], list[int]]],
    first: int,
    request: float,
    beginning: float,
) -> list[Kept]:
    whole = [asked + said for asked, said in rows]
    packing = pack(whole, base.device)
    places = [
        [packing.place(at, n) for n in range(first, len(ids))] for at, ids in enumerate(whole)
    ]
    with torch.no_grad():  # tensors of inference mode can't take part in a training
        found = base.model(
            input_ids=packing.ids,
            position_ids=packing.positions,
            packing=packing,
            logits_to_keep=torch.tensor(sum(places, []), device=base.device),
            use_cache=False,
        )
        logits = found.logits[0].float()
        likeliest, tokens = logits.topk(LIKELIEST)
        logprobs = likeliest - logits.logsumexp(-1, keepdim=True)
        both = torch.cat([logprobs, _rest(logprobs)], 1)
    sizes = [len(own) for own in places]
    parts = zip(torch.split(tokens.cpu(), sizes), torch.split(both.cpu(), sizes), strict=True)
    kept = []
    for (asked, said), (told, likely) in zip(rows, parts, strict=True):
        before = [request] * (len(asked) - 1 - first)  # predicted within the request
        weights = torch.tensor([*before, beginning, *[1.0] * len(said)])
        kept.append(Kept(asked + said, first, told, likely, weights))
    return kept


def _rest(logprobs: torch.Tensor) -> torch.Tensor:
    """Log-probability of all tokens but these."""
    return torch.log1p(-logprobs.exp().sum(1, keepdim=True).clamp(max=1 - 1e-6))
