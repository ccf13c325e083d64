"""What a message after the verdict leads to."""

from typing import Any

import httpx2
import openai
import pytest

from agent.adviser import ask_adviser
from agent.conversation import TUNE, answer_message
from agent.state import State
from agent.workbench import Workbench
from tests.assessments import labels
from tools.models.catalogue import Catalogue
from tools.settings import EndpointSettings, Settings, load_settings


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("why?", "stops at 86.7"),
        ("show me the mistakes", "Two labels fit"),
        ("compare the prompt and the classifier", "their intervals overlap"),
        ("what if the target were 80 %?", "Suppose the target is 80 %."),
        ("what if volume were 2 million?", "Suppose 2,000,000 requests a month."),
        ("start over", "New question"),
        ("where is my parcel?", "nothing can answer that"),
    ],
)
def test_a_question_about_the_run_is_answered_in_words(
    said: str, heard: str, state: State, bench: Workbench
) -> None:
    went = answer_message(state, said, bench)
    assert went.goto == "converse"
    assert list(went.update) == ["exchanges"], "nothing else is changed"  # type: ignore[arg-type]
    assert heard in went.update["exchanges"][-1].text  # type: ignore[index, call-overload]


def test_a_what_if_says_what_the_answer_would_become(state: State, bench: Workbench) -> None:
    met = answer_message(state, "what if the target were 80 %?", bench)
    text = met.update["exchanges"][-1].text  # type: ignore[index, call-overload]
    assert "would become: adopt the better prompt" in text and "Nothing is changed" in text


def test_a_changed_answer_is_decided_anew(state: State, bench: Workbench) -> None:
    went = answer_message(state, "change the target to 80 %", bench)
    assert went.goto == "recommend"
    assert went.update["brief"].target == 0.8  # type: ignore[index, call-overload]


@pytest.mark.parametrize(("said", "goto"), [(TUNE, "approve"), ("stop", "__end__")])
def test_other_ways_on(said: str, goto: str, state: State, bench: Workbench) -> None:
    assert answer_message(state, said, bench).goto == goto


def _adviser(says: str) -> tuple[Catalogue, openai.OpenAI, list[str]]:
    endpoint = EndpointSettings(base_url="http://adviser.test/v1", model="big")
    asked: list[str] = []

    def handle(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.content.decode())
        message = {"role": "assistant", "content": says}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        body: dict[str, Any] = {
            "id": "1", "object": "chat.completion", "created": 0, "model": "big",
            "choices": [choice],
        }  # fmt: skip
        return httpx2.Response(200, json=body)

    client = openai.OpenAI(
        base_url=endpoint.base_url,
        api_key="none",
        http_client=openai.DefaultHttpxClient(transport=httpx2.MockTransport(handle)),
    )
    settings = Settings(endpoints={"big": endpoint}, adviser="big")
    return Catalogue(settings), client, asked


ASKED = "Is the forecast far above the best prompt?"


@pytest.mark.parametrize(
    ("says", "shown"),
    [
        ("Yes: 91 % against 86.7 %.", "Yes: 91 % against 86.7 %."),
        ("Yes: 77 % against 86.7 %.", "did not measure"),
        ("Yes, by seventy-seven points.", "did not measure"),
    ],
)
def test_the_advisers_words_are_shown_only_with_the_runs_own_figures(says: str, shown: str) -> None:
    catalogue, client, asked = _adviser(says)
    assert shown in ask_adviser(ASKED, labels(), catalogue, client)
    assert "I sent the lamp back" not in asked[0], "no row leaves"
    client.close()


def test_the_adviser_is_asked_only_about_the_run() -> None:
    catalogue, client, asked = _adviser("Yes.")
    assert ask_adviser("where is my parcel?", labels(), catalogue, client) == ""
    assert ask_adviser(ASKED, labels(), Catalogue(load_settings()), client) == ""
    assert not asked
    client.close()
