"""One label is one label, however it is written."""

from pathlib import Path

import pytest

from policies.brief import Brief
from tools.intake.dataset import load_dataset
from tools.intake.examples import Example
from tools.intake.spellings import one_spelling

CASES: list[tuple[list[str], list[str], str]] = [
    (["billing", "Billing ", "billing", "lost"], ["billing", "billing", "billing", "lost"], "1 "),
    (["A  B", "a b", "a b", "X", "x", "x"], ["a b"] * 3 + ["x"] * 3, "2 labels are"),
    (["ﬁne", "fine", "fine"], ["fine"] * 3, "1 label is"),  # a ligature
    (["late\u200b", "late", "late", "\ufefflost"], ["late"] * 3 + ["lost"], "2 labels are"),
    (["billing", "lost"], ["billing", "lost"], ""),
    ([], [], ""),
]


@pytest.mark.parametrize(("given", "taken", "said"), CASES)
def test_the_usual_spelling_is_taken(given: list[str], taken: list[str], said: str) -> None:
    rows = [Example(n, f"text {n}", answer) for n, answer in enumerate(given)]
    found, note = one_spelling(rows)
    assert [row.answer for row in found] == taken
    assert note.startswith(said) and bool(note) == bool(said)


def test_spellings_are_merged_when_a_file_is_read_and_that_is_said(tmp_path: Path) -> None:
    path = tmp_path / "mail.csv"
    lines = [f"mail number {n},{('Late', 'late', 'lost')[n % 3]}" for n in range(60)]
    path.write_text("text,label\n" + "\n".join(lines), encoding="utf-8")
    dataset = load_dataset(path, Brief(), "mail.csv")
    assert dataset.data.label_counts == {"Late": 40, "lost": 20}
    assert any("(“late” as “Late”)" in note for note in dataset.data.notes)
    kept = load_dataset(path, Brief(task_type="text"), "mail.csv")
    assert {row.answer for row in kept.examples} == {"Late", "late", "lost"}
