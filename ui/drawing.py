"""What the page shows of a conversation, and what of it has changed since it was drawn."""

import shutil
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

import gradio as gr

from agent.tryout import is_rolled_back
from agent.view import View
from agent.worker import Worker
from tools.assessment import FILE_NAME, Assessment, load
from tools.errors import RunError, UserError
from tools.runs import FIXES, RUN_ID, Run, open_run
from ui.chat import messages, refusal
from ui.controls import controls_of, hash_of
from ui.downloads import offered
from ui.evidence import evidence_panel
from ui.layout import BUSY_SECONDS, IDLE_SECONDS, Layout, Updates
from ui.pictures import Drawn, Further, drawn_further, drawn_gap
from ui.scene import Scene
from ui.shelf import comparison

CORRECTED = "Labels differ between the two, in the locked rows as well: trust the later scores."


_PENCIL = ThreadPoolExecutor(1, "pictures")  # the talk does not wait for them


@lru_cache(maxsize=16)
def _assessed(folder: Path, changed: int) -> tuple[Assessment, Drawn | None, Future[Further]]:
    """A run's assessment with its pictures; `changed` tells a new one from the one before."""
    found = load(folder)
    return found, drawn_gap(found), _PENCIL.submit(drawn_further, found)


def scene_of(view: View, run: Run, said: str) -> Scene:
    """All that the page draws of a conversation."""
    file, name = run.folder / FILE_NAME, run.info.data_name
    if not file.exists():
        return Scene(view, name, said=said)
    assessment, gap, drawing = _assessed(run.folder, file.stat().st_mtime_ns)
    further = drawing.result() if drawing.done() else Further()
    difference, rolled_back = _difference(run, assessment), is_rolled_back(view.state, run)
    return Scene(view, name, assessment, gap, further, difference, rolled_back, said)


def _difference(run: Run, now: Assessment) -> str:
    """This run beside the one whose labels were corrected for it, if that is still there."""
    if not run.info.corrects:
        return ""
    try:
        before = load(open_run(run.home, run.info.corrects).folder)
    except (UserError, FileNotFoundError):
        return ""
    return str(comparison(("Before", before), ("Now", now), CORRECTED))


def _fixes(run: Run) -> Path | None:
    """The sheet of rows to fix, where Gradio may serve it."""
    if not (run.folder / FIXES).exists():
        return None
    return Path(shutil.copyfile(run.folder / FIXES, offered(FIXES)))


class Drawing(Layout):
    """The components of the page, drawn from what the worker knows."""

    def __init__(self, worker: Worker) -> None:
        """Lay the components out; `worker` does the work."""
        super().__init__()
        self.worker = worker

    def _view(self, run_id: str) -> View:
        if not isinstance(run_id, str) or not RUN_ID.fullmatch(run_id):
            raise RunError("This page does not know that conversation; begin a new one.")
        return self.worker.view(run_id)

    def _run(self, run_id: str) -> Run:
        self._view(run_id)  # refuses what is no run's id
        return self.worker.run(run_id)

    def _draw(self, run_id: str, drawn: dict[str, str]) -> Updates:
        """What has changed since this tab was drawn last."""
        view = self._view(run_id)
        run = self.worker.run(run_id)
        unread = view.busy and drawn.get("asked") == view.interrupt
        said = drawn.get("said", "") if unread else ""
        return self._drawn(scene_of(view, run, said), run, drawn)

    def _drawn(self, scene: Scene, run: Run | None, drawn: dict[str, str]) -> Updates:
        chat, panel, controls = messages(scene), str(evidence_panel(scene)), controls_of(scene)
        a = scene.assessment
        now = {
            "chat": hash_of(chat),
            "panel": hash_of(panel),
            "controls": hash_of(controls),
            "report": hash_of(a.model_dump_json()) if a else "",
        }
        updates: Updates = {}
        if now["chat"] != drawn.get("chat"):
            updates |= {self.chat: chat, self.asked: scene.view.interrupt}
        if now["panel"] != drawn.get("panel"):
            updates[self.evidence] = panel
        if now["controls"] != drawn.get("controls"):
            updates |= self._control(controls, run)
        if now["report"] != drawn.get("report"):
            updates |= self.downloads.fresh(run if a else None)
        kept = {"asked": scene.view.interrupt, "said": scene.said} if scene.said else {}
        return {**updates, self.drawn: {**now, **kept}} if updates else {self.drawn: gr.skip()}

    def _control(self, at: dict[str, Any], run: Run | None) -> Updates:
        return {
            self.timer: gr.Timer(BUSY_SECONDS if at["busy"] else IDLE_SECONDS),
            self.box: gr.Textbox(placeholder=at["placeholder"], interactive=at["typing"]),
            self.send: gr.Button(
                visible=at["sending"] and not at["upload"], interactive=at["typing"]
            ),
            self.upload: gr.UploadButton(visible=at["upload"]),
            self.stop: gr.Button(
                "Stopping …" if at["stopping"] else "Stop",
                visible=at["stop"],
                interactive=not at["stopping"],
            ),
            self.tune: gr.Button(visible=at["tune"]),
            self.fixes: gr.DownloadButton(
                value=_fixes(run) if run and at["fixes"] else None,
                visible=bool(at["fixes"]),
            ),
            self.corrected: gr.UploadButton(visible=bool(at["fixes"]) and not at["busy"]),
            self.again: gr.Button(visible=at["begun"]),
        }

    def _refuse(self, sentence: str) -> Updates:
        """Say why the conversation cannot be shown; the page stays up."""
        return {
            self.chat: refusal(sentence),
            self.box: gr.Textbox(interactive=False),
            self.send: gr.Button(visible=False),
            self.stop: gr.Button(visible=False),
            **self.downloads.fresh(None),
            self.asked: "",
            self.drawn: {},
        }
