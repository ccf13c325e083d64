"""The page: it draws a conversation and sends answers; the worker's checkpoints are the truth."""

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import gradio as gr

from agent.conversation import TUNE
from agent.state import Options
from agent.topics import UPLOADED
from agent.worker import View, Worker
from tools.assessment import FILE_NAME, Assessment, load
from tools.errors import RunError, UserError
from tools.intake.read import shown_name
from tools.report.pictures import gap_picture
from tools.runs import Run
from ui.chat import AGAIN, NEW, heard, label_of, messages, refusal
from ui.controls import controls_of, hash_of
from ui.evidence import Scene, evidence_panel
from ui.layout import BUSY_SECONDS, IDLE_SECONDS, Layout, Updates

SETTLE_SECONDS = 1.5  # most answers are dealt with in this time, and the page need not look twice
DAY = 86_400
RUN_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{4}")


def build_page(worker: Worker) -> gr.Blocks:
    """The page of a worker's conversations.

    Args:
        worker: Does the work; the page keeps nothing of its own but a run's id.
    """
    blocks: gr.Blocks = _Page(worker).blocks
    return blocks


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


class _Page(Layout):
    """The components of the page, and what happens when they are used.

    Every handler gets the run's id and the question that the page shows, and lets the worker judge
    them: what a browser sends is not trusted.
    """

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        with gr.Blocks(
            title="Tuneworthy", analytics_enabled=False, fill_width=True, delete_cache=(DAY, DAY)
        ) as self.blocks:
            super().__init__()
            self._connect()

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
        chat, panel, controls = messages(scene), str(evidence_panel(scene)), controls_of(scene)
        now = {"chat": hash_of(chat), "panel": hash_of(panel), "controls": hash_of(controls)}
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
