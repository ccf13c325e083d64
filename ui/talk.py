"""The conversation about a finished run, in the terminal: the same one as on the page.

Piped, it reads a message a line and prints answers alone.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress

from rich.console import Group
from rich.panel import Panel
from rich.table import Column, Table
from rich.text import Text

from agent.questions import Question
from agent.state import Exchange, State, WorkPlan
from agent.view import View
from agent.worker import Worker
from tools.assessment import Assessment, load
from tools.errors import RunError, UserError
from tools.progress import Step
from tools.report.answer import advice_title
from tools.report.words import plain
from tools.runs import open_run
from tools.settings import Settings
from ui.console import err, out
from ui.sides import NO_ANSWER, Side, known, sides_of

LOOK_SECONDS = 0.1
LONGEST = 6_000
HINT = (
    "Ask “why?”, “show me the mistakes”, “what if the target were 80 %?” or “what can I ask?”; "
    "anything else is answered by the models. “stop”, Ctrl-C or Ctrl-D ends."
)


def talk(settings: Settings, reference: str) -> None:
    """Talk about a run until its input ends, or somebody says “stop”.

    Args:
        settings: The operator's settings.
        reference: Id or folder of the run.

    Raises:
        UserError: There is no such run, it has no verdict, or the work on it cannot go on.
    """
    run = open_run(settings.home, reference)
    with closing(Worker(settings)) as worker, suppress(EOFError, KeyboardInterrupt):
        _Talk(worker, run.info.run_id).go(reference)


class _Talk:
    """One conversation, line by line."""

    def __init__(self, worker: Worker, run_id: str) -> None:
        self.worker, self.run_id = worker, run_id
        self.folder = worker.run(run_id).folder

    def go(self, reference: str) -> None:
        if "recommendation" not in self.worker.view(self.run_id).state:
            raise RunError(f"The run {reference!r} has no verdict yet; assess it first.")
        self.worker.reopen(self.run_id)
        view = self._idle()
        told = self._assessment()
        if somebody_is_there():
            _say(f"{advice_title(told)}. {told.headline}", "bold")
            _say(HINT, "dim")
        _ask(view)
        for line in _lines():
            if not line.strip():
                continue
            before = view.state
            self.worker.answer(self.run_id, view.interrupt, line.strip())
            view = self._idle()
            self._tell(before, view.state, told)
            told = self._assessment()
            if view.done:
                return
            _ask(view)

    def _idle(self) -> View:
        """The conversation as soon as nothing is at work on it."""
        shown = "One moment"
        with err.status(shown) as status:
            while (view := self.worker.view(self.run_id)).busy:
                if view.step is not None and _work(view.step) != shown:
                    shown = _work(view.step)
                    status.update(Text(plain(shown, 70)))
                time.sleep(LOOK_SECONDS)
        if view.error:
            raise UserError(view.error)
        return view

    def _assessment(self) -> Assessment:
        return load(self.folder)

    def _tell(self, before: State, now: State, told: Assessment) -> None:
        """What a message led to: an answer, and another verdict if it changed one."""
        exchanges = now.get("exchanges", ())
        a = self._assessment()
        if exchanges and exchanges != before.get("exchanges", ()):
            tell_exchange(exchanges[-1], a)
        if (a.verdict, a.headline, a.outcome) != (told.verdict, told.headline, told.outcome):
            _say(f"{advice_title(a)}. {a.headline}", "bold")
            if a.outcome is not None:
                _say(a.outcome.text)


def tell_exchange(exchange: Exchange, a: Assessment) -> None:
    """Print an answer in words, or those of the models; piped, without what they took."""
    if exchange.text:
        return _say(exchange.text)
    sides = sides_of(exchange, a)
    if out.is_terminal:
        table = Table.grid(*(Column(ratio=1) for _ in sides), expand=True)
        table.add_row(*map(_panel, sides))
        out.print(table)
    else:
        for side in sides:
            _say(f"{side.title.split(' · ')[0]}: {side.answer or NO_ANSWER}")
    for line in known(exchange):
        _say(line, "dim")


def _panel(side: Side) -> Panel:
    answer = Text(plain(side.answer, LONGEST) or NO_ANSWER)
    return Panel(Group(answer, Text(side.facts, "dim")), title=Text(side.title))


def _work(step: Step) -> str:
    """What goes on, with the answer that is being written."""
    answers = step.answers[step.done :]
    return f"{step.title}: {answers[0]}" if answers and answers[0] else step.title


def _ask(view: View) -> None:
    """The open question, where it is one and not an invitation."""
    waiting = view.waiting or {}
    if waiting.get("kind") == "question":
        question = Question.model_validate({k: v for k, v in waiting.items() if k != "kind"})
        for text in (question.problem, question.note, question.text):
            if text:
                _say(text)
    elif waiting.get("kind") == "consent":
        for said in (waiting.get("problem"), waiting.get("note")):
            if said:
                _say(str(said))
        plan = WorkPlan.model_validate({name: waiting[name] for name in WorkPlan.model_fields})
        steps = "".join(f"\n{number}. {step}" for number, step in enumerate(plan.steps, 1))
        goes = f"Your examples go {plan.data_goes}."
        _say(f"{plan.title}:{steps}\nAbout {plan.minutes:.0f} minutes; {plan.cost}. {goes}")
        _say("Shall I? Yes or no.")


def _lines() -> Iterator[str]:
    """What somebody types, or the lines of what is piped in."""
    if not somebody_is_there():
        yield from sys.stdin
        return
    with suppress(ImportError):
        import readline  # noqa: F401  # arrow keys and history; Windows has its own
    while True:
        yield out.input("[bold]› [/bold]")


def somebody_is_there() -> bool:
    """Whether a person types and reads."""
    return sys.stdin.isatty() and out.is_terminal


def _say(text: str, style: str = "") -> None:
    out.print(Text(plain(text, LONGEST), style), soft_wrap=not out.is_terminal)
