"""Asking the adviser: paid before, kept after, and never in the way."""

import logging
from typing import Any

import pytest

from agent.adviser.asking import Adviser, Tool, adviser_of, calls_of
from agent.adviser.told import Told
from tests.agent.adviser.conftest import KEY
from tests.agent.adviser.scripted import Scripted
from tools.models.store import CallStore
from tools.settings import Settings

TAKE = Tool("take", Told, "Take it.")
HELLO = [{"role": "user", "content": "Hello?"}]


def test_an_answer_is_kept_and_paid_once(adviser: Adviser, scripted: Scripted) -> None:
    scripted.writes("Hello.")
    for _ in range(2):
        message = adviser.ask(HELLO)
        assert message is not None and message.content == "Hello."
    assert len(scripted.received) == 1
    assert adviser.purse.spent == pytest.approx(0.1)  # 1,000 tokens at 100 a million


def test_a_forced_tool_is_asked_for_by_its_own_schema(adviser: Adviser, scripted: Scripted) -> None:
    scripted.calls(("take", {"target": 0.9}))
    (call,) = calls_of(adviser.ask(HELLO, [TAKE], must=True))
    assert (call.name, call.arguments) == ("take", '{"target": 0.9}')
    (request,) = scripted.received
    assert request["tool_choice"]["function"]["name"] == "take"
    assert "target" in request["tools"][0]["function"]["parameters"]["properties"]


BROKEN: list[Any] = [None, "no message", {"role": "assistant", "tool_calls": "none"}]


@pytest.mark.parametrize("said", BROKEN)
def test_an_adviser_that_fails_is_done_without(
    said: Any, adviser: Adviser, scripted: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    scripted.says.append(said)
    with caplog.at_level(logging.WARNING):
        message = adviser.ask(HELLO)
        assert message is None or not calls_of(message)
    assert KEY not in caplog.text


def test_nothing_is_asked_that_the_budget_does_not_cover(
    settings: Settings, scripted: Scripted, tmp_path: Any
) -> None:
    poor = settings.model_copy(update={"budget_money": 0.0})
    store = CallStore(tmp_path / "poor.sqlite")
    adviser = adviser_of(poor, store)
    assert adviser is not None and adviser.ask(HELLO) is None
    assert not scripted.received
    store.close()


@pytest.mark.parametrize("name", [None, "nobody", "embedded"])
def test_there_may_be_none(name: str | None, settings: Settings, tmp_path: Any) -> None:
    store = CallStore(tmp_path / "calls.sqlite")
    assert adviser_of(settings.model_copy(update={"adviser": name}), store) is None
    store.close()


def test_the_key_is_not_in_what_is_asked(adviser: Adviser, scripted: Scripted) -> None:
    scripted.writes("Hello.")
    adviser.ask(HELLO, [TAKE])
    assert KEY not in str(scripted.received)
