"""What the team's limits of time and money rule out."""

from policies.brief import Brief
from policies.evidence import Arm, Cost, Evidence
from policies.figures import apart

TUNED = "tuned"


def too_slow(milliseconds: float, brief: Brief) -> bool:
    """Whether an answer takes longer than the team allows; a time of 0 is not known."""
    return brief.latency_limit_ms is not None and milliseconds > brief.latency_limit_ms


def too_dear(cost: Cost | None, brief: Brief) -> bool:
    """Whether a month costs more than the team would pay; unknown costs and volumes are not."""
    if brief.monthly_budget is None or brief.monthly_requests is None or cost is None:
        return False
    return cost.per_month(brief.monthly_requests, brief.retrainings) > brief.monthly_budget


def obstacle(
    milliseconds: float, cost: Cost | None, brief: Brief, who: str = "one answer in twenty takes"
) -> str:
    """Why something cannot be used within the team's limits, in words, or ""."""
    if too_slow(milliseconds, brief):
        taken, limit = apart(milliseconds, brief.latency_limit_ms or 0)
        return f"{who} {taken} ms or more and the limit is {limit} ms"
    if too_dear(cost, brief) and cost is not None:
        monthly = cost.per_month(brief.monthly_requests or 0, brief.retrainings)
        taken, limit = apart(monthly, brief.monthly_budget or 0)
        return f"a month costs {taken} and the budget is {limit}"
    return ""


def arm_obstacle(arm: Arm, evidence: Evidence) -> str:
    """Why an arm cannot be used, in words, or ""."""
    if not arm.deployable:
        return "it is measured for comparison only"
    who = "one answer in twenty takes" if arm.p95_ms else "half of the answers take"
    return obstacle(arm.slow_ms, evidence.costs.get(arm.name), evidence.brief, who)


def tune_obstacle(evidence: Evidence) -> str:
    """Why a tuned model could not be used, in words, or ""."""
    return obstacle(evidence.tuned_ms, evidence.costs.get(TUNED), evidence.brief)
