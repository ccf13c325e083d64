"""What would change the verdict: the nearest value of a quantity, found on the decision itself."""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from policies.decide import deciding_rule, verdict_of
from policies.evidence import Cost, Evidence, Prices
from policies.policy import Policy
from policies.recommendation import Flip, Verdict

FACTOR = 1.25  # between two values that are tried
RANGE = 1000.0  # how many times more or less is looked at
LEAST_REQUESTS, MOST_REQUESTS = 10, 10**9
UNNOTICED_MS = 100.0  # people take what comes so soon for immediate (Nielsen, 1993)
DIGITS = 3  # of a threshold: a decision that hangs on more is no decision
FIRST = {  # where a search upwards begins for a quantity that is 0 now
    "machine_price_per_hour": 0.01,
    "label_cost": 0.01,
    "retrainings_per_month": 1 / 12,
}


@dataclass(frozen=True)
class Quantity:
    """A number that the decision depends on.

    Attributes:
        name: Its name in a flip.
        current: Its present value, or what the decision takes where it is not known.
        put: The evidence with another value of it.
        known: Whether the team or the settings told it.
        whole: Whether only whole numbers make sense.
    """

    name: str
    current: float
    put: Callable[[float], Evidence]
    known: bool = True
    whole: bool = False


def find_flips(evidence: Evidence, policy: Policy) -> tuple[Flip, ...]:
    """Flip points of every quantity, downwards and upwards; `current` is None where not known."""
    now = verdict_of(evidence, policy)
    found = []
    for quantity in quantities(evidence):
        for values in (_below(quantity), _above(quantity)):
            found.append(_first_change(quantity, values, now, policy))
    return tuple(flip for flip in found if flip is not None)


def quantities(evidence: Evidence) -> Iterator[Quantity]:
    """The numbers whose flip points are looked for."""
    brief, prices = evidence.brief, evidence.prices or Prices()

    def told(name: str, whole: bool = False) -> Callable[[float], Evidence]:
        def put(value: float) -> Evidence:
            changed = {name: round(value) if whole else value}
            return evidence.model_copy(update={"brief": brief.model_copy(update=changed)})

        return put

    yield Quantity("target", brief.target, told("target"))
    volume = brief.monthly_requests
    yield Quantity(
        "monthly_requests",
        volume or 0,
        told("monthly_requests", whole=True),
        known=volume is not None,
        whole=True,
    )
    limit = brief.latency_limit_ms
    if limit is not None or (limit := _slowest(evidence)):
        known = brief.latency_limit_ms is not None
        yield Quantity("latency_limit_ms", limit, told("latency_limit_ms"), known=known)
    if brief.monthly_budget is not None:
        yield Quantity("monthly_budget", brief.monthly_budget, told("monthly_budget"))
    yield Quantity(
        "retrainings_per_month",
        brief.retrainings,
        told("retrainings_per_month"),
        known=brief.retrainings_per_month is not None or brief.facts_change != "never",
    )
    if evidence.prices is None:
        return
    if prices.tokens:
        yield Quantity(
            "price_per_million_tokens", prices.tokens, lambda v: with_token_price(evidence, v)
        )
    yield Quantity(
        "machine_price_per_hour", prices.machine_hour, lambda v: with_machine_price(evidence, v)
    )
    yield Quantity("label_cost", prices.label, lambda v: with_label_cost(evidence, v))


def _slowest(evidence: Evidence) -> float:
    """Milliseconds of the slowest way, as it was timed: the first that a limit would bar; or 0.

    Shares of batches are no times that anybody waits, so nobody is asked about them.
    """
    times = [arm.slow_ms for arm in evidence.arms if arm.deployable and arm.timed]
    return max((*times, evidence.tuned_ms if times else 0.0), default=0.0)


def with_token_price(evidence: Evidence, price: float) -> Evidence:
    """The evidence with another price of a million tokens where the best prompt runs."""
    best = evidence.arm(evidence.best_prompt)
    models = {arm.name: arm.model for arm in evidence.arms}
    old = evidence.prices.tokens if evidence.prices else None
    if best is None or not old:
        return evidence

    def priced(name: str, cost: Cost) -> Cost:
        if models.get(name) != best.model:
            return cost
        tokens = cost.tokens_per_1000 * price / old
        change = {"per_1000": cost.per_1000 - cost.tokens_per_1000 + tokens}
        return cost.model_copy(update={**change, "tokens_per_1000": tokens})

    return _repriced(evidence, {"tokens": price}, priced)


