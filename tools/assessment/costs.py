"""What an assessment says of costs."""

from policies.evidence import Prices
from tools.assessment.part import Part


class ArmCost(Part):
    """Costs of one arm, in the currency of the economics part.

    Attributes:
        per_1000: Cost of a thousand requests.
        per_month: Cost of a month: requests, dedicated endpoints, retraining.
        one_off: Cost of bringing it into use.
        retraining: Cost of each retraining.
        effort_days: Person-days to bring it into use.
        busy_hours: Machine hours a month that are spent on requests.
        idle_hours: Machine hours a month that are paid besides, waiting.
        payback_months: Months after which its saving over the best prompt has paid what its
            one-off cost is higher; None where it saves nothing or is the best prompt.
        payback_low: The same if the effort turns out smaller by the range that is assumed.
        payback_high: The same if it turns out larger.
        p50_ms: Median milliseconds of a request; 0 where not known.
        p95_ms: 95th percentile of them.
    """

    per_1000: float
    per_month: float
    one_off: float
    retraining: float = 0.0
    effort_days: float = 0.0
    busy_hours: float = 0.0
    idle_hours: float = 0.0
    payback_months: float | None = None
    payback_low: float | None = None
    payback_high: float | None = None
    p50_ms: float = 0.0
    p95_ms: float = 0.0


class EconomicsPart(Part):
    """The cost picture and its assumptions.

    Attributes:
        currency: Code of the currency.
        arms: Costs by arm; "tuned" is the fine-tune to come.
        break_even_requests: Monthly requests from which a tuned model pays back inside the
            policy's horizon; None where it never does.
        monthly_requests: What the team told.
        assumptions: What the figures rest on, in words.
        break_even_low: Break-even if the effort turns out smaller by the range assumed.
        break_even_high: The same if it turns out larger.
        retrainings_per_month: How often costs are reckoned to train anew.
        prices: Prices of tokens, machine and labels.
        settings: Every price and effort of the settings file that was used.
        retirements: Announced last days of models that were measured, ISO dates by model.
        horizon_months: Months within which a saving has to pay back; 0 if not known.
    """

    currency: str
    arms: dict[str, ArmCost]
    break_even_requests: float | None
    monthly_requests: int | None
    assumptions: tuple[str, ...]
    horizon_months: float = 0.0
    break_even_low: float | None = None
    break_even_high: float | None = None
    retrainings_per_month: float = 0.0
    prices: Prices | None = None
    settings: dict[str, float | str] = {}
    retirements: dict[str, str] = {}
