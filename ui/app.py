"""The page: it draws a conversation and sends answers; the worker's checkpoints are the truth."""

import hashlib
import json
import logging
import os
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import gradio as gr
import typer
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agent.conversation import TUNE
from agent.interview import UPLOADED
from agent.state import Options
from agent.worker import View, Worker
from tools.assessment import FILE_NAME, Assessment, load
from tools.errors import RunError, UserError
from tools.intake.read import shown_name
from tools.models.embedded import embedded_folder
from tools.report.pictures import gap_picture
from tools.runs import Run
from tools.settings import load_settings
from ui.chat import AGAIN, NEW, heard, label_of, messages, refusal
from ui.evidence import Scene, evidence_panel
from ui.theme import CSS, HEAD, theme

LARGEST_FILE = "200mb"
BUSY_SECONDS, IDLE_SECONDS = 1.0, 4.0  # between two looks at the conversation
SETTLE_SECONDS = 1.5  # most answers are dealt with in this time, and the page need not look twice
DAY = 86_400
RUN_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{4}")
HEADERS = {
    "content-security-policy": "default-src 'none'; img-src 'self' data:; "
    "style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
TITLE = "<header><h1>Tuneworthy</h1><p>Should we fine-tune? Ask your own data.</p></header>"

Updates = dict[Any, Any]
log = logging.getLogger(__name__)


def serve_page(host: str | None, port: int | None) -> None:
    """Serve the page until it is interrupted.

    Args:
        host: Address to listen on; by default that of the settings.
        port: Its port; by default that of the settings.
    """
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
        page = build_page(worker)
        try:
            _launch(page, host, port)
        except OSError as error:
            typer.echo(f"The port {port} is in use; choose another with --port.", err=True)
            raise typer.Exit(2) from error
        typer.echo(f"Tuneworthy is at http://{host}:{port} (Ctrl+C ends it).")
        page.block_thread()


def build_page(worker: Worker) -> gr.Blocks:
    """The page of a worker's conversations.

    Args:
        worker: Does the work; the page keeps nothing of its own but a run's id.
    """
    blocks: gr.Blocks = _Page(worker).blocks
    return blocks


def _launch(page: gr.Blocks, host: str, port: int) -> None:
    page.queue(max_size=256, default_concurrency_limit=8)
    page.launch(
        server_name=host,
        server_port=port,
        theme=theme(),
        css_paths=CSS,
        head=HEAD,
        footer_links=[],
        run_history=False,
        max_file_size=LARGEST_FILE,
        enable_monitoring=False,
        ssr_mode=False,
        quiet=True,
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


@lru_cache(maxsize=16)
def _assessed(folder: Path, changed: int) -> tuple[Assessment, str]:
    """A run's assessment with its picture; `changed` tells a new one from the one before."""
    found = load(folder)
    return found, gap_picture(found)


def _scene(view: View, run: Run, said: str) -> Scene:
    file, name = run.folder / FILE_NAME, run.info.data_name
    if not file.exists():
        return Scene(view, name, said=said)
    assessment, picture = _assessed(run.folder, file.stat().st_mtime_ns)
    return Scene(view, name, assessment, picture, said)


class _Page:
    """The components of the page, and what happens when they are used.

    Every handler gets the run's id and the question that the page shows, and lets the worker judge
    them: what a browser sends is not trusted.
    """

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        with gr.Blocks(
            title="Tuneworthy", analytics_enabled=False, fill_width=True, delete_cache=(DAY, DAY)
        ) as self.blocks:
            self._lay_out()
            self._connect()

    def _lay_out(self) -> None:
        self.run = gr.BrowserState("", storage_key="tuneworthy-run", secret="tuneworthy")
        self.drawn = gr.State({})  # what this tab shows by now, as hashes
        self.asked = gr.Textbox(visible=False)  # the question that this tab shows
        self.timer = gr.Timer(IDLE_SECONDS)
        with gr.Row(elem_id="head"):
            gr.Markdown(TITLE, elem_id="title")
            self.again = gr.Button(
                "New question", size="sm", visible=False, elem_id="again", scale=0, min_width=0
            )
        with gr.Row(elem_id="page"):
            with gr.Column(elem_id="talk"):
                self._lay_out_talk()
            with gr.Column(elem_id="beside"):
                self.evidence = gr.Markdown(latex_delimiters=[], elem_id="evidence")

    def _lay_out_talk(self) -> None:
        self.chat = gr.Chatbot(
            elem_id="chat",
            show_label=False,
            render_markdown=False,  # contents are HTML of our own; Gradio sanitises it as well
            latex_delimiters=[],
            layout="panel",
            buttons=[],
            feedback_options=None,
            autoscroll=False,
            height="100%",
        )
        with gr.Row(elem_id="composer"):
            self.box = gr.Textbox(
                show_label=False,
                label="Your answer",
                container=False,
                lines=1,
                max_lines=8,
                scale=1,
                elem_id="box",
                autofocus=True,
            )
            self.upload = gr.UploadButton(
                "Add a file",
                variant="primary",
                visible=False,
                elem_id="upload",
                scale=0,
                min_width=0,
            )
            self.send = gr.Button("Send", variant="primary", elem_id="send", scale=0, min_width=0)
            self.stop = gr.Button(
                "Stop", variant="stop", visible=False, elem_id="stop", scale=0, min_width=0
            )
        with gr.Row(elem_id="actions"):
            quiet: dict[str, Any] = {"size": "sm", "scale": 0, "min_width": 0, "visible": False}
            self.tune = gr.Button("Fine-tune anyway", elem_id="tune", **quiet)
            self.download = gr.DownloadButton("Download the report", elem_id="download", **quiet)

    def _connect(self) -> None:
        outputs = [
            *(self.run, self.drawn, self.asked, self.timer, self.chat, self.evidence, self.box),
            *(self.upload, self.send, self.stop, self.tune, self.download, self.again),
        ]
        known = [self.run, self.drawn]
        shown: dict[str, Any] = {"outputs": outputs, "api_visibility": "private"}
        quietly = {**shown, "show_progress": "hidden"}
        typed = [*known, self.asked, self.box]
        self.blocks.load(self._open, known, **quietly)
        self.timer.tick(self._look, known, **quietly)
        gr.on([self.box.submit, self.send.click], self._type, typed, **quietly)
        self.chat.option_select(self._choose, known, **quietly)
        self.upload.upload(self._take, [*known, self.asked, self.upload], **quietly)
        self.tune.click(self._tune, [*known, self.asked], **quietly)
        self.stop.click(self._stop, known, **quietly)
        self.again.click(self._begin, known, **quietly)

    # What is used

    def _open(self, run_id: str, drawn: dict[str, str]) -> Updates:
        """Show the conversation of this browser, or begin its first."""
        return self._look(run_id, {}) if run_id else self._begin(run_id, drawn)

    def _look(self, run_id: str, drawn: dict[str, str]) -> Updates:
        """Show what has changed; go on with work that a restart of the server interrupted."""
        try:
            if not self._view(run_id).error:
                self.worker.resume(run_id)
            return self._draw(run_id, drawn)
        except UserError as error:
            return self._refuse(str(error))

    def _begin(self, run_id: str, drawn: dict[str, str]) -> Updates:
        """Begin a new conversation."""
        options = Options(
            models=tuple(self.worker.catalogue.names()),
            budget_minutes=self.worker.settings.budget_minutes,
        )
        try:
            run_id = self.worker.begin(options)
            self.worker.resume(run_id)
            self._settle(run_id)
            return {**self._draw(run_id, {}), self.run: run_id}
        except UserError as error:
            return self._refuse(str(error))

    def _type(self, run_id: str, drawn: dict[str, str], asked: str, text: str) -> Iterator[Updates]:
        if text.strip():
            yield from self._answer(run_id, drawn, asked, text.strip())

    def _choose(
        self, run_id: str, drawn: dict[str, str], event: gr.SelectData
    ) -> Iterator[Updates]:
        """A button in the chat; it says which question it belongs to."""
        asked, _, value = str(event.value).partition(" ")
        if value == NEW:
            yield self._begin(run_id, drawn)
        elif value == AGAIN:
            yield self._retry(run_id, drawn)
        else:
            yield from self._answer(run_id, drawn, asked, value)

    def _retry(self, run_id: str, drawn: dict[str, str]) -> Updates:
        try:
            self._view(run_id)
            self.worker.resume(run_id)
            return self._draw(run_id, drawn)
        except UserError as error:
            return self._refuse(str(error))

    def _take(
        self, run_id: str, drawn: dict[str, str], asked: str, upload: str
    ) -> Iterator[Updates]:
        """Copy an uploaded file into the run, and delete Gradio's own copy."""
        file = Path(upload)
        try:
            view = self._view(run_id)
            if view.interrupt == asked and not view.busy and (view.waiting or {}).get("upload"):
                self.worker.run(run_id).take_examples(file, shown=shown_name(file))
                yield from self._answer(run_id, drawn, asked, UPLOADED)
        except UserError as error:
            yield self._refuse(str(error))
        finally:
            file.unlink(missing_ok=True)
        yield {self.upload: gr.UploadButton(value=None)}

    def _tune(self, run_id: str, drawn: dict[str, str], asked: str) -> Iterator[Updates]:
        yield from self._answer(run_id, drawn, asked, TUNE)

    def _stop(self, run_id: str, drawn: dict[str, str]) -> Updates:
        try:
            if self._view(run_id).busy:
                self.worker.stop(run_id)
            return self._draw(run_id, drawn)
        except UserError as error:
            return self._refuse(str(error))

    def _answer(
        self, run_id: str, drawn: dict[str, str], asked: str, value: str
    ) -> Iterator[Updates]:
        """Send an answer and show it; one to a question that is no longer open does nothing."""
        try:
            before = self._view(run_id)
            if self.worker.answer(run_id, asked, value):
                silent = value in (TUNE, UPLOADED)
                said = "" if silent else label_of(before, value)
                scene = _scene(before, self.worker.run(run_id), said)
                drawn = {"asked": asked, "said": said}
                yield {self.chat: heard(scene), self.box: "", self.drawn: drawn}
                self._settle(run_id)
            yield self._draw(run_id, drawn)
        except UserError as error:
            yield self._refuse(str(error))

    def _settle(self, run_id: str) -> None:
        """Wait a moment for work that takes only one."""
        end = time.monotonic() + SETTLE_SECONDS
        while self.worker.view(run_id).busy and time.monotonic() < end:
            time.sleep(0.05)

    def _view(self, run_id: str) -> View:
        if not isinstance(run_id, str) or not RUN_ID.fullmatch(run_id):
            raise RunError("This page does not know that conversation; begin a new one.")
        return self.worker.view(run_id)

    # What is drawn

    def _draw(self, run_id: str, drawn: dict[str, str]) -> Updates:
        """What has changed since this tab was drawn last."""
        run, view = self.worker.run(run_id), self._view(run_id)
        unread = view.busy and drawn.get("asked") == view.interrupt
        said = drawn.get("said", "") if unread else ""
        scene = _scene(view, run, said)
        chat, panel, controls = messages(scene), str(evidence_panel(scene)), _controls(scene)
        now = {"chat": _hash(chat), "panel": _hash(panel), "controls": _hash(controls)}
        updates: Updates = {}
        if now["chat"] != drawn.get("chat"):
            updates |= {self.chat: chat, self.asked: scene.view.interrupt}
        if now["panel"] != drawn.get("panel"):
            updates[self.evidence] = panel
        if now["controls"] != drawn.get("controls"):
            updates |= self._control(controls, run)
        kept = {"asked": view.interrupt, "said": said} if said else {}
        return {**updates, self.drawn: {**now, **kept}} if updates else {self.drawn: gr.skip()}

    def _control(self, at: dict[str, Any], run: Run) -> Updates:
        return {
            self.timer: gr.Timer(BUSY_SECONDS if at["busy"] else IDLE_SECONDS),
            self.box: gr.Textbox(placeholder=at["placeholder"], interactive=at["typing"]),
            self.send: gr.Button(
                visible=not at["busy"] and not at["upload"], interactive=at["typing"]
            ),
            self.upload: gr.UploadButton(visible=at["upload"]),
            self.stop: gr.Button(
                "Stopping …" if at["stopping"] else "Stop",
                visible=at["busy"],
                interactive=not at["stopping"],
            ),
            self.tune: gr.Button(visible=at["tune"]),
            self.download: gr.DownloadButton(
                value=self._report(run) if at["report"] else None, visible=bool(at["report"])
            ),
            self.again: gr.Button(visible=at["begun"]),
        }

    def _report(self, run: Run) -> str | None:
        """A copy of the report where Gradio may serve it, under a name that says what it is."""
        report = run.folder / "report.html"
        if not report.exists():
            return None
        folder = Path(tempfile.mkdtemp(prefix="report-", dir=os.environ.get("GRADIO_TEMP_DIR")))
        return str(shutil.copyfile(report, folder / f"tuneworthy-{run.info.run_id}.html"))

    def _refuse(self, sentence: str) -> Updates:
        """Say why the conversation cannot be shown; the page stays up."""
        return {
            self.chat: refusal(sentence),
            self.box: gr.Textbox(interactive=False),
            self.send: gr.Button(visible=False),
            self.stop: gr.Button(visible=False),
            self.asked: "",
            self.drawn: {},
        }


def _controls(scene: Scene) -> dict[str, Any]:
    """What the controls around the chat show."""
    view, waiting = scene.view, scene.view.waiting or {}
    kind = "" if view.busy or view.done or view.error else waiting.get("kind", "")
    talking = kind == "message"
    trials = scene.state.get("trials")
    upload = kind == "question" and bool(waiting.get("upload"))
    mute = upload or (talking and trials is not None and trials.winner is None)
    provable = scene.assessment is not None and scene.state.get("confirmed") is not None
    return {
        "busy": view.busy,
        "stopping": view.stopping,
        "typing": (kind in ("question", "message") and not mute) or _is_chatting(view),
        "placeholder": _placeholder(view, "upload" if upload else "" if mute else kind),
        "upload": upload,
        "tune": talking and provable and "tuned" not in scene.state,
        "report": scene.assessment and _hash(scene.assessment.model_dump_json()),
        "begun": bool(scene.state.get("answered")),
    }


def _is_chatting(view: View) -> bool:
    """Whether the models are answering a message; the next may be written meanwhile."""
    return view.busy and view.step is None and (view.waiting or {}).get("kind") == "message"


def _placeholder(view: View, kind: str) -> str:
    if view.busy:
        return "At work …"
    return {
        "question": "Write your answer",
        "upload": "A file or a sample",
        "consent": "Please choose above",
        "message": "Write a message to try it",
    }.get(kind, "")


def _hash(content: Any) -> str:
    text = content if isinstance(content, str) else json.dumps(content)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
