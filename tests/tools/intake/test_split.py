import json
import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.brief import TaskType
from policies.evidence import MOST_TEST_ROWS
from tools.errors import DataError
from tools.intake.examples import Example, Parts
from tools.intake.split import MOST_DEV_ROWS, LockedTest, data_hash, split


def labelled(**counts: int) -> list[Example]:
    labels = [label for label, count in counts.items() for _ in range(count)]
    return [Example(n, f"{label} text {n}", label) for n, label in enumerate(labels, start=1)]


def cut(examples: list[Example], task_type: TaskType = "labels") -> Parts:
    return split(examples, range(len(examples)), task_type)


def contents(part: tuple[Example, ...]) -> list[tuple[str, str]]:
    return [(example.input, example.answer) for example in part]


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[Example], list[int]]:
    """Rows whose inputs and answers repeat, in groups of uneven size; labels mix in groups."""
    rows = draw(
        st.lists(
            st.tuples(st.integers(0, 60), st.sampled_from("aaabbc"), st.integers(0, 2)),
            min_size=8,
            max_size=80,
        )
    )
    examples = [
        Example(n, f"text {group}/{variant}", label)
        for n, (group, label, variant) in enumerate(rows, start=1)
    ]
    return examples, [group for group, _, _ in rows]


def try_split(examples: list[Example], groups: list[int], task_type: TaskType) -> Parts | str:
    try:
        return split(examples, groups, task_type)
    except DataError as error:
        return str(error)


@settings(deadline=None)
@given(tables(), st.sampled_from(["labels", "text"]), st.randoms(use_true_random=False))
def test_a_split_is_complete_disjoint_whole_and_blind_to_order(
    table: tuple[list[Example], list[int]], task_type: TaskType, chance: random.Random
) -> None:
    examples, groups = table
    parts = try_split(examples, groups, task_type)
    order = chance.sample(range(len(examples)), len(examples))
    again = try_split([examples[n] for n in order], [groups[n] for n in order], task_type)
    if isinstance(parts, str):
        assert parts == again
        return
    assert not isinstance(again, str)
    group_of = {example.row: group for example, group in zip(examples, groups, strict=True)}
    seen = Counter(e.row for part in (parts.train, parts.dev, parts.test) for e in part)
    assert seen == Counter(group_of.keys())
    in_parts = [{group_of[e.row] for e in part} for part in (parts.train, parts.dev, parts.test)]
    assert sum(map(len, in_parts)) == len(set(groups))
    for part in ("train", "dev", "test"):
        assert contents(getattr(parts, part)) == contents(getattr(again, part))


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 40), min_size=2))
def test_each_label_with_three_rows_is_in_each_part(counts: dict[str, int]) -> None:
    examples = labelled(**counts)
    if len(examples) < 8 or sum(count >= 3 for count in counts.values()) < 2:
        return
    parts = cut(examples)
    for label, count in counts.items():
        found = [
            sum(example.answer == label for example in part)
            for part in (parts.train, parts.dev, parts.test)
        ]
        assert all(found) or count < 3
        assert count > 1 or found == [1, 0, 0]
        assert abs(found[2] - count / 4) <= 1


@pytest.mark.parametrize("task_type", ["labels", "fields", "number", "text"])
def test_the_parts_are_half_and_two_quarters(task_type: TaskType) -> None:
    parts = cut(labelled(a=200, b=200), task_type)
    assert [len(parts.train), len(parts.dev), len(parts.test)] == [200, 100, 100]


def test_dev_and_test_are_capped_and_keep_their_proportions() -> None:
    parts = cut(labelled(a=3600, b=360, c=40, d=4))
    for part, most in ((parts.dev, MOST_DEV_ROWS), (parts.test, MOST_TEST_ROWS)):
        counts = Counter(example.answer for example in part)
        assert len(part) == most
        assert counts["a"] == pytest.approx(450, abs=2) and counts["b"] == pytest.approx(45, abs=2)
        assert counts["c"] and counts["d"]
    assert len(parts.train) == 4004 - MOST_DEV_ROWS - MOST_TEST_ROWS


def test_membership_ignores_row_numbers_and_todays_answers() -> None:
    examples = labelled(a=20, b=20)
    changed = [Example(e.row + 7, e.input, e.answer, current="x") for e in examples]
    assert contents(cut(examples).test) == contents(cut(changed).test)
    assert data_hash(examples) == data_hash(changed[::-1])
    assert data_hash(examples) != data_hash(examples[1:])
    assert data_hash([Example(1, "ab", "c")]) != data_hash([Example(1, "a", "bc")])


@pytest.mark.parametrize(
    ("examples", "groups", "task_type", "message"),
    [
        (labelled(a=4, b=3), range(7), "labels", "7 usable rows; at least 8"),
        (labelled(a=20, b=2), range(22), "labels", "Fewer than two labels"),
        (labelled(a=5, b=5), [0] * 5 + [1] * 5, "labels", "Fewer than two labels"),
        (labelled(a=10), [0] * 5 + [1] * 5, "text", "only 2 groups of different inputs"),
    ],
)
def test_an_impossible_split_says_why(
    examples: list[Example], groups: list[int], task_type: TaskType, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        split(examples, groups, task_type)


def test_each_read_of_the_test_part_is_logged_once(tmp_path: Path) -> None:
    log = tmp_path / "run" / "test_reads.jsonl"
    examples = tuple(labelled(a=2))
    locked = LockedTest(examples, log)
    assert (locked.reads(), len(locked)) == (0, 2)
    assert locked.read("prompt", "confirm") == examples
    assert locked.read("prompt", "confirm") == examples
    locked.read("classifier", "confirm")
    assert LockedTest(examples, log).reads() == 2
    entry = json.loads(log.read_text().splitlines()[0])
    assert (entry["arm"], entry["purpose"]) == ("prompt", "confirm")
    assert entry["time"].endswith("+00:00")


def test_a_torn_line_of_the_log_counts_no_read_and_swallows_none(tmp_path: Path) -> None:
    log = tmp_path / "test_reads.jsonl"
    locked = LockedTest(labelled(a=2), log)
    locked.read("prompt", "confirm")
    with log.open("a") as file:
        file.write('{"time": "2026-11-03", "arm": "cla')
    assert locked.reads() == 1
    locked.read("classifier", "confirm")
    assert locked.reads() == 2
