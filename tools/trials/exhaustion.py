"""Is prompting exhausted? Measured on the curve of the best score so far.

The best of many measured scores is biased upwards: the luckiest plan wins. So the curve is drawn by
bootstrap re-selection: in each resample of the rows the best plan is picked on the rows drawn and
scored on those left out (out-of-bag, Efron & Tibshirani 1997), for every number of plans tried.
A race picks more than once: who goes on to further rows was lucky before. That luck is taken off,
too (figures in docs/log.md).
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
# In simulated races this tenth lies below a point where an early plan is the pick, and above ten
# where a late one is as good (docs/log.md): anything between tells the two apart.
MOST_POSSIBLE = 0.05
LEAST_PLANS, LEAST_FAMILIES = 24, 8
LEAST_ROWS = 20  # on fewer many plans are right on all, and resampling sees no luck to take off
LEVEL = 0.8
OUT_OF_BAG = 0.632  # Efron 1983: the rest is the score on the rows that picked
Items = NDArray[np.float64]


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
    items = [trial.items(task) for trial in trials]
    curves = _honest_curves(items)
    curve = _plain(curves.mean(0))
    tails = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
    below, above = (_plain(each) for each in np.quantile(curves, tails, axis=0))
    early = max(1, round(len(trials) * (1 - LATE_SHARE)))
    gains = curves[:, -1] - curves[:, early - 1]
    gain = float(gains.mean())
    low, high = (float(q) for q in np.quantile(gains, tails))
    late = len(trials) - early
    won = f"gained {100 * gain:.1f} points" if gain > 0.0005 else "gained nothing"
    shown = f"the last {late} plans {won}"
    if stopped:
        exhausted, text = False, "The trials were ended early, so more prompting may still help."
    elif (rows := max(map(len, items))) < LEAST_ROWS:
        exhausted = False
        text = f"Whether prompting ends here cannot be told on {rows} examples."
    elif len(trials) < LEAST_PLANS or families < LEAST_FAMILIES:
        exhausted = False
        text = (
            f"Only {len(trials)} plans of {families} kinds could be tried; {LEAST_PLANS} of "
            f"{LEAST_FAMILIES} would say more."
        )
    elif gain > SMALLEST_GAIN:
        exhausted, text = False, f"Prompting was still improving: {shown}."
    elif high > MOST_POSSIBLE:
        exhausted = False
        text = (
            f"Whether prompting ends here cannot be told on {rows} examples: "
            f"{shown} on average, but up to {100 * high:.0f} points are possible."
        )
    else:
        exhausted, text = True, f"Prompting ends here: {shown} ({families} kinds of plans tried)."
    return ExhaustionPart(
        exhausted=exhausted,
        text=text,
        curve=curve,
        curve_low=below,
        curve_high=above,
        late_gain=gain,
        late_low=low,
        late_high=high,
        corrected=curve[-1],
    )


def _plain(values: Items) -> tuple[float, ...]:
    return tuple(float(value) for value in values)


def _honest_curves(items: Sequence[Items]) -> NDArray[np.float64]:
    """Out-of-bag score of the best plan in the bag, shape (resamples, plans tried).

    Args:
        items: Each plan's score on each row that it met; all begin with the same row.
    """
    draws = _draws(max(map(len, items)), min(map(len, items)))
    if draws is None:
        best = np.maximum.accumulate([each.mean() for each in items])
        return np.asarray(best)[None]
    honest = _honest_items(items, draws)
    ease = np.array([each for each in honest if len(each) == draws.shape[1]]).mean(0)
    values = []
    for tried in range(1, len(items) + 1):
        met = max(map(len, items[:tried]))
        easier = ease.mean() - ease[:met].mean()  # than the rows that so few plans have met
        first = _honest_items(items[:tried], draws)
        inside, outside = _in_and_out(items[:tried], first, draws[:, :met])
        best = np.take_along_axis(outside, inside.argmax(1)[:, None], axis=1)[:, 0]
        values.append(np.clip(best + easier, 0, 1))
    return np.array(values).T


def _honest_items(items: Sequence[Items], draws: NDArray[np.int64]) -> list[Items]:
    """The scores, less the luck by which plans went on to further rows.

    Who goes on was picked on rows that it was lucky on, and luck stays in its mean over all rows.
    A plan that is the n-th best of those that met some rows is worth there what the n-th best in
    the bag scores out of it: nearly as much where it is far ahead, what all are worth where they
    are equal. Out of the bag alone is pessimistic, since fewer rows picked: hence .632 of it.
    """
    honest = [each.copy() for each in items]
    for met in sorted({len(each) for each in items})[:-1]:
        there = [at for at, each in enumerate(items) if len(each) >= met]
        seen, kept = [items[at] for at in there], [honest[at] for at in there]
        inside, outside = _in_and_out(seen, kept, draws[:, :met])
        in_bag = np.argsort(-inside, axis=1, kind="stable")
        worth = np.take_along_axis(outside, in_bag, axis=1).mean(0)
        placed = np.argsort([-each[:met].mean() for each in seen], kind="stable")
        for place, at in enumerate(placed):
            own = kept[at]
            if len(own) > met:
                own[:met] += OUT_OF_BAG * (worth[place] - own[:met].mean())
    return honest


def _in_and_out(
    items: Sequence[Items], honest: Sequence[Items], draws: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Means over the rows drawn, and over those left out, each of shape (resamples, plans).

    Plans that met fewer rows than the draws span have no place in the bag.
    """
    width = draws.shape[1]
    left_out = (draws == 0).astype(float)
    inside = np.full((len(draws), len(items)), -np.inf)
    outside = np.zeros_like(inside)
    there = [at for at, each in enumerate(items) if len(each) >= width]
    seen, kept = (np.array([rows[at][:width] for at in there]).T for rows in (items, honest))
    inside[:, there] = draws @ seen / draws.sum(1, keepdims=True)
    outside[:, there] = left_out @ kept / left_out.sum(1, keepdims=True)
    return inside, outside


def _draws(width: int, least: int) -> NDArray[np.int64] | None:
    """How often each row is drawn, shape (resamples, rows); None if there are too few rows.

    The same draws serve all plans, so that what further plans gained is told on the same rows.
    """
    rng = np.random.default_rng(SEED)
    drawn = rng.integers(0, width, (RESAMPLES, width))
    times = np.array([np.bincount(draw, minlength=width) for draw in drawn])
    first = times[:, :least]
    usable = times[(first > 0).any(1) & (first == 0).any(1)]
    return usable if len(usable) else None
