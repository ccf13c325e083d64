"""What the command line prints: progress, verdicts, and one sentence where something is wrong."""

import json
import signal
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column, Table

from policies.evidence import Arm
from tools.errors import UserError
from tools.progress import STAGES, Step
from tools.report.words import plain

# Names of files, columns and labels are data: “[final]” in them is no markup, “:star:” no picture.
out = Console(markup=False, emoji=False)
err = Console(stderr=True, markup=False, emoji=False)

AsJson = Annotated[
    bool, typer.Option("--json", help="Print JSON, and nothing else, for another program.")
]
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


def show_work(steps: Generator[Step], verbose: bool = False) -> None:
    """Do the work, with progress on a terminal; elsewhere a line for each stage and one at the end.

    Args:
        steps: The work.
        verbose: Whether each piece of work gets a line where there is no terminal, and what leads.
    """
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
            title = (
                step.title.partition(": step")[0] if verbose else STAGES.get(step.stage, step.title)
            )
            brief = step.stage == "profile"  # a moment; and bad input gets its one sentence alone
            if title != last and not err.is_terminal and (verbose or not brief):
                say(f"{_since(started)} {title}")
            last = title
            talks = verbose or err.is_terminal
            if talks and step.standing and step.standing.text != told:  # who leads changes often
                told = step.standing.text
                _tell(f"{_since(started)} provisional: {step.standing.leader} {told}", bar)
    if not err.is_terminal:
        say(f"{_since(started)} Done")


def _since(started: float) -> str:
    return f"[{time.monotonic() - started:5.0f} s]"


def _tell(line: str, bar: Progress) -> None:
    """A line that stays, above the bar where there is one."""
    bar.console.print(line, style="dim", highlight=False, soft_wrap=True)


def show_table(columns: Sequence[str | Column], rows: Iterable[Sequence[str]]) -> None:
    """A drawn table on a terminal; elsewhere plain lines, their cells parted by tabs.

    Args:
        columns: Its headings, or columns where a heading alone does not say how they are drawn.
        rows: Its cells.
    """
    if out.is_terminal:
        table = Table(*columns)
        for row in rows:
            table.add_row(*row)
        out.print(table)
        return
    heads = [column if isinstance(column, str) else str(column.header) for column in columns]
    for line in (heads, *rows):
        typer.echo("\t".join(" ".join(plain(cell).split()) for cell in line))


def show_json(found: object) -> None:
    """Something as JSON, alone on stdout."""
    typer.echo(json.dumps(found, ensure_ascii=False, indent=1))


def _times(arm: Arm) -> tuple[str, str]:
    """Milliseconds of a usual and of a slow request, where they were timed alone."""
    if arm.waits_ms is None:
        return "–", "–"
    usual, slow = arm.waits_ms
    return f"{usual:,.0f}", f"{slow:,.0f}"


def show_result(folder: Path, as_json: bool) -> None:
    """Print what a run found, as JSON or for people."""
    from tools.assessment import FILE_NAME

    if as_json:
        typer.echo((folder / FILE_NAME).read_text(encoding="utf-8"))
    else:
        _show_verdict(folder)


def _show_verdict(folder: Path) -> None:
    """Print the verdict and where the report is."""
    from tools.assessment import load
    from tools.report.answer import advice_title
    from tools.report.words import left_out, memory_taken, percent
    from tools.runs import FIXES

    found = load(folder)
    _write(f"\n{advice_title(found)}", style="bold")
    _write(found.headline)
    rows = [
        (
            arm.name,
            percent(arm.dev.score),
            percent(arm.test.score) if arm.test else "–",
            *_times(arm),
        )
        for arm in found.compared
    ]
    show_table(("way of working", "dev", "locked", "ms a request", "1 in 20 takes"), rows)
    if found.outcome:
        _write(found.outcome.text)
    if found.tuned:
        taken = memory_taken(found.tuned.peak_megabytes, found.tuned.peak_gpu_megabytes)
        _write(f"The training took {taken}. {left_out(found.tuned.dropped)}".strip())
    if found.suspects:
        _write(f"{len(found.suspects)} labels to check: {folder / FIXES}", whole=True)
    _write(f"Report: {folder / 'report.html'}", whole=True)


def _write(text: str, style: str | None = None, whole: bool = False) -> None:
    """A sentence on stdout; lines are broken on a terminal only, and never in what is copied."""
    out.print(text, style=style, highlight=False, soft_wrap=whole or not out.is_terminal)
