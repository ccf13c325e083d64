"""Questions about a run, answered by an adviser through our tools and with their figures only."""

from collections.abc import Mapping
from typing import Any

import pytest

from agent.adviser.answers import LEFT_OUT, answer_with_tools, is_about_the_run
from agent.adviser.asking import Adviser
from agent.conversation import answer_message
from agent.state import State
from agent.workbench import Workbench
from policies.policy import load_policy
from tests.agent.adviser.scripted import Scripted
from tests.assessments import labels
from tools.intake.samples import SAMPLES
from tools.models.catalogue import Catalogue
from tools.settings import Settings

ASKED = "Is the forecast far above the best prompt?"
ROW = "I sent the lamp back"


def _supposed(facts: Mapping[str, Any]) -> str:
    return f"Suppose {dict(facts)}: 12 points more."


def _answer(adviser: Adviser, asked: str = ASKED) -> str:
    return answer_with_tools(asked, labels(), _supposed, adviser)


# What the adviser writes after the tools "sure" and "cost", and what is shown.
WRITTEN = [
    ("Yes: 91 % against 86.7 %.", "Yes: 91 % against 86.7 %."),
    ("Yes: 71 % against 86.7 %.", "its forecast was 91 %"),
    ("Yes, by seventy-one points.", "its forecast was 91 %"),
    ("", "its forecast was 91 %"),
]


@pytest.mark.parametrize(("writes", "shown"), WRITTEN)
def test_words_are_shown_only_with_the_tools_own_figures(
    writes: str, shown: str, adviser: Adviser, scripted: Scripted
) -> None:
    scripted.calls(("sure", {"subjects": []}), ("cost", {"subjects": []}))
    scripted.writes(writes)
    text = _answer(adviser)
    assert text.startswith(shown) or shown in text
    assert "71" not in text and "seventy" not in text
    assert ("The answer is still" in text) is (writes == WRITTEN[0][0])
    results = [m["content"] for m in scripted.received[1]["messages"] if m["role"] == "tool"]
    assert len(results) == 2 and "86.7" in results[0]


def test_a_figure_without_a_tool_is_not_shown(adviser: Adviser, scripted: Scripted) -> None:
    scripted.writes("Yes: 91 %.")
    assert _answer(adviser) == LEFT_OUT


def test_words_without_figures_are_shown(adviser: Adviser, scripted: Scripted) -> None:
    scripted.writes("It is far above.")
    assert _answer(adviser).startswith("It is far above.")


@pytest.mark.parametrize("tool", ["mistakes", "prompt", "fixes", "writing"])
def test_rows_are_shown_to_the_person_and_not_sent(
    tool: str, adviser: Adviser, scripted: Scripted
) -> None:
    scripted.calls((tool, {"subjects": []}))
    scripted.writes("They stand above.")
    text = _answer(adviser)
    assert "They stand above." in text and len(text) > 100
    assert ROW not in str(scripted.received) and labels().prompting.best is not None
    if tool == "mistakes":
        assert ROW in text


ODD: list[tuple[str, Any, str]] = [
    ("delete_run", {}, "no such tool"),
    ("compare", {"subjects": ["prompt"]}, "name the two"),
    ("why_not", {"subjects": 7}, "That is the answer"),
    ("what_if", {"target": 7}, "at least one fact"),
    ("what_if", {"target": 0.8}, "12 points more"),
]


@pytest.mark.parametrize(("tool", "arguments", "told"), ODD)
def test_what_the_adviser_asks_for_is_checked(
    tool: str, arguments: Any, told: str, adviser: Adviser, scripted: Scripted
) -> None:
    scripted.calls((tool, arguments))
    scripted.writes("So it is.")
    assert "So it is." in _answer(adviser)
    assert told in scripted.received[1]["messages"][-1]["content"]


def test_it_has_to_answer_in_the_end(adviser: Adviser, scripted: Scripted) -> None:
    for number in range(9):
        scripted.calls(("why_not", {"subjects": [f"tune {number}"]}))
    text = _answer(adviser)
    assert len(scripted.received) <= 4
    assert "That is the answer" in text


@pytest.mark.parametrize(
    ("said", "asks"),
    [(ASKED, True), ("where is my parcel?", False), ("My prompt delivery is late.", False)],
)
def test_only_questions_about_the_run_are_asked(said: str, asks: bool) -> None:
    assert is_about_the_run(said) is asks


def test_in_the_chat_the_adviser_answers_what_we_do_not_understand(
    state: State, settings: Settings, scripted: Scripted
) -> None:
    bench = Workbench(settings, Catalogue(settings), load_policy())
    bench.run(state).take_examples(SAMPLES[0].path)
    scripted.calls(("what_if", {"target": 0.8}))
    scripted.writes("With a lower target the better prompt would do.")
    went = answer_message({**state, "answered": ("target",)}, f"So then: {ASKED}", bench)
    text = went.update["exchanges"][-1].text  # type: ignore[index, call-overload]
    assert text.startswith("With a lower target")
    assert "Suppose the target is 80 %" in scripted.received[1]["messages"][-1]["content"]
