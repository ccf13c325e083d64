"""What would change the verdict: the nearest value of a quantity, found on the decision itself."""

import math
from collections.abc import Callable, Iterable

from policies.brief import Brief
from policies.decide import verdict_of
from policies.evidence import Evidence
from policies.policy import Policy
from policies.recommendation import Flip, Verdict

TARGET_STEP = 0.01
MOST_REQUESTS = 10**9
DIGITS = 3  # of a volume: a decision that hangs on more is no decision


def find_flips(evidence: Evidence, policy: Policy) -> tuple[Flip, ...]:
    """Flip points of target and volume, downwards and upwards."""
    now = verdict_of(evidence, policy)
    target, volume = evidence.brief.target, evidence.brief.monthly_requests
    found = [
        _first_change("target", target, _steps(target, end), now, evidence, policy)
        for end in (0.0, 1.0)
    ]
    for grid in (_volumes_above(volume or 0), _volumes_below(volume or 0)):
        found.append(
            _first_change("monthly_requests", float(volume or 0), grid, now, evidence, policy)
        )
    return tuple(flip for flip in found if flip is not None)


def _first_change(
    quantity: str,
    current: float,
    values: Iterable[float],
    now: Verdict,
    evidence: Evidence,
    policy: Policy,
) -> Flip | None:
    decide = _decider(quantity, evidence, policy)
    last = current
    for value in values:
        if decide(value) != now:
            if quantity == "monthly_requests":
                value = _narrow(last, value, now, decide)
            told = getattr(evidence.brief, quantity)
            return Flip(quantity=quantity, current=told, threshold=value, verdict=decide(value))
        last = value
    return None


def _decider(quantity: str, evidence: Evidence, policy: Policy) -> Callable[[float], Verdict]:
    def decide(value: float) -> Verdict:
        told: dict[str, float | int] = {
            quantity: round(value) if quantity == "monthly_requests" else value
        }
        brief: Brief = evidence.brief.model_copy(update=told)
        return verdict_of(evidence.model_copy(update={"brief": brief}), policy)

    return decide


def _steps(current: float, end: float) -> Iterable[float]:
    """Whole percents from beside the current target to an end, nearest first."""
    if end > current:
        percents = range(math.floor(100 * current) + 1, round(100 * end) + 1)
    else:
        percents = range(math.ceil(100 * current) - 1, round(100 * end) - 1, -1)
    return [p / 100 for p in percents if 0 < p <= 100]


def _volumes_above(volume: int) -> Iterable[float]:
    value = float(max(10, volume))
    while value < MOST_REQUESTS:
        value *= 1.5
        yield float(round(value))


def _volumes_below(volume: int) -> Iterable[float]:
    value = float(volume)
    while value > 10:
        value /= 1.5
        yield float(round(value))


def _narrow(near: float, far: float, now: Verdict, decide: Callable[[float], Verdict]) -> float:
    """Bisect a change of verdict to three digits, ending on the changed side."""
    while abs(far - near) > max(1.0, max(near, far) / 10**DIGITS):
        middle = float(round((near + far) / 2))
        if decide(middle) == now:
            near = middle
        else:
            far = middle
    return far
