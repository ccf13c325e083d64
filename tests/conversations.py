"""A conversation that has reached its verdict, made without any model."""

import time
from pathlib import Path

from agent.state import SCHEMA_VERSION, Options, State
from agent.view import View
from agent.workbench import Workbench
from agent.worker import Worker
from policies.brief import Brief
from policies.decide import recommend
from policies.evidence import DataFacts, Evidence, TaskFacts
from policies.policy import load_policy
from tests.assessments import ARMS, labels
from tools.assessment import FILE_NAME, ExhaustionPart
from tools.intake.samples import SAMPLES
from tools.runs import create_run, open_run
from tools.trials.plan import Plan
from tools.trials.stage import TrialsReport, Winner


def judged_state(home: Path) -> State:
    """Its state; the run's folder holds its assessment, and no model could answer in it."""
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
        "recommendation": recommend(evidence, load_policy()),
    }


def finished(worker: Worker, state: State) -> str:
    """A run of the command line that is through with such a state; its id."""
    run = open_run(worker.settings.home, state["run"])
    run.take_examples(SAMPLES[0].path)
    run_id = worker.begin(Options(interactive=False, tune="never"), state["brief"], run)
    told = {name: value for name, value in state.items() if name != "options"}
    worker.revise(run_id, told, after="report")
    for _ in worker.step_through(run_id):
        pass
    return run_id


def copy_state(home: Path, bench: Workbench) -> State:
    """A run on the bundled product copy whose best prompt has written a text for each dev row."""
    run = create_run(home)
    run.take_examples(next(sample for sample in SAMPLES if sample.key == "copy").path)
    trials = TrialsReport(
        arms=(),
        plans=(),
        winner=Winner(plan=Plan(name="plain", family="own"), model="embedded"),
        current=None,
        exhaustion=ExhaustionPart(exhausted=True, text=""),
        stop_reason="",
    )
    made: State = {"run": str(run.folder), "options": Options(), "brief": Brief(), "trials": trials}
    data = bench.dataset(made)
    made["task"] = data.task
    items = [
        {"plan": "plain", "model": "embedded", "row": row.row, "given": f"Buy it. {row.row}"}
        for row in data.parts.dev
    ]
    run.save("items", items)
    return made


def idle(worker: Worker, run_id: str) -> View:
    """The view of a run once nothing is at work on it; fails where that ended in an error."""
    ended = time.monotonic() + 60
    while time.monotonic() < ended:
        view = worker.view(run_id)
        if not view.busy:
            assert not view.error, view.error
            return view
        time.sleep(0.02)
    raise AssertionError("it never ended")
