"""Messages that ask to try a wording."""

from pathlib import Path
from typing import Any

import pytest

from agent.conversation import answer_message
from agent.state import Options, State
from agent.wordings import LONGEST, may_be_a_text, read_wording
from agent.workbench import Workbench
from policies.brief import Brief
from policies.policy import load_policy
from tests.agent.fakes import Careful
from tools.assessment import ExhaustionPart
from tools.intake.samples import SAMPLES
from tools.models.catalogue import Catalogue
from tools.progress import Watch
from tools.runs import create_run
from tools.settings import Settings
from tools.trials.plan import Plan
from tools.trials.stage import TrialsReport, Winner

WORDINGS = {
    "try this wording: Sort it.": "Sort it.",
    "Please try this prompt:\nLine one.\nLine two.": "Line one.\nLine two.",
    "Try my instruction : set the target to 0.8": "set the target to 0.8",
    "try the wording:": "",
    'can you try it with the prompt: "Sort this into one topic."': "Sort this into one topic.",
    "try: Sort it.": "Sort it.",
    "test this prompt: Say “other” or “none”": "Say “other” or “none”",
    "could you test our wording: “Sort it.”?": "Sort it.",
    "use this prompt instead: 'Sort it.'": "Sort it.",
    "try it with: Sort it.": "Sort it.",
    "here's a better prompt: Sort it.": "Sort it.",
    "what about this prompt: Sort it.": "Sort it.",
    'try the wording "Sort it."': "Sort it.",
    "try this wording Sort the message": "Sort the message",
    "try this prompt with more examples": None,
    "what about this prompt?": None,
    "try my prompt": None,
    "we will try: no": None,
    "test: one two": None,
    "try this: where is my order": None,
    "I would try this wording: no": None,
    "Why?": None,
    "Where is my card? try this wording": None,
}


@pytest.mark.parametrize(("message", "words"), WORDINGS.items())
def test_a_wording_is_what_follows_the_colon(message: str, words: str | None) -> None:
    assert read_wording(message) == words


BARE = {
    ("try: Pallet short by 2, driver signed", "Pallet short by 2, driver signed"): True,
    ("try: Sort it.", "Sort it."): False,
    ("try: You are a clerk. Pick one topic.", "You are a clerk. Pick one topic."): False,
    ("try: Text: {input}", "Text: {input}"): False,
    ("try this wording: where is it", "where is it"): False,
}


@pytest.mark.parametrize(("said", "is_either"), BARE.items())
def test_only_behind_a_bare_try_may_stand_a_text(said: tuple[str, str], is_either: bool) -> None:
    assert may_be_a_text(*said) is is_either


class Desk(Workbench):
    """A workbench outside a graph, whose one model is careful."""

    def model(self, state: State, name: str) -> Any:
        return Careful({e.input: e.answer for e in self.dataset(state).examples})

    def watch(self, minutes: float | None = None) -> Watch:
        return Watch(should_stop=self.should_stop)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    settings = Settings(home=tmp_path)
    return Desk(settings, Catalogue(settings), load_policy())


@pytest.fixture
def state(tmp_path: Path) -> State:
    run = create_run(tmp_path)
    run.take_examples(SAMPLES[0].path)
    plan = Plan(name="bare", family="instruction")
    trials = TrialsReport(
        arms=(),
        plans=(),
        winner=Winner(plan=plan, model="embedded"),
        current=None,
        exhaustion=ExhaustionPart(exhausted=True, text=""),
        stop_reason="",
    )
    return {"run": str(run.folder), "options": Options(), "brief": Brief(), "trials": trials}


def test_words_that_win_are_confirmed_and_decided_on(state: State, desk: Desk) -> None:
    command = answer_message(state, "try this wording: Sort with care.", desk)
    assert command.goto == "gap"
    changed = command.update
    assert isinstance(changed, dict)
    assert changed["trials"].winner.plan.own == "Sort with care."
    said = changed["exchanges"][-1]
    assert said.message == "try this wording: Sort with care."
    assert "scores 100 % on 30 rows" in said.text and "has 0 % there" in said.text


def test_after_a_proven_tune_the_verdict_stays(state: State, desk: Desk) -> None:
    tuned: Any = {**state, "tuned": object()}
    command = answer_message(tuned, "try this wording: Sort with care.", desk)
    assert isinstance(command.update, dict)
    assert command.goto == "report"
    assert command.update["trials"].winner == state["trials"].winner
    assert len(command.update["trials"].plans) == 1
    assert "a new run compares them" in command.update["exchanges"][-1].text


OTHER = {
    "try this wording: Sort.": ("report", "scores 0 %"),
    "try this wording:": ("converse", "1 to 4,000 characters"),
    f"try this wording: {'x' * (LONGEST + 1)}": ("converse", "1 to 4,000 characters"),
}


@pytest.mark.parametrize(("message", "expected"), OTHER.items())
def test_other_words_change_no_verdict(
    message: str, expected: tuple[str, str], state: State, desk: Desk
) -> None:
    command = answer_message(state, message, desk)
    assert isinstance(command.update, dict)
    goto, text = expected
    assert command.goto == goto and text in command.update["exchanges"][-1].text
    found = command.update.get("trials", state["trials"])
    assert found.winner == state["trials"].winner


def test_a_stop_is_said(state: State, desk: Desk) -> None:
    desk.should_stop = lambda: True
    command = answer_message(state, "try this wording: Sort with care.", desk)
    assert isinstance(command.update, dict)
    assert command.goto == "converse" and "trials" not in command.update
    assert command.update["exchanges"][-1].text == "Stopped as you asked."
