import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
import openai
import pytest

from tools.errors import ModelError, PromptTooLong
from tools.models.copied import ANY_ORDER, COPIED
from tools.models.endpoint import EndpointModel
from tools.models.protocol import Chat, Form, Limits, Message, Reply
from tools.models.remote import endpoint_fingerprint
from tools.settings import EndpointSettings

KEY = "sk-very-secret-123"
SETTINGS = EndpointSettings(
    base_url="https://models.example/v1", model="big-1", api_key=KEY, concurrency=3
)
SOON = {"retry-after-ms": "1"}
Respond = Callable[[int], httpx2.Response]


@dataclass
class FakeEndpoint:
    """An endpoint in this process; it answers its n-th call with `respond(n)`."""

    respond: Respond
    calls: list[httpx2.Request] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        with self._lock:
            self.calls.append(request)
            number = len(self.calls)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return self.respond(number)
        finally:
            with self._lock:
                self.at_once -= 1


@pytest.fixture
def serve() -> Iterator[Callable[[Respond], tuple[EndpointModel, FakeEndpoint]]]:
    clients = []

    def served(respond: Respond) -> tuple[EndpointModel, FakeEndpoint]:
        fake = FakeEndpoint(respond)
        http = openai.DefaultHttpxClient(transport=httpx2.MockTransport(fake))
        client = openai.OpenAI(
            base_url=SETTINGS.base_url, api_key=SETTINGS.key(), http_client=http, max_retries=2
        )
        clients.append(client)
        return EndpointModel("big", SETTINGS, client), fake

    yield served
    for client in clients:
        client.close()


Serve = Callable[[Respond], tuple[EndpointModel, FakeEndpoint]]


def completion(**changes: Any) -> dict[str, Any]:
    return {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": "big-1",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": " refund \n"},
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 21, "completion_tokens": 2, "total_tokens": 23},
    } | changes


def choice(**changes: Any) -> list[dict[str, Any]]:
    return [completion()["choices"][0] | changes]


def ok(**changes: Any) -> httpx2.Response:
    body = json.dumps(completion(**changes))  # escapes half an emoji, as real servers do
    return httpx2.Response(200, text=body, headers={"content-type": "application/json"})


def refused(status: int) -> httpx2.Response:
    text = f"Incorrect API key provided: {KEY}"
    return httpx2.Response(status, json={"error": {"message": text}}, headers=SOON)


def chats(count: int) -> list[Chat]:
    return [
        (
            Message(role="system", content="Sort."),
            Message(role="user", content=f"number {n}"),
        )
        for n in range(count)
    ]


def replies(model: EndpointModel, count: int = 1) -> list[Reply]:
    found = dict(model.complete(chats(count), Limits(9)))
    return [found[index] for index in range(count)]


def test_a_reply_is_read_with_its_tokens(serve: Serve) -> None:
    model, fake = serve(lambda _: ok())
    (reply,) = replies(model)
    assert (reply.text, reply.prompt_tokens, reply.completion_tokens) == ("refund", 21, 2)
    assert reply.finish == "stop" and reply.seconds >= 0
    sent = json.loads(fake.calls[0].content)
    assert sent["messages"] == [
        {"role": "system", "content": "Sort."},
        {"role": "user", "content": "number 0"},
    ]
    assert (sent["model"], sent["max_tokens"], sent["temperature"]) == ("big-1", 9, 0)
    assert fake.calls[0].headers["authorization"] == f"Bearer {KEY}"


def test_each_reply_belongs_to_its_chat(serve: Serve) -> None:
    model, fake = serve(lambda _: ok())

    def echo(number: int) -> httpx2.Response:
        content = json.loads(fake.calls[number - 1].content)["messages"][-1]["content"]
        time.sleep(0.02 if number % 2 else 0)  # so that they overtake each other
        return ok(choices=choice(message={"role": "assistant", "content": content}))

    fake.respond = echo
    assert [reply.text for reply in replies(model, 12)] == [f"number {n}" for n in range(12)]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "it refused the request (HTTP 400)"),
        (401, "it does not accept the key"),
        (403, "the key may not use this model"),
        (404, "it knows no model 'big-1'"),
    ],
)
def test_a_hopeless_refusal_stops_after_one_call(status: int, words: str, serve: Serve) -> None:
    model, fake = serve(lambda _: refused(status))
    with pytest.raises(ModelError) as caught:
        replies(model, 50)
    assert str(caught.value).startswith(f"The endpoint 'big' cannot be used: {words}.")
    assert len(fake.calls) == 1
    assert caught.value.__cause__ is None and caught.value.__suppress_context__
    assert KEY not in str(caught.value) + repr(caught.value)


