"""Real HTTP servers on free loopback ports, and models that compute exactly."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
import uvicorn

Listen = Callable[[Any], str]
LONGEST_START = 20.0  # seconds


@contextmanager
def _running(app: Any) -> Iterator[str]:
    config = uvicorn.Config(app, log_config=None, access_log=False, ws="none", lifespan="off")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            ended = time.monotonic() + LONGEST_START
            while not server.started:
                assert thread.is_alive() and time.monotonic() < ended
                time.sleep(0.005)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        finally:
            server.force_exit = server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def listen() -> Iterator[Listen]:
    """Starts a server for an ASGI app; returns its address up to and including `/v1`."""
    with ExitStack() as running:
        yield lambda app: running.enter_context(_running(app))


@pytest.fixture(scope="module")
def exact() -> Iterator[None]:
    """Models compute in fp32: in bf16 a row alone and in a batch may differ by rounding."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tools.models.numbers.number_format", lambda: ("float32", "for a test"))
        yield
