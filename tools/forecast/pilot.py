"""Pilot tunes: separate short trainings on parts of train, and the curve through them.

For answers other than labels no cheap probe is known to track the tune, so small tunes are run.
The curve is a power law of the error in the number of rows; from small parts it is a guess with a
wide interval (fits from tiny subsets mislead: 2402.02314).
"""

import math
from collections.abc import Callable, Sequence
from statistics import NormalDist

from scipy.stats import truncnorm

from policies.evidence import CurvePoint, Forecast, Frozen, Score
from tools.forecast.growth import twice_as_many

LEVEL = 0.8
PARTS = (0.25, 0.5)
MOST_ROWS = 100
DEV_ROWS = 40
FAR = 5.0  # of its noise: a slope so far outside is no matter of chance
LEAST_NOISE = 0.001  # of an error, relative: far below what `MOST_ROWS` rows can tell
STEEPEST = 0.7  # exponents above this have not been reported for tunes of language models


class PilotPoint(Frozen):
    """One pilot tune: training rows and its score on dev rows."""

    rows: int
    score: Score


def pilot_sizes(train_rows: int) -> list[int]:
    """Training rows of the pilots: a quarter and half of train, capped to keep them short.

    Capped in the same proportion: two pilots of one size would say nothing of a slope.
    """
    most = {part: round(part / PARTS[-1] * MOST_ROWS) for part in PARTS}
    return sorted({max(4, min(round(part * train_rows), most[part])) for part in PARTS})


def run_pilots(sizes: Sequence[int], tune: Callable[[int], Score]) -> list[PilotPoint]:
    """Tune on each size and score on dev; separate runs, not checkpoints of one."""
    return [PilotPoint(rows=size, score=tune(size)) for size in sizes]


def forecast_from_pilots(points: Sequence[PilotPoint], train_rows: int, test_rows: int) -> Forecast:
    """What a tune on all of train would score on this test sample, as an 80 % interval.

    Fits error = a · rows^(−b) through the first and the last pilot. The interval adds the variances
    of the last pilot, of the test sample, of the exponent b, and of half of the extrapolated gain.
    """
    first, last = points[0], points[-1]
    exponent, exponent_spread = _exponent(first, last)
    centre = 1 - _error(last) * (train_rows / last.rows) ** -exponent
    gain = centre - last.score.score
    z = NormalDist().inv_cdf((1 + LEVEL) / 2)
    dev_spread = _spread(last)
    test_spread = dev_spread * math.sqrt(last.score.n / max(1, test_rows))
    curve_spread = (1 - centre) * math.log(train_rows / last.rows) * exponent_spread
    spread = math.hypot(dev_spread, test_spread, curve_spread, gain / 2)
    sizes = " and ".join(str(point.rows) for point in points)
    scores = " and ".join(f"{point.score.score:.2f}" for point in points)
    return Forecast(
        method=f"pilot tunes on {sizes} rows (scores {scores}), power law",
        score=centre,
        low=max(0.0, centre - z * spread),
        high=min(1.0, centre + z * spread),
        level=LEVEL,
        more_data=_more_data(centre, train_rows, exponent, z * exponent_spread),
        curve=tuple(
            CurvePoint(
                rows=point.rows,
                score=point.score.score,
                low=point.score.low,
                high=point.score.high,
            )
            for point in points
        ),
    )


def _error(point: PilotPoint) -> float:
    return min(0.999, max(0.001, 1 - point.score.score))


def _spread(point: PilotPoint) -> float:
    """Standard deviation of a pilot's score, by its interval of 95 %."""
    return (point.score.high - point.score.low) / (2 * NormalDist().inv_cdf(0.975))


def _exponent(first: PilotPoint, last: PilotPoint) -> tuple[float, float]:
    """Mean and spread of the exponent, given both pilots and that it lies in 0 to `STEEPEST`.

    Two pilots of a few dozen rows may lie in the wrong order by chance: cutting the slope at zero
    then promised, with certainty, that more rows bring nothing (docs/log.md).
    """
    if first.rows == last.rows:  # as unsure as an exponent can be
        return 0.0, STEEPEST / math.sqrt(12)
    growth = math.log(last.rows / first.rows)
    slope = math.log(_error(first) / _error(last)) / growth
    noise = math.hypot(*(max(LEAST_NOISE, _spread(p) / _error(p)) for p in (first, last))) / growth
    inside = min(STEEPEST, max(0.0, slope))
    if abs(slope - inside) >= FAR * noise:
        return inside, 0.0
    limits = (0.0 - slope) / noise, (STEEPEST - slope) / noise
    likely = truncnorm(*limits, loc=slope, scale=noise)
    return float(likely.mean()), float(likely.std())


def _more_data(centre: float, train_rows: int, exponent: float, unsure: float) -> str:
    """What twice the examples would bring at the ends of the exponent's interval."""
    ends = max(0.0, exponent - unsure), min(STEEPEST, exponent + unsure)
    low, high = ((1 - centre) * (1 - 2**-end) for end in ends)
    return twice_as_many(train_rows, low, high)
