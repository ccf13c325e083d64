"""Which endpoint reads example rows for an optimiser, and what the consent says about it."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest

from agent import optimisers as module
from agent.optimisers import optimisers, receivers, reflector_name
from agent.plans import trials_plan
from agent.state import Options, State
from agent.workbench import Workbench
from policies.brief import Brief
from policies.policy import load_policy
from tests.agent.fakes import Careful
from tools.errors import UserError
from tools.intake.samples import SAMPLES
from tools.models.catalogue import Catalogue
from tools.progress import Watch
from tools.runs import create_run
from tools.settings import EndpointSettings, Settings
from tools.trials.plan import Plan
from tools.trials.race import race
from tools.trials.stage import task_of

BIG = EndpointSettings(base_url="http://127.0.0.1:9/v1", model="big")


def bench(tmp_path: Path, **settings: Any) -> Workbench:
    given = {"home": tmp_path, "endpoints": {"big": BIG, "other": BIG}} | settings
    made = Settings(**given)
    return Workbench(made, Catalogue(made), load_policy())


# Settings, options, the model under trial, and who reflects on its mistakes.
REFLECTORS: list[tuple[dict[str, Any], Options, str, str | None]] = [
    ({}, Options(), "embedded", None),
    ({"adviser": "big"}, Options(), "embedded", "big"),
    ({"adviser": "big", "optimisers": ()}, Options(), "embedded", None),
    ({"adviser": "big"}, Options(), "other", "big"),
    ({}, Options(), "big", "big"),
    ({"adviser": "big"}, Options(interactive=False), "embedded", None),
    ({"adviser": "big"}, Options(interactive=False, allow_send=("big",)), "embedded", "big"),
    ({"adviser": "big"}, Options(interactive=False, allow_send=("other",)), "other", "other"),
]


@pytest.mark.parametrize(("settings", "options", "model", "name"), REFLECTORS)
def test_who_reflects(
    settings: dict[str, Any], options: Options, model: str, name: str | None, tmp_path: Path
) -> None:
    assert reflector_name(options, bench(tmp_path, **settings).catalogue, model) == name


def state(tmp_path: Path, options: Options) -> State:
    run = create_run(tmp_path)
    run.take_examples(SAMPLES[0].path)
    return {"run": str(run.folder), "options": options, "brief": Brief()}


@pytest.mark.parametrize(
    ("adviser", "goes", "few"),
    [
        (None, "to big", False),
        ("big", "to big", False),
        ("other", "to big; a few example rows go to other", True),
    ],
)
def test_the_consent_names_whoever_reads_rows(
    adviser: str | None, goes: str, few: bool, tmp_path: Path
) -> None:
    place = bench(tmp_path, adviser=adviser)
    options = Options(models=("big",))
    plan = trials_plan(state(tmp_path, options), place)
    assert plan.data_goes == goes
    assert any("improve the wording" in step for step in plan.steps) == few
    assert receivers(options, place.catalogue) == (["other"] if few else [])


def test_the_adviser_changes_what_is_consented_to(tmp_path: Path) -> None:
    asked = state(tmp_path, Options(models=("big",)))
    hashes = {trials_plan(asked, bench(tmp_path, adviser=a)).hash for a in (None, "other")}
    assert len(hashes) == 2


@pytest.mark.parametrize(("consented", "count"), [(True, 1), (False, 0)])
def test_rows_go_nowhere_without_a_yes(consented: bool, count: int, tmp_path: Path) -> None:
    asked: State = {"options": Options()}
    assert len(optimisers(asked, bench(tmp_path), consented)) == count


def test_a_missing_extra_is_said_before_the_yes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise UserError("install tuneworthy[dspy]")

    monkeypatch.setattr(module, "check_installed", missing)
    place = bench(tmp_path, optimisers=("gepa", "dspy"))
    with pytest.raises(UserError, match="dspy"):
        trials_plan(state(tmp_path, Options(models=("big",))), place)


BETTER = "Name the topic with care."


class _Writer(BaseHTTPRequestHandler):
    """An endpoint that always writes the same better wording, and keeps what it was sent."""

    received: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.received.append(asked["messages"][-1]["content"])
        message = {"role": "assistant", "content": f"```\n{BETTER}\n```"}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        reply = {"id": "1", "object": "chat.completion", "created": 0, "model": "m"}
        body = json.dumps({**reply, "choices": [choice]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def writer() -> Iterator[str]:
    _Writer.received.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Writer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()


def test_the_adviser_reflects_over_the_wire_on_train_rows_and_is_paid_once(
    tmp_path: Path, writer: str
) -> None:
    endpoint = EndpointSettings(base_url=writer, model="m")
    place = bench(tmp_path, adviser="big", endpoints={"big": endpoint})
    asked: State = {**state(tmp_path, Options()), "answered": ("task",)}
    dataset = place.dataset(asked)
    task = task_of(dataset, asked["brief"])
    model = Careful({example.input: example.answer for example in dataset.examples})
    bare = [Plan(name="bare", family="instruction")]
    trials, _ = race(bare, task, model, dataset.parts.dev, Watch())
    _, reflect = optimisers(asked, place, consented=True)
    (plan,) = reflect(trials, task, model, Watch())
    assert plan.own == BETTER
    sent = "\n".join(_Writer.received)
    assert any(example.input in sent for example in dataset.parts.train)
    assert not any(e.input in sent for e in (*dataset.parts.dev, *dataset.parts.test))
    calls = len(_Writer.received)
    assert calls >= 1
    assert reflect(trials, task, model, Watch()) == [plan]
    assert len(_Writer.received) == calls  # a resumed run takes the answers from the store
