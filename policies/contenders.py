"""Who competes for the verdict: what is usable within the limits, and what is good enough."""

from policies.evidence import Arm, Cost, Evidence, Forecast
from policies.limits import arm_obstacle, tune_obstacle
from policies.policy import Policy


def prompt_is_enough(evidence: Evidence, policy: Policy) -> bool:
    """Whether the best prompt reaches the target, or nothing measured would be better.

    A prompt within the margin below the target counts when no rival is better than it by more
    than the margin: then the two are practically equal.
    """
    prompt = usable_prompt(evidence)
    return prompt is not None and is_enough(prompt.measured.score, evidence, policy)


def usable_prompt(evidence: Evidence) -> Arm | None:
    """The best prompt, if it is within the team's limits."""
    return usable(evidence.arm(evidence.best_prompt), evidence)


def usable_classifier(evidence: Evidence) -> Arm | None:
    """The best classifier, if a label is all that is needed and it is within the limits."""
    if evidence.brief.beyond_labels:
        return None
    return usable(evidence.arm(evidence.classifier), evidence)


def usable_forecast(evidence: Evidence) -> Forecast | None:
    """The forecast of a tune, if a tuned model would be within the team's limits."""
    return None if tune_obstacle(evidence) else evidence.forecast


def usable(arm: Arm | None, evidence: Evidence) -> Arm | None:
    """The arm, if there is one and it is within the team's limits."""
    return None if arm is None or arm_obstacle(arm, evidence) else arm


def is_enough(score: float, evidence: Evidence, policy: Policy) -> bool:
    """Whether a score reaches the target, or nearly so and no rival is better by the margin."""
    target = evidence.brief.target
    close = score >= target - policy.margin and best_rival(evidence) <= score + policy.margin
    return score >= target or close


def payback_months(
    old: Cost, new: Cost, monthly_requests: int, retrainings: float = 0.0
) -> float | None:
    """Months until the running saving has paid what bringing into use costs more.

    An arm that is in use has no one-off cost; one that is not would have to be brought into use as
    well, so only the difference has to be paid back. None if nothing is saved.
    """
    saving = old.per_month(monthly_requests, retrainings) - new.per_month(
        monthly_requests, retrainings
    )
    return max(0.0, new.one_off - old.one_off) / saving if saving > 0 else None


def best_rival(evidence: Evidence) -> float:
    """The best score of a usable classifier or forecast tune; 0 if there is neither."""
    classifier, forecast = usable_classifier(evidence), usable_forecast(evidence)
    scores = [classifier.measured.score] if classifier else []
    scores += [forecast.score] if forecast else []
    return max(scores, default=0.0)
