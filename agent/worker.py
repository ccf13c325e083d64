"""Long work in the background: one conversation a thread, one job at a time each.

The graph's checkpoints are the truth. A page only looks at `view` and sends answers; a reload, a
second tab and a restart therefore show the same conversation.
"""

import logging
import os
import sqlite3
import threading
import time
from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from filelock import BaseFileLock
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.types import Command

from agent.conversation import LONGEST_INPUT
from agent.graph import Graph, build_graph
from agent.meanwhile import (
    MOST_HEARD,
    TOO_MUCH,
    answer_meanwhile,
    can_take_up,
    keep_messages,
    kept_messages,
)
from agent.state import SCHEMA_VERSION, Exchange, Options, State, minutes_agreed
from agent.utterances import read_command
from agent.view import View
from agent.workbench import Workbench
from policies.brief import Brief
from policies.policy import Policy, load_policy
from tools.errors import Dropped, RunError, UserError
from tools.models.catalogue import Catalogue
from tools.occupation import is_occupied, occupy
from tools.progress import Step
from tools.runs import Run, create_run, open_run
from tools.settings import Settings

log = logging.getLogger(__name__)

ANSWERED = "__resume__"  # the checkpoints' name for an answer whose work is not done


@dataclass
class Job:
    """The work of one conversation in this process.

    Attributes:
        bench: Its workbench.
        lock: Held while a job of the conversation runs.
        stop: Set when the user presses stop: the work comes to an early end.
        step: The latest progress.
        error: What ended the last job, for people, or "".
        began: `time.monotonic()` of when the last work began.
        kept: Messages written while it works, to be taken up when it ends.
        taken: The kept message that it works on now, or "".
        asides: Messages that were answered beside the work.
    """

    bench: Workbench
    lock: threading.Lock = field(default_factory=threading.Lock)
    stop: threading.Event = field(default_factory=threading.Event)
    step: Step | None = None
    error: str = ""
    began: float = 0.0
    kept: tuple[str, ...] = ()
    taken: str = ""
    asides: tuple[Exchange, ...] = ()


