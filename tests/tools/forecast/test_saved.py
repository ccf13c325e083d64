"""A classifier is exported as a file that answers elsewhere; a changed one is refused."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import skops.io

from tools.errors import ModelError, RunError
from tools.forecast.classifier import word_classifier
from tools.forecast.saved import CARD, EXAMPLE, FILE, README, load_classifier, write_classifier
from tools.intake.examples import Example
from tools.models.folder import SETTINGS, model_fingerprint
from tools.trials.task import Task

Coloured = Callable[..., list[Example]]
TaskOf = Callable[[list[Example]], Task]


@pytest.fixture
def folder(coloured: Coloured, task_of: TaskOf, tmp_path: Path) -> Path:
    task = task_of(coloured(red=8, blue=8))
    classifier = word_classifier(task)
    return write_classifier(classifier, classifier.arm(task, task.train), tmp_path / "out")


def test_the_two_lines_run_where_nothing_of_ours_is(folder: Path) -> None:
    example = folder / EXAMPLE
    code = example.read_text(encoding="utf-8")
    assert len(code.splitlines()) == 2 and code in (folder / README).read_text(encoding="utf-8")
    example.write_text(code.replace("Write your text here", "blue thing"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", EXAMPLE], cwd=folder, capture_output=True, text=True, check=True
    )
    assert done.stdout == "blue\n"


def test_the_file_is_what_its_card_says_and_holds_no_foreign_code(folder: Path) -> None:
    card, data = json.loads((folder / CARD).read_text()), (folder / FILE).read_bytes()
    assert card["sha256"] == hashlib.sha256(data).hexdigest() and card["bytes"] == len(data)
    assert card["labels"] == ["blue", "red"] and card["model"] == "none"
    assert skops.io.get_untrusted_types(data=data) == []
    assert load_classifier(folder)("a red thing") == "red"


@pytest.mark.parametrize("name", [FILE, CARD])
def test_what_was_changed_or_is_missing_is_refused(folder: Path, name: str) -> None:
    (folder / FILE).write_bytes((folder / FILE).read_bytes() + b"x")
    with pytest.raises(RunError, match="was changed"):
        load_classifier(folder)
    (folder / name).unlink()
    with pytest.raises(RunError, match="holds no exported classifier"):
        load_classifier(folder)


FINGERPRINTS: dict[str, tuple[Callable[[Path], str], bool]] = {
    "this version's": (model_fingerprint, True),
    "an earlier version's": (lambda model: model_fingerprint(model, kinds=SETTINGS), True),
    "another model's": (lambda model: "0" * 16, False),
}


@pytest.mark.parametrize(("fingerprint", "answers"), FINGERPRINTS.values(), ids=FINGERPRINTS)
def test_a_classifier_needs_the_model_that_it_reads_with(
    fingerprint: Callable[[Path], str],
    answers: bool,
    folder: Path,
    home: Path,
    tiny_models: dict[str, Path],
) -> None:
    model = tiny_models["llama"]
    home.mkdir()
    (home / "config.toml").write_text(f"[models.tiny]\nfolder = '{model}'\n")
    card = json.loads((folder / CARD).read_text())
    card |= {"model": "tiny", "fingerprint": fingerprint(model), "layer": 1}
    (folder / CARD).write_text(json.dumps(card))
    if answers:
        assert callable(load_classifier(folder))
    else:
        with pytest.raises(ModelError, match="not the one"):
            load_classifier(folder)