def test_a_prompt_that_is_refused_is_named_and_the_others_are_answered(serve: Serve) -> None:
    model, fake = serve(lambda _: ok())

    def respond(number: int) -> httpx2.Response:
        content = json.loads(fake.calls[number - 1].content)["messages"][-1]["content"]
        code = {"number 3": "context_length_exceeded", "number 5": "content_filter"}.get(content)
        return ok() if code is None else httpx2.Response(400, json={"error": {"code": code}})

    fake.respond = respond
    came: dict[int, Reply] = {}
    with pytest.raises(PromptTooLong) as caught:
        for index, reply in model.complete(chats(8), Limits(9)):
            came[index] = reply
    assert caught.value.places == (3,) and sorted(came) == [0, 1, 2, 4, 5, 6, 7]
    assert [index for index, reply in came.items() if reply.finish == "content_filter"] == [5]


def test_an_account_without_credit_stops_instead_of_counting_as_no_answer(serve: Serve) -> None:
    broke = {"error": {"message": f"{KEY} is out", "code": "insufficient_quota"}}
    model, fake = serve(lambda _: httpx2.Response(429, json=broke, headers=SOON))
    with pytest.raises(ModelError, match="its account has no credit left"):
        replies(model, 50)
    assert len(fake.calls) == 3  # the client's own retries


def test_overload_halves_the_calls_at_a_time_and_good_ones_bring_them_back(serve: Serve) -> None:
    model, fake = serve(lambda _: ok())
    seen: list[int] = []

    def busy_at_first(number: int) -> httpx2.Response:
        seen.append(fake.at_once)
        time.sleep(0.01)
        return refused(429) if 2 <= number <= 9 else ok()

    fake.respond = busy_at_first
    assert {reply.text for reply in replies(model, 60)} <= {"refund", ""}
    assert fake.most_at_once == SETTINGS.concurrency
    quiet = seen[10:16]
    assert max(quiet) <= 2, seen  # halved by those that were asked to wait
    assert max(seen[-20:]) == SETTINGS.concurrency


def test_a_key_that_is_withdrawn_midway_stops_the_rest(serve: Serve) -> None:
    def withdrawn(number: int) -> httpx2.Response:
        time.sleep(0.01)
        return ok() if number < 5 else refused(401)

    model, fake = serve(withdrawn)
    with pytest.raises(ModelError, match="does not accept the key"):
        replies(model, 400)
    assert len(fake.calls) < 200  # those under way end by themselves


@pytest.mark.parametrize("status", [408, 409, 429, 500, 503])
def test_a_passing_fault_is_tried_again(status: int, serve: Serve) -> None:
    model, fake = serve(lambda number: ok() if number == 2 else refused(status))
    assert replies(model)[0].text == "refund"
    assert len(fake.calls) == 2


def _hang(number: int) -> httpx2.Response:
    raise httpx2.ReadTimeout("too slow")


def _cut(number: int) -> httpx2.Response:
    raise httpx2.RemoteProtocolError("peer closed connection")


def _refuse_connection(number: int) -> httpx2.Response:
    raise httpx2.ConnectError("connection refused")


@pytest.mark.parametrize(
    "respond",
    [
        lambda _: refused(429),
        lambda _: refused(500),
        lambda _: refused(422),
        lambda _: httpx2.Response(200, html="<html>Welcome</html>"),
        lambda _: httpx2.Response(200, text="{'"),
        lambda _: httpx2.Response(200, content=b'{"choices": [{"mess', headers={
            "content-type": "application/json"
        }),
        lambda _: httpx2.Response(200, json=None),
        lambda _: httpx2.Response(200, json=[]),
        lambda _: httpx2.Response(200, json={}),
        lambda _: httpx2.Response(200, json={"error": "busy"}),
        lambda _: ok(choices=[]),
        lambda _: ok(choices=None),
        lambda _: ok(choices="none"),
        lambda _: ok(choices=[{}]),
        lambda _: ok(choices=choice(message=None)),
        lambda _: ok(choices=choice(message={"role": "assistant", "content": [1]})),
        _hang,
        _cut,
        _refuse_connection,
    ],
    ids=[
        "429", "500", "422", "html", "text", "cut json", "null", "list", "empty", "error",
        "no choices", "null choices", "odd choices", "no message", "null message", "odd content",
        "hang", "cut", "refused",
    ],
)  # fmt: skip
def test_what_is_no_answer_counts_as_none(
    respond: Respond, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)  # between the client's retries
    model, _ = serve(respond)
    (reply,) = replies(model)
    assert (reply.text, reply.finish) == ("", "error")


