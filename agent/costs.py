"""What each way costs: a month, the first year, and when the dearer start has paid back."""

from collections.abc import Iterator

from agent.utterances.corrections import read_correction
from agent.ways import rivals_of
from policies.limits import TUNED
from tools.assessment import ArmCost, Assessment, EconomicsPart
from tools.economics import monthly_cost
from tools.report import words

NO_PRICES = "No prices are known for this run; the operator's settings hold them."
NO_VOLUME = "The volume is unknown; write for instance “what would it cost at 20,000 a month?”."


def costs(a: Assessment, subjects: tuple[str, ...]) -> str:
    """What each way costs for a thousand requests, a month and once."""
    money, currency = a.economics, a.economics.currency
    if not money.arms:
        return NO_PRICES
    volume = _volume_of(a, subjects)
    lines = [
        f"• {name}: {words.money(cost.per_1000, currency)} for 1,000 requests"
        + (f", {_month(money, name, volume)} a month" if volume else "")
        + (f", {words.money(cost.one_off, currency)} once" if cost.one_off else "")
        for name, cost in _rivals(a)
    ]
    at = "The volume is unknown." if volume is None else f"At {volume:,} requests a month."
    even = money.break_even_requests
    turn = f"From about {words.about(even)} requests a month a tune pays back." if even else ""
    if turn and not any(_is_tune(a, name) for name, _ in _rivals(a)):
        turn = f"A fine-tune is not in this list. {turn}"
    return "\n".join([at, *lines, *([turn] if turn else []), *money.assumptions])


def training_cost(a: Assessment, subjects: tuple[str, ...]) -> str:
    """What the fine-tune cost that was made, or would cost."""
    tuned = next((arm.name for arm in a.arms if arm.kind == "tuned"), TUNED)
    cost = a.economics.arms.get(tuned) or a.economics.arms.get(TUNED)
    if cost is None:
        return f"No fine-tune is priced in this run.\n{costs(a, ())}"
    currency = a.economics.currency
    days = f", with {cost.effort_days:g} person-days of work" if cost.effort_days else ""
    made = "comes" if a.tuned is not None else "would come"
    lines = [f"The fine-tune {made} to {words.money(cost.one_off, currency)} once{days}."]
    if cost.retraining:
        lines.append(f"Each retraining costs {words.money(cost.retraining, currency)}.")
    lines.append("That is reckoned from your operator's prices and the times measured.")
    return "\n".join(lines)


def first_year(a: Assessment, subjects: tuple[str, ...]) -> str:
    """What each way costs in its first year: what is due once and twelve months."""
    money, currency = a.economics, a.economics.currency
    if not money.arms:
        return NO_PRICES
    volume = _volume_of(a, subjects)
    if volume is None:
        return NO_VOLUME
    lines = [
        f"• {name}: "
        f"{words.money(cost.one_off + 12 * monthly_cost(money, name, volume), currency)}"
        f" ({words.money(cost.one_off, currency)} once and {_month(money, name, volume)} a month)"
        for name, cost in _rivals(a)
    ]
    return "\n".join([f"In the first year, at {volume:,} requests a month:", *lines])


def break_even(a: Assessment, subjects: tuple[str, ...]) -> str:
    """From how many requests a tune pays back, and after how many months each way does."""
    money = a.economics
    if not money.arms:
        return NO_PRICES
    within = f" within {money.horizon_months:g} months" if money.horizon_months else ""
    lines = [f"At no number of requests does a tune pay back{within}."]
    if money.break_even_requests is not None:
        lines = [
            f"From about {words.about(money.break_even_requests)} requests a month a tune pays back"
            f"{within}, compared with the best prompt."
        ]
    if money.monthly_requests is None:
        return "\n".join([*lines, NO_VOLUME])
    told = list(_paybacks(a))
    return "\n".join([*lines, f"At your {money.monthly_requests:,} requests a month:", *told])


def _paybacks(a: Assessment) -> Iterator[str]:
    best = a.prompting.best.name if a.prompting.best else ""
    for name, cost in _rivals(a):
        if name == best:
            continue
        months = cost.payback_months
        told = "saves nothing that would pay for it"
        if months is not None:
            told = f"pays back after about {words.about(months)} months"
        yield f"• {name} {told}"


def _rivals(a: Assessment) -> list[tuple[str, ArmCost]]:
    """The ways that one chooses among which have a price, and the tune still to be made."""
    rivals = rivals_of(a)
    priced = a.economics.arms.items()
    return [(name, cost) for name, cost in priced if name in rivals or name == TUNED]


def _is_tune(a: Assessment, name: str) -> bool:
    return name == TUNED or any(arm.name == name and arm.kind == "tuned" for arm in a.arms)


def _volume_of(a: Assessment, subjects: tuple[str, ...]) -> int | None:
    """The requests a month that a question names ("10 times the volume"), or the team's own."""
    for said in subjects:
        change = read_correction(f"set the volume to {said}", a.brief)
        if change is not None and isinstance(change.value, int | float):
            return round(change.value)
    return a.economics.monthly_requests


def _month(money: EconomicsPart, arm: str, volume: int) -> str:
    return words.money(monthly_cost(money, arm, volume), money.currency)
