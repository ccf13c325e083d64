"""A small OpenAI-compatible server on loopback whose answers a function writes."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

USAGE = {"prompt_tokens": 300, "completion_tokens": 3, "total_tokens": 303}


@contextmanager
def answering(answer: Callable[[str], str]) -> Iterator[str]:
    """Serve while in use; `answer` gets the last message. Yields the address up to `/v1`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            message = {"role": "assistant", "content": answer(asked["messages"][-1]["content"])}
            choice = {"index": 0, "finish_reason": "stop", "message": message}
            told = {"id": "1", "object": "chat.completion", "created": 0, "model": "m"}
            body = json.dumps({**told, "usage": USAGE, "choices": [choice]}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing on stderr."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()
