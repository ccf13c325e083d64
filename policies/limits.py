"""What the team's limits of time and money rule out."""

from policies.brief import Brief
from policies.evidence import Arm, Cost, Evidence
from policies.figures import number

TUNED = "tuned"


def too_slow(milliseconds: float, brief: Brief) -> bool:
    """Whether an answer takes longer than the team allows; a time of 0 is not known."""
    return brief.latency_limit_ms is not None and milliseconds > brief.latency_limit_ms


def too_dear(cost: Cost | None, brief: Brief) -> bool:
    """Whether a month costs more than the team would pay; unknown costs and volumes are not."""
    if brief.monthly_budget is None or brief.monthly_requests is None or cost is None:
        return False
    return cost.per_month(brief.monthly_requests, brief.retrainings) > brief.monthly_budget


def obstacle(milliseconds: float, cost: Cost | None, brief: Brief) -> str:
    """Why something cannot be used within the team's limits, in words, or ""."""
    if too_slow(milliseconds, brief):
        return (
            f"one answer in twenty takes {number(milliseconds)} ms or more and the limit is "
            f"{number(brief.latency_limit_ms or 0)} ms"
        )
    if too_dear(cost, brief) and cost is not None:
        monthly = cost.per_month(brief.monthly_requests or 0, brief.retrainings)
        return (
            f"a month costs {number(monthly)} and the budget is {number(brief.monthly_budget or 0)}"
        )
    return ""


def arm_obstacle(arm: Arm, evidence: Evidence) -> str:
    """Why an arm cannot be used, in words, or ""."""
    if not arm.deployable:
        return "it is measured for comparison only"
    return obstacle(arm.slow_ms, evidence.costs.get(arm.name), evidence.brief)


def tune_obstacle(evidence: Evidence) -> str:
    """Why a tuned model could not be used, in words, or ""."""
    return obstacle(evidence.tuned_ms, evidence.costs.get(TUNED), evidence.brief)
