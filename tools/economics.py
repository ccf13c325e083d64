"""What each arm costs: tokens at the operator's prices, machine time, effort to get there."""

from collections.abc import Sequence

from policies.contenders import payback_months
from policies.evidence import Arm, ArmKind, Cost, Prices
from policies.figures import percent
from policies.limits import TUNED
from tools.assessment import ArmCost, EconomicsPart
from tools.settings import PriceSettings, Settings

MOST_MONTHS = 1200.0  # a payback beyond this is none


def running_cost(arm: Arm, settings: Settings) -> float | None:
    """Cost of a thousand requests of an arm, in the settings' currency.

    An endpoint is paid by tokens, or by the hour where it is dedicated; whatever runs on a machine
    of one's own by its seconds, at the price of an hour divided by the share of the time that is
    used. None if there is no price.
    """
    endpoint = settings.endpoints.get(arm.model)
    if endpoint is not None:
        if endpoint.price_in is None or endpoint.price_out is None:
            return None if endpoint.price_per_hour is None else 0.0
        millionths = (
            arm.prompt_tokens * endpoint.price_in + arm.completion_tokens * endpoint.price_out
        )
        return millionths / 1000
    return machine_cost(_busy(arm), settings)


def monthly_cost(picture: EconomicsPart, arm: str, volume: int) -> float:
    """Cost of an arm in a month at a volume; what is due whatever the volume stays."""
    cost = picture.arms[arm]
    fixed = cost.per_month - cost.per_1000 * (picture.monthly_requests or 0) / 1000
    return fixed + cost.per_1000 * volume / 1000


def machine_cost(milliseconds: float, settings: Settings) -> float:
    """Cost of a thousand requests of so many milliseconds each on a machine of one's own."""
    return _machine_hours(milliseconds, settings.prices) * settings.prices.machine_per_hour


def costs_of(
    arms: Sequence[Arm], current: str | None, settings: Settings, rows: int = 0
) -> dict[str, Cost]:
    """Costs of all arms that have a price; what is in use today has no one-off cost.

    Args:
        arms: The arms, with their running costs.
        current: Name of the arm in use today, or None.
        settings: Prices and efforts.
        rows: Examples in all, of which a share is labelled anew for each retraining.
    """
    prices = settings.prices
    found = {}
    for arm in arms:
        if arm.cost_per_1000 is None:
            continue
        endpoint = settings.endpoints.get(arm.model)
        hourly = endpoint.price_per_hour or 0.0 if endpoint else 0.0
        learns = arm.kind in ("classifier", "tuned")
        found[arm.name] = Cost(
            per_1000=arm.cost_per_1000,
            fixed_per_month=hourly * prices.hours_on,
            one_off=0.0 if arm.name == current else effort_days(arm, prices) * prices.person_day,
            retraining=_retraining(rows, prices) if learns else 0.0,
            labels=prices.relabel_share * rows if learns else 0.0,
            tokens_per_1000=arm.cost_per_1000 if endpoint else 0.0,
            machine_hours_per_1000=0.0 if endpoint else _machine_hours(_busy(arm), prices),
        )
    return found


def effort_days(arm: Arm, prices: PriceSettings) -> float:
    """Person-days to bring an arm into use; documents need a search of their own besides."""
    days: dict[ArmKind, float] = {
        "prompt": prices.days_for_prompt,
        "classifier": prices.days_for_classifier,
        "tuned": prices.days_for_tune,
        "baseline": 0.0,
    }
    return days[arm.kind] + (prices.days_for_retrieval if arm.looks_up else 0.0)


def tune_cost(
    milliseconds: float,
    tune_seconds: float,
    settings: Settings,
    rows: int = 0,
    looks_up: bool = False,
) -> Cost:
    """Expected cost of a tuned local model.

    Args:
        milliseconds: Machine time of a request with a short prompt.
        tune_seconds: Time of the training.
        settings: Prices and efforts.
        rows: Examples in all, of which a share is labelled anew for each retraining.
        looks_up: Whether passages of documents are sent along: they need a search of their own.
    """
    prices = settings.prices
    hours = tune_seconds / 3600
    days = prices.days_for_tune + (prices.days_for_retrieval if looks_up else 0.0)
    return Cost(
        per_1000=machine_cost(milliseconds, settings),
        one_off=days * prices.person_day + hours * prices.machine_per_hour,
        retraining=_retraining(rows, prices) + hours * prices.machine_per_hour,
        labels=prices.relabel_share * rows,
        machine_hours_per_1000=_machine_hours(milliseconds, prices),
        machine_hours_once=hours,
    )


