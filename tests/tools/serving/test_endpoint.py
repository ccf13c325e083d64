"""The endpoint over real HTTP, asked by the openai client and by clients that know no manners."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
from pydantic import SecretStr

from tools.errors import ModelError
from tools.models.catalogue import Catalogue
from tools.models.protocol import Chat, Limits, Message, Reply
from tools.serving.arms import ServedArm, model_arm
from tools.serving.endpoint import USUAL_TOKENS, build_app
from tools.settings import LocalModelSettings, Settings

TOKEN = "a token of our own"
AS_JSON = {"content-type": "application/json"}
CHAT: list[Any] = [
    {"role": "system", "content": "Name the colour."},
    {"role": "user", "content": "the sky at noon"},
]


def _reply(text: str, **changes: Any) -> Callable[[Chat, Limits], Reply]:
    reply = Reply(text=text, prompt_tokens=7, completion_tokens=3, seconds=0.1, **changes)
    return lambda chat, limits: reply


def _fail(error: Exception) -> Callable[[Chat, Limits], Reply]:
    def fail(chat: Chat, limits: Limits) -> Reply:
        raise error

    return fail


def _echo(chat: Chat, limits: Limits) -> Reply:
    said = "|".join(f"{m.role}:{m.content}" for m in chat) + f"|{limits.max_new_tokens}"
    return Reply(text=said, prompt_tokens=1, completion_tokens=1, seconds=0)


HALF_AN_EMOJI = b'{"model": "echo", "messages": [{"role": "user", "content": "\\ud83d"}]}'
SPACED = "  two\n\nlines,  é and 💶 \n"
FAKES = {
    "echo": _echo,
    "spaced": _reply(SPACED),
    "empty": _reply(""),
    "cut": _reply("half an ans", finish="length"),
    "filtered": _reply("", finish="content_filter"),
    "silent": _reply("", finish="error"),
    "broken": _fail(ModelError("The model cannot be reached.")),
    "faulty": _fail(RuntimeError("secret inside")),
}


@pytest.fixture(scope="module")
def catalogue(tiny_models: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    models = {"tiny": LocalModelSettings(folder=tiny_models["llama"])}
    return Catalogue(Settings(home=tmp_path_factory.mktemp("home"), models=models))


@pytest.fixture(scope="module")
def address(catalogue: Catalogue, listen: Callable[[Any], str]) -> str:
    fakes = [ServedArm(name, "a fake", respond) for name, respond in FAKES.items()]
    return listen(build_app([model_arm("tiny", catalogue), *fakes]))


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=address, api_key="not-needed", max_retries=0) as made:
        yield made


def test_the_models_are_listed(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["tiny", *FAKES]
    assert client.models.retrieve("tiny").owned_by == "tuneworthy"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-9")


def test_a_chat_is_answered_as_the_engine_answers(
    client: openai.OpenAI, catalogue: Catalogue
) -> None:
    found = client.chat.completions.create(model="tiny", messages=CHAT, max_tokens=12)
    chat = tuple(Message(**turn) for turn in CHAT)
    ((_, reply),) = catalogue.load("tiny").complete([chat], Limits(12))
    assert reply.text and reply.finish == found.choices[0].finish_reason
    assert found.choices[0].message.content == reply.text
    assert found.usage is not None
    assert found.usage.prompt_tokens == reply.prompt_tokens > 10
    assert found.usage.completion_tokens == reply.completion_tokens > 0
    assert found.usage.total_tokens == reply.prompt_tokens + reply.completion_tokens
    assert found.model == "tiny" and found.object == "chat.completion"


@pytest.mark.parametrize("model", ["tiny", "spaced", "empty", "cut", "filtered"])
def test_streamed_pieces_make_up_the_very_answer(client: openai.OpenAI, model: str) -> None:
    whole = client.chat.completions.create(model=model, messages=CHAT, max_tokens=12)
    pieces = list(
        client.chat.completions.create(
            model=model,
            messages=CHAT,
            max_tokens=12,
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    *spoken, last = pieces
    assert "".join(p.choices[0].delta.content or "" for p in spoken) == (
        whole.choices[0].message.content
    )
    assert spoken[0].choices[0].delta.role == "assistant"
    assert [p.choices[0].finish_reason for p in spoken if p.choices[0].finish_reason] == [
        whole.choices[0].finish_reason
    ]
    assert last.choices == [] and last.usage == whole.usage
    assert len({p.id for p in pieces}) == 1


def test_usage_is_streamed_only_on_request(client: openai.OpenAI) -> None:
    pieces = list(client.chat.completions.create(model="spaced", messages=CHAT, stream=True))
    assert all(piece.choices and piece.usage is None for piece in pieces)


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ({}, f"system:Name the colour.|user:the sky at noon|{USUAL_TOKENS}"),
        ({"max_tokens": 5}, "|5"),
        ({"max_completion_tokens": 6, "max_tokens": 5}, "|6"),
        ({"messages": [{"role": "developer", "content": "be brief"}]}, "system:be brief|"),
        (
            {
                "messages": [
                    {"role": "user", "content": [{"type": "text", "text": t} for t in "ab"]}
                ]
            },
            "user:ab|",
        ),
        ({"temperature": 0.7, "seed": 3, "n": 1, "user": "me"}, "the sky"),
    ],
)
def test_what_clients_send_is_understood(address: str, sent: dict[str, Any], seen: str) -> None:
    body = {"model": "echo", "messages": CHAT} | sent
    found = _post(address, _json(body)).raise_for_status()
    assert seen in found.json()["choices"][0]["message"]["content"]


def _json(body: Any) -> bytes:
    return json.dumps(body).encode()


def _post(address: str, content: bytes, headers: Any = None) -> httpx2.Response:
    return httpx2.post(
        f"{address}/chat/completions", content=content, headers={**AS_JSON, **(headers or {})}
    )


BAD: list[tuple[dict[str, Any], int, str, str]] = [
    # changed body, status, code, words
    ({"model": "gpt-9"}, 404, "model_not_found", "'gpt-9'"),
    ({"messages": []}, 400, "invalid_request", "messages"),
    ({"messages": "hi"}, 400, "invalid_request", "messages"),
    ({"messages": [{"role": "robot", "content": "hi"}]}, 400, "invalid_request", "role"),
    ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, 400, "invalid_request",
     "content"),
    ({"max_tokens": 0}, 400, "invalid_request", "max_tokens"),
    ({"n": 2}, 400, "invalid_request", "n: "),
    ({"tools": [{"type": "function"}]}, 400, "invalid_request", "tools"),
    ({"logprobs": True}, 400, "invalid_request", "logprobs"),
    ({"response_format": {"type": "json_object"}}, 400, "invalid_request", "response_format"),
    ({"model": "tiny", "max_tokens": 10**9}, 400, "context_length_exceeded", "does not fit"),
    ({"model": "tiny", "messages": [{"role": "user", "content": "word " * 600}]}, 400,
     "context_length_exceeded", "at most 512"),
    ({"model": "silent"}, 502, "no_answer", "no answer"),
    ({"model": "broken"}, 502, "model_error", "cannot be reached"),
    ({"model": "faulty"}, 500, "fault", "went wrong"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "status", "code", "words"), BAD)
def test_what_cannot_be_answered_is_refused_in_openai_s_form(
    client: openai.OpenAI, changes: dict[str, Any], status: int, code: str, words: str
) -> None:
    body = {"model": "echo", "messages": CHAT} | changes
    with pytest.raises(openai.APIStatusError) as caught:
        client.post("/chat/completions", body=body, cast_to=object)
    assert caught.value.status_code == status
    assert isinstance(caught.value.body, dict)
    error = caught.value.body
    assert error["code"] == code and words in error["message"]
    assert error["type"] == ("server_error" if status >= 500 else "invalid_request_error")
    assert "secret inside" not in str(error)


@pytest.mark.parametrize(
    ("method", "path", "content", "status"),
    [
        ("POST", "/chat/completions", b"{", 400),
        ("POST", "/chat/completions", b"\xff\xfe", 400),
        ("POST", "/chat/completions", b"[]", 400),
        ("POST", "/chat/completions", b"", 400),
        ("POST", "/chat/completions", HALF_AN_EMOJI, 400),
        ("GET", "/chat/completions", b"", 405),
        ("POST", "/completions", b"{}", 404),
        ("GET", "/../docs", b"", 404),
    ],
)
def test_other_requests_are_refused_in_the_same_form(
    address: str, method: str, path: str, content: bytes, status: int
) -> None:
    found = httpx2.request(method, f"{address}{path}", content=content, headers=AS_JSON)
    assert found.status_code == status
    assert found.json()["error"]["message"]


def test_a_web_page_with_a_name_of_its_own_is_kept_out(address: str) -> None:
    found = httpx2.get(f"{address}/models", headers={"host": "evil.example"})
    assert found.status_code == 400


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"Bearer {TOKEN}x", 401),
        (f"bearer{TOKEN}", 401),
        ("Bearer", 401),
        ("Bearer é", 401),
        (None, 401),
    ],
)
def test_a_token_is_asked_for_before_anything_else(
    listen: Callable[[Any], str], header: str | None, status: int, caplog: Any
) -> None:
    address = listen(build_app([ServedArm("echo", "", _echo)], SecretStr(TOKEN)))
    headers = {} if header is None else {"authorization": header.encode("latin-1")}
    assert httpx2.get(f"{address}/models", headers=headers).status_code == status
    found = _post(address, b"{", headers)
    assert found.status_code == (400 if status == 200 else 401)
    if status == 401:
        assert found.json()["error"]["code"] == "invalid_api_key"
    assert TOKEN not in caplog.text + found.text


def test_the_client_s_key_is_the_token(listen: Callable[[Any], str]) -> None:
    address = listen(build_app([ServedArm("echo", "", _echo)], SecretStr(TOKEN)))
    with openai.OpenAI(base_url=address, api_key=TOKEN) as client:
        assert [model.id for model in client.models.list()] == ["echo"]
    with openai.OpenAI(base_url=address, api_key="wrong") as client:
        with pytest.raises(openai.AuthenticationError):
            client.models.list()


def test_one_answer_at_a_time_and_the_list_meanwhile(listen: Callable[[Any], str]) -> None:
    at_once, most = 0, 0
    begun, go_on = threading.Event(), threading.Event()

    def slow(chat: Chat, limits: Limits) -> Reply:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        begun.set()
        assert go_on.wait(10)
        time.sleep(0.02)
        at_once -= 1
        return Reply(text="done", prompt_tokens=1, completion_tokens=1, seconds=0)

    address = listen(build_app([ServedArm("slow", "", slow)]))
    body = _json({"model": "slow", "messages": CHAT})
    found: list[int] = []

    def post() -> None:
        found.append(_post(address, body).status_code)

    threads = [threading.Thread(target=post) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert begun.wait(10)
    assert httpx2.get(f"{address}/models", timeout=5).status_code == 200
    go_on.set()
    for thread in threads:
        thread.join()
    assert found == [200] * 4 and most == 1
