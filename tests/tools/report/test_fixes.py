from pathlib import Path

import pytest
from openpyxl import load_workbook

from tools.assessment import Suspect
from tools.report.fixes import write_fixes


def suspect(text: str, row: int = 7) -> Suspect:
    return Suspect(
        row=row, part="dev", input=text, given=text, suggested="returns", confidence=0.876
    )


def test_the_rows_to_fix_are_in_the_file_in_order(tmp_path: Path) -> None:
    path = tmp_path / "fix.xlsx"
    write_fixes(path, [suspect("my parcel", 12), suspect("my money", 3)])
    first, *rows = load_workbook(path).active.values  # type: ignore[union-attr]
    assert first[:4] == ("Row", "Input", "Label in the file", "Label that looks right")
    assert [row[:5] for row in rows] == [
        (12, "my parcel", "my parcel", "returns", 0.88),
        (3, "my money", "my money", "returns", 0.88),
    ]


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://evil.example","x")',
        "+1+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "=1",
        "007",
        "x" * 40_000,
        "a\x00b\x1b[31m\u202e",
    ],
)
def test_nothing_from_the_file_becomes_a_formula(text: str, tmp_path: Path) -> None:
    path = tmp_path / "fix.xlsx"
    write_fixes(path, [suspect(text)])
    sheet = load_workbook(path).active
    assert sheet is not None
    for place in (2, 3):
        cell = sheet.cell(2, place)
        assert (cell.data_type, cell.quotePrefix, cell.hyperlink) == ("s", True, None)
        assert len(str(cell.value)) <= 32_767
