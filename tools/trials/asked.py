"""A wording that somebody asks for, raced on dev against the best plan so far."""

from collections.abc import Sequence
from typing import NamedTuple

from policies.brief import Brief
from tools.assessment import ExhaustionPart
from tools.errors import ModelError, Stopped
from tools.intake.dataset import Dataset
from tools.measure.metrics import overall
from tools.models.cache import CachedModel
from tools.progress import Watch
from tools.runs import Run
from tools.trials.exhaustion import measure_exhaustion
from tools.trials.lacking import sort_by_facts
from tools.trials.race import race
from tools.trials.records import finalists, plan_record
from tools.trials.stage import (
    ITEMS,
    TrialsReport,
    Winner,
    item_records,
    keep_prompt_mistakes,
    rendered,
    task_of,
)
from tools.trials.task import Task
from tools.trials.trial import Trial, ranked
from tools.trials.untried import tell_untried

NAME = "your wording"


class Asked(NamedTuple):
    """How a wording did beside the best plan so far.

    Attributes:
        wins: Whether it is better.
        text: The scores of both, in words.
        report: The trials with this one.
    """

    wins: bool
    text: str
    report: TrialsReport


def try_wording(
    run: Run,
    dataset: Dataset,
    brief: Brief,
    found: TrialsReport,
    words: str,
    models: Sequence[CachedModel],
    watch: Watch,
    may_win: bool = True,
) -> Asked:
    """Try other words in the best plan's surroundings.

    Args:
        run: The run; if the wording wins, its mistakes are kept there.
        dataset: The examples.
        brief: What the team told us.
        found: What the trials found; there must be a winner.
        words: The instruction to try.
        models: The models of the trials.
        watch: Progress and stop.
        may_win: Whether it becomes the winner if it is better.

    Raises:
        Stopped: The user pressed stop.
        ModelError: The model cannot run it.
    """
    best = found.winner
    assert best is not None
    task, model = task_of(dataset, brief), next(m for m in models if m.name == best.model)
    number = 1 + sum(record.name.startswith(NAME) for record in found.plans)
    plan = best.plan.reworded(words, f"{NAME} {number}", "suggested")
    # Plans that build on others are tried after these; here the best one stands for itself.
    both = [each.model_copy(update={"after": None}) for each in (best.plan, plan)]
    raced, result = race(both, task, model, dataset.parts.dev, watch)
    if result.stopped:
        raise Stopped(result.stop_reason)
    if len(raced) < 2:
        reasons = {out.plan.name: out.reason for out in result.left_out}
        why = reasons.get(plan.name) or f"“{best.plan.name}”: {reasons[best.plan.name]}"
        raise ModelError(f"The wording cannot be tried: {why}.")
    rival, trial = raced
    report = found.model_copy(
        update={
            "arms": (*found.arms, trial.arm(task)),
            "plans": (*found.plans, plan_record(trial, task, model, models)),
        }
    )
    if (run.folder / f"{ITEMS}.json").exists():  # earlier runs lack it
        run.save(ITEMS, run.load(ITEMS) + item_records([trial], task))
    wins = ranked(raced, task)[0] is trial
    if wins and may_win:
        keep_prompt_mistakes(run, trial, task)
        changes = {
            "winner": Winner(plan=plan, model=best.model),
            "rendered": rendered(trial, task, model),
            "errors": sort_by_facts(task, trial.examples, trial.answers, brief.target),
            "finalists": finalists(raced, trial, task),
            "exhaustion": _gone_on(found.exhaustion, raced, task),
            "stop_reason": f"{found.stop_reason} A wording that was tried later won.".strip(),
        }
        report = report.model_copy(update=changes)
    return Asked(wins, _compared(trial, rival, task), report)


def _gone_on(before: ExhaustionPart, raced: Sequence[Trial], task: Task) -> ExhaustionPart:
    """Prompting had not ended, as a later plan won: what it gained is measured on the two."""
    pair = measure_exhaustion(raced, task, stopped=False)
    assert pair.corrected is not None
    text = (
        "Prompting had not ended: a wording tried later won, with about "
        f"{100 * pair.corrected:.0f} % when corrected for luck."
    )
    return pair.model_copy(
        update={
            "text": " ".join(filter(None, (text, tell_untried(before.untried)))),
            "curve": (*before.curve, pair.corrected),
            "untried": before.untried,
        }
    )


def _compared(trial: Trial, rival: Trial, task: Task) -> str:
    """Both scores on the rows that both answered."""
    rows = min(len(trial.answers), len(rival.answers))
    mine, other = (
        f"{100 * overall(task.metric, each.expected[:rows], each.given[:rows]):.0f} %"
        for each in (trial, rival)
    )
    return f"That wording scores {mine} on {rows} rows; the best prompt so far has {other} there."
