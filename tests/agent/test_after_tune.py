"""What follows a fine-tune: changed answers, a second one after a failed one, the same order."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

import agent.graph
from agent.orders import Order, begin_order
from agent.state import Options, State, WorkPlan
from agent.view import View
from agent.worker import Worker
from policies.brief import Brief
from policies.evidence import Score
from policies.policy import load_policy
from tests.assessments import ARMS, tuned
from tests.conversations import finished, idle
from tools.assessment import ExhaustionPart
from tools.assessment.tuned import Ratio
from tools.economics import running_cost
from tools.errors import Stopped, TuneError
from tools.forecast.stage import ForecastReport
from tools.intake.samples import SAMPLES
from tools.runs import open_run
from tools.settings import load_settings
from tools.trials.plan import Plan
from tools.trials.stage import TrialsReport, Winner
from tools.tuning.job import TrainingResult
from tools.tuning.recipe import choose_recipe
from tools.tuning.tune import TuneReport
from tools.tuning.verify import measured_ways, outcome_of

SCORE = Score(score=0.9, low=0.8, high=0.95, n=30)
TUNE = TuneReport(
    model="tuned embedded",
    adapter="adapter-1",
    plan=Plan(name="short prompt", family="tuned"),
    dev=SCORE,
    recipe=choose_recipe(1_000_000, 40, 7),
    result=TrainingResult(
        steps=3, seconds=1.0, dev_loss=0.1, peak_megabytes=1.0, stopped=False, dropped=0
    ),
    losses=(),
)
WORK = WorkPlan(title="Tune", steps=("a",), minutes=1, cost="x", data_goes="nowhere", hash="h")


@pytest.fixture
def worker(home: object) -> Iterator[Worker]:
    with closing(Worker(load_settings())) as made:
        yield made


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch, state: State) -> list[Any]:
    """What would be written of the run; its evidence is at hand, only the brief may change."""
    kept, seen = state["evidence"], []  # type: ignore[var-annotated]

    def gather(dataset: object, brief: Brief, *told: object) -> object:
        return kept.model_copy(update={"brief": brief})

    def write(run: object, dataset: object, findings: Any, *told: object) -> None:
        seen.append(findings)

    monkeypatch.setattr(agent.graph, "gather", gather)
    monkeypatch.setattr(agent.graph, "write_assessment", write)
    return seen


@pytest.fixture
def measured(state: State) -> State:
    """The state with a best prompt that was confirmed."""
    state["trials"] = TrialsReport(
        arms=tuple(arm for arm in ARMS if arm.kind == "prompt"),
        plans=(),
        winner=Winner(plan=Plan(name=ARMS[0].name, family="nearest"), model="embedded"),
        current=None,
        exhaustion=ExhaustionPart(exhausted=True, text=""),
        stop_reason="",
    )
    state["forecast"] = ForecastReport(arms=(), forecast=state["evidence"].forecast)
    state["confirmed"], state["confirmed_today"] = ARMS[0].test, None
    return state


def serve(state: State, runtime: object) -> State:
    """Nothing to have at hand; a node is called by its function's name."""
    return {}


def _say(worker: Worker, run_id: str, view: View, text: str) -> View:
    worker.answer(run_id, view.interrupt, text)
    return idle(worker, run_id)


def _pretend(monkeypatch: pytest.MonkeyPatch, **fakes: Any) -> None:
    """Nodes of the graph that train and measure nothing."""
    standing = {
        "serve": serve,
        "is_given": lambda *told: True,
        "tune_plan": lambda *told: WORK,
    }
    for name, fake in {**standing, **fakes}.items():
        monkeypatch.setattr(agent.graph, name, fake)


def _reopened(worker: Worker, state: State) -> str:
    """A finished run with such nodes, which is talked about again."""
    run_id = finished(worker, state)
    worker.graph = agent.graph.build_graph(worker._saver)
    worker.reopen(run_id)
    return run_id


def test_after_a_changed_target_the_tuned_model_is_judged_by_it(
    worker: Worker, measured: State, written: list[Any]
) -> None:
    part, policy, evidence = tuned(), load_policy(), measured["evidence"]
    ways = measured_ways(evidence, measured["confirmed"], part.test, policy)
    measured["tuned"], measured["tuned_arm"] = part, ARMS[-1]
    measured["outcome"] = outcome_of("fine_tune", ways, True, 0.9, evidence.forecast, policy)
    run_id = finished(worker, measured)
    worker.reopen(run_id)
    before = idle(worker, run_id)
    assert before.state["outcome"].use == "tuned"
    after = _say(worker, run_id, before, "change the target to 99 %")
    assert after.state["outcome"].use == "none"
    assert "reaches the target of 99 %" in written[-1].outcome.text
    assert after.waiting is not None and after.waiting["kind"] == "message", "no tune is offered"


