import shutil
from pathlib import Path
from typing import Any

import pytest

from policies.evidence import Difference, Score
from tools.errors import ModelError, RunError
from tools.models.adapter import SEAL, check_adapter, read_seal
from tools.trials.plan import Plan
from tools.tuning.recipe import choose_recipe
from tools.tuning.registry import DELETED, ENTRY, Entry, Registry, compare, seal_hash


def entry(adapter: Path, name: str, **changes: Any) -> Entry:
    made = Entry(
        name=name,
        created=f"2026-11-25T10:00:0{name[-1]}+00:00",
        model="embedded",
        base=read_seal(adapter).base,
        seal=seal_hash(adapter),
        data="d1",
        data_name="tickets.csv",
        run_id="20261125-100000-ab12",
        recipe=choose_recipe(1, 40, 7),
        steps=30,
        seconds=12.0,
        stopped=False,
        shipped=True,
        plan=Plan(name="short prompt", family="tuned"),
    )
    return made.model_copy(update=changes)


@pytest.fixture
def registry(home: Path, tiny_adapter: Path) -> Registry:
    made = Registry(home)
    for name in ("first-1", "second-2"):
        made.add(tiny_adapter, entry(tiny_adapter, name))
    return made


def test_adapters_are_kept_newest_first(registry: Registry, tiny_adapter: Path, tiny: Path) -> None:
    assert [found.name for found in registry.entries()] == ["second-2", "first-1"]
    kept = registry.folder / "first-1" / "adapter"
    assert check_adapter(kept, tiny) == read_seal(tiny_adapter)


def test_an_empty_home_has_none(tmp_path: Path) -> None:
    assert Registry(tmp_path / "nowhere").entries() == []


def test_what_is_measured_later_is_added(registry: Registry) -> None:
    score = Score(score=0.9, low=0.8, high=0.95, n=80)
    registry.update("first-1", test=score, kept_abilities=True)
    assert registry.get("first-1").test == score
    assert registry.get("second-2").test is None


def test_a_roll_back_brings_the_one_before_and_then_the_base(registry: Registry) -> None:
    now = registry.in_use("d1", "embedded")
    assert now is not None and now.name == "second-2"
    assert registry.in_use("d2", "embedded") is None and registry.in_use("d1", "other") is None
    before = registry.roll_back("second-2")
    assert before is not None and before.name == "first-1"
    assert registry.roll_back("first-1") is None


def test_an_adapter_that_did_not_ship_is_not_in_use(registry: Registry) -> None:
    registry.update("second-2", shipped=False)
    now = registry.in_use("d1", "embedded")
    assert now is not None and now.name == "first-1"


def test_a_deleted_adapter_is_gone(registry: Registry) -> None:
    registry.delete("first-1")
    assert [found.name for found in registry.entries()] == ["second-2"]
    assert not (registry.folder / "first-1" / "adapter").exists()
    for act in (registry.delete, registry.get, registry.roll_back):
        with pytest.raises(RunError, match="There is no adapter 'first-1'"):
            act("first-1")


@pytest.mark.parametrize("acts", [("roll_back",), ("delete",), ("roll_back", "delete")])
def test_what_was_taken_out_of_use_stays_out_until_it_is_tuned_again(
    registry: Registry, tiny_adapter: Path, acts: tuple[str, ...]
) -> None:
    for act in acts:
        getattr(registry, act)("second-2")
        assert registry.is_out_of_use("second", "adapter-2")
    now = registry.in_use("d1", "embedded")
    assert now is not None and now.name == "first-1"
    registry.add(tiny_adapter, entry(tiny_adapter, "second-2"))
    assert not registry.is_out_of_use("second", "adapter-2")
    assert registry.get("second-2") in registry.entries()


def test_a_deletion_that_was_interrupted_is_one_and_can_be_finished(registry: Registry) -> None:
    (registry.folder / "first-1" / DELETED).touch()
    assert [found.name for found in registry.entries()] == ["second-2"]
    assert registry.is_out_of_use("first", "adapter-1")
    registry.delete("first-1")
    assert not (registry.folder / "first-1" / "adapter").exists()


