"""Numbers of a file: one convention a column, written plainly, and rows that hold none dropped."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

from policies.brief import Brief
from tools.intake.dataset import Dataset, load_dataset
from tools.intake.profile import is_number


def loaded(tmp_path: Path, answers: Sequence[str], today: Sequence[str] = ()) -> Dataset:
    """A file of a number task; inputs are unlike each other."""
    path = tmp_path / "numbers.csv"
    columns = {"text": [f"{n * 7919} {chr(97 + n) * 9}" for n in range(len(answers))]}
    columns["price"] = list(answers)
    if today:
        columns["today"] = list(today)
    pd.DataFrame(columns).to_csv(path, index=False)
    brief = Brief(
        task_type="number",
        input_column="text",
        answer_column="price",
        current_column="today" if today else None,
    )
    return load_dataset(path, brief)


PLAIN = [str(n) for n in range(20)]
COMMAS = [f"{n},50 €" for n in range(20)]


@pytest.mark.parametrize(
    ("filling", "answer", "plain"),
    [
        (PLAIN, "3,10 €", "3.1"),
        (PLAIN, "1.037,50 €", "1037.5"),
        (PLAIN, "1 234", "1234"),
        (PLAIN, "1'234.50", "1234.5"),
        (PLAIN, "−USD 5", "-5"),
        (PLAIN, "1.234", "1.234"),
        (COMMAS, "1.234", "1234"),
        (COMMAS, "1,234", "1.234"),
        (PLAIN, "3/4", None),
        (PLAIN, "2024-05-06", None),
        (PLAIN, "n/a (3 missing)", None),
    ],
)
def test_a_right_number_is_read_as_its_column_writes_it(
    filling: list[str], answer: str, plain: str | None, tmp_path: Path
) -> None:
    data = loaded(tmp_path, [*filling, answer])
    found = [example.answer for example in data.examples if example.row == len(filling) + 1]
    assert found == ([] if plain is None else [plain])
    assert data.data.dropped == (plain is None)


@pytest.mark.parametrize(
    ("answers", "today", "plain"),
    [
        (PLAIN, ["3,10", "1.234"], ["3.1", "1234"]),
        (COMMAS, ["3", "1.234"], ["3", "1234"]),
        (COMMAS, ["3.10", "1.234"], ["3.1", "1.234"]),
        (PLAIN, ["about 3", "1.234"], ["about 3", "1.234"]),
    ],
)
def test_today_s_numbers_have_their_own_convention_or_that_of_the_answers(
    answers: list[str], today: list[str], plain: list[str], tmp_path: Path
) -> None:
    data = loaded(tmp_path, answers, today * (len(answers) // 2))
    by_row = sorted(data.examples, key=lambda example: example.row)
    assert [example.current for example in by_row[:2]] == plain


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3,10 €", True),
        ("- 5", True),
        ("-€ 5", True),
        ("0.5", True),
        ("007", False),
        ("-007", False),
        ("3/4", False),
        ("2024-05-06", False),
        ("", False),
    ],
)
def test_a_number_is_told_from_codes_and_dates(text: str, number: bool) -> None:
    assert is_number(text) == number
