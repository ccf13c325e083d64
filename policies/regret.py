"""How much the advice could cost if the measurements are off: expected regret.

Scores count up to the target only, which says what is good enough. Today's way is weighed beside
the best prompt, although both are prompts to a reader: one of them costs a change.
"""

import math
from bisect import bisect_left
from itertools import pairwise
from statistics import NormalDist

import numpy as np
from scipy.special import ndtr

from policies.contenders import usable_classifier, usable_forecast, usable_prompt, usable_today
from policies.evidence import MOST_TEST_ROWS, Evidence, Forecast, Frozen, Score
from policies.policy import Policy
from policies.recommendation import Use, Verdict

_NORMAL = NormalDist()
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(48)
_SURE = 1e-9  # a spread below is none
_FAR = 8.0  # standard deviations beyond which a normal distribution holds nothing
TODAY = "today"
CHEAPEST_FIRST: tuple[Verdict, ...] = ("keep_prompt", "adopt_prompt", "use_classifier", "fine_tune")

ACTION: dict[Verdict, Use] = {
    "keep_prompt": "prompt",
    "adopt_prompt": "prompt",
    "use_classifier": "classifier",
    "fine_tune": "tuned",
    "fine_tune_for_cost": "tuned",
    "larger_model": "none",
}


class Estimate(Frozen):
    """A score as a normal distribution.

    Attributes:
        mean: Its mean.
        sd: Its standard deviation.
        sampled: The part of it that comes from the number of test rows, and shrinks with more.
        rows: That number of rows; 0 where it is not known.
        level: Of the interval that the spread was read off.
    """

    mean: float
    sd: float
    sampled: float
    rows: int = 0
    level: float = 0.95

    @classmethod
    def of(cls, measured: Score | Forecast, test_rows: int = 0) -> "Estimate":
        """Read mean and spread off an interval; where it ends at 0 or 1, off its other half.

        Args:
            measured: A score, which more rows make as sure as one likes, or a forecast, of which
                they do so only with the part that the test rows add.
            test_rows: Test rows that a forecast is about.
        """
        below, above = measured.score - measured.low, measured.high - measured.score
        half = below if measured.high >= 1 else above if measured.low <= 0 else (below + above) / 2
        sd, level = half / _quantile(measured.level), measured.level
        if isinstance(measured, Score):
            return cls(mean=measured.score, sd=sd, sampled=sd, rows=measured.n, level=level)
        drawn = math.sqrt(measured.score * (1 - measured.score) / max(1, test_rows))
        sampled = min(sd, drawn)
        return cls(mean=measured.score, sd=sd, sampled=sampled, rows=test_rows, level=level)

    def on(self, more: float) -> "Estimate":
        """The same with so many times the test rows."""
        drawn = self.sampled * self._narrowed(more)
        own = math.sqrt(max(0.0, self.sd**2 - self.sampled**2))
        return self.model_copy(update={"sd": math.hypot(own, drawn), "sampled": drawn})

    def _narrowed(self, more: float) -> float:
        """By what the spread shrinks on so many times the rows.

        As Wilson's interval (1927) does, which on a few rows is narrower than the root of their
        number says: a number of rows reckoned by the root alone would turn out too small.
        """
        if not self.rows:
            return 1 / math.sqrt(more)
        z, share = _quantile(self.level), self.mean

        def half(n: float) -> float:
            return math.sqrt(share * (1 - share) / n + (z / n) ** 2 / 4) / (1 + z**2 / n)

        return half(self.rows * more) / half(self.rows)


def _quantile(level: float) -> float:
    return _NORMAL.inv_cdf((1 + level) / 2)


def estimates(evidence: Evidence, more: float = 1.0) -> dict[str, Estimate]:
    """What competes: all that was measured or forecast and is within the team's limits.

    Args:
        evidence: The evidence.
        more: Estimates as they would be with so many times the test rows.
    """
    arms = {
        TODAY: usable_today(evidence),
        "prompt": usable_prompt(evidence),
        "classifier": usable_classifier(evidence),
    }
    found = {use: Estimate.of(arm.measured) for use, arm in arms.items() if arm}
    forecast = usable_forecast(evidence)
    if forecast:
        found["tuned"] = Estimate.of(forecast, evidence.task.test)
    if evidence.current == evidence.best_prompt:  # one and the same
        found.pop(TODAY, None)
    return {use: estimate.on(more) for use, estimate in found.items()}


def expected_loss(chosen: Estimate, rival: Estimate, target: float) -> float:
    """Expected amount by which a rival exceeds the chosen one, both counted up to the target.

    For independent normal R and C it is E[max(0, min(R, T) - min(C, T))], the integral of
    P(C <= x) P(R > x) up to T: x lies between the two in so many cases.
    """
    low = chosen.mean - _FAR * chosen.sd
    high = min(target, rival.mean + _FAR * rival.sd)
    if high <= low:
        return 0.0
    # Cut where a chance begins or ends to change, or few nodes would lie where it does.
    bends = (chosen.mean + _FAR * chosen.sd, rival.mean - _FAR * rival.sd)
    edges = sorted({low, high, *(bend for bend in bends if low < bend < high)})
    return sum(_lost(chosen, rival, start, end) for start, end in pairwise(edges))


