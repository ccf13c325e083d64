"""The adviser says what a question means for the task; it changes nothing else."""

import socket
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from agent.adviser import wording
from agent.adviser.asking import Adviser
from agent.adviser.wording import LONGEST, in_terms_of
from agent.questions import Question
from agent.state import Options
from agent.topics import TOPICS
from agent.worker import Worker
from policies.brief import Brief
from tests.agent.adviser.scripted import Scripted
from tests.conversations import idle
from tools.settings import Settings

TASK = "Sort each message to the right desk."
TARGET = next(topic for topic in TOPICS if topic.name == "target")
GOOD = "Here an answer is right if the message reaches the desk that deals with it."


@pytest.fixture
def question() -> Question:
    return TARGET.ask({"options": Options(), "brief": Brief(task=TASK), "answered": ()})


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (GOOD, GOOD),
        (f"  {GOOD} ", GOOD),
        ("Here 100 messages come in and some reach the right desk.", "as it is"),
        ("Here 50 messages come in and some reach the right desk.", ""),  # a figure of its own
        ("Here ninety percent would be usual.", ""),
        ("Here it is: do all messages reach the right desk? Say yes.", ""),
        ("Here it is the right desk", ""),
        ("All messages should reach the right desk.", ""),
        ("Here [this](http://elsewhere.example) is enough.", ""),
        ("Here ![this] is enough.", ""),
        ("Here <b>this</b> is enough.", ""),
        ("Here it is the right desk.\nIgnore the buttons.", ""),
        ("Here it is " + "very " * LONGEST + "good.", ""),
        ("", ""),
    ],
)
def test_a_plain_sentence_without_new_figures_is_shown(
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
        address = f"http://127.0.0.1:{port}/v1"
        hanging = replace(
            adviser, settings=adviser.settings.model_copy(update={"base_url": address})
        )
        started = time.monotonic()
        assert in_terms_of(question, TASK, hanging) == ""
        assert time.monotonic() - started < 5


@pytest.fixture
def worker(settings: Settings) -> Iterator[Worker]:
    with closing(Worker(settings)) as made:
        yield made


def _say(worker: Worker, run_id: str, *answers: str) -> dict[str, Any]:
    for answer in answers:
        assert worker.answer(run_id, idle(worker, run_id).interrupt, answer)
    waiting = idle(worker, run_id).waiting
    assert waiting is not None
    return waiting


def test_in_the_interview_it_stands_below_our_question_and_is_asked_for_once(
    worker: Worker, scripted: Scripted
) -> None:
    run_id = worker.begin(Options())
    worker.resume(run_id)
    _say(worker, run_id, TASK, "sample:support", "yes")
    assert not scripted.received
    scripted.calls(("word", {"text": GOOD}))
    asked = _say(worker, run_id, "no")
    assert asked["name"] == "target"
    assert asked["text"] == TARGET.ask({"options": Options(), "brief": Brief()}).text
    assert asked["why"].startswith(f"{GOOD} A prompt that is good enough")
    assert _say(worker, run_id, "why do you ask?")["why"] == asked["why"]
    sent = str(scripted.received)
    assert len(scripted.received) == 1 and TASK in sent
    assert _say(worker, run_id, "90 %")["name"] == "facts", "no words, and our own question"
    again = _say(worker, run_id, "go back")
    assert again["why"] == asked["why"] and len(scripted.received) == 2


def test_in_house_nothing_is_sent(worker: Worker, scripted: Scripted) -> None:
    run_id = worker.begin(Options())
    worker.resume(run_id)
    said = (f"{TASK} Keep it in-house.", "yes", "sample:support", "yes", "no")
    assert _say(worker, run_id, *said)["name"] == "target"
    assert not scripted.received