def test_a_tuned_model_that_is_to_replace_the_base_must_not_forget(
    worker: Worker, measured: State, written: list[Any]
) -> None:
    part, policy, evidence = tuned(), load_policy(), measured["evidence"]
    ratio = Ratio(value=1.15, low=1.1, high=1.2)  # between the two limits
    known = {"answers_ratio": ratio, "prose_ratio": ratio}
    part = part.model_copy(update={"forgetting": part.forgetting.model_copy(update=known)})
    ways = measured_ways(evidence, measured["confirmed"], part.test, policy)
    measured["tuned"], measured["tuned_arm"] = part, ARMS[-1]
    measured["outcome"] = outcome_of("fine_tune", ways, True, 0.9, evidence.forecast, policy)
    run_id = finished(worker, measured)
    worker.reopen(run_id)
    view = idle(worker, run_id)
    view = _say(worker, run_id, view, "what if it had to replace the base for everything?")
    said = view.state["exchanges"][-1].text
    assert "forgotten too much to replace" in said, said
    assert view.state["tuned"].shipped, "a what-if changes nothing"
    view = _say(worker, run_id, view, "it shall replace the model for everything")
    assert not view.state["tuned"].shipped and view.state["outcome"].use != "tuned"
    assert not written[-1].tuned.forgetting.passed
    view = _say(worker, run_id, view, "it is for this task alone")
    assert view.state["tuned"].shipped and view.state["outcome"].use == "tuned"


def test_a_tune_that_succeeds_at_last_leaves_no_word_of_the_failure(
    worker: Worker, measured: State, written: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = iter([TuneError("There is too little memory."), TUNE])

    def tune(*told: object) -> TuneReport:
        found = next(tries)
        if isinstance(found, TuneError):
            raise found
        return found

    _pretend(monkeypatch, run_tune=tune, prove=lambda *told: (tuned(), ARMS[-1]))
    run_id = _reopened(worker, measured)
    ends = []
    for _ in range(2):
        asked = _say(worker, run_id, idle(worker, run_id), "fine-tune it")
        _say(worker, run_id, asked, "yes")
        ends.append((written[-1].partial, written[-1].notes))
    note = "The fine-tune did not finish: There is too little memory."
    assert ends == [(True, (note,)), (False, ())]
    made = written[-1].tuned.cost
    assert made is not None, "later answers reckon with what it was measured to cost"
    assert made.per_1000 == running_cost(ARMS[-1], worker.settings)


def test_a_stop_in_the_proof_keeps_the_tune_and_the_talk_goes_on(
    worker: Worker, measured: State, written: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    proofs = iter([Stopped("Stopped as you asked."), (tuned(), ARMS[-1])])

    def prove(*told: object) -> Any:
        found = next(proofs)
        if isinstance(found, Stopped):
            raise found
        return found

    _pretend(monkeypatch, run_tune=lambda *told: TUNE, prove=prove)
    run_id = _reopened(worker, measured)
    for proven in (False, True):
        asked = _say(worker, run_id, idle(worker, run_id), "fine-tune it")
        view = _say(worker, run_id, asked, "yes")
        assert not view.error and view.waiting is not None
        assert ("tuned" in view.state) is proven
        assert any("not proven: Stopped as" in note for note in written[-1].notes) is not proven


def test_an_order_goes_on_only_with_a_run_that_nobody_has_talked_to(
    worker: Worker, tmp_path: Any
) -> None:
    options = Options(interactive=False, tune="never")
    order = Order(data=SAMPLES[0].path, brief=Brief(target=0.9), options=options)
    first = begin_order(worker, order, tmp_path / "out")
    again = begin_order(worker, order, tmp_path / "out")
    assert again.goes_on and again.run_id == first.run_id
    worker.revise(first.run_id, {"options": Options()}, after="interview")  # as `chat` opens it
    anew = begin_order(worker, order, tmp_path / "out")
    assert not anew.goes_on and anew.run_id != first.run_id
    assert open_run(worker.settings.home, anew.run_id).info.order
