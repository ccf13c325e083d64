"""What is said while work goes on: answered beside it, or taken up when it ends."""

import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from agent import graph
from agent.meanwhile import MOST_HEARD, answer_meanwhile, can_take_up
from agent.state import Consent, Options, State, minutes_agreed
from agent.worker import Worker
from policies.brief import Brief
from tests.conversations import finished, idle
from tools.settings import load_settings

YES = Consent(plan_hash="a", yes=True)
AT_ONCE = {
    "yes": "Nothing waits for a yes",
    "ok, go ahead": "Nothing waits for a yes",
    "no": "Nothing waits for a yes",
    "fine-tune it": "Nothing waits for a yes",
    "why do you ask?": "I ask nothing at the moment",
    "what does dev mean?": "Dev: ",
    "how long will it take?": "about 3 more minutes",
    "x" * 9_000: "at most 8,000",
}
KEPT = (
    "change the target to 85%",
    "start over",
    "why not fine-tune?",
    "How long is the return period for a kettle that I bought in May, please?",
    "My parcel has not come.",
    "yes, but only if it is cheap",
)


@pytest.mark.parametrize(("text", "words"), AT_ONCE.items())
def test_what_needs_no_work_is_said_at_once(text: str, words: str) -> None:
    assert words in answer_meanwhile({"brief": Brief()}, text, 3.2)


@pytest.mark.parametrize("text", KEPT)
def test_all_else_has_to_wait(text: str) -> None:
    assert answer_meanwhile({"brief": Brief()}, text, 3.2) == ""


def test_a_time_that_is_not_known_is_not_guessed() -> None:
    assert "cannot tell" in answer_meanwhile({"brief": Brief()}, "how long?", None)


@pytest.mark.parametrize(
    ("waiting", "text", "taken"),
    [
        ({"kind": "message"}, "My parcel has not come.", True),
        ({"kind": "consent"}, "why?", True),
        ({"kind": "question"}, "change the target to 85%", True),
        ({"kind": "question"}, "about 50k", False),  # it would answer a question never seen
        ({"kind": "pair"}, "A", False),
        (None, "why?", False),
    ],
)
def test_nobody_answers_a_question_that_was_not_seen(waiting: Any, text: str, taken: bool) -> None:
    assert can_take_up(waiting, {"brief": Brief()}, text) is taken


NO = Consent(plan_hash="a", yes=False, minutes=3)
LONG = Consent(plan_hash="a", yes=True, minutes=3)


@pytest.mark.parametrize(
    ("state", "minutes"),
    [
        ({}, None),
        ({"consent": LONG}, 3),
        ({"consent": YES}, None),  # an earlier version kept no estimate
        ({"consent": LONG, "recommendation": 1}, None),
        ({"consent": LONG, "recommendation": 1, "approval": NO}, None),
        ({"consent": NO, "recommendation": 1, "approval": LONG}, 3),
        ({"recommendation": 1, "approval": LONG, "tuned": 1}, None),
        ({"recommendation": 1, "approval": LONG, "unfinished_tune": "Stopped."}, None),
    ],
)
def test_the_time_left_in_all_is_that_of_the_plan_at_work(
    state: Any, minutes: float | None
) -> None:
    assert minutes_agreed(state) == minutes


class Held:
    """The report's writing, held until it may go on."""

    def __init__(self) -> None:
        self.may_end = threading.Event()

    def __call__(self, *findings: Any) -> None:
        assert self.may_end.wait(60)


@pytest.fixture
def worker(home: object) -> Iterator[Worker]:
    with closing(Worker(load_settings())) as made:
        yield made


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    made = Held()
    monkeypatch.setattr(graph, "write_assessment", made)
    return made


def _at_work(worker: Worker, state: State, held: Held) -> str:
    """A run that is at work on its report."""
    held.may_end.set()
    run_id = finished(worker, state)
    held.may_end.clear()
    worker.revise(run_id, {"options": Options(), "consent": YES}, after="serve")
    assert worker.start(run_id)
    view = worker.view(run_id)
    assert view.listens and view.minutes_left is None, "a report has no plan"
    return run_id


def test_a_message_is_kept_and_taken_up_when_the_work_ends(
    worker: Worker, state: State, held: Held
) -> None:
    run_id = _at_work(worker, state, held)
    for text in ("how sure are you?", "how sure are you?", "start over", "yes"):
        assert worker.say(run_id, text)
    view = worker.view(run_id)
    assert view.kept == ("how sure are you?", "start over"), "a double click says it once"
    assert "Nothing waits" in view.asides[-1].text
    held.may_end.set()
    assert _until_nothing_is_kept(worker, run_id) == ["how sure are you?", "start over"]
    assert not worker.say(run_id, "why?"), "a question is open now"


def test_a_restart_forgets_no_kept_message(
    worker: Worker, state: State, held: Held, home: object
) -> None:
    run_id = _at_work(worker, state, held)
    assert worker.say(run_id, "how sure are you?")
    with closing(Worker(load_settings())) as other:
        assert other.view(run_id).kept == ("how sure are you?",)
    held.may_end.set()
    assert _until_nothing_is_kept(worker, run_id) == ["how sure are you?"]
    with closing(Worker(load_settings())) as other:
        assert not other.view(run_id).kept, "it is said once"


def test_more_than_a_few_are_not_kept(worker: Worker, state: State, held: Held) -> None:
    run_id = _at_work(worker, state, held)
    for number in range(MOST_HEARD + 1):
        assert worker.say(run_id, f"compare plan {number} and the classifier")
    view = worker.view(run_id)
    assert len(view.kept) == MOST_HEARD and "no more than five" in view.asides[-1].text
    held.may_end.set()


def test_stop_said_at_work_stops_it(worker: Worker, state: State, held: Held) -> None:
    run_id = _at_work(worker, state, held)
    assert worker.say(run_id, "stop")
    view = worker.view(run_id)
    assert view.stopping and not view.kept and not view.asides
    held.may_end.set()
    assert idle(worker, run_id).waiting["kind"] == "message"  # type: ignore[index]


def _until_nothing_is_kept(worker: Worker, run_id: str) -> list[str]:
    """The messages that were taken up."""
    ended = threading.Event()
    for _ in range(600):
        view = worker.view(run_id)
        if not view.busy and not view.kept:
            break
        ended.wait(0.05)
    return [exchange.message for exchange in idle(worker, run_id).state["exchanges"]]
