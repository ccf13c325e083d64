"""`tuneworthy assess` on real files with the embedded model: every verdict, and bad input."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from tools.assessment import Assessment
from tools.intake.samples import SAMPLES
from ui.cli import app

ROWS = 120
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shared_home(tmp_path_factory: pytest.TempPathFactory, embedded_folder: Path) -> Iterator[Path]:
    """One home for the module: what one verdict paid for, the next takes from the store."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "models").mkdir()
    (folder / "models" / embedded_folder.name).symlink_to(embedded_folder)
    yield folder


@pytest.fixture
def home(shared_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TUNEWORTHY_HOME", str(shared_home))
    return shared_home


@pytest.fixture(scope="module")
def support(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first rows of a bundled sample, with a column of today's answers: nearly all right."""
    rows = _sample("support")[:ROWS]
    for number, row in enumerate(rows):
        row["staff"] = row["topic"] if number % 20 else "no idea"
    return _write(tmp_path_factory.mktemp("data") / "support.csv", rows)


def _sample(key: str) -> list[dict[str, str]]:
    path = next(sample.path for sample in SAMPLES if sample.key == key)
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _write(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def _assess(data: Path, out: Path, *options: str) -> dict[str, Any]:
    result = CliRunner().invoke(app, ["assess", str(data), "--out", str(out), *options])
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads((out / "assessment.json").read_text(encoding="utf-8"))
    Assessment.model_validate(found)
    assert (out / "report.html").exists()
    assert [reason["outcome"] for reason in found["reasons"]].count("decided") == 1
    return found


# Verdict, brief, further options. The figures behind them are in docs/log.md.
LABEL_VERDICTS: list[tuple[str, dict[str, Any], list[str]]] = [
    ("adopt_prompt", {"target": 0.3}, []),
    ("keep_prompt", {"target": 0.6}, ["--current", "staff"]),
    ("use_classifier", {"target": 0.3, "monthly_requests": 500_000_000}, []),
    ("use_retrieval", {"target": 0.99, "needs_outside_facts": True}, []),
    ("larger_model", {"target": 0.99, "beyond_labels": True}, []),
    (
        "fine_tune_for_cost",
        {"target": 0.3, "beyond_labels": True, "monthly_requests": 500_000_000},
        [],
    ),
]


@pytest.mark.parametrize(("verdict", "brief", "options"), LABEL_VERDICTS)
def test_verdict_on_labels(
    verdict: str,
    brief: dict[str, Any],
    options: list[str],
    support: Path,
    tmp_path: Path,
    home: Path,
) -> None:
    told = tmp_path / "brief.json"
    told.write_text(json.dumps(brief), encoding="utf-8")
    found = _assess(support, tmp_path / "out", "--brief", str(told), *options)
    assert found["verdict"] == verdict, found["reasons"]
    assert found["test_reads"] == 3  # the best prompt, the best classifier, the label audit
    assert not found["partial"]


def test_wrong_labels_are_to_be_fixed_first(tmp_path: Path, home: Path) -> None:
    labels = ("order changes", "product fault", "sizing and fit")
    rows = [row for row in _sample("support") if row["topic"] in labels][:100]
    flipped = set(range(1, 101, 6))
    for number in flipped:
        row = rows[number - 1]
        row["topic"] = labels[(labels.index(row["topic"]) + 1) % 3]
    found = _assess(_write(tmp_path / "wrong.csv", rows), tmp_path / "out", "--target", "0.5")
    assert found["verdict"] == "fix_data", found["reasons"]
    assert "seem to carry a wrong label" in found["headline"]
    listed = {suspect["row"] for suspect in found["suspects"]}
    assert len(listed & flipped) >= 0.7 * len(flipped)
    assert len(listed & flipped) >= 0.5 * len(listed)
    sheet = load_workbook(tmp_path / "out" / "fix_these_rows.xlsx").active
    assert sheet is not None and sheet.max_row == len(listed) + 1


def test_twenty_rows_are_not_enough(tmp_path: Path, home: Path) -> None:
    rows = [row for row in _sample("support") if row["topic"][0] in "dp"][:20]
    found = _assess(_write(tmp_path / "few.csv", rows), tmp_path / "out")
    assert found["verdict"] == "not_enough_evidence"
    assert found["more_examples"] > 0


BAD_INPUT = [
    (b"", [], "no rows"),
    (b"text,label\n", [], "no rows"),
    (b"text,label\n" + b"a,x\n" * 30, [], "only one answer"),
    (b"text,label\na,x\nb,y\n", ["--answer", "topic"], "topic"),
    (b"text,label\na,x\nb,y\n", ["--target", "1.5"], "target"),
    (b"text,label\na,x\nb,y\n", ["--model", "gpt-9"], "gpt-9"),
    (b"text,label\na,x\nb\n", [], "line 3"),
]


@pytest.mark.parametrize(("content", "options", "word"), BAD_INPUT)
def test_bad_input_gets_one_sentence(
    content: bytes, options: list[str], word: str, tmp_path: Path
) -> None:
    data = tmp_path / "data.csv"
    data.write_bytes(content)
    result = CliRunner().invoke(
        app, ["assess", str(data), "--out", str(tmp_path / "out"), *options]
    )
    assert result.exit_code == 2
    assert word in result.stderr.casefold()
    assert len(result.stderr.strip().splitlines()) == 1
    assert "Traceback" not in result.output


def test_missing_file_is_named(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["assess", str(tmp_path / "no.csv"), "--out", str(tmp_path)])
    assert result.exit_code == 2
    assert "no.csv" in result.stderr