def test_an_adapter_that_nobody_measured_takes_no_place(registry: Registry) -> None:
    registry.update("first-1", plan=None)
    assert registry.roll_back("second-2") is None


@pytest.mark.parametrize("name", ["../runs", "", ".", "a/b", "A", "x" * 70, "first-1\n"])
def test_a_name_is_never_a_path(registry: Registry, home: Path, name: str) -> None:
    (home / "runs").mkdir()
    for act in (registry.get, registry.delete, registry.roll_back):
        with pytest.raises(RunError, match="no name of an adapter"):
            act(name)
    assert (home / "runs").exists()


def test_half_an_entry_is_not_listed_and_can_be_deleted(registry: Registry) -> None:
    (registry.folder / "first-1" / ENTRY).write_text("{")
    assert [found.name for found in registry.entries()] == ["second-2"]
    with pytest.raises(RunError, match="damaged; delete it"):
        registry.get("first-1")
    registry.delete("first-1")
    assert not (registry.folder / "first-1" / "adapter").exists()
    assert registry.is_out_of_use("first", "adapter-1")


@pytest.fixture
def copy(tiny_adapter: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_adapter, tmp_path / "copy"))


def test_an_adapter_is_refused_on_another_base(
    copy: Path, tiny: Path, tiny_models: dict[str, Path]
) -> None:
    check_adapter(copy, tiny)
    with pytest.raises(ModelError, match="trained on another base model"):
        check_adapter(copy, tiny_models["qwen2"])


def _flip_last_weight(adapter: Path) -> None:
    file = adapter / "adapter_model.safetensors"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)


def _add_a_file(adapter: Path) -> None:
    (adapter / "chat_template.jinja").write_text("Ignore the question.")


def _change_the_scale(adapter: Path) -> None:
    file = adapter / "adapter_config.json"
    file.write_text(file.read_text().replace('"lora_alpha": 8', '"lora_alpha": 80'))


def _drop_the_recipe(adapter: Path) -> None:
    (adapter / "recipe.json").unlink()


@pytest.mark.parametrize(
    "tamper", [_flip_last_weight, _add_a_file, _change_the_scale, _drop_the_recipe]
)
def test_a_tampered_adapter_is_refused(copy: Path, tiny: Path, tamper: Any) -> None:
    tamper(copy)
    with pytest.raises(ModelError, match="was changed after its training"):
        check_adapter(copy, tiny)


@pytest.mark.parametrize("content", [None, "", "{}", "[]"])
def test_an_adapter_without_a_seal_is_refused(copy: Path, tiny: Path, content: str | None) -> None:
    (copy / SEAL).unlink()
    if content is not None:
        (copy / SEAL).write_text(content)
    with pytest.raises(ModelError, match="no readable seal"):
        check_adapter(copy, tiny)


def test_a_comparison_shows_what_differs(tiny_adapter: Path) -> None:
    score = Score(score=0.9, low=0.8, high=0.95, n=80)
    gain = Difference(value=0.05, low=0.01, high=0.09, p_value=0.02)
    first = entry(tiny_adapter, "first-1")
    second = entry(tiny_adapter, "second-2", test=score, difference=gain)
    rows = {what: (one, other) for what, one, other in compare(first, second)}
    assert set(rows) == {"created", "locked", "against the prompt"}
    assert rows["locked"] == ("–", "90 % (80 % to 95 %)")
    assert rows["against the prompt"][1] == "+5 points (+1 to +9)"
    assert compare(first, first) == []


def test_a_run_s_adapter_is_known_to_be_out_of_use(registry: Registry) -> None:
    assert not registry.is_out_of_use("first", "adapter-1")
    registry.roll_back("first-1")
    assert registry.is_out_of_use("first", "adapter-1")
    assert not registry.is_out_of_use("second", "adapter-2")
    assert not registry.is_out_of_use("gone", "adapter-9")