def with_machine_price(evidence: Evidence, price: float) -> Evidence:
    """The evidence with another price of a machine's hour."""
    more = price - (evidence.prices.machine_hour if evidence.prices else 0.0)

    def priced(name: str, cost: Cost) -> Cost:
        once = cost.machine_hours_once * more
        return cost.model_copy(
            update={
                "per_1000": cost.per_1000 + cost.machine_hours_per_1000 * more,
                "one_off": cost.one_off + once,
                "retraining": cost.retraining + (once if cost.retraining else 0.0),
            }
        )

    return _repriced(evidence, {"machine_hour": price}, priced)


def with_label_cost(evidence: Evidence, price: float) -> Evidence:
    """The evidence with another cost of one label."""
    more = price - (evidence.prices.label if evidence.prices else 0.0)

    def priced(name: str, cost: Cost) -> Cost:
        return cost.model_copy(update={"retraining": cost.retraining + cost.labels * more})

    return _repriced(evidence, {"label": price}, priced)


def _repriced(
    evidence: Evidence, prices: dict[str, float], priced: Callable[[str, Cost], Cost]
) -> Evidence:
    costs = {name: priced(name, cost) for name, cost in evidence.costs.items()}
    told = (evidence.prices or Prices()).model_copy(update=prices)
    return evidence.model_copy(update={"costs": costs, "prices": told})


def _first_change(
    quantity: Quantity, values: Iterable[float], now: Verdict, policy: Policy
) -> Flip | None:
    def decide(value: float) -> Verdict:
        return verdict_of(quantity.put(value), policy)

    last, values = quantity.current, iter(values)
    for value in values:
        if decide(value) != now:
            if quantity.name != "target":
                value = _narrow(last, value, now, decide, quantity.whole)
            verdict = decide(value)
            return Flip(
                quantity=quantity.name,
                current=quantity.current if quantity.known else None,
                threshold=value,
                verdict=verdict,
                rule=deciding_rule(quantity.put(value), policy),
                until=None if quantity.known else _end(value, values, verdict, decide, quantity),
            )
        last = value
    return None


def _end(
    start: float,
    values: Iterable[float],
    verdict: Verdict,
    decide: Callable[[float], Verdict],
    quantity: Quantity,
) -> float | None:
    """Where a changed verdict changes again, of the values further off; None where it does not."""
    last = start
    for value in values:
        if decide(value) != verdict:
            return _narrow(last, value, verdict, decide, quantity.whole)
        last = value
    return None


def _below(quantity: Quantity) -> Iterator[float]:
    """Values below the present one, nearest first."""
    if quantity.name == "target":
        first = math.ceil(100 * quantity.current) - 1
        yield from (percent / 100 for percent in range(first, 0, -1))
        return
    value = quantity.current
    least = LEAST_REQUESTS if quantity.whole else quantity.current / RANGE
    if _is_untold_limit(quantity):
        least = FACTOR * UNNOTICED_MS
    while value > least:
        value /= FACTOR
        yield float(round(value)) if quantity.whole else value
    if quantity.current > 0 and quantity.name not in ("latency_limit_ms", "monthly_requests"):
        yield 0.0


def _is_untold_limit(quantity: Quantity) -> bool:
    return quantity.name == "latency_limit_ms" and not quantity.known


def _above(quantity: Quantity) -> Iterator[float]:
    """Values above the present one, nearest first."""
    if _is_untold_limit(quantity):  # it is no limit yet: above, nothing is barred either
        return
    if quantity.name == "target":
        first = math.floor(100 * quantity.current) + 1
        yield from (percent / 100 for percent in range(first, 101))
        return
    value = quantity.current
    if quantity.whole:
        value, most = float(max(LEAST_REQUESTS, value)), float(MOST_REQUESTS)
    else:
        value = value or FIRST.get(quantity.name, 0.01)
        most = value * RANGE
        if quantity.current == 0:
            yield value
    while value < most:
        value *= FACTOR
        yield float(round(value)) if quantity.whole else value


def _narrow(
    near: float, far: float, now: Verdict, decide: Callable[[float], Verdict], whole: bool
) -> float:
    """Bisect a change of verdict to three digits, ending on the changed side."""
    least = 1.0 if whole else 1e-9
    while abs(far - near) > max(least, max(near, far) / 10**DIGITS):
        middle = (near + far) / 2
        middle = float(round(middle)) if whole else middle
        if decide(middle) == now:
            near = middle
        else:
            far = middle
    return far if whole or far == 0 else _shortened(near, far, decide)


def _shortened(near: float, far: float, decide: Callable[[float], Verdict]) -> float:
    """The changed value with few digits, rounded away from the present one where that holds."""
    digits = DIGITS - math.floor(math.log10(abs(far)))
    scale = 10.0**digits
    short = (math.ceil if far > near else math.floor)(far * scale) / scale
    return short if short > 0 and decide(short) == decide(far) else far
