"""The adviser as judge of blind pairs: offered by a button that says what is sent, and kept."""

import json
from typing import Any

import pytest

from agent import workbench
from agent.adviser.judging import judge_offers
from agent.conversation import answer_message
from agent.state import State
from agent.workbench import Workbench
from policies.brief import Brief
from policies.policy import load_policy
from tests.agent.adviser.scripted import Scripted
from tests.conversations import copy_state
from tools.models.catalogue import Catalogue
from tools.settings import Settings
from tools.writing.blind import kept_pairs, kept_preferences

OURS = "Buy it."


@pytest.fixture
def bench(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Workbench:
    monkeypatch.setattr(workbench, "get_stream_writer", lambda: lambda _: None)
    return Workbench(settings, Catalogue(settings), load_policy())


@pytest.fixture
def state(settings: Settings, bench: Workbench) -> State:
    return {**copy_state(settings.home, bench), "answered": ("task",)}


def _press(state: State, bench: Workbench) -> Any:
    return answer_message(state, "adviser judges: own", bench)


def test_the_button_says_who_gets_what(state: State, bench: Workbench) -> None:
    (offer,) = judge_offers(state, bench)
    assert offer["value"] == "adviser judges: own"
    assert "big" in offer["label"] and "gets 20 inputs" in offer["label"]


@pytest.mark.parametrize(
    "change",
    [
        {"answered": ("sending",), "brief": Brief(may_leave_machine=False)},
        {"task": None},
        {"answered": ()},
    ],
)
def test_without_leave_there_is_no_button_and_nothing_is_sent(
    change: Any, state: State, bench: Workbench, scripted: Scripted
) -> None:
    shut: State = {**state, **change}
    assert judge_offers(shut, bench) == []
    went = _press(shut, bench)
    assert "no two different texts" in went.update["exchanges"][-1].text
    assert not scripted.received


def test_judgements_are_counted_told_kept_and_not_paid_twice(
    state: State, bench: Workbench, scripted: Scripted
) -> None:
    for _ in range(40):
        scripted.writes("A")  # whatever stands first
    went = _press(state, bench)
    text = went.update["exchanges"][-1].text
    assert went.goto == "report"
    assert "20 blind pairs that “big” judged in both orders" in text and "no difference" in text
    (found,) = kept_preferences(bench.run(state))
    assert (found.judge, found.ties, found.wins) == ("big", 20, 0)
    assert len(scripted.received) == 40
    sent = json.dumps(scripted.received, ensure_ascii=False)
    rows = {pair.row for pair in kept_pairs(bench.run(state))}
    assert rows <= {row.row for row in bench.dataset(state).parts.dev}
    assert not any(row.answer in sent for row in bench.dataset(state).parts.test)
    _press(state, bench)
    assert len(scripted.received) == 40 and len(kept_preferences(bench.run(state))) == 1


def test_a_judge_that_refuses_is_told_in_words(
    state: State, bench: Workbench, scripted: Scripted
) -> None:
    text = _press(state, bench).update["exchanges"][-1].text  # the endpoint answers with HTTP 400
    assert text.startswith("The pairs were not judged: ") and "big" in text
    assert kept_preferences(bench.run(state)) == ()
