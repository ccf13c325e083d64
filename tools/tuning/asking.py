"""How a tuned model is asked: with which prompt and decoding it answers dev best."""

from collections.abc import Sequence

from tools.intake.examples import Example
from tools.models.protocol import LanguageModel
from tools.progress import Watch
from tools.trials.answering import run_plan
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
FIRST = 30  # dev rows that tell whether the long prompt is worth the rest


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
    where it is worse on the first rows it is not asked on the others.

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
    first = _asked(long, task, model, rows[:FIRST], watch)
    if first.items(task).mean() < short.items(task)[:FIRST].mean():
        return short
    rest = _asked(long, task, model, rows[FIRST:], watch)
    whole = Trial(long, model.name, list(rows), first.answers + rest.answers)
    return whole if whole.score(task).score > short.score(task).score + margin else short


def _asked(
    plan: Plan, task: Task, model: LanguageModel, rows: Sequence[Example], watch: Watch
) -> Trial:
    answers = run_plan(plan, task, model, rows, watch, "tune") if rows else []
    return Trial(plan, model.name, list(rows), answers)


def _short_plans(task: Task) -> tuple[Plan, ...]:
    if task.type == "labels":
        return (SHORT, *SCORED)
    return (SHORT,) if task.form is None else (SHORT, HELD)
