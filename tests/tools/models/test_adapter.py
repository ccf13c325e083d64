from pathlib import Path

import pytest

from tools.errors import ModelError
from tools.models.adapter import seal_adapter
from tools.models.catalogue import Catalogue
from tools.models.store import CallStore
from tools.settings import LocalModelSettings, Settings


@pytest.fixture
def catalogue(tiny_models: dict[str, Path], tmp_path: Path) -> Catalogue:
    models = {name: LocalModelSettings(folder=folder) for name, folder in tiny_models.items()}
    return Catalogue(Settings(home=tmp_path / "home", models=models))


def _sealed(catalogue: Catalogue, folder: Path) -> Path:
    folder.mkdir()
    (folder / "adapter_model.safetensors").write_bytes(b"weights")
    seal_adapter(folder, catalogue.folder("llama"))
    return folder


@pytest.mark.parametrize("way", ["load", "cached"])
@pytest.mark.parametrize(
    ("model", "content", "words"),
    [
        ("llama", b"other weights", "was changed after its training"),
        ("qwen2", b"weights", "was trained on another base model"),
    ],
)
def test_no_way_to_a_model_takes_an_adapter_that_is_not_its_own(
    way: str, model: str, content: bytes, words: str, catalogue: Catalogue, tmp_path: Path
) -> None:
    adapter = _sealed(catalogue, tmp_path / "adapter")
    (adapter / "adapter_model.safetensors").write_bytes(content)
    with pytest.raises(ModelError, match=words):
        if way == "load":
            catalogue.load(model, adapter)
        else:
            catalogue.cached(model, CallStore(tmp_path / "calls.sqlite"), adapter)
