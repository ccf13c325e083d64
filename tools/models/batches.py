"""Token sequences into batches: the shared prefix, lengths, padding, a trie of continuations."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

PASS_TOKENS = 64  # a pass over the model costs about as much as so many tokens more


def common_prefix(sequences: Sequence[Sequence[int]]) -> int:
    """Length of the prefix that all sequences share, leaving each at least one token.

    Args:
        sequences: Token ids, none empty.
    """
    # The extremes in order are those that differ earliest.
    first, last = min(map(tuple, sequences)), max(map(tuple, sequences))
    longest = min(len(first), len(last), min(map(len, sequences)) - 1)
    shared = 0
    while shared < longest and first[shared] == last[shared]:
        shared += 1
    return shared


def by_length(lengths: Sequence[int], token_budget: int, most: int) -> Iterator[list[int]]:
    """Indices grouped so that a padded batch stays inside the token budget, longest first.

    Longest first shows at once whether memory suffices and makes time estimates cautious.
    """
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lambda i: (-lengths[i], i)):
        widest = lengths[batch[0]] if batch else lengths[index]
        if batch and ((len(batch) + 1) * widest > token_budget or len(batch) == most):
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def little_padding(lengths: Sequence[int], token_budget: int) -> list[slice]:
    """Cut rows into parts of neighbours so that padding and passes together cost least.

    Args:
        lengths: Tokens of each row; rows of like length should be neighbours.
        token_budget: Most tokens of a part, padding included, unless it is a single row.
    """
    costs, starts = [0], [0]
    for end in range(1, len(lengths) + 1):
        width, found = 0, []
        for start in range(end - 1, -1, -1):
            width = max(width, lengths[start])
            size = (end - start) * width
            if size > token_budget and start < end - 1:
                break
            found.append((costs[start] + size + PASS_TOKENS, start))
        cost, start = min(found)
        costs.append(cost)
        starts.append(start)
    parts, end = [], len(lengths)
    while end:
        parts.append(slice(starts[end], end))
        end = starts[end]
    return parts[::-1]


@dataclass
class Trie:
    """Continuations that share their first tokens, each token stored once.

    Attributes:
        tokens: Token of each node.
        parents: Index of each node's parent; -1 at the top.
        depths: Number of tokens before each node.
        paths: For each continuation, its nodes from the top.
    """

    tokens: list[int] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    depths: list[int] = field(default_factory=list)
    paths: list[list[int]] = field(default_factory=list)

    @classmethod
    def of(cls, continuations: Sequence[Sequence[int]]) -> "Trie":
        """Build the trie of some token sequences, none empty."""
        trie = cls()
        children: dict[tuple[int, int], int] = {}
        for sequence in continuations:
            parent, path = -1, []
            for depth, token in enumerate(sequence):
                node = children.setdefault((parent, token), len(trie.tokens))
                if node == len(trie.tokens):
                    trie.tokens.append(token)
                    trie.parents.append(parent)
                    trie.depths.append(depth)
                path.append(node)
                parent = node
            trie.paths.append(path)
        return trie

    @property
    def inner(self) -> list[int]:
        """Nodes that have children, parents before children."""
        return sorted(set(self.parents) - {-1})

    def ancestry(self, nodes: Sequence[int]) -> list[list[bool]]:
        """Matrix over some nodes: true where the row's node may attend to the column's node."""
        place = {node: at for at, node in enumerate(nodes)}
        sees = [[False] * len(nodes) for _ in nodes]
        for at, node in enumerate(nodes):
            while node >= 0:
                sees[at][place[node]] = True
                node = self.parents[node]
        return sees

    def greedy(self, logprobs: Sequence[float]) -> int:
        """The continuation that greedy decoding writes if it may write no other.

        Args:
            logprobs: Of each node given its path.
        """
        children: dict[int, list[int]] = {}
        for node, parent in enumerate(self.parents):
            children.setdefault(parent, []).append(node)
        at = -1
        while at in children:
            at = max(children[at], key=lambda node: logprobs[node])
        return next(index for index, path in enumerate(self.paths) if path[-1] == at)
