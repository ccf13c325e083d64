"""Who competes for the verdict: what is usable within the limits, and what is good enough."""

from policies.evidence import Arm, Cost, Evidence, Forecast
from policies.limits import arm_obstacle, tune_obstacle
from policies.policy import Policy


def prompt_is_enough(evidence: Evidence, policy: Policy) -> bool:
    """Whether the best prompt is within the limits and good enough; see `is_enough`."""
    prompt = usable_prompt(evidence)
    return prompt is not None and is_enough(prompt.measured.score, evidence, policy)


def present_holds_up(evidence: Evidence, policy: Policy) -> bool:
    """Whether what the team has today is good enough, and no prompt beats it by the margin."""
    today, prompt = usable_today(evidence), usable_prompt(evidence)
    if today is None or not is_enough(today.measured.score, evidence, policy):
        return False
    # A sum, not a difference: 0.92 - 0.90 is more than 0.02 in floating point.
    return prompt is None or alike(prompt, today) <= alike(today, prompt) + policy.margin


def alike(arm: Arm, other: Arm) -> float:
    """An arm's score on the rows on which it can be compared with another: test, or else dev."""
    return arm.measured.score if arm.test and other.test else arm.dev.score


def without_saving(evidence: Evidence, policy: Policy) -> Arm | None:
    """What would be used if cost played no part: today's way, or the best prompt; else None."""
    if present_holds_up(evidence, policy):
        return usable_today(evidence)
    return usable_prompt(evidence) if prompt_is_enough(evidence, policy) else None


def usable_prompt(evidence: Evidence) -> Arm | None:
    """The best prompt, if it is within the team's limits."""
    return usable(evidence.arm(evidence.best_prompt), evidence)


def usable_today(evidence: Evidence) -> Arm | None:
    """What the team has today, if it is known and within the limits."""
    return usable(evidence.arm(evidence.current), evidence)


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
    """Whether a score reaches the target, or nearly so and is practically equal to every rival.

    Nearly is the margin, and a rival is better only by more than the margin. Where neither a
    classifier was measured nor a fine-tune forecast, nothing is known of rivals.
    """
    if score >= evidence.brief.target:
        return True
    known = evidence.forecast is not None or evidence.classifier is not None
    close = score >= evidence.brief.target - policy.margin
    return known and close and best_rival(evidence) <= score + policy.margin


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
    """The best score that a found prompt has to stand beside; 0 if there is none.

    Of a usable classifier, a usable tune (forecast), and what the team has today.
    """
    arms = (usable_classifier(evidence), usable_today(evidence))
    scores = [arm.measured.score for arm in arms if arm]
    forecast = usable_forecast(evidence)
    return max([*scores, *([forecast.score] if forecast else [])], default=0.0)
