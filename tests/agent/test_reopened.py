"""A run whose conversation is closed can be talked about."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from agent.repeats import repeat_with_target
from agent.state import Options, State
from agent.workbench import Workbench
from agent.worker import Worker
from policies.brief import Brief
from policies.policy import load_policy
from tests.conversations import finished, idle
from tools.intake.samples import SAMPLES
from tools.runs import DOCUMENTS, create_run
from tools.settings import EndpointSettings, load_settings


@pytest.fixture
def worker(home: object) -> Iterator[Worker]:
    with closing(Worker(load_settings())) as made:
        yield made


def test_a_run_of_the_command_line_is_talked_about(worker: Worker, state: State) -> None:
    run_id = finished(worker, state)
    assert worker.view(run_id).done and worker.view(run_id).waiting is None
    assert worker.reopen(run_id)
    view = idle(worker, run_id)
    assert view.waiting == {"kind": "message", "options": []} and not view.done
    assert not worker.reopen(run_id), "it is open"
    assert worker.answer(run_id, view.interrupt, "why?")
    assert "stops at 86.7" in idle(worker, run_id).state["exchanges"][-1].text


def test_a_conversation_that_was_stopped_goes_on(worker: Worker, state: State) -> None:
    run_id = finished(worker, state)
    worker.reopen(run_id)
    worker.answer(run_id, idle(worker, run_id).interrupt, "stop")
    assert idle(worker, run_id).done
    assert worker.reopen(run_id)
    assert idle(worker, run_id).waiting == {"kind": "message", "options": []}


def test_a_fine_tune_is_asked_for_as_on_the_page(worker: Worker, state: State) -> None:
    run_id = finished(worker, state)
    worker.reopen(run_id)
    assert idle(worker, run_id).state["options"].tune == "ask"


def test_without_a_verdict_nothing_is_reopened(worker: Worker) -> None:
    run_id = worker.begin(Options())
    assert not worker.reopen(run_id)


@pytest.mark.parametrize(
    ("answered", "allowed", "advises"),
    [(("target",), (), True), ((), (), False), ((), ("big",), True), (("sending",), (), False)],
)
def test_the_adviser_sees_a_run_only_where_somebody_was_asked(
    bench: Workbench,
    state: State,
    answered: tuple[str, ...],
    allowed: tuple[str, ...],
    advises: bool,
) -> None:
    endpoint = EndpointSettings(base_url="http://127.0.0.1:9/v1", model="big")
    bench.settings = bench.settings.model_copy(
        update={"adviser": "big", "endpoints": {"big": endpoint}}
    )
    brief = state["brief"].model_copy(update={"may_leave_machine": False})
    now: State = {**state, "answered": answered, "options": Options(allow_send=allowed)}
    bench.run(state).take_examples(SAMPLES[0].path)
    assert (bench.adviser({**now, "brief": brief}) is not None) is advises


def test_a_repeat_may_ask_for_the_target(worker: Worker, state: State) -> None:
    run_id = finished(worker, state)
    worker.run(run_id).save(DOCUMENTS, [])
    again = repeat_with_target(worker, run_id)
    assert (worker.run(again).folder / f"{DOCUMENTS}.json").exists()
    worker.resume(again)
    view = idle(worker, again)
    assert view.waiting is not None and view.waiting["name"] == "target"
    assert view.state["brief"].task == state["brief"].task


def test_a_team_s_own_policy_goes_with_its_run_and_what_repeats_it(home: Path) -> None:
    ours = load_policy().model_copy(update={"margin": 0.1})
    with closing(Worker(load_settings(), ours)) as shell:
        run = create_run(home)
        run.take_examples(SAMPLES[0].path)
        brief = Brief(input_column="message", answer_column="topic")
        begun = shell.begin(Options(interactive=False), brief, run)
    with closing(Worker(load_settings())) as page:  # it knows the usual policy only
        bench = Workbench(page.settings, page.catalogue, page.policy)
        for run_id in (begun, repeat_with_target(page, begun, 0.8)):
            assert bench.policy_of(page.view(run_id).state) == ours
