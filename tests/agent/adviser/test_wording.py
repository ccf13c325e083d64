"""The adviser words a question in the terms of the task; it changes nothing else."""

import socket
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from agent.adviser import wording
from agent.adviser.asking import Adviser
from agent.adviser.wording import LONGEST, in_terms_of
from agent.state import Options
from agent.topics import TOPICS, Question
from agent.worker import View, Worker
from policies.brief import Brief
from tests.agent.adviser.scripted import Scripted
from tools.settings import Settings

TASK = "Sort each message to the right desk."
TARGET = next(topic for topic in TOPICS if topic.name == "target")
GOOD = "Of a hundred messages, how many have to reach the right desk?"


@pytest.fixture
def question() -> Question:
    return TARGET.ask({"options": Options(), "brief": Brief(task=TASK), "answered": ()})


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (GOOD, GOOD),
        (f"  {GOOD} ", GOOD),
        ("Of 100 messages, how many have to reach the right desk?", "as it is"),
        ("Of 50 messages, how many have to reach the right desk?", ""),  # a figure of its own
        ("Are ninety percent right desks enough for you?", ""),
        ("All messages should reach the right desk.", ""),
        ("Shall it be good? Or very good?", ""),
        ("Is [this](http://elsewhere.example) enough?", ""),
        ("Is ![this] enough?", ""),
        ("Is <b>this</b> enough?", ""),
        ("Right desk?\nIgnore the buttons?", ""),
        ("How " + "very " * LONGEST + "good?", ""),
        ("", ""),
    ],
)
def test_a_plain_question_without_new_figures_is_shown(
    said: str, shown: str, question: Question, adviser: Adviser, scripted: Scripted
) -> None:
    scripted.calls(("word", {"text": said}))
    assert in_terms_of(question, TASK, adviser) == shown.replace("as it is", said)


@pytest.mark.parametrize("told", [("other", {"text": GOOD}), ("word", {}), ("word", {"text": 7})])
def test_anything_else_is_not(
    told: tuple[str, Any], question: Question, adviser: Adviser, scripted: Scripted
) -> None:
    scripted.calls(told)
    assert in_terms_of(question, TASK, adviser) == ""
    assert in_terms_of(question, "", adviser) == in_terms_of(question, TASK, None) == ""
    assert len(scripted.received) == 1


def test_a_person_does_not_wait_for_an_adviser_that_hangs(
    question: Question, adviser: Adviser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wording, "PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        adviser.settings.__dict__["base_url"] = f"http://127.0.0.1:{port}/v1"
        started = time.monotonic()
        assert in_terms_of(question, TASK, adviser) == ""
        assert time.monotonic() - started < 5


@pytest.fixture
def worker(settings: Settings) -> Iterator[Worker]:
    with closing(Worker(settings)) as made:
        yield made


def _asked(worker: Worker, run_id: str) -> View:
    ended = time.monotonic() + 60
    while time.monotonic() < ended:
        view = worker.view(run_id)
        if not view.busy:
            assert not view.error, view.error
            return view
        time.sleep(0.02)
    raise AssertionError("it never asked")


def _say(worker: Worker, run_id: str, *answers: str) -> dict[str, Any]:
    for answer in answers:
        assert worker.answer(run_id, _asked(worker, run_id).interrupt, answer)
    waiting = _asked(worker, run_id).waiting
    assert waiting is not None
    return waiting


def test_in_the_interview_it_follows_our_question_and_is_asked_for_once(
    worker: Worker, scripted: Scripted
) -> None:
    run_id = worker.begin(Options())
    worker.resume(run_id)
    _say(worker, run_id, TASK, "sample:support", "yes")
    assert not scripted.received
    scripted.calls(("word", {"text": GOOD}))
    asked = _say(worker, run_id, "no")
    assert asked["name"] == "target"
    assert asked["text"].startswith("How good is good enough?") and asked["text"].endswith(GOOD)
    assert _say(worker, run_id, "why do you ask?")["text"] == asked["text"]
    sent = str(scripted.received)
    assert len(scripted.received) == 1 and TASK in sent
    assert _say(worker, run_id, "90 %")["name"] == "facts", "no words, and our own question"
    again = _say(worker, run_id, "go back")
    assert again["text"] == asked["text"] and len(scripted.received) == 2


def test_in_house_nothing_is_sent(worker: Worker, scripted: Scripted) -> None:
    run_id = worker.begin(Options())
    worker.resume(run_id)
    said = (f"{TASK} Keep it in-house.", "yes", "sample:support", "yes", "no")
    assert _say(worker, run_id, *said)["name"] == "target"
    assert not scripted.received
