"""Practice rows: train rows held back, on which an optimiser may try what it likes.

They are no plan's examples there, and they are neither dev nor test: what practice finds still has
to win on dev like any other plan.
"""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tools.intake.examples import Example
from tools.progress import Watch
from tools.trials.plan import Plan
from tools.trials.task import Task
from tools.trials.trial import Trial, ranked

SEED = 20260103


@dataclass(frozen=True)
class Budget:
    """What an optimiser may use.

    Attributes:
        answers: Most answers of the model under trial.
        reflections: Most questions to the model that proposes wordings.
        share: Share of the time left; the rest is for the race.
    """

    answers: int = 240
    reflections: int = 12
    share: float = 0.5

    def watch(self, watch: Watch) -> Watch:
        """A watch that ends earlier than the given one."""
        if watch.deadline is None:
            return watch
        now = time.monotonic()
        return replace(watch, deadline=now + self.share * (watch.deadline - now))


@dataclass(frozen=True)
class Practice:
    """Rows to practise on.

    Attributes:
        task: The task with the other train rows alone, which examples may be drawn from.
        rows: The rows that were held back.
    """

    task: Task
    rows: tuple[Example, ...]


def hold_back(task: Task, count: int) -> Practice:
    """Hold back up to `count` train rows in a fixed mixed order, at most half of them."""
    mixed = random.Random(SEED).sample(task.train, len(task.train))
    held = tuple(mixed[: min(count, len(mixed) // 2)])
    kept = tuple(example for example in task.train if example not in held)
    return Practice(replace(task, train=kept), held)


def leading(trials: Sequence[Trial], task: Task) -> Plan | None:
    """The best plan whose words can be changed; None if there is none."""
    plans = (trial.plan for trial in ranked(trials, task))
    return next((plan for plan in plans if plan.rewordable), None)
