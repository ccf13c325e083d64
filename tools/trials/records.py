"""Trials as the assessment records them."""

import json
from collections.abc import Sequence
from statistics import mean
from typing import Protocol

import numpy as np
from statsmodels.stats.multitest import multipletests

from tools.assessment import Finalist, PlanRecord, RacePoint
from tools.measure.intervals import paired_difference
from tools.measure.metrics import overall
from tools.models.cache import CachedModel
from tools.models.copied import is_marked
from tools.models.protocol import Ability
from tools.trials.race import FIRST_ROWS, RaceResult
from tools.trials.task import Task
from tools.trials.trial import Trial, arm_name


class Tried(Protocol):
    """What one model's trials found."""

    @property
    def model(self) -> CachedModel: ...  # noqa: D102
    @property
    def trials(self) -> list[Trial]: ...  # noqa: D102
    @property
    def result(self) -> RaceResult: ...  # noqa: D102


def plan_records(found: Tried, task: Task, models: Sequence[CachedModel]) -> list[PlanRecord]:
    """Every plan of one model's trials with its fate; those that were not tried come last."""
    return [plan_record(trial, task, found.model, models) for trial in found.trials] + [
        PlanRecord(
            name=plan.name,
            family=plan.family,
            model=found.model.name,
            n=0,
            score=0.0,
            fate=f"not tried: {reason}",
            needs=plan.needs(task),
        )
        for plan, reason in found.result.left_out
    ]


def finalists(trials: Sequence[Trial], winner: Trial, task: Task) -> tuple[Finalist, ...]:
    """The winner against each other plan that ran on as many rows; p-values after Holm (1979)."""
    others = [trial for trial in trials if trial is not winner and trial.fits]
    rivals = [trial for trial in others if len(trial.answers) == len(winner.answers)]
    if not rivals:
        return ()
    differences = [
        paired_difference(task.metric, winner.expected, rival.given, winner.given)
        for rival in rivals
    ]
    corrected = multipletests([each.p_value for each in differences], method="holm")[1]
    return tuple(
        Finalist(name=arm_name(rival.plan, rival.model), behind=behind, p_holm=float(p_value))
        for rival, behind, p_value in zip(rivals, differences, corrected, strict=True)
    )


def plan_record(
    trial: Trial, task: Task, model: CachedModel, models: Sequence[CachedModel]
) -> PlanRecord:
    """A plan that was scored, with its fate and where else it could run."""
    tokens = trial.longest_calls(task)
    known = trial.plan.needs(task)
    more = sorted(_used(trial, task, model) - trial.plan.abilities(task))
    return PlanRecord(
        name=trial.plan.name,
        family=trial.plan.family,
        model=trial.model,
        n=len(trial.answers),
        score=trial.score(task).score,
        fate=trial.fate or f"cut short after {len(trial.answers)} rows",
        needs=(*more, *known),
        runs_on=tuple(other.name for other in models if _runs_on(trial, task, model, other)),
        prompt_tokens=float(trial.prompt_tokens.mean()),
        completion_tokens=mean(answer.completion_tokens for answer in trial.answers),
        window_p95=float(np.quantile(tokens, 0.95)) / model.traits.context_window,
        window_longest=float(tokens.max()) / model.traits.context_window,
        race=_rounds(trial, task),
    )


def _runs_on(trial: Trial, task: Task, model: CachedModel, other: CachedModel) -> bool:
    """Whether a plan that was tried on one model can be deployed on another, or the same."""
    window = other.traits.context_window
    fits = trial.longest_calls(task).max() <= window
    if not trial.fits:  # a row that was never answered needs more than the model reads
        fits = fits and window > model.traits.context_window
    return bool(fits) and _used(trial, task, model) <= other.traits.abilities


def _used(trial: Trial, task: Task, model: CachedModel) -> frozenset[Ability]:
    """What a plan made use of where it was measured; a model without that answers otherwise."""
    needed = trial.plan.abilities(task)
    marked: frozenset[Ability] = frozenset({"this machine's answer forms"})
    if "answer forms" in needed and task.form and is_marked(json.loads(task.form.text)):
        needed |= marked & model.traits.abilities
    return needed


def _rounds(trial: Trial, task: Task) -> tuple[RacePoint, ...]:
    """The plan's score at the end of each round that it took part in."""
    answered = len(trial.answers)
    ends = [rows for rows in (FIRST_ROWS, 2 * FIRST_ROWS) if rows < answered] + [answered]
    return tuple(
        RacePoint(n=n, score=overall(task.metric, trial.expected[:n], trial.given[:n]))
        for n in ends
    )
