"""Models are known before they are loaded, loaded once, and let go where a GPU needs the room."""

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from tools.models.catalogue import Catalogue, has_room
from tools.models.store import CallStore
from tools.settings import EndpointSettings, LocalModelSettings, Settings


@pytest.fixture
def catalogue(home: Path, tiny_models: dict[str, Path]) -> Catalogue:
    folders = {name: {"folder": folder} for name, folder in tiny_models.items()}
    return Catalogue(Settings.model_validate({"home": home, "models": folders}))


@pytest.mark.parametrize("on_gpu", [False, True])
def test_models_are_let_go_on_a_gpu_only_and_come_back(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, on_gpu: bool
) -> None:
    with closing(CallStore(tmp_path / "calls.sqlite")) as store:
        cached = catalogue.cached("llama", store)
        model = catalogue.load("llama")
        assert cached.inner is model and catalogue.load("llama") is model
        with monkeypatch.context() as patched:
            patched.setattr(torch.cuda, "is_available", lambda: on_gpu)
            catalogue.release()
        assert (catalogue.load("llama") is model) == (not on_gpu)
        assert cached.inner is catalogue.load("llama")


@pytest.mark.parametrize(
    ("free", "weights", "room"),
    [(24, 16, True), (24, 21, False), (8, 16, False), (80, 16, True), (0, 0, True)],
)
def test_a_model_needs_more_room_than_its_weights(free: int, weights: int, room: bool) -> None:
    assert has_room(free * 10**9, weights * 10**9) == room


@pytest.mark.parametrize(
    ("name", "larger"),
    [
        ("middle", False),  # itself
        ("small", False),
        ("large", True),
        ("far", True),  # nobody knows what is behind an endpoint
        ("unweighed", True),
        ("gone", True),  # out of the settings since
    ],
)
def test_a_model_is_larger_by_its_parameters(name: str, larger: bool, tmp_path: Path) -> None:
    for kept, width in (("small", 2), ("middle", 4), ("large", 8), ("unweighed", 0)):
        (tmp_path / kept).mkdir()
        if width:
            weights = {"layer": np.zeros((width, 3), dtype=np.float32)}
            save_file(weights, tmp_path / kept / "model.safetensors")
    settings = Settings(
        home=tmp_path,
        models={
            kept: LocalModelSettings(folder=tmp_path / kept)
            for kept in ("small", "middle", "large", "unweighed")
        },
        endpoints={"far": EndpointSettings(base_url="http://far/v1", model="m")},
    )
    assert Catalogue(settings).may_be_larger(name, "middle") == larger
