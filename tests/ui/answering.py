"""A small OpenAI-compatible server on loopback whose answers a function writes."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

USAGE = {"prompt_tokens": 300, "completion_tokens": 3, "total_tokens": 303}
Fault = tuple[int, dict[str, str], str]  # status, headers, body


def completion(text: str, **changes: Any) -> dict[str, Any]:
    """A completion as the API writes it."""
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    told = {"id": "1", "object": "chat.completion", "created": 0, "model": "m"}
    return {**told, "usage": USAGE, "choices": [choice], **changes}


@contextmanager
def answering(answer: Callable[[str], str | Fault]) -> Iterator[str]:
    """Serve while in use; `answer` gets the last message. Yields the address up to `/v1`."""
    with serving(lambda asked: answer(asked["messages"][-1]["content"])) as address:
        yield address


@contextmanager
def serving(answer: Callable[[dict[str, Any]], str | Fault]) -> Iterator[str]:
    """Serve while in use; `answer` gets the request and gives a text, or a whole response."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            given = answer(asked)
            if isinstance(given, str):
                headers = {"Content-Type": "application/json"}
                given = (200, headers, json.dumps(completion(given)))
            status, headers, text = given
            body = text.encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing on stderr."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *caller: Any) -> None:
            """A client that is killed or waits no longer is what some tests are about."""

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()
