"""Several answers to one input: references for one another, in one part, counted once."""

from pathlib import Path

import pandas as pd

from policies.brief import Brief
from tools.intake.dataset import load_dataset
from tools.measure.metrics import item_scores, overall


def _file(tmp_path: Path) -> Path:
    rows = [
        {"facts": f"name: {word}; size: {n}", "copy": f"{opening} {word} measures {n} metres."}
        for n, word in enumerate(("oak ladder", "pine table", "steel hook", "glass jar", "red kite",
                                  "wool scarf", "tin whistle", "clay pot", "silk tie", "bridge",
                                  "stone bench", "brass bell", "paper lamp", "cork board"))
        for opening in ("Look:", "This fine", "Our new")
    ]  # fmt: skip
    path = tmp_path / "several.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


def test_rows_of_one_input_are_in_one_part_and_are_all_references(tmp_path: Path) -> None:
    data = load_dataset(_file(tmp_path), Brief())
    assert data.type == "text"
    parts = [data.parts.train, data.parts.dev, data.parts.test]
    inputs = [{row.input for row in part} for part in parts]
    assert not (inputs[0] & inputs[1] or inputs[0] & inputs[2] or inputs[1] & inputs[2])
    for part in parts[1:]:
        assert len({row.input for row in part}) == len(part)
        assert all(len(row.right) == 3 for row in part)
    assert len(data.parts.train) == 3 * len(inputs[0])  # to learn from, every answer counts
    assert data.task.dev == len(data.parts.dev)
    assert any("several different answers" in note for note in data.data.notes)


def test_a_text_is_scored_against_the_closest_reference() -> None:
    right = ("A red kite.", "The kite is red.")
    one, other = ([row] for row in right)
    assert overall("chrf", [right], ["The kite is red."]) == 1.0
    given = ["The kite is blue."]
    several = item_scores("chrf", [right], given)[0]
    assert several == max(item_scores("chrf", one, given)[0], item_scores("chrf", other, given)[0])
