"""The page: it draws a conversation and sends answers; the worker's checkpoints are the truth."""

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from agent.adviser.judging import JUDGE
from agent.blind import CHOICES, START, STOP
from agent.conversation import TUNE
from agent.file_topics import UPLOADED
from agent.repeats import repeat_corrected, repeat_with_target
from agent.state import Options
from agent.tryout import JUDGEMENTS
from agent.view import unbegun
from agent.worker import Worker
from tools.errors import UserError
from tools.intake.read import shown_name
from ui.chat import heard, label_of, messages
from ui.controls import is_chatting
from ui.drawing import Drawing, scene_of
from ui.layout import Updates
from ui.markup import shown
from ui.mcp import add_tools
from ui.now import AGAIN, NEW, REPEAT, TALK_ON
from ui.runs import RunsList
from ui.scene import Scene
from ui.shelf import problem

SETTLE_SECONDS = 1.5  # most answers are dealt with in this time, and the page need not look twice
LOOK_SECONDS = 0.1  # between two looks at answers that are being written
DAY = 86_400
MOST_BEGUN = 1000


def build_page(worker: Worker, tools: bool = False) -> gr.Blocks:
    """The page of a worker's conversations.

    Args:
        worker: Does the work; the page keeps nothing of its own but a run's id.
        tools: Whether other programs may call the tools of `ui.mcp`.
    """
    blocks: gr.Blocks = _Page(worker).blocks
    if tools:
        with blocks:
            add_tools(worker)
    return blocks


