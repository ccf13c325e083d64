"""The race: weak plans meet a few dev rows, strong ones all of them.

All plans run on the same first rows. A plan leaves when the leader beats it clearly on those
very rows (the paired interval excludes zero), or cannot run. Whoever stays runs on all of dev.
"""

import logging
from collections.abc import Callable, Sequence

from policies.evidence import Frozen
from tools.errors import ModelError, Stopped
from tools.intake.examples import Example
from tools.measure.intervals import paired_difference
from tools.models.protocol import LanguageModel
from tools.progress import Watch
from tools.trials.plan import Plan
from tools.trials.task import Task
from tools.trials.trial import Trial, run_plan

FIRST_ROWS = 30

log = logging.getLogger(__name__)


class RaceResult(Frozen):
    """How a race ended.

    Attributes:
        exhausted: Whether every plan was run to its end.
        stop_reason: Why no further plan was tried, in words.
        stopped: Whether the user or the budget ended it early.
    """

    exhausted: bool
    stop_reason: str
    stopped: bool = False


def race(
    plans: Sequence[Plan],
    task: Task,
    model: LanguageModel,
    dev: Sequence[Example],
    watch: Watch,
    finished: Callable[[Trial], None] = lambda trial: None,
) -> tuple[list[Trial], RaceResult]:
    """Run plans against each other on dev.

    Args:
        plans: The plans, in the order to try them.
        task: The task.
        model: The model they run on.
        dev: The dev rows.
        watch: Progress and stop.
        finished: Called with each trial whenever it has a new score.

    Returns:
        The trials that were scored, best first, and how the race ended.
    """
    trials: list[Trial] = []
    try:
        for plan in plans:
            trial = Trial(plan, model.name)
            if _extend(trial, task, model, dev[:FIRST_ROWS], watch):
                trials.append(trial)
                finished(trial)
        for trial in _ranked(trials, task):
            leader = _ranked(trials, task)[0]
            if _is_beaten(trial, leader, task):
                trial.fate = f"dropped after {len(trial.answers)} rows: clearly behind"
                continue
            if _extend(trial, task, model, dev[len(trial.answers) :], watch):
                trial.fate = "ran on all of dev"
                finished(trial)
            else:
                trial.fate = f"left out after {len(trial.answers)} rows: it cannot run on all"
    except Stopped as stop:
        for trial in trials:
            trial.fate = trial.fate or f"cut short after {len(trial.answers)} rows"
        return _ranked(trials, task), RaceResult(
            exhausted=False, stop_reason=str(stop), stopped=True
        )
    reason = (
        f"All {len(trials)} plans were tried; {_stayed(trials)} ran on all {len(dev)} dev rows."
    )
    return _ranked(trials, task), RaceResult(exhausted=bool(trials), stop_reason=reason)


def _extend(
    trial: Trial, task: Task, model: LanguageModel, rows: Sequence[Example], watch: Watch
) -> bool:
    """Run the plan on further rows; false if it cannot run on this model."""
    if not rows:
        return True
    try:
        trial.answers += run_plan(trial.plan, task, model, rows, watch, "trials")
    except ModelError as error:
        if not model.is_local:  # an endpoint that refuses one plan refuses them all
            raise
        log.warning("The plan %r could not run: %s", trial.plan.name, error)
        return False
    trial.examples += rows
    return True


def _ranked(trials: Sequence[Trial], task: Task) -> list[Trial]:
    """Best first: whoever ran on more rows, then the score, then the shorter prompt."""

    def place(trial: Trial) -> tuple[float, ...]:
        tokens = sum(answer.prompt_tokens for answer in trial.answers) / len(trial.answers)
        return -len(trial.answers), -trial.score(task).score, tokens

    return sorted(trials, key=place)


def _is_beaten(trial: Trial, leader: Trial, task: Task) -> bool:
    if trial is leader:
        return False
    n = len(trial.answers)
    return (
        paired_difference(
            task.metric, trial.expected, trial.given, [a.given for a in leader.answers[:n]]
        ).low
        > 0
    )


def _stayed(trials: Sequence[Trial]) -> int:
    return max(1, sum(1 for trial in trials if trial.fate == "ran on all of dev"))
