"""Is prompting exhausted? Measured on the curve of the best score so far.

The best of many measured scores is biased upwards: the luckiest plan wins. So the curve is drawn by
bootstrap re-selection: in each resample of the rows the best plan is picked on the rows drawn and
scored on those left out (out-of-bag, Efron & Tibshirani 1997), for every number of plans tried.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tools.assessment import ExhaustionPart
from tools.trials.task import Task
from tools.trials.trial import Trial

RESAMPLES = 500
SEED = 20260102
LATE_SHARE = 1 / 3  # of the plans, the last ones: what did they still gain?
SMALLEST_GAIN = 0.01  # below one point nobody would notice
LEAST_PLANS, LEAST_FAMILIES = 24, 8
LEVEL = 0.8


def measure_exhaustion(trials: Sequence[Trial], task: Task, stopped: bool) -> ExhaustionPart:
    """Judge a race by its trials, in the order in which they were tried.

    Args:
        trials: All plans that were scored.
        task: The task.
        stopped: Whether the user or the budget ended the race.
    """
    if not trials:
        return ExhaustionPart(exhausted=False, text="No plan could be tried.")
    families = len({trial.plan.family for trial in trials})
    curves = _honest_curves(_scores(trials, task))
    curve = tuple(float(value) for value in curves.mean(0))
    early = max(1, round(len(trials) * (1 - LATE_SHARE)))
    gains = curves[:, -1] - curves[:, early - 1]
    gain = float(gains.mean())
    low, high = (float(q) for q in np.quantile(gains, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]))
    late = len(trials) - early
    won = f"gained {100 * gain:.1f} points" if gain > 0.0005 else "gained nothing"
    shown = f"the last {late} plans {won}"
    if stopped:
        exhausted, text = False, "The trials were ended early, so more prompting may still help."
    elif len(trials) < LEAST_PLANS or families < LEAST_FAMILIES:
        exhausted = False
        text = (
            f"Only {len(trials)} plans of {families} kinds could be tried; {LEAST_PLANS} of "
            f"{LEAST_FAMILIES} would say more."
        )
    elif gain > SMALLEST_GAIN:
        exhausted, text = False, f"Prompting was still improving: {shown}."
    else:
        exhausted, text = True, f"Prompting ends here: {shown} ({families} kinds of plans tried)."
    return ExhaustionPart(
        exhausted=exhausted,
        text=text,
        curve=curve,
        late_gain=gain,
        late_low=low,
        late_high=high,
        corrected=curve[-1],
    )


def _scores(trials: Sequence[Trial], task: Task) -> NDArray[np.float64]:
    """Score of each plan on each row, shape (plans, rows).

    Rows that a dropped plan never met get its own mean, shifted by how much easier or harder the
    row was for the plans that did meet it.
    """
    items = [trial.items(task) for trial in trials]
    width = max(map(len, items))
    ease = np.array([each for each in items if len(each) == width]).mean(0)

    def whole(each: NDArray[np.float64]) -> NDArray[np.float64]:
        met = len(each)
        return np.append(each, np.clip(each.mean() + ease[met:] - ease[:met].mean(), 0, 1))

    return np.array([whole(each) for each in items])


def _honest_curves(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Out-of-bag score of the plan that is best in the bag, shape (resamples, plans tried)."""
    plans, width = scores.shape
    if width < 2:
        return np.maximum.accumulate(scores.mean(1))[None]
    rng = np.random.default_rng(SEED)
    draws = rng.integers(0, width, (RESAMPLES, width))
    times = np.array([np.bincount(draw, minlength=width) for draw in draws])
    left_out = (times == 0).astype(float)
    kept = left_out.sum(1) > 0
    times, left_out = times[kept], left_out[kept]
    inside = times @ scores.T / width
    outside = left_out @ scores.T / left_out.sum(1, keepdims=True)
    best = np.array([inside[:, : k + 1].argmax(1) for k in range(plans)]).T
    curves: NDArray[np.float64] = np.take_along_axis(outside, best, axis=1)
    return curves
