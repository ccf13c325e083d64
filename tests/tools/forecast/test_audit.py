import csv
import json
import random
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from policies.brief import Brief
from policies.policy import load_policy
from tools.forecast.audit import FOLDS, audit_labels, find_suspects, kept_suspects
from tools.forecast.probe import fit_probe
from tools.intake.samples import SAMPLES
from tools.models.local import LocalModel
from tools.models.protocol import States
from tools.progress import Watch
from tools.runs import create_run
from tools.trials.stage import task_of


@pytest.fixture
def audited(tmp_path: Path, home: Path, reader: Any) -> Callable[[list[tuple[str, str]]], Any]:
    """A run on some rows, audited with the tiny reader."""

    def audit(rows: list[tuple[str, str]]) -> Any:
        data = tmp_path / "data.csv"
        data.write_text(
            "text,label\n" + "".join(f"{text},{label}\n" for text, label in rows), encoding="utf-8"
        )
        run = create_run(home)
        run.take_examples(data)
        dataset = run.dataset(Brief(task_type="labels"))
        probe = fit_probe(task_of(dataset, Brief()), reader, "tiny", Watch())
        return run, audit_labels(run, dataset, probe)

    return audit


# Words of four letters from the row's number: distinct texts that no near-duplicate joins.
def _texts(colour: str, count: int) -> list[str]:
    rng = np.random.default_rng(len(colour))
    words = ["".join(rng.choice(list("abcdefghijklmnop"), 6)) for _ in range(3 * count)]
    return [f"{colour} {' '.join(words[3 * n : 3 * n + 3])}" for n in range(count)]


def test_wrong_labels_are_listed_with_their_rows(audited: Any) -> None:
    rows = [(text, colour) for colour in ("red", "blue", "green") for text in _texts(colour, 30)]
    flipped = {3: "blue", 17: "green", 40: "red", 55: "green", 70: "red", 88: "blue"}
    rows = [(text, flipped.get(n, label)) for n, (text, label) in enumerate(rows)]
    run, audit = audited(rows)
    suspects = kept_suspects(run)
    assert {s.row for s in suspects} == {n + 1 for n in flipped}
    assert all(
        s.given == flipped[s.row - 1] and s.suggested == s.input.split()[0] for s in suspects
    )
    assert audit.reliable and audit.suspects == len(flipped) and 0 < audit.sure <= audit.suspects
    assert {s.part for s in suspects} <= {"train", "dev", "test"}


def test_right_labels_are_left_alone_and_the_read_is_logged(audited: Any) -> None:
    rows = [(text, colour) for colour in ("red", "blue") for text in _texts(colour, 40)]
    run, audit = audited(rows)
    assert audit.reliable
    assert (audit.suspects, audit.sure, kept_suspects(run)) == (0, 0, ())
    [entry] = map(json.loads, (run.folder / "test_reads.jsonl").read_text().splitlines())
    assert (entry["arm"], entry["purpose"]) == ("label audit", "look for wrong labels")


def test_labels_that_nothing_explains_cannot_be_judged(audited: Any) -> None:
    rng = np.random.default_rng(0)
    rows = [(text.replace("red", "thing"), str(rng.choice(["a", "b", "c"])))
            for text in _texts("red", 90)]  # fmt: skip
    run, audit = audited(rows)
    assert not audit.reliable and (audit.suspects, audit.sure) == (0, 0)
    assert kept_suspects(run) == ()


def test_few_rows_are_not_judged(audited: Any) -> None:
    rows = [(text, colour) for colour in ("red", "blue") for text in _texts(colour, 20)]
    rows[3] = (rows[3][0], "blue")
    run, audit = audited(rows)
    assert not audit.reliable and kept_suspects(run) == ()


def test_a_label_with_too_few_rows_is_not_judged(audited: Any) -> None:
    rows = [(text, colour) for colour in ("red", "blue") for text in _texts(colour, 40)]
    run, audit = audited(rows + [(text, "green") for text in _texts("green", FOLDS - 1)])
    assert audit.reliable and "green" not in {s.given for s in kept_suspects(run)}


def test_only_as_many_are_listed_as_the_confident_joint_counts() -> None:
    """Nine sure rows a label, one row each where the other label is likelier, one of them clear."""
    sure, clear, close = [0.9, 0.1], [0.05, 0.95], [0.48, 0.52]
    shares = np.array([sure] * 9 + [clear] + [s[::-1] for s in [sure] * 9 + [close]])
    found, certain, agreement = find_suspects(shares, np.array(["a"] * 10 + ["b"] * 10))
    assert (found, certain, agreement) == ([9], 1, 0.9)


def test_nothing_is_listed_where_the_classifiers_never_agree() -> None:
    shares = np.array([[0.1, 0.9]] * 5 + [[0.9, 0.1]] * 5)
    assert find_suspects(shares, np.array(["a"] * 5 + ["b"] * 5)) == ([], 0, 0.0)


def test_no_list_where_no_audit_ran(home: Path) -> None:
    assert kept_suspects(create_run(home)) == ()


@pytest.mark.slow
def test_flips_of_any_seed_are_found_and_right_labels_are_none(
    tmp_path: Path, home: Path, embedded_folder: Path
) -> None:
    """The bundled messages as they are, and with 15 % of the labels flipped at random."""
    with SAMPLES[0].path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    *_, answer = rows[0]
    labels, least = sorted({row[answer] for row in rows}), load_policy().label_error_share
    model = LocalModel(embedded_folder, "embedded")
    read = cache(lambda texts: model.hidden(texts))  # the same texts for every seed

    class Kept:
        def hidden(self, texts: Sequence[str]) -> States:
            return read(tuple(texts))

    for seed in (None, 0, 1, 2):
        rng, changed = random.Random(seed), [dict(row) for row in rows]
        share = 0.0 if seed is None else 0.15
        flipped = set(rng.sample(range(len(rows)), round(share * len(rows))))
        for at in flipped:
            others = [label for label in labels if label != rows[at][answer]]
            changed[at][answer] = rng.choice(others)
        data = tmp_path / f"{seed}.csv"
        with data.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(changed)
        run = create_run(home)
        run.take_examples(data)
        dataset = run.dataset(Brief(task_type="labels"))
        probe = fit_probe(task_of(dataset, Brief()), Kept(), "embedded", Watch())
        audit = audit_labels(run, dataset, probe)
        assert (audit.sure / dataset.task.rows >= least) == (seed is not None), seed
        found = {suspect.row - 1 for suspect in kept_suspects(run)}
        assert len(found & flipped) >= 0.8 * len(flipped), seed
        if (
            flipped
        ):  # these labels are less clear than bank topics', where over 0.9 are (docs/log.md)
            assert len(found & flipped) >= 0.5 * len(found), seed
