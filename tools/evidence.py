"""What was measured, gathered into the frozen evidence that the rules read."""

from collections.abc import Sequence

from policies.brief import Brief
from policies.evidence import Arm, DataFacts, Evidence, Score
from policies.limits import TUNED
from tools.economics import costs_of, prices_of, running_cost, tune_cost
from tools.forecast.audit import FOLDS, LEAST_ROWS, Audit
from tools.forecast.stage import ForecastReport
from tools.intake.dataset import Dataset
from tools.settings import Settings
from tools.trials.stage import TODAY, TrialsReport
from tools.within_limits import like_tuned

# Training time for the cost picture before a tune was measured; minutes cost next to nothing
# beside the effort, so the guess decides nothing.
GUESSED_TUNE_SECONDS = 600.0


def gather(
    dataset: Dataset,
    brief: Brief,
    trials: TrialsReport,
    confirmed: Score | None,
    confirmed_today: Score | None,
    forecast: ForecastReport,
    tune_model: str,
    larger: Sequence[str],
    settings: Settings,
) -> Evidence:
    """Build the evidence.

    Args:
        dataset: The examples.
        brief: What the team told us.
        trials: What the trials found.
        confirmed: Test score of the winning plan, or None if the test was not read.
        confirmed_today: Test score of today's answers, if there are any.
        forecast: Contestants without prompting, and the forecast.
        tune_model: The model that would be tuned.
        larger: The models that were tried and may be larger than the one to tune.
        settings: Prices.
    """
    winner = trials.winner.arm if trials.winner else None
    tests = {winner: confirmed, TODAY: confirmed_today}
    arms = [_completed(arm, tests.get(arm.name), settings) for arm in trials.arms]
    arms += [_completed(arm, None, settings) for arm in forecast.arms]
    like = _like_tuned(arms, tune_model)
    rows = dataset.task.rows
    costs = costs_of(arms, trials.current, settings, rows)
    if forecast.forecast is not None and like is not None:
        busy = like.busy_ms or like.p50_ms
        costs[TUNED] = tune_cost(busy, GUESSED_TUNE_SECONDS, settings, rows, like.looks_up)
    return Evidence(
        brief=brief,
        task=dataset.task,
        data=audited(dataset.data, forecast.audit, rows),
        arms=tuple(arms),
        best_prompt=winner,
        current=trials.current,
        classifier=forecast.classifier,
        forecast=forecast.forecast,
        retrieval=trials.retrieval,
        errors=trials.errors,
        costs=costs,
        prices=prices_of(trials.winner.model if trials.winner else None, settings),
        exhausted=trials.exhausted,
        tune_model=tune_model,
        larger_model_measured=bool(larger),
        tuned_ms=like.slow_ms if like else 0.0,
    )


def audited(data: DataFacts, audit: Audit | None, rows: int) -> DataFacts:
    """What the profile found in so many rows, with what the label audit counted."""
    if audit is None:
        return data.model_copy(update={"labels_unchecked": "no check of them was made"})
    notes, why = data.notes, "" if audit.reliable else _unchecked(data, rows)
    if why:
        notes += (f"Labels could not be checked for errors: {why}.",)
    return data.model_copy(
        update={
            "notes": notes,
            "labels_unchecked": why,
            "label_errors": audit.suspects,
            "sure_label_errors": audit.sure,
            "label_ceiling": 1 - audit.suspects / max(1, rows),
        }
    )


def _unchecked(data: DataFacts, rows: int) -> str:
    """Why the audit could not judge the labels of so many rows."""
    if rows < LEAST_ROWS:
        return f"only {rows} rows, {LEAST_ROWS} are needed"
    judged = sum(count for count in data.label_counts.values() if count >= FOLDS)
    if data.label_counts and judged < LEAST_ROWS:
        return (
            f"only {judged} rows have a label that {FOLDS} or more rows share, {LEAST_ROWS} are "
            "needed"
        )
    return "ordinary classifiers agree with too few labels to tell wrong ones from hard rows"


def _completed(arm: Arm, test: Score | None, settings: Settings) -> Arm:
    cost = None if arm.name == TODAY else running_cost(arm, settings)
    return arm.model_copy(update={"test": test or arm.test, "cost_per_1000": cost})


def _like_tuned(arms: Sequence[Arm], tune_model: str) -> Arm | None:
    """The arm that takes as long as a tuned model would, or None if nothing ran on the model.

    Where the model was not prompted, as long as reading the text for the classifier.
    """
    read = (arm for arm in arms if arm.model == tune_model)
    return like_tuned(arms, tune_model) or next(read, None)
