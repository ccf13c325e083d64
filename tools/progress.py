"""Progress of long work: what it does now, how long it may still take, and how to stop it."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeVar

from policies.evidence import Arm, ArmKind, Frozen, Score
from tools.errors import Stopped

Item = TypeVar("Item")
STAGES = {
    "profile": "Looking at your examples",
    "trials": "Trying prompts",
    "gap": "Confirming the best prompt on the locked rows",
    "forecast": "Forecasting a fine-tune",
    "tune": "Fine-tuning",
    "verify": "Proving the tuned model on the locked rows",
    "converse": "Answering",
}


class Runner(Frozen):
    """One way of working with its score on dev so far."""

    name: str
    kind: ArmKind
    score: Score


class Standing(Frozen):
    """Where the trials stand; nothing in it is final.

    Attributes:
        runners: What was scored so far, best first.
        target: The score that is good enough.
        text: What the answer would be now, in words.
        leader: What leads, in words.
    """

    runners: tuple[Runner, ...]
    target: float
    text: str
    leader: str


class Step(Frozen):
    """How far one piece of work is.

    Attributes:
        stage: The stage of the run, "trials" for example.
        title: What happens now, for people.
        done: Items finished.
        total: Items in all.
        seconds_left: Estimated time left for this piece, or None before it is known.
        standing: Where the trials stand, or None before anything was scored.
        answers: What models have written by now of answers to a message, each as far as it goes.
        lasts: How long it takes, in words, where no time can be told; or "".
    """

    stage: str
    title: str
    done: int
    total: int
    seconds_left: float | None = None
    standing: Standing | None = None
    answers: tuple[str, ...] = ()
    lasts: str = ""


def _ignore(news: Step | Arm) -> None:
    """Tell nobody."""


@dataclass
class Watch:
    """Reports steps to a listener and stops work when asked to.

    Attributes:
        listen: Called with every step.
        should_stop: Whether the user has pressed stop.
        deadline: `time.monotonic()` at which the time budget ends, or None.
        scored: Called with every arm that was scored on dev, again when it ran on more rows.
        wrote: Called with an answer as far as it is written, or None; only where a plan answers
            one row by writing, and the model tells.
    """

    listen: Callable[[Step], None] = field(default=_ignore)
    should_stop: Callable[[], bool] = field(default=lambda: False)
    deadline: float | None = None
    scored: Callable[[Arm], None] = field(default=_ignore)
    wrote: Callable[[str], None] | None = None

    def earlier(self, share: float) -> "Watch":
        """The same with a time budget that ends before that share of what is left of it."""
        if self.deadline is None:
            return self
        left = max(0.0, self.deadline - time.monotonic())
        return replace(self, deadline=self.deadline - share * left)

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
