"""Train, dev and the locked test: cut by content, so that nobody can shop for a test set."""

import hashlib
import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from policies.brief import TaskType
from policies.evidence import MOST_TEST_ROWS
from tools.errors import DataError
from tools.intake.examples import Example, Parts

SHARES = {"train": 0.5, "dev": 0.25, "test": 0.25}
FEWEST_ROWS = 8
# The best prompts answer all of dev: a thousand rows would tell their scores to one point in place
# of 1.5, and take twice as long.
MOST_DEV_ROWS = 500


@dataclass(frozen=True, eq=False)
class _Group:
    """Examples that must stay together, with a key made of their content (not always unique)."""

    key: str
    examples: tuple[Example, ...]
    labels: Counter[str]


def split(examples: Sequence[Example], groups: Sequence[int], task_type: TaskType) -> Parts:
    """Cut the examples into train (50 %), dev and test (25 % each, at most 500 rows).

    Whole groups are dealt out, rare labels first, large groups first, else in the order of their
    content's hash, each to the part that lacks most of the label (after Sechidis et al., "On the
    stratification of multi-label data", ECML 2011). A label with three groups of its own therefore
    is in every part, one with a single group in train. Neither a seed nor the order of the rows in
    the file plays a part. What dev and test have too much goes to train.

    Args:
        examples: The rows.
        groups: For each row the id of the group that must not be cut.
        task_type: Kind of task; labels are stratified.

    Raises:
        DataError: If there are too few rows or groups for three parts.
    """
    if len(examples) < FEWEST_ROWS:
        raise DataError(
            f"There are {len(examples)} usable rows; at least {FEWEST_ROWS} are needed to learn "
            "from some, choose on others and test on the rest. Please add examples."
        )
    pool = _grouped(examples, groups, task_type)
    if task_type == "labels":
        _check_labels(pool)
    dealt = _deal(pool)
    for part, most in (("dev", MOST_DEV_ROWS), ("test", MOST_TEST_ROWS)):
        surplus = _surplus(dealt[part], most)
        dealt[part] = [group for group in dealt[part] if group not in surplus]
        dealt["train"] += surplus
    if not all(dealt.values()):
        raise DataError(
            f"The {len(examples)} rows form only {len(pool)} groups of different inputs; at least "
            "three are needed, since near-identical inputs must stay in one part. "
            "Please add examples that differ."
        )
    return Parts(*(_ordered(dealt[part]) for part in SHARES))


def data_hash(examples: Sequence[Example]) -> str:
    """SHA-256 (hex) of inputs and answers, whatever the order of the rows."""
    return _digest(sorted(map(_row_hash, examples)))


class LockedTest:
    """The test part, which can only be read with a purpose, and counts its reads.

    Args:
        examples: The test part.
        log_path: JSON lines file of the reads; the same arm and purpose are logged once, so that
            a resumed run does not count twice.
    """

    def __init__(self, examples: Sequence[Example], log_path: Path) -> None:
        self._examples = tuple(examples)
        self._log_path = log_path

    def __len__(self) -> int:
        return len(self._examples)

    def read(self, arm: str, purpose: str) -> tuple[Example, ...]:
        """Log the read on disk, then hand out the examples.

        Args:
            arm: Name of the arm that is to be scored.
            purpose: Why, in a word or two.
        """
        if (arm, purpose) not in set(self._logged()):
            self._append({"time": datetime.now(UTC).isoformat(), "arm": arm, "purpose": purpose})
        return self._examples

    def reads(self) -> int:
        """How many different reads the log holds."""
        return len(set(self._logged()))

    def _logged(self) -> Iterator[tuple[str, str]]:
        if not self._log_path.exists():
            return
        for line in self._log_path.read_text(encoding="utf-8").splitlines():
            try:
                entry = json.loads(line)
                yield entry["arm"], entry["purpose"]
            except ValueError:
                continue  # torn by a power loss: that read handed nothing out

    def _append(self, entry: dict[str, str]) -> None:
        self._log_path.parent.mkdir(parents=True, exist_ok=True)
        with self._log_path.open("a+b") as log:
            # A torn last line must not swallow the new one.
            log.seek(max(0, log.seek(0, os.SEEK_END) - 1))
            start = b"" if log.read() in (b"", b"\n") else b"\n"
            log.write(start + json.dumps(entry).encode() + b"\n")
            log.flush()
            os.fsync(log.fileno())


def _grouped(
    examples: Sequence[Example], groups: Sequence[int], task_type: TaskType
) -> list[_Group]:
    members: defaultdict[int, list[Example]] = defaultdict(list)
    for example, group in zip(examples, groups, strict=True):
        members[group].append(example)
    return [
        _Group(
            data_hash(rows),
            tuple(rows),
            Counter(row.answer if task_type == "labels" else "" for row in rows),
        )
        for rows in members.values()
    ]


def _check_labels(pool: list[_Group]) -> None:
    groups = Counter(label for group in pool for label in group.labels)
    if sum(count >= len(SHARES) for count in groups.values()) < 2:
        raise DataError(
            "Fewer than two labels have three different inputs each, so no fair train, dev and "
            "test can be cut. Please add examples of the rarer labels."
        )


def _deal(pool: list[_Group]) -> dict[str, list[_Group]]:
    by_label: defaultdict[str, list[_Group]] = defaultdict(list)
    for group in pool:
        for label in group.labels:
            by_label[label].append(group)
    rows = sum((group.labels for group in pool), Counter[str]())
    lack = {part: {label: rows[label] * share for label in rows} for part, share in SHARES.items()}
    dealt: dict[str, list[_Group]] = {part: [] for part in SHARES}
    done: set[_Group] = set()
    for label in sorted(by_label, key=lambda label: (len(by_label[label]), label)):
        for group in sorted(by_label[label], key=lambda group: (-group.labels[label], group.key)):
            if group in done:
                continue
            part = _neediest(lack, label)
            dealt[part].append(group)
            done.add(group)
            for name, count in group.labels.items():
                lack[part][name] -= count
    return dealt


def _neediest(lack: dict[str, dict[str, float]], label: str) -> str:
    """The part that lacks most of the label; on a tie never train, then the one that lacks most."""
    return max(
        lack, key=lambda part: (lack[part][label], part != "train", sum(lack[part].values()))
    )


def _surplus(part: list[_Group], most: int) -> set[_Group]:
    """Groups above so many rows, taken from all labels alike; the first of each label stays."""
    seen: Counter[str] = Counter()
    of_label = Counter(_main_label(group) for group in part)
    ranks: dict[_Group, float] = {}
    for group in sorted(part, key=lambda group: group.key):
        label = _main_label(group)
        ranks[group] = seen[label] / of_label[label]
        seen[label] += 1
    surplus, rows = set(), 0
    for group in sorted(part, key=lambda group: (ranks[group], group.key)):
        if rows + len(group.examples) > most:
            surplus.add(group)
        else:
            rows += len(group.examples)
    return surplus


def _main_label(group: _Group) -> str:
    return min(group.labels, key=lambda label: (-group.labels[label], label))


def _ordered(groups: list[_Group]) -> tuple[Example, ...]:
    rows = [row for group in groups for row in group.examples]
    return tuple(sorted(rows, key=lambda row: (_row_hash(row), row.row)))


def _row_hash(example: Example) -> str:
    return _digest([example.input, example.answer])


def _digest(parts: list[str]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
