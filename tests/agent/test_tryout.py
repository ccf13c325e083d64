"""Both models side by side: on a row of the team's own, and judged."""

import json
from pathlib import Path
from typing import Any

import pytest

from agent.conversation import answer_message
from agent.state import Exchange, Options, State
from agent.tryout import EXAMPLE, JUDGEMENTS, offer_examples, read_wrapped
from agent.workbench import Workbench
from policies.brief import Brief
from policies.policy import load_policy
from tests.agent.fakes import Careful, Telling
from tools.assessment import ExhaustionPart
from tools.intake.samples import SAMPLES
from tools.models.catalogue import Catalogue
from tools.progress import Step, Watch
from tools.runs import create_run
from tools.settings import Settings
from tools.trials.plan import Plan
from tools.trials.stage import TrialsReport, Winner


class Shelf(Catalogue):
    """A catalogue whose every model is right where it is told to take care."""

    answers: dict[str, str] = {}
    kind: type[Careful] = Careful

    def load(self, name: str, adapter: Path | None = None) -> Any:
        return self.kind(self.answers)


class Desk(Workbench):
    """A workbench outside a graph."""

    def watch(self, minutes: float | None = None) -> Watch:
        return Watch(listen=told.append)


told: list[Step] = []


@pytest.fixture
def state(tmp_path: Path) -> State:
    run = create_run(tmp_path)
    run.take_examples(SAMPLES[0].path)
    trials = TrialsReport(
        arms=(),
        plans=(),
        winner=Winner(plan=Plan(name="own", family="own", own="Take care."), model="embedded"),
        current=None,
        exhaustion=ExhaustionPart(exhausted=True, text=""),
        stop_reason="",
    )
    return {"run": str(run.folder), "options": Options(), "brief": Brief(), "trials": trials}


@pytest.fixture
def desk(tmp_path: Path, state: State) -> Desk:
    settings = Settings(home=tmp_path)
    shelf = Shelf(settings)
    made = Desk(settings, shelf, load_policy())
    shelf.answers = {e.input: e.answer for e in made.dataset(state).examples}
    return made


WRAPPED = {
    "Try it on this: my parcel never came": "my parcel never came",
    "test it on: where is my order": "where is my order",
    "what would it say to: where is it: here?": "where is it: here?",
    "what would the tuned model answer to “where is my order”?": "where is my order",
    "please try this text: “it broke”": "it broke",
    "classify this: I want my money back": "I want my money back",
    "what would it say to my boss": None,
    "my parcel: where is it": None,
    "it says: order lost": None,
}


@pytest.mark.parametrize(("message", "text"), WRAPPED.items())
def test_a_text_is_asked_without_what_introduces_it(message: str, text: str | None) -> None:
    assert read_wrapped(message) == text


def _said(state: State, message: str, desk: Desk) -> tuple[Exchange, ...]:
    update = answer_message(state, message, desk).update
    assert isinstance(update, dict)
    exchanges: tuple[Exchange, ...] = update["exchanges"]
    return exchanges


def test_each_example_is_another_dev_row_with_its_right_answer(state: State, desk: Desk) -> None:
    told.clear()
    first = _said(state, EXAMPLE, desk)
    second = _said({**state, "exchanges": first}, EXAMPLE, desk)
    rows = {row.row: row for row in desk.dataset(state).parts.dev}
    assert len({exchange.row for exchange in second}) == 2
    for exchange in second:
        assert exchange.row in rows and exchange.message == rows[exchange.row].input
        assert exchange.prompted == exchange.expected == rows[exchange.row].answer
        assert exchange.prompted_tokens == exchange.prompted_written == 1
    assert {step.title for step in told} == {"The best prompt is answering"}
    assert [step.answers for step in told if step.answers != ("",)] == [
        (exchange.prompted,) for exchange in second
    ]


def test_a_row_is_chosen_from_some_that_were_not_tried(state: State, desk: Desk) -> None:
    dev = desk.dataset(state).parts.dev
    tried = _said(state, EXAMPLE, desk)
    offered = _said({**state, "exchanges": tried}, "Choose an example", desk)
    rows = offered[-1].offered
    assert rows == tuple(row.row for row in dev[1:5])
    assert all(f"Row {row.row}: {row.input[:20]}" in offered[-1].text for row in dev[1:5])
    after: State = {**state, "exchanges": offered}
    third = offer_examples(after)[2]
    chosen = _said(after, third, desk)
    assert chosen[-1].row == rows[2] and chosen[-1].prompted == dev[3].answer
    assert not offer_examples({**state, "exchanges": chosen})
    following = _said({**state, "exchanges": chosen}, EXAMPLE, desk)
    assert following[-1].row == dev[4].row


def test_no_row_comes_again_before_all_were_tried(state: State, desk: Desk) -> None:
    dev, exchanges = desk.dataset(state).parts.dev, tuple[Exchange, ...]()
    for row in [*dev, *dev[:3]]:  # more than a conversation keeps
        exchanges = _said({**state, "exchanges": exchanges}, EXAMPLE, desk)
        assert exchanges[-1].row == row.row


@pytest.mark.parametrize("part", ["train", "test"])
def test_rows_that_were_trained_on_or_are_locked_are_not_tried(
    part: str, state: State, desk: Desk
) -> None:
    row = getattr(desk.dataset(state).parts, part)[0]
    (said,) = _said(state, f"Try row {row.row}.", desk)
    assert "is kept locked" in said.text and row.input not in said.text and not said.prompted


def test_an_answer_is_told_as_it_is_written(state: State, desk: Desk) -> None:
    told.clear()
    desk.catalogue.kind = Telling  # type: ignore[attr-defined]
    (said,) = _said(state, EXAMPLE, desk)
    parts = [step.answers[0] for step in told]
    assert parts == [*(said.prompted[:end] for end in range(len(said.prompted) + 1)), said.prompted]


def test_a_judgement_is_kept_in_the_review_file_once(state: State, desk: Desk) -> None:
    asked = _said(state, EXAMPLE, desk)
    judged = _said({**state, "exchanges": asked}, "judged right: prompt", desk)
    again = _said({**state, "exchanges": judged}, "judged right: neither", desk)
    assert again == judged and judged[-1].judged == "prompted"
    lines = (desk.run(state).folder / "reviews.jsonl").read_text(encoding="utf-8").splitlines()
    (kept,) = map(json.loads, lines)
    assert kept["judged"] == "prompted" and kept["row"] == asked[-1].row


@pytest.mark.parametrize("button", JUDGEMENTS)
def test_words_cannot_be_judged(button: str, state: State, desk: Desk) -> None:
    said = (Exchange(message="why?", text="Because."),)
    assert _said({**state, "exchanges": said}, button, desk) == said
    assert not _said(state, button, desk)
    assert not (desk.run(state).folder / "reviews.jsonl").exists()