def _lost(chosen: Estimate, rival: Estimate, start: float, end: float) -> float:
    """The integral of `expected_loss` over one stretch, by Gauss and Legendre."""
    x = start + (end - start) * (_NODES + 1) / 2
    # Without a spread the stretch ends at the score itself, and the chance inside is 1.
    below = ndtr((x - chosen.mean) / chosen.sd) if chosen.sd > _SURE else np.ones_like(x)
    above = ndtr((rival.mean - x) / rival.sd) if rival.sd > _SURE else np.ones_like(x)
    return float((end - start) / 2 * (_WEIGHTS * below * above).sum())


def expected_excess(estimate: Estimate, target: float) -> float:
    """Expected amount by which a score exceeds the target, where it does.

    E[max(0, D)] for D ~ N(m, s) is m Φ(m/s) + s φ(m/s).
    """
    mean, sd = estimate.mean - target, estimate.sd
    if sd == 0:
        return max(0.0, mean)
    return mean * _NORMAL.cdf(mean / sd) + sd * _NORMAL.pdf(mean / sd)


def regret(verdict: Verdict, evidence: Evidence, more: float = 1.0) -> float:
    """Expected loss of score, up to the target, against the best other action.

    For `larger_model` the loss is that of an arm which would have reached the target after all.

    Args:
        verdict: The advice.
        evidence: What it rests on.
        more: The regret as it would be with so many times the test rows.
    """
    found, target = estimates(evidence, more), evidence.brief.target
    if ACTION.get(verdict) == "none":
        return max((expected_excess(rival, target) for rival in found.values()), default=0.0)
    chosen = _chosen(verdict, evidence)
    if chosen not in found:
        return 0.0
    return max(
        (
            expected_loss(found[chosen], rival, target)
            for use, rival in found.items()
            if use != chosen
        ),
        default=0.0,
    )


def cheapest_within_margin(
    provisional: Verdict, evidence: Evidence, policy: Policy, saves: bool
) -> Verdict:
    """The cheapest action whose regret exceeds the least that any has by no more than the margin.

    Args:
        provisional: What the rules advise.
        evidence: What it rests on.
        policy: The margin.
        saves: Whether the provisional advice is the cheapest at the team's volume.

    Returns:
        The provisional verdict where it is that one, or where it advises nothing that was measured.
    """
    found, mine = estimates(evidence), _chosen(provisional, evidence)
    if mine not in found:
        return provisional
    lost = {v: regret(v, evidence) for v in CHEAPEST_FIRST if _chosen(v, evidence) in found}
    most = min(lost.values()) + policy.margin
    if saves and regret(provisional, evidence) <= most:
        return provisional
    cheapest = next(verdict for verdict, loss in lost.items() if loss <= most)
    return provisional if _chosen(cheapest, evidence) == mine else cheapest


def chance_of_missing(verdict: Verdict, evidence: Evidence, policy: Policy) -> float:
    """Probability that what is advised misses the target by more than the margin; 0 for others."""
    return chance_below(evidence.brief.target - policy.margin, verdict, evidence)


def chance_below(mark: float, verdict: Verdict, evidence: Evidence) -> float:
    """Probability that what is advised is below a mark; 0 where nothing measured is advised."""
    advised = estimates(evidence).get(_chosen(verdict, evidence))
    if advised is None:
        return 0.0
    if advised.sd == 0:
        return float(advised.mean < mark)
    return NormalDist(advised.mean, advised.sd).cdf(mark)


def more_examples(verdict: Verdict, evidence: Evidence, policy: Policy) -> int | None:
    """Further rows after which the regret would fall to the margin.

    A share of the rows is held out for the test, up to a most; what a forecast is unsure of beside
    the test rows stays. None if no number of rows that the policy calls realistic would do.
    """
    rows, test = evidence.task.rows, max(1, evidence.task.test)
    sizes = range(test + 1, MOST_TEST_ROWS + 1)

    def settles(held_out: int) -> bool:
        return regret(verdict, evidence, held_out / test) <= policy.margin

    at = bisect_left(sizes, True, key=settles)
    if at == len(sizes):
        return None
    missing = max(10, math.ceil(rows * (sizes[at] / test - 1) / 10) * 10)
    return missing if missing <= policy.most_more_examples else None


def _chosen(verdict: Verdict, evidence: Evidence) -> str:
    """The key of what is advised among the estimates, or ""."""
    if verdict == "keep_prompt" and evidence.current != evidence.best_prompt:
        return TODAY
    return ACTION.get(verdict, "")
