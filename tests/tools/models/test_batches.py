from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.models.batches import PASS_TOKENS, Trie, by_length, common_prefix, little_padding

TOKENS = st.lists(st.integers(0, 3), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("sequences", "shared"),
    [
        ([[1, 2, 3]], 2),
        ([[1, 2, 3], [1, 2, 4]], 2),
        ([[1, 2, 3], [1, 2, 3]], 2),  # each keeps a token of its own
        ([[1, 2], [1, 2, 3, 4]], 1),
        ([[1], [1, 2]], 0),
        ([[5, 1], [6, 1]], 0),
        ([[10, 2, 3], [9, 2, 3], [10, 2, 4]], 0),
    ],
)
def test_a_common_prefix_leaves_each_sequence_a_token(
    sequences: list[list[int]], shared: int
) -> None:
    assert common_prefix(sequences) == shared


@given(st.lists(TOKENS, min_size=1, max_size=6))
def test_a_common_prefix_is_shared_by_all_and_the_longest(sequences: list[list[int]]) -> None:
    shared = common_prefix(sequences)
    assert len({tuple(s[:shared]) for s in sequences}) == 1
    assert all(len(s) > shared for s in sequences)
    longer = shared + 1
    assert (
        any(len(s) == longer for s in sequences) or len({tuple(s[:longer]) for s in sequences}) > 1
    )


@given(st.lists(st.integers(1, 200), max_size=40), st.integers(1, 500), st.integers(1, 9))
def test_batches_hold_every_row_once_inside_the_budget(
    lengths: list[int], budget: int, most: int
) -> None:
    batches = list(by_length(lengths, budget, most))
    assert sorted(index for batch in batches for index in batch) == list(range(len(lengths)))
    widths = [[lengths[index] for index in batch] for batch in batches]
    for width in widths:
        assert len(width) <= most
        assert len(width) * max(width) <= budget or len(width) == 1
    flat = [length for width in widths for length in width]
    assert flat == sorted(flat, reverse=True)


@pytest.mark.parametrize(
    ("lengths", "budget", "sizes"),
    [
        ([], 100, []),
        ([500], 100, [1]),  # a row that exceeds the budget stands alone
        ([20] * 6, 1000, [6]),
        ([20] * 6, 60, [3, 3]),
        ([90, 20, 20, 20], 1000, [1, 3]),  # padding three rows by 70 costs more than a pass
        ([30, 20, 20, 20], 1000, [4]),  # and by 10 less
    ],
)
def test_rows_are_cut_where_padding_would_cost_more_than_a_pass(
    lengths: list[int], budget: int, sizes: list[int]
) -> None:
    assert [len(lengths[part]) for part in little_padding(lengths, budget)] == sizes


@given(st.lists(st.integers(1, 200), min_size=1, max_size=30), st.integers(1, 500))
def test_little_padding_keeps_order_and_budget_and_is_no_worse_than_full_parts(
    lengths: list[int], budget: int
) -> None:
    def cost(parts: list[list[int]]) -> int:
        return sum(len(part) * max(part) + PASS_TOKENS for part in parts)

    parts = [lengths[part] for part in little_padding(lengths, budget)]
    assert [length for part in parts for length in part] == lengths
    assert all(len(part) * max(part) <= budget or len(part) == 1 for part in parts)
    step = max(1, budget // max(lengths))
    assert cost(parts) <= cost([lengths[at : at + step] for at in range(0, len(lengths), step)])


def test_a_trie_stores_each_shared_token_once() -> None:
    trie = Trie.of([[7, 8, 2], [7, 8, 9, 2], [7, 2], [7, 8, 2]])
    assert trie.tokens == [7, 8, 2, 9, 2, 2]
    assert trie.parents == [-1, 0, 1, 1, 3, 0]
    assert trie.depths == [0, 1, 2, 2, 3, 1]
    assert trie.paths == [[0, 1, 2], [0, 1, 3, 4], [0, 5], [0, 1, 2]]


@given(st.lists(TOKENS, min_size=1, max_size=8))
def test_a_trie_spells_its_continuations_and_sees_only_ancestors(
    continuations: Sequence[Sequence[int]],
) -> None:
    trie = Trie.of(continuations)
    prefixes = {tuple(c[:end]) for c in continuations for end in range(1, len(c) + 1)}
    assert len(trie.tokens) == len(prefixes)
    sees = trie.ancestry(range(len(trie.tokens)))
    for path, continuation in zip(trie.paths, continuations, strict=True):
        assert [trie.tokens[node] for node in path] == list(continuation)
        assert [trie.depths[node] for node in path] == list(range(len(path)))
        last = path[-1]
        assert [node for node in range(len(trie.tokens)) if sees[last][node]] == sorted(path)
        assert [node for node in path if node in trie.inner] == path[:-1] or last in trie.inner


def test_greedy_decoding_follows_the_likeliest_child_and_not_the_likeliest_whole() -> None:
    trie = Trie.of([[1, 5], [1, 6], [2, 7]])
    logprobs = [-0.6, -0.7, -0.8, -0.8, -0.1]  # 1, 5, 6, 2, 7: the whole 2-7 would be likelier
    assert trie.greedy(logprobs) == 0 and trie.inner == [0, 3]
