"""How much the advice could cost if the measurements are off: expected regret, in closed form."""

import math
from statistics import NormalDist

from policies.contenders import usable_classifier, usable_forecast, usable_prompt
from policies.evidence import Evidence, Forecast, Frozen, Score
from policies.policy import Policy
from policies.recommendation import Use, Verdict

_NORMAL = NormalDist()

ACTION: dict[Verdict, Use] = {
    "keep_prompt": "prompt",
    "adopt_prompt": "prompt",
    "use_classifier": "classifier",
    "fine_tune": "tuned",
    "fine_tune_for_cost": "tuned",
    "larger_model": "none",
}


class Estimate(Frozen):
    """A score as a normal distribution: its mean and standard deviation."""

    mean: float
    sd: float

    @classmethod
    def of(cls, measured: Score | Forecast) -> "Estimate":
        """Read mean and spread off an interval; where it ends at 0 or 1, off its other half."""
        below, above = measured.score - measured.low, measured.high - measured.score
        half = below if measured.high >= 1 else above if measured.low <= 0 else (below + above) / 2
        return cls(mean=measured.score, sd=half / _NORMAL.inv_cdf((1 + measured.level) / 2))


def estimates(evidence: Evidence) -> dict[str, Estimate]:
    """The contestants for each action that was measured or forecast and is within the limits."""
    found: dict[str, Estimate] = {}
    prompt, classifier = usable_prompt(evidence), usable_classifier(evidence)
    forecast = usable_forecast(evidence)
    if prompt:
        found["prompt"] = Estimate.of(prompt.measured)
    if classifier:
        found["classifier"] = Estimate.of(classifier.measured)
    if forecast:
        found["tuned"] = Estimate.of(forecast)
    return found


def expected_excess(a: Estimate, b: Estimate, shrink: float = 1.0) -> float:
    """Expected amount by which a exceeds b where it does, for independent normal estimates.

    E[max(0, D)] for D ~ N(m, s) is m Φ(m/s) + s φ(m/s).

    Args:
        a: One estimate.
        b: The other.
        shrink: Factor on both standard deviations; more examples make it smaller.
    """
    mean, sd = a.mean - b.mean, shrink * math.hypot(a.sd, b.sd)
    if sd == 0:
        return max(0.0, mean)
    return mean * _NORMAL.cdf(mean / sd) + sd * _NORMAL.pdf(mean / sd)


def regret(verdict: Verdict, evidence: Evidence, shrink: float = 1.0) -> float:
    """Expected loss of score, up to the target, against the best other action.

    Quality above the target is worth nothing here: the target says what is good enough. For
    `larger_model` the loss is that of an arm which would have reached the target after all.
    """
    found, target = estimates(evidence), evidence.brief.target
    action = ACTION.get(verdict)
    if action is None or not found:
        return 0.0
    current = evidence.arm(evidence.current)
    if verdict == "keep_prompt" and current:  # what is kept is today's arm, not the best one found
        found["prompt"] = Estimate.of(current.measured)
    if action == "none":
        goal = Estimate(mean=target, sd=0.0)
        return max(expected_excess(rival, goal, shrink) for rival in found.values())
    chosen = found[action]
    return max(
        (
            expected_excess(Estimate(mean=min(rival.mean, target), sd=rival.sd), chosen, shrink)
            for name, rival in found.items()
            if name != action
        ),
        default=0.0,
    )


def more_examples(verdict: Verdict, evidence: Evidence, policy: Policy) -> int:
    """Further rows after which the regret would fall to the margin.

    Standard deviations shrink with the square root of the number of rows.
    """
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        if regret(verdict, evidence, middle) > policy.margin:
            high = middle
        else:
            low = middle
    if low == 0:
        return policy.most_more_examples + 1
    rows = evidence.task.rows
    return max(10, math.ceil((rows / low**2 - rows) / 10) * 10)