@pytest.mark.parametrize(
    ("changes", "text", "finish"),
    [
        ({"choices": choice(finish_reason="length")}, "refund", "length"),
        (
            {"choices": choice(finish_reason="content_filter", message={"role": "assistant"})},
            "",
            "content_filter",
        ),
        ({"choices": choice(finish_reason="eos")}, "refund", "stop"),
        ({"choices": choice(finish_reason=None)}, "refund", "stop"),
        (
            {"choices": choice(message={"role": "assistant", "content": "a\ud83d"})},
            "a?",
            "stop",
        ),
        ({"usage": None}, "refund", "stop"),
        ({"usage": {}}, "refund", "stop"),
    ],
)
def test_odd_endings_keep_what_came(
    changes: dict[str, Any], text: str, finish: str, serve: Serve
) -> None:
    model, _ = serve(lambda _: ok(**changes))
    (reply,) = replies(model)
    assert (reply.text, reply.finish) == (text, finish)
    counted = bool(changes.get("usage", True))
    assert reply.estimated is not counted
    # "Sort." and "number 0" are 13 characters in two turns, which is cautiously more than 21.
    assert (reply.prompt_tokens, reply.completion_tokens > 0) == (21 if counted else 25, True)
    reply.model_dump_json()  # it can be stored


def test_the_first_call_goes_alone_and_the_rest_in_bounded_company(serve: Serve) -> None:
    model, fake = serve(lambda _: ok())
    seen = []

    def slow(number: int) -> httpx2.Response:
        seen.append((number, fake.at_once))
        time.sleep(0.03)
        return ok()

    fake.respond = slow
    assert len(replies(model, 20)) == 20
    assert seen[0] == (1, 1) and fake.most_at_once == SETTINGS.concurrency


def test_a_caller_that_stops_listening_stops_the_calls(serve: Serve) -> None:
    def slow(number: int) -> httpx2.Response:
        time.sleep(0.01)
        return ok()

    model, fake = serve(slow)
    answers = model.complete(chats(400), Limits(9))
    next(answers)
    next(answers)
    answers.close()  # type: ignore[attr-defined]
    time.sleep(0.1)
    assert len(fake.calls) < 200


def test_what_comes_after_a_stop_is_kept(serve: Serve) -> None:
    held = threading.Event()

    def slow(number: int) -> httpx2.Response:
        if number > 1:
            held.wait(5)
        return ok()

    kept: dict[int, Reply] = {}
    model, fake = serve(slow)
    answers = model.complete_and_keep(chats(40), Limits(9), kept.__setitem__)
    next(answers)
    threading.Timer(0.2, held.set).start()
    index, _ = next(answers)
    answers.close()  # type: ignore[attr-defined]
    deadline = time.monotonic() + 5
    while len(kept) < len(fake.calls) - 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(kept) == len(fake.calls) - 2 > 0 and not {0, index} & kept.keys()
    assert {reply.text for reply in kept.values()} == {"refund"}


@pytest.mark.parametrize(
    ("respond", "lost"),
    [
        (_hang, 3),  # each try may have been worked on until the time was up
        (_cut, 3),
        (lambda _: httpx2.Response(200, html="<html>Welcome</html>"), 1),
        (lambda _: ok(choices=[]), 1),
        (lambda _: refused(500), 0),
        (_refuse_connection, 0),
        (lambda number: refused(429) if number == 1 else ok(), 0),
    ],
)
def test_tries_that_may_be_charged_for_are_counted(
    respond: Respond, lost: int, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)  # between the client's retries
    model, _ = serve(respond)
    (reply,) = replies(model)
    assert reply.lost == lost


def test_nothing_asked_is_nothing_sent(serve: Serve) -> None:
    model, fake = serve(lambda _: ok())
    assert list(model.complete([], Limits(9))) == [] and not fake.calls


def test_the_key_is_no_part_of_what_a_model_shows() -> None:
    model = EndpointModel("big", SETTINGS)
    assert KEY not in repr(SETTINGS) + str(vars(model)) + model.fingerprint
    other = SETTINGS.model_copy(update={"api_key": None, "concurrency": 1})
    assert endpoint_fingerprint(other) == model.fingerprint
    for change in ({"model": "big-2"}, {"base_url": "https://other.example/v1"}):
        changed = SETTINGS.model_copy(update=change)
        assert endpoint_fingerprint(changed) != model.fingerprint


def test_a_form_is_sent_without_the_marks_that_only_our_engine_knows(serve: Serve) -> None:
    place = {"type": ["string"], COPIED: 4}
    schema = {"type": "object", "properties": {"place": place}, ANY_ORDER: True}
    model, fake = serve(lambda number: httpx2.Response(200, json=completion()))
    form = Form("json_schema", json.dumps(schema))
    chat = (Message(role="user", content="to Rome"),)
    assert len(list(model.complete([chat], Limits(form=form)))) == 1
    sent = json.loads(fake.calls[0].content)["response_format"]["json_schema"]["schema"]
    assert sent == {"type": "object", "properties": {"place": {"type": ["string"]}}}
