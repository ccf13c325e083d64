"""How often something comes again, as people say it: "every 8 weeks", "3 times a month"."""

import math
from collections.abc import Callable

_WEEKS, _DAYS = 52 / 12, 365 / 12  # in a month
_IN_WEEKS = 12  # what is rarer than once in so many weeks is told in months
_NEAR = 1e-6  # of what was reckoned from a round figure


def rhythm(a_month: float, more_often: bool | None = None) -> str:
    """A number of times a month in words.

    Args:
        a_month: Times a month.
        more_often: Whether it is rounded to what is more often, or (False) to what is rarer; None
            for the nearest.
    """
    if a_month <= 0:
        return "never"
    told = _candidates(a_month)
    if more_often is None:
        nearest = min(told, key=lambda words: abs(math.log(told[words] / a_month)))
        return nearest
    if more_often:
        return min((w for w in told if told[w] >= a_month * (1 - _NEAR)), key=told.__getitem__)
    return max((w for w in told if told[w] <= a_month * (1 + _NEAR)), key=told.__getitem__)


def _candidates(a_month: float) -> dict[str, float]:
    """Wordings around a number of times a month, with the times that each stands for."""
    told: dict[str, float] = {}
    for round_ in (math.floor, math.ceil):
        told |= _every("week", _WEEKS, a_month, round_, most=_IN_WEEKS)
        told |= _every("month", 1.0, a_month, round_, most=math.inf)
        times = round_(a_month)
        if times > 1:
            told[f"{times} times a month" if times > 2 else "twice a month"] = float(times)
    return told | {"every day": _DAYS}


def _every(
    unit: str, a_month: float, rate: float, round_: Callable[[float], int], most: float
) -> dict[str, float]:
    """A rate as "every … weeks", unless that would be too many or none."""
    count = round_(a_month / rate + (_NEAR if round_ is math.floor else -_NEAR))
    if not 1 <= count <= most:
        return {}
    return {f"every {unit}" if count == 1 else f"every {count} {unit}s": a_month / count}
