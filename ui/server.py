"""The page's server: where it listens, what it sends along, and the first start's conversion."""

import logging
import os
import tempfile
import threading
from importlib.util import find_spec
from pathlib import Path

import gradio as gr
import typer
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agent.worker import Worker
from tools.errors import UserError
from tools.models.embedded import embedded_folder
from tools.settings import load_settings
from ui.app import build_page
from ui.downloads import TAKE
from ui.theme import CSS, HEAD, theme

LARGEST_FILE = "200mb"
HEADERS = {
    "content-security-policy": "default-src 'none'; img-src 'self' data:; "
    "style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
log = logging.getLogger(__name__)


def serve_page(host: str | None, port: int | None, mcp: bool = False) -> None:
    """Serve the page until it is interrupted.

    Args:
        host: Address to listen on; by default that of the settings.
        port: Its port; by default that of the settings.
        mcp: Whether other programs may call the tools of `ui.mcp`.
    """
    if mcp and find_spec("mcp") is None:
        typer.echo("MCP needs one more package: .venv/bin/pip install -e '.[mcp]'.", err=True)
        raise typer.Exit(2)
    try:
        settings = load_settings()
        worker = Worker(settings)
    except UserError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    host, port = host or settings.host, port or settings.port
    threading.Thread(target=_prepare_model, args=(settings.home,), daemon=True).start()
    with tempfile.TemporaryDirectory(prefix="tuneworthy-") as files:
        os.environ["GRADIO_TEMP_DIR"] = files  # private, and gone with the server
        page = build_page(worker, tools=mcp)
        try:
            _launch(page, host, port, mcp)
        except OSError as error:
            typer.echo(f"The port {port} is in use; choose another with --port.", err=True)
            raise typer.Exit(2) from error
        typer.echo(f"Tuneworthy is at http://{host}:{port} (Ctrl+C ends it).")
        if mcp:
            typer.echo(f"Its tools are at http://{host}:{port}/gradio_api/mcp/ (MCP over HTTP).")
        page.block_thread()


def _launch(page: gr.Blocks, host: str, port: int, mcp: bool) -> None:
    page.queue(max_size=256, default_concurrency_limit=8)
    page.launch(
        server_name=host,
        server_port=port,
        theme=theme(),
        css_paths=CSS,
        head=HEAD + TAKE,
        footer_links=[],
        run_history=False,
        max_file_size=LARGEST_FILE,
        enable_monitoring=False,
        ssr_mode=False,
        quiet=True,
        mcp_server=mcp,
        prevent_thread_lock=True,
        app_kwargs={"middleware": [Middleware(_Headers)]},
    )


def _prepare_model(home: Path) -> None:
    """Convert the embedded model if this is the first start; the page is open meanwhile."""
    try:
        embedded_folder(home)
    except (UserError, OSError) as error:
        log.warning("The embedded model cannot be prepared: %s", error)


class _Headers:
    """Tells browsers to load and run nothing that is not ours."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] += [(k.encode(), v.encode()) for k, v in HEADERS.items()]
            await send(message)

        await self.app(scope, receive, send_with_headers)
