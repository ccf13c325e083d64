"""What belongs to a what-if beside its verdict: the cost at a volume, the time beside a limit."""

from collections.abc import Mapping

from agent.ways import called, waits_of
from policies.limits import TUNED
from tools.assessment import Assessment
from tools.economics import monthly_cost
from tools.report import words
from tools.report.advised import advised, advised_arm


def figures_supposed(a: Assessment, supposed: Mapping[str, object]) -> list[str]:
    """The figures of the way that is advised in a supposed case.

    Args:
        a: The assessment as it would be there.
        supposed: The answers of the brief that are others there.
    """
    name = advised(a) or advised_arm(a)
    lines = []
    if "monthly_requests" in supposed and name:
        lines.append(_running(a, name))
    if "latency_limit_ms" in supposed and name:
        lines.append(_waiting(a, name))
    return [line for line in lines if line]


def _running(a: Assessment, name: str) -> str:
    money, volume = a.economics, a.brief.monthly_requests
    priced = name if name in money.arms else TUNED if _is_tuned(a, name) else ""
    if priced not in money.arms or volume is None:
        return f"What {called(a, name)} would cost then is not known: it has no price in this run."
    cost = money.arms[priced]
    month = words.bill(monthly_cost(money, priced, volume), money.currency)
    once = f", and {words.money(cost.one_off, money.currency)} once" if cost.one_off else ""
    each = words.money(cost.per_1000, money.currency)
    return (
        f"At {volume:,} requests {called(a, name)} would cost {month} a month{once} ({each} for "
        "1,000 requests)."
    )


def _waiting(a: Assessment, name: str) -> str:
    limit = a.brief.latency_limit_ms
    arm = next((arm for arm in a.arms if arm.name == name), None)
    waits = list(waits_of(arm)) if arm is not None else []
    if arm is None or limit is None or not waits:
        return f"How long {called(a, name)} takes for an answer was not measured here."
    within = "within" if arm.slow_ms <= limit else "longer than"
    told = " and ".join(waits)
    return f"{called(a, name).capitalize()} took {told}: {within} {limit:,.0f} ms."


def _is_tuned(a: Assessment, name: str) -> bool:
    return any(arm.name == name and arm.kind == "tuned" for arm in a.arms)
