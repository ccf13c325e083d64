"""What the command line prints: progress, verdicts, and one sentence where something is wrong."""

import signal
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from policies.evidence import Arm
from tools.errors import UserError
from tools.progress import Step

# Names of files, columns and labels are data: “[final]” in them is no markup, “:star:” no picture.
out = Console(markup=False, emoji=False)
err = Console(stderr=True, markup=False, emoji=False)

EXIT_FAULT, EXIT_INPUT, EXIT_INTERRUPTED = 1, 2, 130


class errors_shown:
    """Turns errors for people into one clean sentence and the right exit code."""

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        """Print the sentence and exit."""
        if isinstance(error, UserError):
            refuse(str(error))
        if isinstance(error, KeyboardInterrupt):
            say("Interrupted. What was computed is kept; the same command goes on from there.")
            raise typer.Exit(EXIT_INTERRUPTED)


def say(sentence: str) -> None:
    """A sentence beside the results, on stderr."""
    err.print(sentence, highlight=False, soft_wrap=True)


def refuse(sentence: str) -> NoReturn:
    """End with one sentence about what is wrong with the input."""
    err.print(sentence, style="bold red", highlight=False, soft_wrap=True)
    raise typer.Exit(EXIT_INPUT)


@contextmanager
def dropped_on_interrupt(drop: Callable[[], None]) -> Iterator[None]:
    """Let Ctrl-C drop the work first; a step at work would else be waited for to its end."""

    def interrupt(number: int, frame: object) -> NoReturn:
        drop()
        raise KeyboardInterrupt

    before = signal.getsignal(signal.SIGINT)
    if before is not signal.SIG_IGN:  # started in the background
        signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def show_work(steps: Generator[Step]) -> None:
    """Do the work, with progress on a terminal; a line for each piece of work elsewhere."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        TextColumn("{task.fields[left]}"),
        TimeElapsedColumn(),
    )
    last, told, started = "", "", time.monotonic()
    progress = Progress(*columns, console=err, disable=not err.is_terminal, transient=True)
    with closing(steps), progress as bar:  # work that is interrupted lets its run go
        shown = bar.add_task("Starting", total=None, left="")
        for step in steps:
            left = "" if step.seconds_left is None else f"{step.seconds_left:.0f} s left"
            bar.update(
                shown, description=step.title, total=step.total, completed=step.done, left=left
            )
            title = step.title.partition(": step")[0]
            if title != last and not err.is_terminal:
                err.print(f"[{time.monotonic() - started:5.0f} s] {title}")
            last = title
            if step.standing and step.standing.text != told:  # who leads changes all the time
                told = step.standing.text
                now = f"provisional: {step.standing.leader} {told}"
                _tell(f"[{time.monotonic() - started:5.0f} s] {now}", bar)


def _tell(line: str, bar: Progress) -> None:
    """A line that stays, above the bar where there is one."""
    bar.console.print(line, style="dim", highlight=False, soft_wrap=True)


def _times(arm: Arm) -> tuple[str, str]:
    """Milliseconds of a usual and of a slow request, where they were timed alone."""
    if arm.waits_ms is None:
        return "–", "–"
    usual, slow = arm.waits_ms
    return f"{usual:,.0f}", f"{slow:,.0f}"


def show_verdict(folder: Path) -> None:
    """Print the verdict and where the report is."""
    from tools.assessment import load
    from tools.report.answer import advice_title
    from tools.report.words import left_out, memory_taken, percent
    from tools.runs import FIXES

    found = load(folder)
    out.print(f"\n{advice_title(found)}", style="bold")
    out.print(found.headline, highlight=False)
    table = Table("way of working", "dev", "locked", "ms a request", "1 in 20 takes")
    for arm in found.compared:
        test = percent(arm.test.score) if arm.test else "–"
        table.add_row(arm.name, percent(arm.dev.score), test, *_times(arm))
    out.print(table)
    if found.outcome:
        out.print(found.outcome.text, highlight=False)
    if found.tuned:
        taken = memory_taken(found.tuned.peak_megabytes, found.tuned.peak_gpu_megabytes)
        told = f"The training took {taken}. {left_out(found.tuned.dropped)}"
        out.print(told.strip(), highlight=False)
    if found.suspects:
        fixes = f"{len(found.suspects)} labels to check: {folder / FIXES}"
        out.print(fixes, highlight=False, soft_wrap=True)
    out.print(f"Report: {folder / 'report.html'}", highlight=False, soft_wrap=True)
