"""Blind pairs in the talk: begun by a button, judged one by one, with the result at the end."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import agent.blind
from agent.blind import STOP, begin, judge_pair, rivals, shown_pair
from agent.conversation import answer_message
from agent.interview import read_answer
from agent.state import State
from agent.topics import TOPICS
from agent.workbench import Workbench
from policies.brief import Brief
from policies.policy import load_policy
from tests.conversations import copy_state
from tools.intake.dataset import first_look
from tools.intake.samples import SAMPLES
from tools.models.catalogue import Catalogue
from tools.runs import create_run
from tools.settings import Settings
from tools.trials.plan import Plan
from tools.trials.stage import Winner
from tools.tuning.registry import Registry
from tools.writing.blind import kept_pairs, kept_preferences

COPY = next(sample for sample in SAMPLES if sample.key == "copy")
WINNER = Winner(plan=Plan(name="plain", family="own"), model="embedded")
TOPIC = {topic.name: topic for topic in TOPICS}


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    settings = Settings(home=tmp_path)
    return Workbench(settings, Catalogue(settings), load_policy())


@pytest.fixture
def state(tmp_path: Path, bench: Workbench) -> State:
    return copy_state(tmp_path, bench)


def test_a_whole_comparison_is_counted_and_told(state: State, bench: Workbench) -> None:
    assert rivals(state, rolled_back=False) == ["own"]
    blind = begin(state, "own", bench)
    assert blind is not None
    state["blind"] = blind
    pairs = kept_pairs(bench.run(state))
    goto: str = "compare"
    for number, pair in enumerate(pairs, start=1):
        shown = shown_pair(state, bench)
        assert (shown.number, shown.left) == (number, pair.left)
        mine = "b" if pair.swapped else "a"
        goto, update = judge_pair(state, mine if number > 2 else "same", bench)
        state = {**state, **update}  # type: ignore[typeddict-item]
    assert goto == "report"
    (found,) = kept_preferences(bench.run(state))
    assert (found.wins, found.losses, found.ties) == (len(pairs) - 2, 0, 2)
    assert "was called better in 18" in state["exchanges"][-1].text


def test_what_is_not_understood_asks_again_and_stop_keeps_what_was_judged(
    state: State, bench: Workbench
) -> None:
    blind = begin(state, "own", bench)
    assert blind is not None
    state["blind"] = blind
    goto, update = judge_pair(state, "the shorter one", bench)
    assert goto == "compare" and update["blind"].note and not update["blind"].choices
    assert judge_pair(state, STOP, bench) == ("converse", {})
    state["blind"] = blind.model_copy(update={"choices": ("left",)})
    goto, _ = judge_pair(state, "stop", bench)
    (found,) = kept_preferences(bench.run(state))
    assert goto == "report" and found.wins + found.losses == 1


def test_a_button_of_a_comparison_that_is_not_offered_does_nothing(
    state: State, bench: Workbench
) -> None:
    found: Any = answer_message(state, "compare blind: today", bench).update
    assert "no two different texts" in found["exchanges"][-1].text


@pytest.mark.parametrize(("rolled_back", "found"), [(False, ["tuned", "own"]), (True, ["own"])])
def test_a_tuned_model_that_was_rolled_back_is_no_rival(
    rolled_back: bool,
    found: list[str],
    state: State,
    bench: Workbench,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tuned: Any = SimpleNamespace(adapter="adapter-1", model="tuned", plan=None)
    state["tune"] = tuned
    monkeypatch.setattr(
        agent.blind, "_tuned_texts", lambda _, rows, bench: {row.row: "Another." for row in rows}
    )
    monkeypatch.setattr(Registry, "is_out_of_use", lambda *_: rolled_back)
    assert rivals(state, rolled_back) == found
    assert (begin(state, "tuned", bench) is None) == rolled_back


def _file_with_today(tmp_path: Path) -> Path:
    lines = COPY.path.read_text(encoding="utf-8").splitlines()
    rows = [f"{lines[0]},chatgpt", *(f'{line},"Buy this now, it is nice."' for line in lines[1:])]
    path = tmp_path / "today.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def test_todays_answers_are_noticed_and_their_score_is_proposed_as_target(tmp_path: Path) -> None:
    run = create_run(tmp_path)
    run.take_examples(_file_with_today(tmp_path))
    look = first_look(run.examples_file)
    assert look.current_column == "chatgpt"
    state: Any = {"brief": Brief(), "look": look, "answered": ()}
    assert "chatgpt" in TOPIC["columns"].ask(state).text
    state |= read_answer(TOPIC["columns"], state, "yes", run)
    assert state["brief"].current_column == "chatgpt" and 0 < state["today"].score < 1
    asked = TOPIC["target"].ask(state)
    first = asked.options[0]
    assert first.label == "As good as today"
    for said in (first.value, "don't know"):
        told = read_answer(TOPIC["target"], state, said, run)
        assert told["brief"].target == round(state["today"].score, 3)
    assert read_answer(TOPIC["target"], state, "60 of 100", run)["brief"].target == 0.6
