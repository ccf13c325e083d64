"""The rules of money: what is good enough already, done by something that pays itself back."""

from policies.contenders import payback_months, usable_classifier, usable_forecast, without_saving
from policies.evidence import Arm, Evidence
from policies.figures import amount, apart, percent
from policies.finding import Finding, no_classifier, no_forecast, shown
from policies.limits import TUNED
from policies.policy import Policy


def _cost_is_not_the_question(evidence: Evidence) -> str:
    """That nothing is good enough beside which a saving could be reckoned: what was measured."""
    brief = evidence.brief
    limited = (brief.latency_limit_ms, brief.monthly_budget) != (None, None)
    within = " within the limits" if limited else ""
    today = evidence.current is not None and evidence.current != evidence.best_prompt
    if evidence.best_prompt is None:
        who = "Today's way is not" if today else "No prompt was measured that is"
    else:
        who = "Neither today's way nor a prompt is" if today else "No prompt is"
    return f"{who} good enough{within}, so cost is not the question."


def saving_in_words(used: Arm, rival: str, evidence: Evidence) -> str:
    """What a rival saves beside what would be used, and when it has paid itself; "" if it does not.

    At a volume and prices that are known.
    """
    brief, prices = evidence.brief, evidence.prices
    old, new = evidence.costs.get(used.name), evidence.costs.get(rival)
    if old is None or new is None or brief.monthly_requests is None:
        return ""
    months = payback_months(old, new, brief.monthly_requests, brief.retrainings)
    if months is None:
        return ""
    bills = [cost.per_month(brief.monthly_requests, brief.retrainings) for cost in (old, new)]
    before, after = apart(*bills)
    text = f"saves about {amount(bills[0] - bills[1], prices)} a month ({before} → {after})"
    if months == 0:
        return f"{text} and costs no more at first"
    shown = f"{months:,.1f}" if months < 100 else f"{months:,.0f}"
    return f"{text} and pays back {amount(new.one_off - old.one_off, prices)} in {shown} months"


def _saving(evidence: Evidence, policy: Policy, used: Arm, rival: str, name: str) -> Finding:
    """Whether a rival pays back inside the horizon, beside what would be used otherwise."""
    volume, old, new = (
        evidence.brief.monthly_requests,
        evidence.costs.get(used.name),
        evidence.costs.get(rival),
    )
    if old is None or new is None:
        return Finding(None, "Without a price for both, no saving can be reckoned.")
    if volume is None:
        return Finding(False, "The monthly volume is unknown, so no saving is counted on.")
    months = payback_months(old, new, volume, evidence.brief.retrainings)
    if months is None:
        first = name[0].upper() + name[1:]
        return Finding(False, f"{first} saves nothing at {volume:,} requests a month.")
    return Finding(
        months <= policy.horizon_months,
        f"At {volume:,} requests a month {name}, in place of “{used.name}”, "
        f"{saving_in_words(used, rival, evidence)}; the policy allows {policy.horizon_months:g}.",
    )


def classifier_pays(evidence: Evidence, policy: Policy) -> Finding:
    """Whether a classifier that is no worse saves what it costs in time."""
    classifier, used = usable_classifier(evidence), without_saving(evidence, policy)
    if classifier is None:
        return no_classifier(evidence)
    if used is None:
        return Finding(False, _cost_is_not_the_question(evidence))
    target = evidence.brief.target
    # No stricter than for the tune below, or the dearer of two equals would win.
    if classifier.measured.score < min(target, max(target, used.measured.score) - policy.margin):
        return Finding(False, f"The classifier {shown(classifier)}, below the target.")
    return _saving(evidence, policy, used, classifier.name, "the classifier")


def tune_pays(evidence: Evidence, policy: Policy) -> Finding:
    """Whether a tune that is forecast to be no worse saves what it costs in time."""
    used, forecast = without_saving(evidence, policy), usable_forecast(evidence)
    if forecast is None:
        return no_forecast(evidence)
    if used is None:
        return Finding(False, _cost_is_not_the_question(evidence))
    target = evidence.brief.target
    mark = max(target, used.measured.score)
    if forecast.score < mark - policy.margin:
        against = f"“{used.name}” at" if used.measured.score == mark else "the target of"
        saves = saving_in_words(used, TUNED, evidence) if forecast.score >= target else ""
        return Finding(
            False,
            f"A fine-tune is forecast at {percent(forecast.score)}, worse than {against} "
            f"{percent(mark)}."
            + (f" It reaches the target, though, and {saves}." if saves else ""),
        )
    return _saving(evidence, policy, used, TUNED, "a small tuned model")
