"""A trial: one plan scored on some rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import mean, median

import numpy as np

from policies.evidence import Arm, Score
from tools.intake.examples import Example
from tools.measure.intervals import score_of
from tools.models.protocol import LanguageModel, Scorer
from tools.progress import Watch
from tools.trials.parse import parse_answer
from tools.trials.plan import Plan
from tools.trials.task import Task


@dataclass(frozen=True)
class Answer:
    """What a plan made of one row.

    Attributes:
        row: The row it answers.
        reply: What the model wrote, or the label chosen by score.
        given: The parsed answer; None if there was no valid one.
        finish: Why the reply ended.
        prompt_tokens: Tokens sent.
        completion_tokens: Tokens received.
        seconds: Time for this row.
    """

    row: int
    reply: str
    given: str | None
    finish: str
    prompt_tokens: int
    completion_tokens: int
    seconds: float


@dataclass
class Trial:
    """A plan with the rows it was scored on so far.

    Attributes:
        plan: The plan.
        model: Name of the model it runs on.
        examples: The rows, in the order of `answers`.
        answers: What the plan made of them.
        fate: What became of the plan, in words.
    """

    plan: Plan
    model: str
    examples: list[Example] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    fate: str = ""

    @property
    def expected(self) -> list[str]:
        """The right answers of the rows."""
        return [example.answer for example in self.examples]

    @property
    def given(self) -> list[str | None]:
        """The parsed answers of the rows."""
        return [answer.given for answer in self.answers]

    def score(self, task: Task) -> Score:
        """Score over the rows so far."""
        return score_of(task.metric, self.expected, self.given)

    def arm(self, task: Task, test: Score | None = None) -> Arm:
        """The plan as an arm of the comparison."""
        notes = []
        if self.plan.decoding == "scored":
            notes.append("needs a model that gives log-probabilities")
        if self.plan.shots == "nearest":
            notes.append("sends some of your examples along with every request")
        return Arm(
            name=arm_name(self.plan, self.model),
            kind="prompt",
            model=self.model,
            dev=self.score(task),
            test=test,
            prompt_tokens=mean(a.prompt_tokens for a in self.answers),
            completion_tokens=mean(a.completion_tokens for a in self.answers),
            p50_ms=1000 * median(a.seconds for a in self.answers),
            note="; ".join(notes),
        )


def arm_name(plan: Plan, model: str) -> str:
    """Name of a plan as an arm; it names its model, since a plan is about one."""
    return f"{plan.name} ({model})"


def run_plan(
    plan: Plan, task: Task, model: LanguageModel, rows: Sequence[Example], watch: Watch, stage: str
) -> list[Answer]:
    """Answer some rows with a plan.

    Args:
        plan: The plan.
        task: The task.
        model: The model; a `Scorer` for scored plans.
        rows: The rows to answer.
        watch: Progress and stop.
        stage: The stage of the run, for the progress line.

    Raises:
        Stopped: The user pressed stop or the time is up.
        ModelError: The model cannot answer.
    """
    chats = [plan.chat(task, example.input) for example in rows]
    title = f"{plan.name} on {model.name}"
    answers: dict[int, Answer] = {}
    if plan.decoding == "scored":
        assert isinstance(model, Scorer)
        for index, found in watch.track(stage, title, model.score(chats, task.labels), len(rows)):
            label = task.labels[int(np.argmax(found.values))]
            answers[index] = Answer(
                rows[index].row, label, label, "stop", found.prompt_tokens, 0, found.seconds
            )
    else:
        replies = model.complete(chats, plan.limits(task))
        for index, reply in watch.track(stage, title, replies, len(rows)):
            answers[index] = Answer(
                rows[index].row,
                reply.text,
                parse_answer(task.type, reply.text, task.labels),
                reply.finish,
                reply.prompt_tokens,
                reply.completion_tokens,
                reply.seconds,
            )
    return [answers[index] for index in range(len(rows))]
