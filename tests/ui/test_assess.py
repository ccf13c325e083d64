"""`tuneworthy assess` on real files with the embedded model: every verdict, and bad input."""

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from tests.ui.answering import answering
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


# Words that share nothing but their kind, under names that say nothing: a small model makes little
# of such examples in a prompt, while a classifier on its reading tells the kinds apart.
KINDS = {
    "desk 1": "lion tiger horse rabbit goat sheep wolf fox bear deer camel donkey monkey elephant "
    "giraffe zebra squirrel mouse otter badger cow pig dog cat",
    "desk 2": "hammer screwdriver wrench saw drill chisel pliers axe shovel rake ladder crowbar "
    "sandpaper nail screw bolt clamp file trowel pickaxe mallet spanner anvil lathe",
    "desk 3": "bread cheese butter soup rice pasta salad sausage omelette pancake yoghurt honey "
    "jam pizza burger curry stew cake biscuit chocolate noodles porridge sandwich pie",
    "desk 4": "Paris London Berlin Madrid Rome Vienna Athens Lisbon Dublin Oslo Helsinki Warsaw "
    "Prague Budapest Moscow Tokyo Beijing Delhi Cairo Nairobi Sydney Toronto Chicago Boston",
}
DESKS = {word: desk for desk, words in KINDS.items() for word in words.split()}


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [{"item": word, "desk": desk} for word, desk in DESKS.items()]
    return _write(tmp_path_factory.mktemp("data") / "desks.csv", rows)


def mostly_right(text: str) -> str:
    """The desk of the word that a message ends with; for three words of seven a wrong one."""
    word = text.split()[-1]
    wrong = (list(DESKS).index(word) + 6) % 7 < 3
    return next(desk for desk in KINDS if (desk == DESKS[word]) != wrong)