class Worker:
    """Drives conversations; one per process."""

    def __init__(self, settings: Settings, policy: Policy | None = None) -> None:
        """Open the home folder's conversations.

        Raises:
            RunError: The home folder or its database cannot be used.
        """
        self.settings = settings
        self.policy = policy or load_policy()
        self.catalogue = Catalogue(settings)
        self._jobs: dict[str, Job] = {}
        self._guard = threading.Lock()
        self._dropped = threading.Event()
        try:
            settings.home.mkdir(parents=True, exist_ok=True)
            self._connection = _private_database(settings)
            self._saver = SqliteSaver(self._connection)
            self._saver.setup()
        except (OSError, sqlite3.Error) as error:
            raise RunError(f"The home folder {settings.home} cannot be used: {error}") from error
        self.graph: Graph = build_graph(self._saver)

    def drop(self) -> None:
        """Leave all work where it is, within a request or so; it goes on from there next time."""
        self._dropped.set()

    def close(self) -> None:
        """Drop all work and close the database."""
        self.drop()
        for job in self._jobs.values():
            with job.lock:
                pass
        self._connection.close()

    def begin(self, options: Options, brief: Brief | None = None, run: Run | None = None) -> str:
        """Start a conversation; returns its id. `step_through` or `answer` moves it on."""
        run = run or create_run(self.settings.home)
        state: State = {
            "schema_version": SCHEMA_VERSION,
            "run": str(run.folder),
            "options": options,
            "brief": brief or Brief(),
            "answered": (),
            "policy": self.policy,  # whoever goes on with the run may have others
        }
        self.graph.update_state(_config(run.info.run_id), dict(state), as_node="__start__")
        return run.info.run_id

    def step_through(self, run_id: str, entry: Any = None) -> Generator[Step]:
        """Work until the next question, yielding progress; used by the command line.

        Raises:
            UserError: The work cannot go on, or another process is at it.
        """
        job = self._job(run_id)
        with job.lock, occupy(self.run(run_id).folder):
            yield from self._steps(run_id, job, entry)

    def start(self, run_id: str, entry: Any = None) -> bool:
        """Work in the background until the next question; false if it is at work already."""
        job = self._job(run_id)
        if not job.lock.acquire(blocking=False):  # both locks are held until the thread is done
            return False
        try:
            held = occupy(self.run(run_id).folder)
        except RunError:
            job.lock.release()
            return False
        job.stop.clear()
        job.error, job.step, job.taken, job.asides = "", None, "", ()
        job.began = time.monotonic()
        threading.Thread(target=self._work, args=(run_id, job, entry, held), daemon=True).start()
        return True

    def answer(self, run_id: str, interrupt: str, value: str) -> bool:
        """Answer the open question; false if it is no longer open (a double click, an old tab).

        An earlier answer to it whose work ended in an error is forgotten: this one replaces it.
        """
        with self._guard:
            return self._answer(run_id, interrupt, value)

    def say(self, run_id: str, text: str) -> bool:
        """Hear a message while work goes on; false if none does here, or a question is open.

        "Stop" stops; what can be said at once is answered; all else is taken up when the work ends.
        """
        with self._guard:
            view, job = self.view(run_id), self._job(run_id)
            if not view.listens:
                return False
            if read_command(text) == "stop":
                job.stop.set()
                return True
            answer = answer_meanwhile(view.state, text, view.minutes_left)
            if not answer and text not in job.kept:  # a double click says it twice
                if len(job.kept) < MOST_HEARD:
                    self._keep(run_id, job, (*job.kept, text))
                else:
                    answer = TOO_MUCH
            if answer:
                said = Exchange(message=text[:LONGEST_INPUT], text=answer)
                job.asides = (*job.asides, said)[-MOST_HEARD:]
            return True

    def resume(self, run_id: str) -> bool:
        """Go on with work that a crash, a restart or an error interrupted."""
        with self._guard:
            view = self.view(run_id)
            waits = view.waiting is not None and not self._is_answered(run_id)
            if view.busy or waits or view.done:
                return False
            return self.start(run_id)

    def reopen(self, run_id: str) -> bool:
        """Go on talking about a finished run whose conversation is closed.

        So is one of the command line, which asked nothing, and one that somebody stopped.

        Returns:
            Whether it was closed and is open now; false without a verdict.
        """
        with self._guard:
            view = self.view(run_id)
            if view.busy or not view.done or "recommendation" not in view.state:
                return False
            options = view.state["options"].model_copy(update={"interactive": True, "tune": "ask"})
            self.revise(run_id, {"options": options}, after="report")
            return self.start(run_id)

    def revise(self, run_id: str, changes: dict[str, Any], after: str) -> None:
        """Change the state as if a node had just done so; work goes on from there.

        Raises:
            RunError: Another process is at work on it.
        """
        with occupy(self.run(run_id).folder):
            self.graph.update_state(_config(run_id), changes, as_node=after)

    def delete(self, run_id: str) -> None:
        """Delete a run for good: its conversation, its files and answers that only it kept.

        Raises:
            RunError: It is at work, or a file cannot be deleted.
        """
        with self._guard:
            job = self._job(run_id)
            if not job.lock.acquire(blocking=False):
                raise RunError("This run is at work; stop it first.")
            try:
                run = self.run(run_id)
                occupy(run.folder).release()  # refused while another process is at work
                run.delete()
                for each in run.ids:
                    self._saver.delete_thread(each)
                del self._jobs[run_id]
            finally:
                job.lock.release()

    def stop(self, run_id: str) -> None:
        """Stop the work cleanly; what was computed is kept."""
        self._job(run_id).stop.set()

    def view(self, run_id: str) -> View:
        """What is to be shown of a conversation.

        Raises:
            RunError: There is no such conversation, or this version cannot read it.
        """
        job = self._job(run_id)
        here = job.lock.locked()  # before the state: what is read after idle is final
        elsewhere = not here and self._is_elsewhere(run_id, job)
        try:
            snapshot = self.graph.get_state(_config(run_id))
        except Exception as error:  # a tampered or foreign checkpoint may raise anything
            log.exception("The conversation %s cannot be read", run_id)
            raise RunError(f"The run {run_id} cannot be read by this version.") from error
        if not snapshot.values:
            raise RunError(f"There is no conversation {run_id}.")
        if snapshot.values.get("schema_version") != SCHEMA_VERSION:
            raise RunError(f"The run {run_id} was made by another version of Tuneworthy.")
        open_questions = snapshot.interrupts
        return View(
            state=snapshot.values,  # type: ignore[arg-type]
            waiting=open_questions[0].value if open_questions else None,
            interrupt=open_questions[0].id if open_questions else "",
            busy=here or elsewhere,
            step=None if elsewhere else job.step,
            error=job.error,
            done=not snapshot.next,
            stopping=here and job.stop.is_set(),
            elsewhere=elsewhere,
            kept=job.kept,
            taken=job.taken if here else "",
            asides=job.asides,
            minutes_left=_minutes_left(snapshot.values, job) if here else None,  # type: ignore[arg-type]
        )

    def run(self, run_id: str) -> Run:
        """The run of a conversation."""
        return open_run(self.settings.home, run_id)

    def _answer(self, run_id: str, interrupt: str, value: str) -> bool:
        """Answer the open question; whoever calls holds the guard."""
        view = self.view(run_id)
        if view.busy or not view.interrupt or view.interrupt != interrupt:
            return False
        self._job(run_id).bench = self._bench(run_id, self._job(run_id).stop)
        if self._is_answered(run_id):
            try:
                self._ask_anew(run_id)
            except UserError:  # another process is at work on it, or it cannot be asked now
                return False
            interrupt = self.view(run_id).interrupt
        return self.start(run_id, Command(resume={interrupt: value}))

    def _take_up(self, run_id: str, job: Job) -> None:
        """Give the first message that was kept to the question that waits after the work."""
        with self._guard:
            if not job.kept or job.error or self._dropped.is_set():
                return
            text, *later = job.kept
            try:
                view = self.view(run_id)
            except RunError:  # deleted meanwhile
                return
            if can_take_up(view.waiting, view.state, text) and self._answer(
                run_id, view.interrupt, text
            ):
                self._keep(run_id, job, tuple(later))
                job.taken = text

    def _keep(self, run_id: str, job: Job, messages: tuple[str, ...]) -> None:
        job.kept = messages
        keep_messages(self.run(run_id), messages)

    def _is_answered(self, run_id: str) -> bool:
        """Whether the open question has an answer whose work ended before its end."""
        saver = self.graph.checkpointer  # the graph's own knows the classes of the state
        assert isinstance(saver, BaseCheckpointSaver)
        kept = saver.get_tuple(_config(run_id))
        return kept is not None and any(
            channel == ANSWERED for _, channel, _ in kept.pending_writes or ()
        )

    def _ask_anew(self, run_id: str) -> None:
        """Ask the open question again: a copy of the checkpoint holds no answer to it.

        Raises:
            RunError: Another process is at work on it.
        """
        with occupy(self.run(run_id).folder):
            self.graph.update_state(_config(run_id), None, as_node="__copy__")
            self.graph.invoke(None, _config(run_id), context=self._job(run_id).bench)

    def _steps(self, run_id: str, job: Job, entry: Any) -> Generator[Step]:
        stream = self.graph.stream(
            entry, _config(run_id), context=job.bench, stream_mode="custom", durability="sync"
        )
        for update in stream:
            job.step = Step.model_validate(update)
            yield job.step

    def _work(self, run_id: str, job: Job, entry: Any, held: BaseFileLock) -> None:
        try:
            for _ in self._steps(run_id, job, entry):
                pass
        except Dropped:
            log.info("The run %s goes on from here next time.", run_id)
        except UserError as error:
            job.error = str(error)
        except Exception as error:  # the page has to say something; the log has the rest
            log.exception("The run %s failed", run_id)
            job.error = (
                f"Something went wrong inside Tuneworthy ({type(error).__name__}). What was "
                "computed is kept; try again."
            )
        finally:
            held.release()
            job.lock.release()
        self._take_up(run_id, job)

    def _is_elsewhere(self, run_id: str, job: Job) -> bool:
        """Whether another process works on a run that this one did not work on a moment ago."""
        try:
            return is_occupied(self.run(run_id).folder) and not job.lock.locked()
        except RunError:  # its folder is gone
            return False

    def _job(self, run_id: str) -> Job:
        if run_id not in self._jobs:
            stop = threading.Event()
            job = Job(self._bench(run_id, stop), stop=stop)
            with suppress(RunError):  # there is no such run, or its folder is gone
                job.kept = kept_messages(self.run(run_id))
            self._jobs[run_id] = job
        return self._jobs[run_id]

    def _bench(self, run_id: str, stop: threading.Event) -> Workbench:
        def should_stop() -> bool:
            if self._dropped.is_set():
                raise Dropped
            return stop.is_set()

        return Workbench(self.settings, self.catalogue, self.policy, should_stop, run_id)


def _minutes_left(state: State, job: Job) -> float | None:
    """The plan's estimate less the time since the work began here."""
    agreed = minutes_agreed(state)
    left = (agreed or 0.0) - (time.monotonic() - job.began) / 60
    return left if left > 0 else None


def _config(run_id: str) -> RunnableConfig:
    return {"configurable": {"thread_id": run_id}, "recursion_limit": 1000}


def _private_database(settings: Settings) -> sqlite3.Connection:
    """The conversations' database, readable by its owner alone."""
    path = settings.home / "conversations.sqlite"
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    return sqlite3.connect(path, check_same_thread=False)
