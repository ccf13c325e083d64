"""Progress of long work: what it does now, how long it may still take, and how to stop it."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from policies.evidence import Frozen
from tools.errors import Stopped

Item = TypeVar("Item")


class Step(Frozen):
    """How far one piece of work is.

    Attributes:
        stage: The stage of the run, "trials" for example.
        title: What happens now, for people.
        done: Items finished.
        total: Items in all.
        seconds_left: Estimated time left for this piece, or None before it is known.
    """

    stage: str
    title: str
    done: int
    total: int
    seconds_left: float | None = None


def _ignore(step: Step) -> None:
    """Listen to nobody."""


@dataclass
class Watch:
    """Reports steps to a listener and stops work when asked to.

    Attributes:
        listen: Called with every step.
        should_stop: Whether the user has pressed stop.
        deadline: `time.monotonic()` at which the time budget ends, or None.
    """

    listen: Callable[[Step], None] = field(default=_ignore)
    should_stop: Callable[[], bool] = field(default=lambda: False)
    deadline: float | None = None

    def check(self) -> None:
        """Raise `Stopped` if the user pressed stop or the time is up."""
        if self.should_stop():
            raise Stopped("Stopped as you asked.")
        if self.deadline is not None and time.monotonic() > self.deadline:
            raise Stopped("The time budget is spent.")

    def track(
        self, stage: str, title: str, items: Iterable[Item], total: int, done: int = 0
    ) -> Iterator[Item]:
        """Pass items through, reporting each; checks for a stop before each.

        Args:
            stage: The stage of the run.
            title: What happens now, for people.
            items: The work, as an iterator that does it.
            total: Items in all, those done before included.
            done: Items done before.
        """
        started, first = time.monotonic(), done
        self.listen(Step(stage=stage, title=title, done=done, total=total))
        for item in items:
            self.check()
            done += 1
            pace = (time.monotonic() - started) / (done - first)
            left = max(0.0, pace * (total - done))
            self.listen(Step(stage=stage, title=title, done=done, total=total, seconds_left=left))
            yield item