class _Page(Drawing):
    """The components of the page, and what happens when they are used.

    Every handler gets the run's id and the question that the page shows, and lets the worker judge
    them: what a browser sends is not trusted.
    """

    def __init__(self, worker: Worker) -> None:
        self.begun: dict[str, str] = {}  # runs by the first question that they answered
        self.beginning = threading.Lock()
        self.steps = {
            AGAIN: self._retry,
            TALK_ON.value: self._talk_on,
            REPEAT.value: self._ask_target,
        }
        with gr.Blocks(
            title="Tuneworthy", analytics_enabled=False, fill_width=True, delete_cache=(DAY, DAY)
        ) as self.blocks:
            super().__init__(worker)
            self.runs = RunsList(worker)
            self._connect()

    def _connect(self) -> None:
        outputs = [
            *(self.run, self.drawn, self.asked, self.timer, self.chat, self.evidence, self.box),
            *(self.upload, self.send, self.stop, self.tune, self.again),
            *(self.fixes, self.corrected, self.downloads.without, *self.downloads.made.values()),
            *(self.page, self.runs.column, self.runs.chosen, self.runs.said, self.runs.text),
            *(self.runs.open, self.runs.compare, self.runs.rename, self.runs.again),
            *(self.runs.delete, self.runs.sure),
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
        self.corrected.upload(self._correct, [*known, self.corrected], **quietly)
        self.tune.click(self._tune, [*known, self.asked], **quietly)
        self.stop.click(self._stop, known, **quietly)
        self.again.click(self._begin, known, **quietly)
        self.runs.connect()
        self.downloads.connect(self.run, self._run)
        self.earlier.click(self._list, None, **quietly)
        self.runs.close.click(self._close, None, **quietly)
        self.runs.open.click(self._reopen, [self.runs.chosen], **quietly)
        self.runs.again.click(self._repeat, [self.runs.chosen, self.runs.text], **quietly)

    # What is used

    def _open(self, run_id: str, drawn: dict[str, str]) -> Updates:
        """Show the conversation of this browser, or the first question."""
        return self._look(run_id, {}) if run_id else self._begin(run_id, drawn)

    def _look(self, run_id: str, drawn: dict[str, str]) -> Updates:
        """Show what has changed; go on with work that a restart of the server interrupted."""
        if not run_id:
            return {self.drawn: gr.skip()}
        try:
            if not self._view(run_id).error:
                self.worker.resume(run_id)
            return self._draw(run_id, drawn)
        except UserError as error:
            return self._refuse(str(error))

    def _begin(self, run_id: str, drawn: dict[str, str]) -> Updates:
        """Show the first question; its answer makes the run."""
        first = Scene(unbegun(f"first-{secrets.token_hex(8)}"))
        return {**self._close(), **self._drawn(first, None, {}), self.run: ""}

    def _begun(self, first: str) -> tuple[str, str]:
        """The run that the answer to a first question makes, and its open question.

        A double click answers the same first question again: the same run, and no question.
        """
        with self.beginning:
            if first in self.begun:
                return self.begun[first], ""
            options = Options(
                models=tuple(self.worker.catalogue.names()),
                budget_minutes=self.worker.settings.budget_minutes,
            )
            run_id = self.worker.begin(options)
            for _ in self.worker.step_through(run_id):
                pass
            self.begun[first] = run_id
            if len(self.begun) > MOST_BEGUN:
                del self.begun[next(iter(self.begun))]
            return run_id, self.worker.view(run_id).interrupt

    def _list(self) -> Updates:
        """Show the earlier runs instead of the talk."""
        return {
            self.page: gr.Row(visible=False),
            self.runs.column: gr.Column(visible=True),
            **self.runs.listed(),
        }

    def _close(self) -> Updates:
        """Show the talk instead of the earlier runs."""
        return {self.page: gr.Row(visible=True), self.runs.column: gr.Column(visible=False)}

    def _reopen(self, chosen: list[str]) -> Updates:
        try:
            run_id = self.runs.shelf.one(chosen)
            if self.worker.reopen(run_id):
                self._settle(run_id)
            return {**self._close(), **self._draw(run_id, {}), self.run: run_id}
        except UserError as error:
            return {self.runs.said: str(problem(error))}

    def _repeat(self, chosen: list[str], text: str) -> Updates:
        try:
            return {**self._close(), **self._go_to(self.runs.shelf.repeat(chosen, text))}
        except UserError as error:
            return {self.runs.said: str(problem(error))}

    def _go_to(self, run_id: str) -> Updates:
        """Show a run that was just begun."""
        self.worker.resume(run_id)
        self._settle(run_id)
        return {**self._draw(run_id, {}), self.run: run_id}

    def _type(self, run_id: str, drawn: dict[str, str], asked: str, text: str) -> Iterator[Updates]:
        said = text.strip()
        if said and self._heard(run_id, asked, said):
            yield {**self._draw(run_id, drawn), self.box: ""}
        elif said:
            asked = asked or self._talk_of(run_id)
            yield from self._answer(run_id, drawn, asked, said)

    def _talk_of(self, run_id: str) -> str:
        """The talk, if it has opened since this tab was drawn; a plan has to be seen first."""
        if not run_id:
            return ""
        try:
            view = self._view(run_id)
        except UserError:  # said again where the conversation is drawn
            return ""
        return view.interrupt if (view.waiting or {}).get("kind") == "message" else ""

    def _heard(self, run_id: str, asked: str, said: str) -> bool:
        """Whether it was said to work that goes on: this tab then shows no open question."""
        if not run_id or asked:
            return False
        try:
            return self._view(run_id).listens and self.worker.say(run_id, said)
        except UserError:  # said again where the conversation is drawn
            return False

    def _choose(
        self, run_id: str, drawn: dict[str, str], event: gr.SelectData
    ) -> Iterator[Updates]:
        """A button in the chat; it says which question it belongs to."""
        asked, _, value = str(event.value).partition(" ")
        if value == NEW:
            yield self._begin(run_id, drawn)
        elif value in self.steps:
            yield self._step(run_id, drawn, self.steps[value])
        else:
            yield from self._answer(run_id, drawn, asked, value)

    def _step(self, run_id: str, drawn: dict[str, str], take: Callable[[str], str]) -> Updates:
        """A button of the page's own: it is about the run and answers no question."""
        try:
            self._view(run_id)
            to = take(run_id)
            self._settle(to)
            return {**self._draw(to, drawn if to == run_id else {}), self.run: to}
        except UserError as error:
            return self._refuse(str(error))

    def _retry(self, run_id: str) -> str:
        self.worker.resume(run_id)
        return run_id

    def _talk_on(self, run_id: str) -> str:
        self.worker.reopen(run_id)
        return run_id

    def _ask_target(self, run_id: str) -> str:
        """The same run again, which asks for another target; a double click begins one."""
        with self.beginning:
            begun = self.begun.get(run_id)
            if begun is None or not self._asks_target(begun):
                begun = self.begun[run_id] = repeat_with_target(self.worker, run_id)
        return self._retry(begun)

    def _asks_target(self, run_id: str) -> bool:
        try:
            view = self.worker.view(run_id)
        except UserError:  # deleted meanwhile
            return False
        return view.waiting is None or view.waiting.get("name") == "target"

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

    def _correct(self, run_id: str, drawn: dict[str, str], upload: str) -> Updates:
        """Begin again with the labels that a person corrected, and delete Gradio's own copy."""
        file = Path(upload)
        try:
            self._view(run_id)
            return self._go_to(repeat_corrected(self.worker, run_id, file))
        except UserError as error:
            gr.Warning(str(shown(str(error))))
            return {self.corrected: gr.UploadButton(value=None)}
        finally:
            file.unlink(missing_ok=True)

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
            if not run_id:
                run_id, asked = self._begun(asked)
                yield {self.run: run_id}
            before = self._view(run_id)
            if self.worker.answer(run_id, asked, value):
                silent = value in (TUNE, UPLOADED, STOP, *JUDGEMENTS, *CHOICES, *START, *JUDGE)
                said = "" if silent else label_of(before, value)
                scene = scene_of(before, self.worker.run(run_id), said)
                drawn = {"asked": asked, "said": said}
                yield {self.chat: heard(scene), self.box: "", self.drawn: drawn}
                yield from self._follow(run_id, said)
            yield self._draw(run_id, drawn)
        except UserError as error:
            yield self._refuse(str(error))

    def _follow(self, run_id: str, said: str) -> Iterator[Updates]:
        """Show answers as they are written; of longer work only how it begins."""
        end, written = time.monotonic() + SETTLE_SECONDS, None
        while (view := self.worker.view(run_id)).busy:
            answers = view.step.answers if view.step is not None else ()
            if time.monotonic() > end and not is_chatting(view):
                return
            if answers and answers != written:
                written = answers
                yield {self.chat: messages(scene_of(view, self.worker.run(run_id), said))}
            time.sleep(LOOK_SECONDS)

    def _settle(self, run_id: str) -> None:
        """Wait a moment for work that takes only one."""
        end = time.monotonic() + SETTLE_SECONDS
        while self.worker.view(run_id).busy and time.monotonic() < end:
            time.sleep(0.05)
