"""An endpoint's answer as it comes; one that cannot stream answers whole."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import openai
import pytest

from tools.errors import ModelError
from tools.models.endpoint import EndpointModel
from tools.models.protocol import Limits, Message, Writer
from tools.settings import EndpointSettings

SETTINGS = EndpointSettings(base_url="https://models.example/v1", model="big-1", api_key="sk-x")
CHAT = (Message(role="user", content="where is my refund?"),)
Respond = Callable[[dict[str, Any]], httpx2.Response]


def chunk(text: str | None, finish: str | None = None, **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    return {
        "id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m",
        "choices": [choice], **more,
    }  # fmt: skip


USAGE = {"prompt_tokens": 21, "completion_tokens": 3, "total_tokens": 24}
LAST = {**chunk(None), "choices": [], "usage": USAGE}


def events(*chunks: Any, end: str = "data: [DONE]\n\n") -> httpx2.Response:
    body = "".join(f"data: {json.dumps(each)}\n\n" for each in chunks) + end
    return httpx2.Response(200, text=body, headers={"Content-Type": "text/event-stream"})


def whole(text: str) -> httpx2.Response:
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    body = {
        "id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice],
        "usage": USAGE,
    }  # fmt: skip
    return httpx2.Response(200, json=body)


@pytest.fixture
def serve() -> Iterator[Callable[[Respond], tuple[EndpointModel, list[dict[str, Any]]]]]:
    clients = []

    def served(respond: Respond) -> tuple[EndpointModel, list[dict[str, Any]]]:
        asked: list[dict[str, Any]] = []

        def handle(request: httpx2.Request) -> httpx2.Response:
            asked.append(json.loads(request.content))
            return respond(asked[-1])

        http = openai.DefaultHttpxClient(transport=httpx2.MockTransport(handle))
        client = openai.OpenAI(
            base_url=SETTINGS.base_url, api_key="sk-x", http_client=http, max_retries=0
        )
        clients.append(client)
        return EndpointModel("big", SETTINGS, client), asked

    yield served
    for client in clients:
        client.close()


Serve = Callable[[Respond], tuple[EndpointModel, list[dict[str, Any]]]]


@pytest.mark.parametrize(
    ("finish", "kept"), [("stop", "stop"), ("length", "length"), ("tool_calls", "stop")]
)
def test_an_answer_is_told_as_it_comes(finish: str, kept: str, serve: Serve) -> None:
    model, asked = serve(
        lambda _: events(chunk(""), chunk("late "), chunk("refund"), chunk(None, finish), LAST)
    )
    told: list[str] = []
    reply = model.write(CHAT, Limits(9), told.append)
    assert isinstance(model, Writer)
    assert list(dict.fromkeys(told)) == ["", "late ", "late refund"]
    assert (reply.text, reply.finish) == ("late refund", kept)
    assert (reply.prompt_tokens, reply.completion_tokens) == (21, 3) and reply.seconds > 0
    assert len(asked) == 1 and asked[0]["stream"] and asked[0]["max_tokens"] == 9


BROKEN: list[Respond] = [
    lambda _: httpx2.Response(400, json={"error": {"message": "stream_options: unknown"}}),
    lambda _: httpx2.Response(200, text="<html>busy</html>"),
    lambda _: whole("not asked for like this"),
    lambda _: events(chunk("half an ans"), end=""),  # it breaks off
    lambda _: events({"no": "chunk"}),
    lambda _: events(chunk("x"), {"error": {"message": "overloaded"}}),
]


@pytest.mark.parametrize("stream", BROKEN)
def test_what_does_not_stream_is_asked_for_whole(stream: Respond, serve: Serve) -> None:
    model, asked = serve(lambda request: stream(request) if request.get("stream") else whole("ok"))
    reply = model.write(CHAT, Limits(9), lambda _: None)
    assert (reply.text, reply.prompt_tokens) == ("ok", 21)
    assert [bool(request.get("stream")) for request in asked] == [True, False]


def test_a_refused_key_is_said(serve: Serve) -> None:
    model, _ = serve(lambda _: httpx2.Response(401, json={"error": {"message": "sk-x"}}))
    with pytest.raises(ModelError, match="does not accept the key") as caught:
        model.write(CHAT, Limits(9), lambda _: None)
    assert "sk-x" not in str(caught.value)
