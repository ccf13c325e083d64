"""Which training a tune takes over, and what becomes of the adapter that it leaves in a run."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from safetensors.numpy import load_file, save_file

from tools.errors import Stopped
from tools.models.catalogue import Catalogue
from tools.progress import Watch
from tools.settings import LocalModelSettings
from tools.tuning.tune import _keep_adapter, pilot
from tools.tuning.workplace import Workplace

ROWS = 20


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Folders in which a training was begun; none goes on."""
    found = list[Path]()

    def train(folder: Path, *_: object) -> None:
        found.append(folder)
        raise Stopped("It has begun.")

    monkeypatch.setattr("tools.tuning.tune.run_training", train)
    return found


def change_weights(folder: Path) -> None:
    file = folder / "model.safetensors"
    weights = load_file(file)
    first = min(weights)
    save_file({**weights, first: weights[first] + 1}, file, {"format": "pt"})


def touch(folder: Path) -> None:
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes())


@pytest.mark.parametrize(("change", "trainings"), [(change_weights, 2), (touch, 1)])
def test_other_weights_in_the_same_folder_are_another_training(
    change: Callable[[Path], None],
    trainings: int,
    place: Workplace,
    begun: list[Path],
    tiny: Path,
    tmp_path: Path,
) -> None:
    base = tmp_path / "base"
    shutil.copytree(tiny, base)
    models = {"tiny": LocalModelSettings(folder=base)}
    settings = place.catalogue.settings.model_copy(update={"models": models})
    place = replace(place, catalogue=Catalogue(settings))
    for step in (lambda _: None, change):
        step(base)
        with pytest.raises(Stopped):
            pilot(place, Watch())(ROWS)
    assert len(begun) == 2 and len(set(begun)) == trainings


def test_an_adapter_takes_the_place_of_the_runs_own_and_of_nobody_elses(
    place: Workplace, tiny_adapter: Path
) -> None:
    folder = place.run.folder
    theirs = folder / "adapter-cable"
    theirs.mkdir()
    first = _keep_adapter(place, tiny_adapter)
    earlier = first.rename(folder / "adapter-12345678")
    # Half of a copy that was cut short is completed.
    first.mkdir()
    kept = _keep_adapter(place, tiny_adapter)
    assert kept == first and theirs.exists() and not earlier.exists()
    names = {file.name for file in tiny_adapter.iterdir()}
    assert {file.name for file in kept.iterdir()} == names
