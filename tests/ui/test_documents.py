"""`tuneworthy assess --docs` on questions whose answers stand in documents alone, end to end."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.ui.answering import answering
from tools.assessment import Assessment
from ui.cli import app

DEPOTS = Path(__file__).parents[1] / "data" / "depots"
CODE = re.compile(r"\b[A-Z]-[0-9]{4}\b")
NAMES = ("Aldermoor", "Brackley", "Cresswell", "Dunmore", "Eastgate")


def read_off(content: str) -> str:
    """The depot in the sentence that names the part; without such a sentence the first depot."""
    *lines, question = content.splitlines()
    passages = re.split(r"(?<=[.])\s+|\n", "\n".join(lines))
    codes = CODE.findall(question)
    named = [s for s in passages if codes and codes[-1] in s]
    found = [name for sentence in named for name in NAMES if name in sentence]
    return found[0] if found else NAMES[0]


@pytest.fixture
def clerk(tmp_path: Path, embedded_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A model behind an endpoint that can read, in a home of its own; its name in the settings."""
    models = tmp_path / "home" / "models"
    models.mkdir(parents=True)
    (models / embedded_folder.name).symlink_to(embedded_folder)
    monkeypatch.setenv("TUNEWORTHY_HOME", str(tmp_path / "home"))
    with answering(read_off) as address:
        told = {"base_url": address, "model": "m", "price_in": 0.2, "price_out": 0.8}
        monkeypatch.setenv("TUNEWORTHY_ENDPOINTS", json.dumps({"clerk": told}))
        yield "clerk"


def _assess(out: Path, *options: str) -> Assessment:
    command = ["assess", str(DEPOTS / "questions.csv"), "--out", str(out), *options]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    return Assessment.model_validate_json((out / "assessment.json").read_text(encoding="utf-8"))


@pytest.mark.slow
def test_facts_from_documents_lead_to_retrieval(clerk: str, tmp_path: Path) -> None:
    options = ["--model", clerk, "--allow-send", clerk, "--target", "0.9"]
    without = _assess(tmp_path / "without", *options)
    assert without.verdict != "use_retrieval" and without.retrieval is None
    found = _assess(tmp_path / "with", *options, "--docs", str(DEPOTS / "documents"))
    assert found.verdict == "use_retrieval"
    assert found.retrieval is not None and found.retrieval.documents == 12
    assert found.retrieval.score > 0.9 > 0.5 > found.retrieval.score_without
    decided = next(reason for reason in found.reasons if reason.outcome == "decided")
    gained = f"{100 * found.retrieval.gain.value:+.1f}".removesuffix(".0")
    assert f"{gained} points" in decided.text
    assert len(found.looked_up) == found.retrieval.gain.fixed > 5
    assert all(CODE.findall(row.input)[0] in row.passage for row in found.looked_up)
    assert found.prompting.best is not None and "passages" in found.prompting.best.template
    assert all(isinstance(flip.current, float) for flip in found.flips)
    arm = next(arm for arm in found.arms if arm.name == found.prompting.best.name)
    assert "sends passages of your documents" in arm.note and arm.p95_ms >= arm.p50_ms > 0
    told = {plan.name: plan.needs for plan in found.prompting.plans}
    assert any("your documents at hand" in need for needs in told.values() for need in needs)


@pytest.mark.slow
def test_the_classifier_it_advises_answers_elsewhere(clerk: str, tmp_path: Path) -> None:
    """Topics follow from the words; the clerk, who knows depots only, is always wrong."""
    rows = [f"the {word} number {n} is broken,{topic}" for n in range(50) for word, topic in PAIRS]
    data = tmp_path / "topics.csv"
    data.write_text("text,topic\n" + "\n".join(rows), encoding="utf-8")
    command = ["assess", str(data), "--out", str(tmp_path / "out"), "--model", clerk]
    done = CliRunner().invoke(app, [*command, "--allow-send", clerk, "--target", "0.9"])
    assert done.exit_code == 0, done.output
    found = json.loads((tmp_path / "out" / "assessment.json").read_text(encoding="utf-8"))
    assert found["verdict"] == "use_classifier"
    sizes = [arm["size_bytes"] for arm in found["arms"] if arm["kind"] == "classifier"]
    assert len(sizes) == 2 and min(sizes) > 1000
    done = CliRunner().invoke(app, ["export", str(tmp_path / "out"), "--out", str(tmp_path / "e")])
    assert done.exit_code == 0, done.output
    folder = tmp_path / "e" / "classifier"
    code = (folder / "example.py").read_text(encoding="utf-8")
    assert len(code.splitlines()) == 2
    (folder / "example.py").write_text(code.replace("Write your text here", "a lamp is broken"))
    ran = subprocess.run(
        [sys.executable, "example.py"],
        cwd=folder,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), **_environment(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "light\n"


PAIRS = [("lamp", "light"), ("torch", "light"), ("pump", "water"), ("hose", "water")]


def _environment(tmp_path: Path) -> dict[str, str]:
    return {"TUNEWORTHY_HOME": str(tmp_path / "home"), "PATH": "", "HF_HUB_OFFLINE": "1"}


@pytest.mark.parametrize("name", ["none", "notes.md"])
def test_documents_that_cannot_be_read_are_said_in_one_sentence(name: str, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "notes.md").write_bytes(b"\0\0\0")
    folder = tmp_path / ("docs" if name == "notes.md" else "none")
    command = ["assess", str(DEPOTS / "questions.csv"), "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(app, [*command, "--docs", str(folder)])
    assert done.exit_code == 2
    assert len(done.output.strip().splitlines()) <= 3 and name in done.output