@pytest.fixture
def dear_endpoint(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An endpoint at 10 a million tokens, by its name in the settings."""
    with endpoint(monkeypatch, mostly_right, price_in=10.0, price_out=10.0) as name:
        yield name


@contextmanager
def endpoint(
    monkeypatch: pytest.MonkeyPatch, answer: Callable[[str], str], **prices: float
) -> Iterator[str]:
    """An endpoint that answers by a function, by its name in the settings."""
    with answering(answer) as address:
        told = {"base_url": address, "model": "m", **prices}
        monkeypatch.setenv("TUNEWORTHY_ENDPOINTS", json.dumps({"far": told}))
        yield "far"


# Verdict, brief, further options. The figures behind them are in docs/log.md.
LABEL_VERDICTS: list[tuple[str, dict[str, Any], list[str]]] = [
    ("adopt_prompt", {"target": 0.3}, []),
    ("keep_prompt", {"target": 0.6}, ["--current", "staff"]),
    ("use_classifier", {"target": 0.3, "monthly_requests": 500_000_000}, []),
    ("use_retrieval", {"target": 0.99, "needs_outside_facts": True}, []),
    ("larger_model", {"target": 0.99, "beyond_labels": True}, []),
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


def test_a_tune_where_neither_prompt_nor_classifier_will_do(
    desks: Path, tmp_path: Path, home: Path
) -> None:
    told = tmp_path / "brief.json"
    told.write_text(json.dumps({"target": 0.65, "beyond_labels": True}), encoding="utf-8")
    found = _assess(desks, tmp_path / "out", "--brief", str(told))
    assert found["verdict"] == "fine_tune", found["reasons"]
    assert found["forecast"]["score"] > found["prompting"]["best"]["test"]["score"] + 0.02


def test_a_tune_pays_where_a_good_prompt_is_dear(
    desks: Path, dear_endpoint: str, tmp_path: Path, home: Path
) -> None:
    told = tmp_path / "brief.json"
    brief = {"target": 0.5, "beyond_labels": True, "monthly_requests": 5_000_000}
    told.write_text(json.dumps(brief), encoding="utf-8")
    options = ("--brief", str(told), "--model", dear_endpoint, "--allow-send", dear_endpoint)
    found = _assess(desks, tmp_path / "out", *options)
    assert found["verdict"] == "fine_tune_for_cost", found["reasons"]
    costs = found["economics"]["arms"]
    best = found["prompting"]["best"]["name"]
    assert costs["tuned"]["per_month"] < costs[best]["per_month"]


def test_what_if_decides_again_and_changes_nothing(desks: Path, tmp_path: Path, home: Path) -> None:
    out = tmp_path / "out"
    before = _assess(desks, out, "--target", "0.99")
    result = CliRunner().invoke(app, ["what-if", str(out), "--target", "0.1"])
    assert result.exit_code == 0, result.output
    assert before["verdict"] == "larger_model", before["reasons"]
    assert "Suppose the target is 10 %" in result.output
    assert "The answer would become" in result.output
    assert "What makes the difference:" in result.output
    for option, words in {
        "--outside-facts": "right answers need facts from outside",
        "--beyond-labels": "a label alone is not enough",
    }.items():
        supposed = CliRunner().invoke(app, ["what-if", str(out), option])
        assert supposed.exit_code == 0 and words in supposed.output
    assert json.loads((out / "assessment.json").read_text(encoding="utf-8")) == before
    for options in ([], ["--target", "7"]):
        refused = CliRunner().invoke(app, ["what-if", str(out), *options])
        assert refused.exit_code == 2 and len(refused.stderr.strip().splitlines()) == 1


def test_a_team_s_own_policy_stays_with_its_run(desks: Path, tmp_path: Path, home: Path) -> None:
    policy, out = tmp_path / "ours.toml", tmp_path / "out"
    policy.write_text("least_test_rows = 400\n", encoding="utf-8")
    found = _assess(desks, out, "--target", "0.9", "--policy", str(policy))
    assert found["verdict"] == "not_enough_evidence"
    kept = CliRunner().invoke(app, ["what-if", str(out), "--target", "0.1"])
    assert "The answer stays the same" in kept.output, kept.output
    usual = tmp_path / "usual.toml"
    usual.write_text("least_test_rows = 20\n", encoding="utf-8")
    other = CliRunner().invoke(
        app, ["what-if", str(out), "--target", "0.1", "--policy", str(usual)]
    )
    assert "The answer would become" in other.output, other.output


@pytest.mark.parametrize(
    ("options", "target"),
    [
        ([], 0.5),
        (["--target", "0.7"], 0.7),
        (["--current", "today"], None),  # as good as today's answers
    ],
)
def test_texts_have_a_target_of_their_own(
    options: list[str], target: float | None, tmp_path: Path, home: Path
) -> None:
    file = tmp_path / "letters.csv"
    texts = [f"Dear customer {n}, your parcel number {7 * n} left us today." for n in range(40)]
    rows = [f'parcel {n},"{text}","{text[:40]}"' for n, text in enumerate(texts)]
    file.write_text("\n".join(["about,today,letter", *rows]), encoding="utf-8")
    found = _assess(
        file, tmp_path / "out", "--answer", "letter", "--input", "about", *options,
        "--budget-minutes", "0",
    )  # fmt: skip
    assert found["task"]["type"] == "text"
    if target is None:
        assert 0.5 < found["task"]["target"] < 1
    else:
        assert found["task"]["target"] == target


def test_without_time_there_is_an_honest_partial_answer(
    desks: Path, tmp_path: Path, home: Path
) -> None:
    found = _assess(desks, tmp_path / "out", "--budget-minutes", "0")
    assert found["partial"] and found["verdict"] == "not_enough_evidence"
    assert not found["prompting"]["exhausted"]
    assert "budget" in found["prompting"]["stop_reason"]


def test_wrong_labels_are_to_be_fixed_first(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The embedded model reads the rows for the audit; prompts are tried on a quicker one."""
    rows = list(_sample("support"))  # of three topics alone, rounding decided on some processors
    labels = sorted({row["topic"] for row in rows})
    flipped = set(range(1, len(rows) + 1, 6))
    for number in flipped:
        row = rows[number - 1]
        row["topic"] = labels[(labels.index(row["topic"]) + 1) % len(labels)]
    file, out = _write(tmp_path / "wrong.csv", rows), tmp_path / "out"
    with endpoint(monkeypatch, lambda _: labels[0]) as far:
        found = _assess(file, out, "--target", "0.5", "--model", far, "--allow-send", far)
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
    (b"text,label\na,x\nb,y\n", ["--offline", "--allow-send", "big"], "contradict"),
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
