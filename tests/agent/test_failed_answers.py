"""A message whose answer fails neither blocks the conversation nor swallows the next message."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from agent import conversation
from agent.state import Exchange, State
from agent.workbench import Workbench
from agent.worker import Worker
from tests.conversations import finished, idle
from tools.errors import ModelError, PromptTooLong, RunError, UserError
from tools.settings import load_settings
from tools.trials.plan import Plan
from tools.trials.stage import Winner


class Flaky:
    """Answers for the models; fails while it is told to."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.asked: list[str] = []

    def answer(self, state: State, message: str, text: str, bench: Workbench) -> Exchange:
        self.asked.append(text)
        if self.error is not None:
            raise self.error
        return Exchange(message=message, prompted="delivery")


@pytest.fixture
def flaky(monkeypatch: pytest.MonkeyPatch) -> Flaky:
    made = Flaky()
    monkeypatch.setattr(conversation, "answer_both", made.answer)
    return made


@pytest.fixture
def worker(home: object) -> Iterator[Worker]:
    with closing(Worker(load_settings())) as made:
        yield made


@pytest.fixture
def run_id(worker: Worker, state: State) -> str:
    winner = Winner(plan=Plan(name="own", family="own"), model="embedded")
    trials = state["trials"].model_copy(update={"winner": winner})
    made = finished(worker, {**state, "trials": trials})
    worker.reopen(made)
    idle(worker, made)
    return made


def _say(worker: Worker, run_id: str, message: str) -> Exchange:
    assert worker.answer(run_id, idle(worker, run_id).interrupt, message)
    return idle(worker, run_id).state["exchanges"][-1]


def _fail(worker: Worker, run_id: str, message: str) -> None:
    assert worker.answer(run_id, worker.view(run_id).interrupt, message)
    while worker.view(run_id).busy:
        pass
    assert "Something went wrong" in worker.view(run_id).error


@pytest.mark.parametrize(
    ("error", "heard"),
    [
        (ModelError("big is silent."), "The model could not answer: big is silent."),
        (PromptTooLong("1,000 tokens."), "The model could not answer: 1,000 tokens."),
        (RunError("No file."), "That could not be answered: No file."),
    ],
)
def test_an_error_of_ours_is_said_and_the_conversation_goes_on(
    worker: Worker, run_id: str, flaky: Flaky, error: UserError, heard: str
) -> None:
    flaky.error = error
    said = _say(worker, run_id, "where is my parcel?")
    assert (said.message, said.text) == ("where is my parcel?", heard)
    flaky.error = None
    assert _say(worker, run_id, "my parcel is late").prompted == "delivery"
    assert flaky.asked == ["where is my parcel?", "my parcel is late"]


def test_another_message_takes_the_place_of_one_that_failed(
    worker: Worker, run_id: str, flaky: Flaky
) -> None:
    flaky.error = ValueError("a fault of ours")
    _fail(worker, run_id, "where is my parcel?")
    _fail(worker, run_id, "my parcel is late")
    flaky.error = None
    assert worker.answer(run_id, worker.view(run_id).interrupt, "my parcel is gone")
    said = idle(worker, run_id).state["exchanges"]
    assert [each.message for each in said] == ["my parcel is gone"]
    assert _say(worker, run_id, "my parcel came").message == "my parcel came"


def test_a_failed_message_is_tried_again(worker: Worker, run_id: str, flaky: Flaky) -> None:
    assert not worker.resume(run_id), "nothing has failed yet"
    flaky.error = ValueError("a fault of ours")
    _fail(worker, run_id, "where is my parcel?")
    _fail(worker, run_id, "my parcel is late")
    flaky.error = None
    assert worker.resume(run_id)
    assert idle(worker, run_id).state["exchanges"][-1].message == "my parcel is late"
    assert not worker.resume(run_id)


def test_looking_for_an_earlier_answer_knows_the_classes_of_the_state(
    worker: Worker, run_id: str, flaky: Flaky, caplog: pytest.LogCaptureFixture
) -> None:
    _say(worker, run_id, "my parcel is late")
    assert "Blocked deserialization" not in caplog.text
