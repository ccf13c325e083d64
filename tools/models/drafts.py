"""Drafts of the next tokens of an answer: what once followed the last few.

Objects, quotes and loops repeat what stands before them. So the tokens that followed the last ones
earlier on are drafted and read in one pass with the last token, and they are kept as far as the
model itself writes them. What is written is the same as without; each kept token saves a pass.
(Prompt lookup decoding: speculative decoding, 2211.17192, with the text so far as draft model.)
"""

from collections.abc import Sequence
from itertools import cycle, islice

LENGTHS = (3, 2)  # tokens looked up, the longest first: it is right more often
MOST = 8


class Draft:
    """One prompt with its answer so far."""

    def __init__(self, prompt: Sequence[int]) -> None:
        """Begin with the token ids of a prompt."""
        self._ids: list[int] = []
        self._after: dict[tuple[int, ...], int] = {}  # tokens to the place after their last one
        for token in prompt:
            self.add(token)

    def add(self, token: int) -> None:
        """Append a token."""
        for length in LENGTHS:
            self._after[tuple(self._ids[-length:])] = len(self._ids)
        self._ids.append(token)

    def next(self, most: int) -> list[int]:
        """Up to so many tokens that may follow, or none. Where the text loops, the loop goes on."""
        for length in LENGTHS:
            at = self._after.get(tuple(self._ids[-length:]))
            if at is not None:
                return list(islice(cycle(self._ids[at:]), most))
        return []
