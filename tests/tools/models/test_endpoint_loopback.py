"""The endpoint client against real HTTP servers: our own endpoint, and servers in trouble."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from tools.errors import ModelError
from tools.intake.examples import Example
from tools.models import endpoint
from tools.models.cache import CachedModel
from tools.models.catalogue import Catalogue
from tools.models.endpoint import EndpointModel
from tools.models.protocol import Limits, Message, Reply
from tools.models.remote import endpoint_fingerprint
from tools.models.store import CallStore
from tools.progress import Watch
from tools.serving.arms import model_arm
from tools.serving.endpoint import build_app
from tools.settings import EndpointSettings, LocalModelSettings, Settings
from tools.trials.answering import run_plan
from tools.trials.ladder import ladder
from tools.trials.plan import Plan
from tools.trials.race import race
from tools.trials.task import Task, make_task

pytestmark = pytest.mark.usefixtures("exact")
KEY = "sk-very-secret-123"
COLOURS = ("red", "green", "blue")
ROWS = [Example(n, f"thing number {n} in the garden", COLOURS[n % 3]) for n in range(1, 19)]
PLANS = [
    Plan(name="contract", family="contract", contract=True),
    Plan(name="nearest", family="nearest", shots="nearest", shot_count=3),
]
Listen = Callable[[Any], str]


@pytest.fixture(scope="module")
def task() -> Task:
    return make_task("labels", "accuracy", "Name the colour.", None, ROWS[6:])


def _endpoint(address: str, model: str, key: str = KEY, **changes: Any) -> EndpointModel:
    settings = EndpointSettings(
        base_url=address, model=model, api_key=SecretStr(key), concurrency=3, **changes
    )
    return EndpointModel("over there", settings)


def _check_trials_agree(folder: Path, listen: Listen, task: Task, tmp_path: Path) -> None:
    """Trials through HTTP give the answers, tokens and scores of the engine in this process."""
    models = {"small": LocalModelSettings(folder=folder)}
    catalogue = Catalogue(Settings(home=tmp_path, models=models))
    local = catalogue.load("small")
    remote = _endpoint(listen(build_app([model_arm("small", catalogue)], SecretStr(KEY))), "small")
    store = CallStore(tmp_path / "calls.sqlite")
    fingerprint = endpoint_fingerprint(remote.settings)
    kept = CachedModel("over there", fingerprint, remote.traits, store, lambda: remote)
    for plan in PLANS:
        here = run_plan(plan, task, local, ROWS[:6], Watch(), "")
        there = run_plan(plan, task, kept, ROWS[:6], Watch(), "")
        for ours, theirs in zip(here, there, strict=True):
            assert theirs.reply == ours.reply
            assert (theirs.given, theirs.finish, theirs.row) == (ours.given, ours.finish, ours.row)
            assert theirs.prompt_tokens == ours.prompt_tokens
            assert theirs.completion_tokens == ours.completion_tokens
    found = {}
    for model in (local, kept):
        trials, result = race(PLANS, task, model, ROWS[:6], Watch())
        assert not result.stopped
        found[model.name] = {trial.plan.name: trial.score(task) for trial in trials}
    assert found["small"] == found["over there"]
    store.close()


def test_trials_over_http_agree_with_the_engine(
    tiny_models: dict[str, Path], listen: Listen, task: Task, tmp_path: Path
) -> None:
    _check_trials_agree(tiny_models["llama"], listen, task, tmp_path)


@pytest.mark.slow
def test_trials_over_http_agree_with_the_embedded_model(
    embedded_folder: Path, listen: Listen, task: Task, tmp_path: Path
) -> None:
    _check_trials_agree(embedded_folder, listen, task, tmp_path)


@pytest.mark.parametrize(
    ("model", "key", "words"),
    [("small", "wrong", "does not accept the key"), ("gpt-9", KEY, "knows no model 'gpt-9'")],
)
def test_our_endpoint_s_refusals_end_the_trials_in_one_sentence(
    model: str,
    key: str,
    words: str,
    tiny_models: dict[str, Path],
    listen: Listen,
    task: Task,
    tmp_path: Path,
) -> None:
    models = {"small": LocalModelSettings(folder=tiny_models["llama"])}
    catalogue = Catalogue(Settings(home=tmp_path, models=models))
    address = listen(build_app([model_arm("small", catalogue)], SecretStr(KEY)))
    with pytest.raises(ModelError, match=words) as caught:
        race(PLANS, task, _endpoint(address, model, key), ROWS[:6], Watch())
    assert key not in str(caught.value)


GOOD = {
    "choices": [{"message": {"role": "assistant", "content": "red"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 9, "completion_tokens": 1},
}
CUT = {"choices": [{"message": {"role": "assistant", "content": "re"}, "finish_reason": "length"}]}
AS_JSON = {"content-type": "application/json"}
Response = tuple[int, dict[str, str], str]


def _json(body: Any, status: int = 200, **headers: str) -> Response:
    return (
        status,
        {**AS_JSON, **{k.replace("_", "-"): v for k, v in headers.items()}},
        json.dumps(body),
    )


@dataclass
class Troubled:
    """A server that answers its n-th request with `responses[n]`, the last one ever after.

    None lets the client wait; a body that is shorter than announced is a cut connection.
    """

    responses: list[Response | None]
    calls: int = 0
    bodies: list[Any] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message["body"]
            if not message.get("more_body"):
                break
        self.bodies.append(json.loads(body))
        answer = self.responses[min(self.calls, len(self.responses) - 1)]
        self.calls += 1
        if answer is None:
            await asyncio.sleep(1)
            return
        status, headers, text = answer
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": text.encode()})


BUSY = _json({"error": {"message": f"slow down {KEY}"}}, 429, retry_after="1")
DOWN = _json({"error": {"message": f"oops {KEY}"}}, 500, retry_after_ms="1")
HTML = (200, {"content-type": "text/html"}, "<html><body>Welcome</body></html>")
HTML_502 = (502, {"content-type": "text/html", "retry-after-ms": "1"}, "<html>Bad gateway</html>")
SHORT = (200, {**AS_JSON, "content-length": "500"}, '{"choices": [')

# What the server does, the text and the ending of the answer, and the requests it took.
TROUBLES: dict[str, tuple[list[Response | None], str, str, int]] = {
    "429 and then an answer": ([BUSY, _json(GOOD)], "red", "stop", 2),
    "500 and then an answer": ([DOWN, DOWN, _json(GOOD)], "red", "stop", 3),
    "500 for ever": ([DOWN], "", "error", 3),
    "a gateway's page": ([HTML_502], "", "error", 3),
    "a page instead of an answer": ([HTML], "", "error", 1),
    "a hang and then an answer": ([None, _json(GOOD)], "red", "stop", 2),
    "a hang for ever": ([None], "", "error", 3),
    "an answer that is cut": ([_json(CUT)], "re", "length", 1),
}

# Tries that may be charged for. The wait that the 429 asks for is longer than the time-out here.
LOST = {
    "429 and then an answer": 1,
    "a page instead of an answer": 1,
    "a hang and then an answer": 1,
    "a hang for ever": 3,
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_ends_in_an_honest_answer(
    trouble: str, listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    responses, text, finish, calls = TROUBLES[trouble]
    monkeypatch.setattr(endpoint, "RETRIES", 2)
    server = Troubled(responses)
    model = _endpoint(listen(server), "big", timeout_seconds=0.3)
    ((index, reply),) = model.complete([(Message(role="user", content="the sky"),)], Limits(5))
    assert (index, reply.text, reply.finish) == (0, text, finish)
    assert server.calls == calls and reply.lost == LOST.get(trouble, 0)
    assert server.bodies[-1]["messages"] == [{"role": "user", "content": "the sky"}]
    assert KEY not in reply.model_dump_json()


@pytest.mark.parametrize("answer_forms", [True, False])
def test_labels_go_along_as_a_list_where_the_endpoint_holds_answers_to_a_form(
    answer_forms: bool, listen: Listen, task: Task
) -> None:
    message = {"role": "assistant", "content": '{"category": "green"}'}
    server = Troubled([_json({"choices": [{"message": message, "finish_reason": "stop"}]})])
    model = _endpoint(listen(server), "big", answer_forms=answer_forms)
    plans = [plan for plan in ladder(task, model.traits.abilities) if plan.decoding != "free"]
    assert [plan.decoding for plan in plans] == (["listed"] if answer_forms else [])
    for plan in plans:
        found = run_plan(plan, task, model, ROWS[:1], Watch(), "")
        assert [answer.given for answer in found] == ["green"]
        sent = server.bodies[-1]["response_format"]["json_schema"]["schema"]
        assert sent["properties"]["category"]["enum"] == list(task.labels)


def test_a_connection_that_is_cut_or_refused_counts_as_no_answer(
    listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "RETRIES", 0)
    for address, lost in ((listen(Troubled([SHORT])), 1), ("http://127.0.0.1:9/v1", 0)):
        ((_, reply),) = _endpoint(address, "big").complete(
            [(Message(role="user", content="the sky"),)], Limits(5)
        )
        assert reply == Reply(
            text="",
            prompt_tokens=0,
            completion_tokens=0,
            seconds=reply.seconds,
            finish="error",
            lost=lost,
        )


def test_retry_after_is_waited_for_and_is_no_time_of_the_answer(listen: Listen) -> None:
    model = _endpoint(listen(Troubled([BUSY, _json(GOOD)])), "big")
    started = time.monotonic()
    ((_, reply),) = model.complete([(Message(role="user", content="the sky"),)], Limits(5))
    assert reply.text == "red" and time.monotonic() - started >= 1
    assert 0 < reply.seconds < 1
