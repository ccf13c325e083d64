"""Which endpoint reads example rows for an optimiser, and what the consent says about it."""

from pathlib import Path
from typing import Any

import pytest

from agent import optimisers as module
from agent.optimisers import optimisers, receivers, reflector_name
from agent.plans import trials_plan
from agent.state import Options, State
from agent.workbench import Workbench
from policies.brief import Brief
from policies.policy import load_policy
from tools.errors import UserError
from tools.intake.samples import SAMPLES
from tools.models.catalogue import Catalogue
from tools.runs import create_run
from tools.settings import EndpointSettings, Settings

BIG = EndpointSettings(base_url="http://127.0.0.1:9/v1", model="big")


def bench(tmp_path: Path, **settings: Any) -> Workbench:
    given = {"home": tmp_path, "endpoints": {"big": BIG, "other": BIG}} | settings
    made = Settings(**given)
    return Workbench(made, Catalogue(made), load_policy())


# Settings, options, the model under trial, and who reflects on its mistakes.
REFLECTORS: list[tuple[dict[str, Any], Options, str, str | None]] = [
    ({}, Options(), "embedded", None),
    ({"adviser": "big"}, Options(), "embedded", "big"),
    ({"adviser": "big", "optimisers": ()}, Options(), "embedded", None),
    ({"adviser": "embedded"}, Options(), "embedded", None),  # never a small local model
    ({"adviser": "nobody"}, Options(), "embedded", None),
    ({"adviser": "big"}, Options(), "other", "big"),
    ({}, Options(), "big", "big"),
    ({"adviser": "big"}, Options(interactive=False), "embedded", None),
    ({"adviser": "big"}, Options(interactive=False, allow_send=("big",)), "embedded", "big"),
    ({"adviser": "big"}, Options(interactive=False, allow_send=("other",)), "other", "other"),
]


@pytest.mark.parametrize(("settings", "options", "model", "name"), REFLECTORS)
def test_who_reflects(
    settings: dict[str, Any], options: Options, model: str, name: str | None, tmp_path: Path
) -> None:
    assert reflector_name(options, bench(tmp_path, **settings).catalogue, model) == name


def state(tmp_path: Path, options: Options) -> State:
    run = create_run(tmp_path)
    run.take_examples(SAMPLES[0].path)
    return {"run": str(run.folder), "options": options, "brief": Brief()}


@pytest.mark.parametrize(
    ("adviser", "goes", "few"),
    [
        (None, "to big", False),
        ("big", "to big", False),
        ("other", "to big; a few example rows go to other", True),
    ],
)
def test_the_consent_names_whoever_reads_rows(
    adviser: str | None, goes: str, few: bool, tmp_path: Path
) -> None:
    place = bench(tmp_path, adviser=adviser)
    options = Options(models=("big",))
    plan = trials_plan(state(tmp_path, options), place)
    assert plan.data_goes == goes
    assert any("improve the wording" in step for step in plan.steps) == few
    assert receivers(options, place.catalogue) == (["other"] if few else [])


def test_the_adviser_changes_what_is_consented_to(tmp_path: Path) -> None:
    asked = state(tmp_path, Options(models=("big",)))
    hashes = {trials_plan(asked, bench(tmp_path, adviser=a)).hash for a in (None, "other")}
    assert len(hashes) == 2


@pytest.mark.parametrize(("consented", "count"), [(True, 2), (False, 1)])
def test_rows_go_nowhere_without_a_yes(consented: bool, count: int, tmp_path: Path) -> None:
    asked: State = {"options": Options()}
    assert len(optimisers(asked, bench(tmp_path), consented)) == count


def test_a_missing_extra_is_said_before_the_yes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise UserError("install tuneworthy[dspy]")

    monkeypatch.setattr(module, "check_installed", missing)
    place = bench(tmp_path, optimisers=("gepa", "dspy"))
    with pytest.raises(UserError, match="dspy"):
        trials_plan(state(tmp_path, Options(models=("big",))), place)
