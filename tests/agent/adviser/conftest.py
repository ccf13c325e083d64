"""An endpoint on loopback that says what a test tells it to, and keeps what it was sent."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from agent.adviser.asking import Adviser, adviser_of
from tests.agent.adviser.scripted import Scripted
from tools.models.store import CallStore
from tools.settings import EndpointSettings, Settings

KEY = "sk-very-secret"


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    told = Scripted()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            told.received.append(json.loads(self.rfile.read(length)))
            message = told.says.pop(0) if told.says else None
            if message is None:
                self.send_response(400)
                self.end_headers()
                return
            choice = {"index": 0, "finish_reason": "stop", "message": message}
            body = json.dumps(
                {
                    "id": "1",
                    "object": "chat.completion",
                    "created": 0,
                    "model": "m",
                    "choices": [choice],
                    "usage": {"prompt_tokens": 1000, "completion_tokens": 10, "total_tokens": 1010},
                }
            ).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        told.url = f"http://127.0.0.1:{server.server_port}/v1"
        yield told
        server.shutdown()


@pytest.fixture
def settings(home: Path, scripted: Scripted, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("ADVISER_KEY", KEY)
    endpoint = EndpointSettings(
        base_url=scripted.url, model="m", api_key_env="ADVISER_KEY", price_in=100.0, price_out=0.0
    )
    return Settings(home=home, endpoints={"big": endpoint}, adviser="big")


@pytest.fixture
def adviser(settings: Settings, tmp_path: Path) -> Iterator[Adviser]:
    store = CallStore(tmp_path / "calls.sqlite")
    found = adviser_of(settings, store)
    assert found is not None
    yield found
    store.close()
