"""How a tuned model is asked: with which prompt and decoding it answers dev best."""

from collections.abc import Sequence
from itertools import pairwise

from tools.intake.examples import Example
from tools.models.protocol import LanguageModel
from tools.progress import Watch
from tools.trials.answering import Answer, run_plan
from tools.trials.plan import Plan
from tools.trials.task import Task
from tools.trials.trial import Trial

SHORT = Plan(name="short prompt", family="tuned")
SCORED = (
    SHORT.model_copy(update={"name": "short prompt, labels scored", "decoding": "scored"}),
    SHORT.model_copy(update={"name": "short prompt, labels only", "decoding": "constrained"}),
    SHORT.model_copy(
        update={"name": "short prompt, labels scored, calibrated", "decoding": "calibrated"}
    ),
)
HELD = SHORT.model_copy(
    update={"name": "short prompt, only right forms allowed", "decoding": "constrained"}
)
LOOKS = (30, 60)  # dev rows after which the long prompt is dropped if it is behind


def best_asked(
    task: Task,
    model: LanguageModel,
    rows: Sequence[Example],
    watch: Watch,
    prompt: Plan | None = None,
    margin: float = 0.0,
) -> Trial:
    """Score a tuned model on dev as it may be asked; the best way.

    That is the short prompt it was trained with, with each decoding that prompts had too, and the
    prompt that was best before the tune. That one is longer, so it has to be better by a margin;
    where it is behind after the first rows it is not asked on the others.

    Args:
        task: The task.
        model: The tuned model.
        rows: Rows of dev.
        watch: Progress and stop.
        prompt: The best prompt of the model before the tune, or None to leave it out.
        margin: By how much it has to be better, as a share.
    """
    short = max(
        (_asked(plan, task, model, rows, watch) for plan in _short_plans(task)),
        key=lambda trial: trial.score(task).score,
    )
    if prompt is None:
        return short
    long = prompt.model_copy(update={"name": f"best prompt: {prompt.name}", "family": "tuned"})
    whole = _unless_behind(long, short, task, model, rows, watch)
    if whole is None:
        return short
    return whole if whole.score(task).score > short.score(task).score + margin else short


def _unless_behind(
    plan: Plan,
    rival: Trial,
    task: Task,
    model: LanguageModel,
    rows: Sequence[Example],
    watch: Watch,
) -> Trial | None:
    """A plan on all rows, or None where it is behind the rival after some of them."""
    items, answers = rival.items(task), list[Answer]()
    for start, end in pairwise((0, *LOOKS, len(rows))):
        answers += _asked(plan, task, model, rows[start:end], watch).answers
        trial = Trial(plan, model.name, list(rows[:end]), answers)
        if trial.items(task).mean() < items[:end].mean():
            return None
    return trial


def _asked(
    plan: Plan, task: Task, model: LanguageModel, rows: Sequence[Example], watch: Watch
) -> Trial:
    answers = run_plan(plan, task, model, rows, watch, "tune") if rows else []
    return Trial(plan, model.name, list(rows), answers)


def _short_plans(task: Task) -> tuple[Plan, ...]:
    if task.type == "labels":
        return (SHORT, *SCORED)
    return (SHORT,) if task.form is None else (SHORT, HELD)