def costs_after_tune(
    costs: dict[str, Cost], arm: Arm | None, tune_seconds: float, settings: Settings, rows: int
) -> dict[str, Cost]:
    """Costs by arm, those of a tune as they were measured once it was made.

    Args:
        costs: Costs by arm, the tune's as expected.
        arm: The tuned model as measured, or None.
        tune_seconds: Time that the training took.
        settings: Prices and efforts.
        rows: Examples in all.
    """
    if arm is None:
        return costs
    made = tune_cost(_busy(arm), tune_seconds, settings, rows, arm.looks_up)
    return {**costs, TUNED: made}


def prices_of(model: str | None, settings: Settings) -> Prices:
    """The prices that a decision hangs on; tokens are those of the best prompt's model."""
    endpoint = settings.endpoints.get(model or "")
    return Prices(
        tokens=endpoint.price_in if endpoint else None,
        machine_hour=settings.prices.machine_per_hour,
        label=settings.prices.label,
        currency=settings.prices.currency,
    )


def cost_picture(
    costs: dict[str, Cost],
    best_prompt: str | None,
    monthly_requests: int | None,
    horizon_months: float,
    settings: Settings,
    arms: Sequence[Arm] = (),
    retrainings: float = 0.0,
) -> EconomicsPart:
    """The cost part of an assessment, with its assumptions in words.

    Args:
        costs: Costs by arm.
        best_prompt: Name of the best prompt arm, which savings are reckoned against.
        monthly_requests: What the team told.
        horizon_months: Months inside which a tuned model has to pay back.
        settings: Prices and efforts.
        arms: The arms, for their efforts and times.
        retrainings: Retrainings a month.
    """
    known = {arm.name: arm for arm in arms}
    tuned = next((arm for arm in arms if arm.kind == "tuned"), None)
    prices, old = settings.prices, costs.get(best_prompt or "")
    best = known.get(best_prompt or "")
    low, middle, high = (
        _break_even(costs, best_prompt, horizon_months, retrainings, factor)
        for factor in (1 / prices.effort_range, 1.0, prices.effort_range)
    )
    return EconomicsPart(
        currency=prices.currency,
        arms={
            name: _arm_cost(
                cost,
                known.get(name) or (tuned if name == TUNED else None),
                name,
                old,
                monthly_requests or 0,
                retrainings,
                prices,
            )
            for name, cost in costs.items()
        },
        break_even_requests=middle,
        break_even_low=low,
        break_even_high=high,
        monthly_requests=monthly_requests,
        retrainings_per_month=retrainings,
        prices=prices_of(best.model if best else None, settings),
        settings=prices.model_dump(),
        retirements=_retirements(arms, settings),
        assumptions=_assumptions(settings, arms, retrainings),
        horizon_months=horizon_months,
    )


def _arm_cost(
    cost: Cost,
    arm: Arm | None,
    name: str,
    old: Cost | None,
    volume: int,
    retrainings: float,
    prices: PriceSettings,
) -> ArmCost:
    hours = cost.machine_hours_per_1000 * volume / 1000
    tuned = prices.days_for_tune if name == TUNED else 0.0
    low, middle, high = (
        _payback(old, cost, volume, retrainings, factor)
        for factor in (1 / prices.effort_range, 1.0, prices.effort_range)
    )
    return ArmCost(
        per_1000=cost.per_1000,
        per_month=cost.per_month(volume, retrainings),
        one_off=cost.one_off,
        retraining=cost.retraining,
        effort_days=effort_days(arm, prices) if arm and cost.one_off else tuned,
        busy_hours=hours * prices.utilisation,
        idle_hours=hours * (1 - prices.utilisation),
        payback_months=middle,
        payback_low=low,
        payback_high=high,
        p50_ms=arm.p50_ms if arm else 0.0,
        p95_ms=arm.p95_ms if arm else 0.0,
    )


