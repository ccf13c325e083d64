"""Intervals and paired differences, by scipy and statsmodels."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

from policies.brief import Metric
from policies.evidence import Difference, Score
from tools.measure.metrics import Right, item_scores, label_numbers, overall

LEVEL = 0.95
RESAMPLES = 2000
SEED = 20260101  # of resampling alone: an interval must not change from run to run


def score_of(
    metric: Metric, expected: Sequence[Right], given: Sequence[str | None], level: float = LEVEL
) -> Score:
    """Score of a set of items with its interval.

    Right-or-wrong metrics get the Wilson interval, which holds for small samples (Wilson 1927);
    the others a bootstrap over items. One item or none says nothing: the interval is 0 to 1.
    Items that are all alike leave nothing to resample, yet the next one may differ: Wilson again,
    since no score from 0 to 1 varies more than right or wrong does.
    """
    value, n = overall(metric, expected, given), len(expected)
    if n < 2:
        return Score(score=value, low=0.0, high=1.0, level=level, n=n)
    items = item_scores(metric, expected, given)
    if metric in ("accuracy", "numeric_match") or np.ptp(items) == 0:
        low, high = proportion_confint(items.sum(), n, alpha=1 - level, method="wilson")
    elif metric == "macro_f1":
        low, high = _quantiles(_resampled_macro_f1(expected, given), level)
    else:
        low, high = _bootstrap_mean(items, level)
    low, high = max(0.0, min(float(low), value)), min(1.0, max(float(high), value))
    return Score(score=value, low=low, high=high, level=level, n=n)


def share_interval(
    parts: Sequence[int], wholes: Sequence[int], level: float = LEVEL
) -> tuple[float, float]:
    """Interval of a share such as facts left out of all facts, where whole items are drawn.

    A bootstrap over items, since the facts of one text belong together; where all items have none
    or all of it, Wilson's interval over the wholes.

    Args:
        parts: Of each item, how many count.
        wholes: Of each item, out of how many; at least one in all.
        level: Level of the interval.
    """
    part, whole = np.array(parts, dtype=np.float64), np.array(wholes, dtype=np.float64)
    if len(part) < 2:
        return 0.0, 1.0
    if part.sum() in (0, whole.sum()):
        low, high = proportion_confint(part.sum(), whole.sum(), alpha=1 - level, method="wilson")
        return max(0.0, float(low)), min(1.0, float(high))
    drawn = np.random.default_rng(SEED).integers(0, len(part), size=(RESAMPLES, len(part)))
    shares = part[drawn].sum(1) / np.maximum(whole[drawn].sum(1), 1)
    return _quantiles(shares, level)


def paired_difference(
    metric: Metric,
    expected: Sequence[Right],
    first: Sequence[str | None],
    second: Sequence[str | None],
) -> Difference:
    """How much better the second set of answers is than the first, on the same items.

    The interval is a paired bootstrap over items. The p-value is exact McNemar for
    right-or-wrong metrics (McNemar 1947), else a paired sign-flip permutation test. One item or
    none says nothing: the interval is -1 to 1.
    """
    before, after = item_scores(metric, expected, first), item_scores(metric, expected, second)
    change = after - before
    value = overall(metric, expected, second) - overall(metric, expected, first)
    fixed, broken = int((change > 0).sum()), int((change < 0).sum())
    if len(change) < 2:
        return Difference(value=value, low=-1.0, high=1.0, p_value=1.0)
    if not change.any() and value == 0:  # macro-F1 may differ though no item does
        return Difference(value=value, low=value, high=value, p_value=1.0)
    if metric in ("accuracy", "numeric_match", "macro_f1"):
        table = [[0, fixed], [broken, 0]]
        p_value = float(mcnemar(table, exact=True).pvalue)
    else:
        p_value = _sign_flip(change)
    if metric == "macro_f1":
        resampled = _resampled_macro_f1(expected, second) - _resampled_macro_f1(expected, first)
        low, high = _quantiles(resampled, LEVEL)
    else:
        low, high = _bootstrap_mean(change, LEVEL)
    return Difference(
        value=value, low=float(low), high=float(high), p_value=p_value, fixed=fixed, broken=broken
    )


def mean_interval(values: NDArray[np.float64]) -> tuple[float, float]:
    """The 95 % bootstrap interval of a mean; one value or none says nothing."""
    return _bootstrap_mean(values, LEVEL) if len(values) > 1 else (-math.inf, math.inf)


def _bootstrap_mean(values: NDArray[np.float64], level: float) -> tuple[float, float]:
    if np.ptp(values) == 0:  # all alike: nothing to resample
        return float(values[0]), float(values[0])
    found = stats.bootstrap(
        (values,),
        np.mean,
        confidence_level=level,
        n_resamples=RESAMPLES,
        method="percentile",
        rng=np.random.default_rng(SEED),
    ).confidence_interval
    return float(found.low), float(found.high)


def _sign_flip(change: NDArray[np.float64]) -> float:
    found = stats.permutation_test(
        (change,),
        np.mean,
        permutation_type="samples",
        n_resamples=RESAMPLES,
        rng=np.random.default_rng(SEED),
    )
    return float(found.pvalue)


def _resampled_macro_f1(
    expected: Sequence[Right], given: Sequence[str | None]
) -> NDArray[np.float64]:
    """Macro-F1 over the expected labels of each resample, shape (resamples,).

    The counts of all resamples come from one matrix product; scikit-learn's function, called for
    each resample, took seconds.
    """
    n, (is_right, is_said) = len(expected), label_numbers(expected, given)
    labels = np.unique(is_right)
    right, said = is_right[:, None] == labels, is_said[:, None] == labels
    rows = np.random.default_rng(SEED).integers(0, n, size=(RESAMPLES, n))
    times = np.stack([np.bincount(row, minlength=n) for row in rows]).astype(np.float64)
    hits, true, told = times @ (right & said), times @ right, times @ said
    f1 = 2 * hits / np.maximum(true + told, 1)
    scores: NDArray[np.float64] = f1.sum(1, where=true > 0) / (true > 0).sum(1)
    return scores


def _quantiles(values: NDArray[np.float64], level: float) -> tuple[float, float]:
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
