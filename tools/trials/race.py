"""The race: weak plans meet a few dev rows, strong ones all of them.

A fixed halving schedule (2010.01703 compares such schedules): all plans run on the same first rows,
a few go on to twice as many, the best of those to all. Besides, a plan leaves when the leader beats
it clearly on the very rows that both answered (the paired interval excludes zero), and before the
last round if a clearly shorter prompt did as well: a tie would go to that one. The team's own
prompt goes on unless it is clearly beaten: whether to keep it is told on all rows.
"""

import logging
from collections.abc import Sequence
from typing import NamedTuple

from policies.evidence import Frozen
from tools.errors import ModelError, Stopped, Unanswerable
from tools.intake.examples import Example
from tools.measure.intervals import paired_difference
from tools.measure.metrics import overall
from tools.models.protocol import LanguageModel
from tools.progress import Watch
from tools.trials.answering import run_plan
from tools.trials.plan import OWN, Plan
from tools.trials.task import Task
from tools.trials.trial import Trial, ranked

FIRST_ROWS = 30  # fewer say too little to call a plan tried
Round = tuple[int, int, int]  # rows answered, rows to answer, plans that may
ROUNDS: tuple[Round, ...] = (
    (FIRST_ROWS, 2 * FIRST_ROWS, 3),
    (2 * FIRST_ROWS, 10**9, 2),
)
LONGER = 1.25  # times as many tokens: clearly longer
VOTED_ON = 0.1  # share of right answers: below, votes of a few draws add a point or two at best

log = logging.getLogger(__name__)


class LeftOut(NamedTuple):
    """A plan that was not tried, and why."""

    plan: Plan
    reason: str


class RaceResult(Frozen):
    """How a race ended.

    Attributes:
        left_out: Plans that were not tried.
        stop_reason: Why no further plan was tried, in words.
        stopped: Whether the user or the budget ended it early.
    """

    left_out: tuple[LeftOut, ...] = ()
    stop_reason: str = ""
    stopped: bool = False


def race(
    plans: Sequence[Plan],
    task: Task,
    model: LanguageModel,
    dev: Sequence[Example],
    watch: Watch,
    trials: Sequence[Trial] = (),
    rounds: Sequence[Round] = ROUNDS,
) -> tuple[list[Trial], RaceResult]:
    """Run plans against each other on dev.

    Args:
        plans: The plans, in the order to try them.
        task: The task.
        model: The model they run on.
        dev: The dev rows.
        watch: Progress and stop.
        trials: Trials of an earlier race of the same model on the same rows.
        rounds: Who goes on after the first rows; nobody where further plans are still to come.

    Returns:
        The trials that were scored, in the order in which they were tried, and how the race ended.
    """
    entered = Entrants(task, model, dev, watch, list(trials))
    try:
        watch.check()
        for plan in plans:
            entered.admit(plan)
        for answered, rows, most in rounds:
            entered.go_on(answered, min(rows, len(dev)), most)
        if rounds:
            entered.have_one_on_all_rows()
    except Stopped as stop:
        entered.leave_out_the_rest(plans, str(stop))
        left_out = tuple(entered.left_out)
        return entered.trials, RaceResult(left_out=left_out, stop_reason=str(stop), stopped=True)
    finished = sum(len(trial.answers) == len(dev) for trial in entered.trials)
    reason = f"{len(entered.trials)} plans were tried; {finished} ran on all {len(dev)} dev rows."
    return entered.trials, RaceResult(left_out=tuple(entered.left_out), stop_reason=reason)