def _payback(
    old: Cost | None, new: Cost, volume: int, retrainings: float, factor: float
) -> float | None:
    """Months until an arm has paid back, if its one-off cost turns out larger by a factor."""
    if old is None or new is old:
        return None
    scaled = new.model_copy(update={"one_off": new.one_off * factor})
    months = payback_months(old, scaled, volume, retrainings)
    return months if months is not None and months <= MOST_MONTHS else None


def _retraining(rows: int, prices: PriceSettings) -> float:
    """Effort and labels of one retraining, without the machine."""
    labels = prices.relabel_share * rows * prices.label
    return prices.days_for_retraining * prices.person_day + labels


def _busy(arm: Arm) -> float:
    return arm.busy_ms or arm.p50_ms


def _machine_hours(milliseconds: float, prices: PriceSettings) -> float:
    """Hours of a machine that a thousand requests take, with the hours that it waits for them."""
    return milliseconds / 3_600_000 / prices.utilisation * 1000


def _retirements(arms: Sequence[Arm], settings: Settings) -> dict[str, str]:
    found = {arm.model: settings.endpoints.get(arm.model) for arm in arms}
    return {
        model: endpoint.retires.isoformat()
        for model, endpoint in found.items()
        if endpoint is not None and endpoint.retires is not None
    }


def _assumptions(settings: Settings, arms: Sequence[Arm], retrainings: float) -> tuple[str, ...]:
    prices = settings.prices
    money = prices.currency
    times = round(12 * retrainings, 1)
    anew = f"is trained anew {times:g} times a year" if times else "need not be trained anew"
    endpoints = any(arm.model in settings.endpoints for arm in arms)
    found = [
        f"An hour of the machine costs {prices.machine_per_hour:g} {money}; "
        f"{percent(prices.utilisation)} of its time is spent on requests, the rest it waits.",
        f"A person-day costs {prices.person_day:g} {money}; bringing a prompt into use takes "
        f"{prices.days_for_prompt:g} days, a search in documents {prices.days_for_retrieval:g} "
        f"more, a classifier {prices.days_for_classifier:g}, a tuned model "
        f"{prices.days_for_tune:g}; these are estimates.",
        f"The labels at hand are paid for. A classifier or a tuned model {anew}; "
        f"each time {'takes' if times else 'would take'} {prices.days_for_retraining:g} "
        f"person-days and new labels for {percent(prices.relabel_share)} of the examples, "
        f"{prices.label_minutes:g} minutes each at {prices.labelling_hour:g} {money} an hour.",
        "Machine time of local arms was measured on this machine in batches"
        f"{'; token prices of endpoints come from the settings file' if endpoints else ''}.",
    ]
    for model, endpoint in settings.endpoints.items():
        if model not in {arm.model for arm in arms}:
            continue
        if endpoint.priced_on is not None:
            found.append(f"The prices of {model} are those of {endpoint.priced_on.isoformat()}.")
        elif endpoint.price_in is not None or endpoint.price_per_hour is not None:
            found.append(f"The settings do not say of which day the prices of {model} are.")
        if endpoint.price_per_hour is not None:
            found.append(
                f"{model} is a dedicated endpoint at {endpoint.price_per_hour:g} {money} an hour, "
                f"on for {prices.hours_on:g} hours a month."
            )
        if endpoint.retires is not None:
            found.append(
                f"{model} is switched off on {endpoint.retires.isoformat()}: whatever runs on it "
                "has to be measured again before."
            )
    return tuple(found)


def _break_even(
    costs: dict[str, Cost],
    best_prompt: str | None,
    horizon_months: float,
    retrainings: float,
    factor: float,
) -> float | None:
    """Monthly requests from which a tuned model pays back inside the horizon, or None.

    Where a dedicated endpoint is paid whether it is used or not, that may be from the first one.

    Args:
        costs: Costs by arm.
        best_prompt: Name of the best prompt arm.
        horizon_months: The horizon.
        retrainings: Retrainings a month.
        factor: How much larger the one-off cost turns out.
    """
    old, new = costs.get(best_prompt or ""), costs.get(TUNED)
    if old is None or new is None or not horizon_months:
        return None
    saving_per_request = (old.per_1000 - new.per_1000) / 1000
    fixed = new.per_month(0, retrainings) - old.per_month(0, retrainings)
    needed = max(0.0, factor * new.one_off - old.one_off) / horizon_months + fixed
    if saving_per_request <= 0:
        return 0.0 if needed < 0 else None
    return float(max(0, round(needed / saving_per_request)))
