"""A trial: one plan scored on some rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import mean

import numpy as np
from numpy.typing import NDArray

from policies.evidence import Arm, Score
from tools.intake.examples import Example
from tools.measure.intervals import score_of
from tools.measure.metrics import Right, item_scores, overall
from tools.trials.answering import UNREAD, Answer
from tools.trials.latency import latency_of
from tools.trials.plan import PER_INPUT, Plan
from tools.trials.task import Task

CUT_OFF = 0.1  # share of answers; fewer are rows on which a model rambles with any prompt


@dataclass
class Trial:
    """A plan with the rows it was scored on so far.

    Attributes:
        plan: The plan.
        model: Name of the model it runs on.
        examples: The rows, in the order of `answers`.
        answers: What the plan made of them.
        fate: What became of the plan, in words.
        alone: Whether requests come one at a time, as they do at an endpoint, and not in batches.
        fits: Whether all rows that it met fit into the model; no other plan can be deployed.
    """

    plan: Plan
    model: str
    examples: list[Example] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    fate: str = ""
    alone: bool = False
    fits: bool = True

    @property
    def expected(self) -> list[Right]:
        """The right answers of the rows."""
        return [example.right for example in self.examples]

    @property
    def given(self) -> list[str | None]:
        """The parsed answers of the rows."""
        return [answer.given for answer in self.answers]

    @property
    def prompt_tokens(self) -> NDArray[np.int64]:
        """Tokens sent for each row."""
        return np.array([answer.prompt_tokens for answer in self.answers])

    def longest_calls(self, task: Task) -> NDArray[np.int64]:
        """Tokens that the longest call of each row takes at most, the answer included."""
        sent = np.array([answer.longest_call for answer in self.answers])
        return sent + self.plan.limits(task).max_new_tokens

    def items(self, task: Task) -> NDArray[np.float64]:
        """Score of each row so far."""
        return item_scores(task.metric, self.expected, self.given)

    def score(self, task: Task) -> Score:
        """Score over the rows so far."""
        return score_of(task.metric, self.expected, self.given)

    def arm(self, task: Task, test: Score | None = None) -> Arm:
        """The plan as an arm of the comparison."""
        notes, times = [], latency_of([answer.seconds for answer in self.answers])
        if self.plan.by_likelihood(task):
            notes.append("needs a model that gives log-probabilities")
        if self.plan.shots in PER_INPUT:
            notes.append("sends some of your examples along with every request")
        if self.plan.looks_up:
            notes.append("sends passages of your documents along with every request")
        if not self.fits:
            notes.append(f"does not fit into {self.model} with every row")
        if unanswered := sum(answer.finish == "error" for answer in self.answers):
            notes.append(
                f"{unanswered} of {len(self.answers)} rows got no answer from the endpoint and "
                "count as wrong"
            )
        if any(answer.estimated for answer in self.answers):
            notes.append("tokens are estimated, since the endpoint does not count them")
        if unread := sum(answer.finish == UNREAD for answer in self.answers):
            notes.append(
                f"{unread} of {len(self.answers)} rows are too long for the model, or refused by "
                "it, and count as wrong"
            )
        cut = sum(answer.finish == "length" for answer in self.answers)
        if cut > CUT_OFF * len(self.answers):
            notes.append(f"{cut} of {len(self.answers)} answers were cut off")
        return Arm(
            name=arm_name(self.plan, self.model),
            kind="prompt",
            model=self.model,
            dev=self.score(task),
            test=test,
            prompt_tokens=float(self.prompt_tokens.mean()),
            completion_tokens=mean(a.completion_tokens for a in self.answers),
            p50_ms=times.p50_ms,
            p95_ms=times.p95_ms,
            timed=times.requests if self.alone else 0,
            busy_ms=1000 * mean(a.seconds for a in self.answers),
            looks_up=self.plan.looks_up,
            deployable=self.fits,
            note="; ".join(notes),
        )


def arm_name(plan: Plan, model: str) -> str:
    """Name of a plan as an arm; it names its model, since a plan is about one."""
    return f"{plan.name} ({model})"


def ranked(trials: Sequence[Trial], task: Task, rows: int | None = None) -> list[Trial]:
    """Best first: whoever ran on more rows, then the score, then the shorter prompt.

    Plans that do not fit into their model come last.

    Args:
        trials: The trials.
        task: The task.
        rows: Compare on the first rows only; all trials must have answered so many.
    """

    def place(trial: Trial) -> tuple[float, ...]:
        score = overall(task.metric, trial.expected[:rows], trial.given[:rows])
        answered, tokens = len(trial.answers[:rows]), float(trial.prompt_tokens.mean())
        return not trial.fits, -answered, -score, tokens

    return sorted(trials, key=place)
