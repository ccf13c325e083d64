from collections.abc import Sequence

import numpy as np
import pytest

from tools.intake.examples import Example
from tools.models.protocol import States
from tools.trials.neighbours import NearestRows

TEXTS = ("cancelled flights", "lost luggage", "a window seat", "Sitzplatzreservierung")
TRAIN = [Example(row, text, text) for row, text in enumerate(TEXTS, start=1)]


class Reader:
    """Reads by meaning: the same direction for each group, beside one value that outweighs all."""

    def hidden(self, texts: Sequence[str]) -> States:
        kinds = (("cancel", "refund"), ("luggage", "suitcase"), ("seat", "Sitz"))
        rows = []
        for n, text in enumerate(texts):
            own = [float(any(word in text for word in kind)) for kind in kinds]
            rows.append([1000.0 + n, *own])
        return States(np.array([rows], np.float32), 0.001)


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("please cancel my flight", 1),
        ("luggage", 2),
        ("windows", 3),
        ("Sitzplatz", 4),  # a part of a compound
        ("reservierungen", 4),
    ],
)
def test_words_are_known_by_their_pieces(text: str, row: int) -> None:
    assert NearestRows.by_words(TRAIN).find(text, 1)[0].row == row


@pytest.mark.parametrize(("text", "row"), [("my suitcase is gone", 2), ("a refund", 1)])
def test_what_a_model_reads_alike_is_near_without_a_shared_word(text: str, row: int) -> None:
    assert NearestRows.by_reading(TRAIN, Reader()).find(text, 1)[0].row == row


def test_of_what_is_read_alike_shared_words_decide() -> None:
    find = NearestRows.by_reading(TRAIN, Reader()).find
    assert find("a seat at the window", 1)[0].row == 3
    assert find("Sitzplatzreservierungen", 1)[0].row == 4


def test_a_row_is_no_neighbour_of_itself() -> None:
    near = NearestRows.by_words(TRAIN).find("lost luggage", 3, without=2)
    assert 2 not in [example.row for example in near]
