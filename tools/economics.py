"""What each arm costs: tokens at the operator's prices, machine time, effort to get there."""

from collections.abc import Sequence

from policies.evidence import Arm, ArmKind, Cost
from policies.limits import TUNED
from tools.assessment import ArmCost, EconomicsPart
from tools.settings import Settings


def running_cost(arm: Arm, settings: Settings) -> float | None:
    """Cost of a thousand requests of an arm, in the settings' currency.

    An endpoint is paid by tokens; whatever runs on a machine of one's own by its seconds, at the
    price of an hour divided by the share of the time that is used. None if there is no price.
    """
    endpoint = settings.endpoints.get(arm.model)
    if endpoint is not None:
        if endpoint.price_in is None or endpoint.price_out is None:
            return None
        millionths = (
            arm.prompt_tokens * endpoint.price_in + arm.completion_tokens * endpoint.price_out
        )
        return millionths / 1000
    return machine_cost(arm.p50_ms, settings)


def machine_cost(milliseconds: float, settings: Settings) -> float:
    """Cost of a thousand requests of so many milliseconds each on a machine of one's own."""
    prices = settings.prices
    return milliseconds / 3_600_000 * prices.machine_per_hour / prices.utilisation * 1000


def costs_of(arms: Sequence[Arm], current: str | None, settings: Settings) -> dict[str, Cost]:
    """Costs of all arms that have a price; what is in use today has no one-off cost."""
    prices, days = settings.prices, days_of(settings)
    return {
        arm.name: Cost(
            per_1000=arm.cost_per_1000,
            one_off=0.0 if arm.name == current else days[arm.kind] * prices.person_day,
        )
        for arm in arms
        if arm.cost_per_1000 is not None
    }


def days_of(settings: Settings) -> dict[ArmKind, float]:
    """Person-days that it takes to bring each kind of arm into use."""
    prices = settings.prices
    return {
        "prompt": prices.days_for_prompt,
        "classifier": prices.days_for_classifier,
        "tuned": prices.days_for_tune,
        "baseline": 0.0,
    }


def tune_cost(milliseconds: float, tune_seconds: float, settings: Settings) -> Cost:
    """Expected cost of a tuned local model.

    Args:
        milliseconds: Time of a request with a short prompt.
        tune_seconds: Time of the training.
        settings: Prices and efforts.
    """
    prices = settings.prices
    training = tune_seconds / 3600 * prices.machine_per_hour
    return Cost(
        per_1000=machine_cost(milliseconds, settings),
        one_off=prices.days_for_tune * prices.person_day + training,
    )


def cost_picture(
    costs: dict[str, Cost],
    best_prompt: str | None,
    monthly_requests: int | None,
    horizon_months: float,
    settings: Settings,
) -> EconomicsPart:
    """The cost part of an assessment, with its assumptions in words."""
    prices, volume = settings.prices, monthly_requests or 0
    return EconomicsPart(
        currency=prices.currency,
        arms={
            name: ArmCost(
                per_1000=cost.per_1000, per_month=cost.per_month(volume), one_off=cost.one_off
            )
            for name, cost in costs.items()
        },
        break_even_requests=_break_even(costs, best_prompt, horizon_months),
        monthly_requests=monthly_requests,
        assumptions=(
            f"An hour of the machine costs {prices.machine_per_hour:g} {prices.currency}; "
            f"{prices.utilisation:.0%} of its time is spent on requests.",
            f"A person-day costs {prices.person_day:g} {prices.currency}; bringing a prompt into "
            f"use takes {prices.days_for_prompt:g} days, a classifier "
            f"{prices.days_for_classifier:g}, a tuned model {prices.days_for_tune:g}.",
            "Times of local arms were measured on this machine in batches; token prices of "
            "endpoints come from the settings file.",
        ),
        days={str(kind): days for kind, days in days_of(settings).items()},
        horizon_months=horizon_months,
    )


def _break_even(
    costs: dict[str, Cost], best_prompt: str | None, horizon_months: float
) -> float | None:
    """Monthly requests from which a tuned model pays back inside the horizon, or None."""
    old, new = costs.get(best_prompt or ""), costs.get(TUNED)
    if old is None or new is None or old.per_1000 <= new.per_1000 or not horizon_months:
        return None
    saving_per_request = (old.per_1000 - new.per_1000) / 1000
    fixed = new.fixed_per_month - old.fixed_per_month
    volume = (new.one_off / horizon_months + fixed) / saving_per_request
    return float(round(volume))
