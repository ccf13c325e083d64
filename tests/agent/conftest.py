"""A conversation that has reached its verdict, made without any model."""

from pathlib import Path

import pytest

from agent.state import SCHEMA_VERSION, Options, State
from agent.workbench import Workbench
from policies.decide import recommend
from policies.evidence import DataFacts, Evidence, TaskFacts
from policies.policy import load_policy
from tests.assessments import ARMS, labels
from tools.assessment import FILE_NAME, ExhaustionPart
from tools.models.catalogue import Catalogue
from tools.runs import create_run
from tools.settings import load_settings
from tools.trials.stage import TrialsReport


@pytest.fixture
def bench() -> Workbench:
    settings = load_settings()
    return Workbench(settings, Catalogue(settings), load_policy())


@pytest.fixture
def state(home: Path, bench: Workbench) -> State:
    run, a = create_run(home), labels(outcome=None, tuned=None)
    (run.folder / FILE_NAME).write_text(a.model_dump_json(), encoding="utf-8")
    evidence = Evidence(
        brief=a.brief,
        task=TaskFacts(type="labels", metric="accuracy", rows=1200, train=600, dev=300, test=300),
        data=DataFacts(),
        arms=ARMS[:-1],
        best_prompt=ARMS[0].name,
        classifier="Word classifier",
        forecast=a.forecast,
    )
    return {
        "schema_version": SCHEMA_VERSION,
        "run": str(run.folder),
        "options": Options(),
        "brief": a.brief,
        "answered": (),
        "trials": TrialsReport(
            arms=(),
            plans=(),
            winner=None,
            current=None,
            exhaustion=ExhaustionPart(exhausted=False, text=""),
            stop_reason="",
        ),
        "evidence": evidence,
        "recommendation": recommend(evidence, bench.policy),
    }