class Entrants:
    """The plans of a race, as far as they have come."""

    def __init__(
        self,
        task: Task,
        model: LanguageModel,
        dev: Sequence[Example],
        watch: Watch,
        trials: list[Trial],
    ) -> None:
        """Begin a race, or go on with the trials of an earlier one."""
        self.task = task
        self.model = model
        self.dev = dev
        self.watch = watch
        self.trials = trials
        self.left_out: list[LeftOut] = []

    def admit(self, plan: Plan) -> None:
        """Try a plan on the first rows, unless it cannot run or is not worth it."""
        if lacking := self._lacking(plan):
            self.left_out.append(LeftOut(plan, lacking))
        elif plan.after and (reason := self._not_worth(plan)):
            self.left_out.append(LeftOut(plan, f"costly, and “{plan.after}” {reason}"))
        else:
            trial = Trial(plan, self.model.name, alone=not self.model.traits.is_local)
            if self._extend(trial, FIRST_ROWS):
                self.trials.append(trial)
            else:
                self.left_out.append(LeftOut(plan, f"it does not fit into {self.model.name}"))

    def leave_out_the_rest(self, plans: Sequence[Plan], reason: str) -> None:
        """Name the plans that a stop kept from being tried."""
        met = {trial.plan.name for trial in self.trials} | {out.plan.name for out in self.left_out}
        self.left_out += [
            LeftOut(plan, self._lacking(plan) or reason) for plan in plans if plan.name not in met
        ]

    def go_on(self, answered: int, rows: int, most: int) -> None:
        """Have the best of those that answered so many rows run on more, the best first.

        Where one of them turns out not to run on all rows, the next best takes its place.
        """
        answered = min(answered, len(self.dev))
        contenders = [t for t in self.trials if t.fits and len(t.answers) >= answered]
        best = 0
        for trial in ranked(contenders, self.task, answered):
            best += 1
            if len(trial.answers) >= rows or trial.fate:
                continue
            own = trial.plan.family == OWN
            if self._is_beaten(trial):
                trial.fate = f"dropped after {len(trial.answers)} rows: clearly behind"
            elif best > most and not own:
                trial.fate = f"dropped after {len(trial.answers)} rows: not among the best {most}"
            elif (
                answered > FIRST_ROWS
                and not own
                and self._is_longer_for_nothing(trial, contenders, answered)
            ):
                trial.fate = f"dropped after {answered} rows: no better than a shorter prompt"
            elif not self._runs_on(trial, rows):
                best -= 1

    def have_one_on_all_rows(self) -> None:
        """Where none of the best could run on all rows, let those that were dropped try."""
        while left := [trial for trial in ranked(self.trials, self.task) if trial.fits]:
            if self._runs_on(left[0], len(self.dev)):
                return

    def _lacking(self, plan: Plan) -> str:
        """What the model lacks that the plan needs, or nothing."""
        lacking = sorted(plan.abilities(self.task) - self.model.traits.abilities)
        return f"{self.model.name} lacks: {', '.join(lacking)}" if lacking else ""

    def _runs_on(self, trial: Trial, rows: int) -> bool:
        """Run a plan on further rows; what cannot run on all of them is no plan for this model."""
        if not self._extend(trial, rows):
            trial.fits = False
            trial.fate = f"left out after {len(trial.answers)} rows: it cannot run on all"
        return trial.fits

    def _extend(self, trial: Trial, rows: int) -> bool:
        """Run a plan on further rows; false if the model does not take them."""
        further = self.dev[len(trial.answers) : rows]
        if not further:
            return True
        try:
            trial.answers += run_plan(
                trial.plan, self.task, self.model, further, self.watch, "trials"
            )
        except ModelError as error:
            # An endpoint that fails fails with all plans; one that refuses the first prompt, too.
            refused = isinstance(error, Unanswerable) and bool(self.trials)
            if not self.model.traits.is_local and not refused:
                raise
            log.warning("The plan %r could not run: %s", trial.plan.name, error)
            return False
        trial.examples += further
        if len(trial.answers) == len(self.dev):
            trial.fate = "ran on all of dev"
        self._compare_with_window(trial)
        self.watch.scored(trial.arm(self.task))
        return True

    def _compare_with_window(self, trial: Trial) -> None:
        """Rule out a plan that takes more than an endpoint reads: some cut it without a word.

        Local models refuse such prompts themselves.
        """
        traits = self.model.traits
        most = int(trial.longest_calls(self.task).max())
        if not traits.is_local and most > traits.context_window:
            trial.fits = False
            trial.fate = (
                f"left out after {len(trial.answers)} rows: prompt and answer may take {most:,} "
                f"tokens, and {self.model.name} reads {traits.context_window:,}"
            )

    def _not_worth(self, plan: Plan) -> str:
        """What the plan that a costly one builds on lacks to make it worth its cost, or nothing."""
        parent = next((trial for trial in self.trials if trial.plan.name == plan.after), None)
        if parent is None or self._is_beaten(parent):
            return "was clearly behind"
        right = float(parent.items(self.task).mean())
        if plan.votes > 1 and right < VOTED_ON:
            return f"was right on {100 * right:.0f} % of the rows: too few for a vote"
        return ""

    def _is_beaten(self, trial: Trial) -> bool:
        """Whether the leader is clearly better on the rows that both answered."""
        leader = ranked(self.trials, self.task)[0]
        n = min(len(trial.answers), len(leader.answers))
        return trial is not leader and (
            paired_difference(
                self.task.metric, trial.expected[:n], trial.given[:n], leader.given[:n]
            ).low
            > 0
        )

    def _is_longer_for_nothing(self, trial: Trial, others: Sequence[Trial], rows: int) -> bool:
        """Whether a clearly shorter prompt did as well on so many rows."""

        def score(each: Trial) -> float:
            return overall(self.task.metric, each.expected[:rows], each.given[:rows])

        most = float(trial.prompt_tokens.mean()) / LONGER
        return any(
            other.prompt_tokens.mean() <= most and score(other) >= score(trial)
            for other in others
            if other is not trial
        )
