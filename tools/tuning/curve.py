"""The learning curve as a user asks for it: separate tunes on parts of train, all scored alike."""

import math
from collections.abc import Sequence

from policies.evidence import CurvePoint
from tools.progress import Watch
from tools.tuning.tune import pilot
from tools.tuning.workplace import Workplace

PARTS = (0.25, 0.5, 1.0)


def measure_curve(place: Workplace, watch: Watch) -> tuple[CurvePoint, ...]:
    """Tune on a quarter, half and all of train, each from the start, and score each on dev.

    None of them is served: they are made as the forecast's pilots are, without replay. What is
    finished is kept, so that one that was stopped goes on from there.

    Raises:
        TuneError: A training failed.
        Stopped: It was stopped.
    """
    dev, train = place.dataset.parts.dev, len(place.dataset.parts.train)
    tune = pilot(place, watch, len(dev))
    points = []
    for rows in sorted({max(1, math.ceil(part * train)) for part in PARTS}):
        score = tune(rows)
        points.append(CurvePoint(rows=rows, score=score.score, low=score.low, high=score.high))
    return tuple(points)


def curve_in_words(points: Sequence[CurvePoint]) -> str:
    """What the measured curve says about more examples, with how far chance goes."""
    told = "; ".join(f"{100 * p.score:.0f} % from {p.rows}" for p in points)
    first = f"Scores on dev after separate fine-tunes: {told} examples."
    if len(points) < 2:
        return first
    before, last = points[-2], points[-1]
    gain = 100 * (last.score - before.score)
    chance = 100 * max(_half(before), _half(last))
    if abs(gain) <= chance:
        return (
            f"{first} The last doubling changed {gain:+.0f} points, which is within chance on so "
            f"few rows (about {chance:.0f} points either way): more examples may help little."
        )
    if gain < 0:
        return f"{first} The last doubling did not help ({gain:+.0f} points)."
    return (
        f"{first} The last doubling brought {gain:.0f} points; another one usually brings less "
        f"than the one before, so up to about {gain:.0f}."
    )


def _half(point: CurvePoint) -> float:
    low = point.score if point.low is None else point.low
    high = point.score if point.high is None else point.high
    return (high - low) / 2
