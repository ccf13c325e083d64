"""What became of an advice: the verdict against what every arm measured in the end."""

from collections.abc import Sequence

from benchmarks.scenarios import Scenario
from policies.evidence import Frozen
from policies.figures import percent
from policies.limits import TUNED
from policies.policy import Policy
from policies.recommendation import Verdict
from policies.regret import ACTION
from tools.assessment import Assessment
from tools.report.answer import best_classifier
from tools.trials.stage import TODAY


class Judgement(Frozen):
    """What became of a scenario's advice.

    Attributes:
        name: The scenario.
        tuned_in: The scenario whose tune was measured.
        verdict: The verdict.
        right: Whether it was right; None where it abstained.
        regret: Score lost, up to the target, against the best measured arm; 0 where it abstained.
        measured: Scores on the locked rows by action.
        forecast: Forecast score, its low and high end; None where there was none.
        seconds: To the verdict, and in all.
    """

    name: str
    tuned_in: str
    verdict: Verdict
    right: bool | None
    regret: float
    measured: dict[str, float]
    forecast: tuple[float, float, float] | None
    seconds: tuple[float, float]

    @property
    def error(self) -> float | None:
        """Forecast minus what the tune reached."""
        tuned = self.measured.get("tuned")
        return None if self.forecast is None or tuned is None else self.forecast[0] - tuned

    @property
    def covered(self) -> bool | None:
        """Whether the forecast's interval held what the tune reached."""
        if self.forecast is None or "tuned" not in self.measured:
            return None
        return self.forecast[1] <= self.measured["tuned"] <= self.forecast[2]


def judge(scenario: Scenario, a: Assessment, tuned: Assessment, policy: Policy) -> Judgement:
    """Judge a verdict by what was measured to the end.

    A verdict is right if what it advises is within the margin of the best measured arm, up to the
    target, and if no arm that is as good would have paid its cost back inside the horizon.

    Args:
        scenario: The scenario.
        a: Its assessment.
        tuned: The assessment whose tune is the measured one; the same, or one of the same examples.
        policy: The margin and the horizon.
    """
    measured = _measured(a, tuned)
    target, action = a.task.target, _action(a.verdict)
    reached = {name: min(score, target) for name, score in measured.items()}
    regret = 0.0
    right: bool | None = None
    if scenario.truth:
        right = a.verdict in scenario.truth
    elif action == "none":
        regret = max([0.0, *(score - (target - policy.margin) for score in reached.values())])
        right = regret <= 0
    elif action is not None:
        regret = max(reached.values(), default=0.0) - reached.get(action, 0.0)
        right = regret <= policy.margin + 1e-9 and not _dearer(a, action, reached, policy)
    forecast = a.forecast
    return Judgement(
        name=scenario.name,
        tuned_in=scenario.tuned_in.strip("-") or scenario.name,
        verdict=a.verdict,
        right=right,
        regret=regret,
        measured=measured,
        forecast=(forecast.score, forecast.low, forecast.high) if forecast else None,
        seconds=(a.seconds.trials + a.seconds.forecast, tuned.seconds.total),
    )


def _action(verdict: Verdict) -> str | None:
    if verdict == "keep_prompt":
        return "today"
    return "prompt" if verdict == "use_retrieval" else ACTION.get(verdict)


def _measured(a: Assessment, tuned: Assessment) -> dict[str, float]:
    best = a.prompting.best
    classifier = best_classifier(a)
    today = [(arm.test or arm.dev).score for arm in a.arms if arm.name == TODAY]
    found: dict[str, float | None] = {
        "prompt": best.test.score if best and best.test else None,
        "classifier": None
        if classifier is None or classifier.test is None or a.brief.beyond_labels
        else classifier.test.score,
        "tuned": tuned.tuned.test.score if tuned.tuned else None,
        "today": max(today, default=None),
    }
    return {name: score for name, score in found.items() if score is not None}


def _dearer(a: Assessment, action: str, reached: dict[str, float], policy: Policy) -> bool:
    """Whether money speaks for another arm that is as good, or not for the one advised."""
    if not a.economics.monthly_requests:
        return False
    classifier = best_classifier(a)
    pays = {}
    for action_name, arm in (
        ("classifier", classifier.name if classifier else ""),
        ("tuned", TUNED),
    ):
        costs = a.economics.arms.get(arm)
        months = costs.payback_months if costs else None
        pays[action_name] = months is not None and months <= policy.horizon_months
    floor = reached[action] - policy.margin
    if action in ("prompt", "today"):
        return any(pays[name] and reached.get(name, 0.0) >= floor for name in pays)
    by_cost = action == "tuned" and a.verdict == "fine_tune_for_cost"
    return by_cost and not pays["tuned"]


def markdown(judged: Sequence[Judgement]) -> str:
    """The table, and what it sums up to."""
    head = "| scenario | verdict | right | prompt | classifier | tune | forecast | error | s |"
    lines = [head, "|---" * 9 + "|", *map(_row, judged), "", *_sums(judged)]
    return "\n".join(lines) + "\n"


def _row(each: Judgement) -> str:
    right = {True: "yes", False: "**no**", None: "abstained"}[each.right]
    scores = [_percent(each.measured.get(name)) for name in ("prompt", "classifier", "tuned")]
    forecast = "–"
    if each.forecast is not None:
        middle, low, high = map(percent, each.forecast)
        forecast = f"{middle} ({low} to {high})"
    error = "–" if each.error is None else f"{100 * each.error:+.1f}"
    seconds = f"{each.seconds[0]:.0f} of {each.seconds[1]:.0f}"
    cells = [each.name, f"`{each.verdict}`", right, *scores, forecast, error, seconds]
    return f"| {' | '.join(cells)} |"


def _sums(judged: Sequence[Judgement]) -> list[str]:
    told = [each for each in judged if each.right is not None]
    by_tune = {each.tuned_in: each for each in reversed(judged) if each.error is not None}
    tunes = list(by_tune.values())
    inside = sum(bool(each.covered) for each in tunes)
    widths = [each.forecast[2] - each.forecast[1] for each in tunes if each.forecast]
    regrets = [each.regret for each in told]
    return [
        f"- {sum(bool(each.right) for each in told)} of {len(told)} verdicts right, "
        f"{len(judged) - len(told)} abstained.",
        f"- {len(tunes)} different tunes: mean absolute forecast error "
        f"{_points([each.error for each in tunes])}, {inside} inside their interval, which is "
        f"{_points(widths)} wide.",
        f"- Errors of simpler forecasts: same as the classifier {_points(_as_classifier(tunes))}; "
        f"the prompt plus what the other tunes gained {_points(_constant_offset(tunes))}.",
        f"- Mean regret {100 * _mean(regrets):.1f} points.",
    ]


def _as_classifier(tunes: Sequence[Judgement]) -> list[float]:
    """Errors of a forecast that takes the classifier's score."""
    return [
        each.measured["classifier"] - each.measured["tuned"]
        for each in tunes
        if "classifier" in each.measured
    ]


def _constant_offset(tunes: Sequence[Judgement]) -> list[float]:
    """Errors of a forecast that adds to the prompt what the other tunes gained on average."""
    gains = [each.measured["tuned"] - each.measured["prompt"] for each in tunes]
    others = [_mean(gains[:at] + gains[at + 1 :]) for at in range(len(gains))]
    return [other - gain for other, gain in zip(others, gains, strict=True)] if gains[1:] else []


def _points(values: Sequence[float | None]) -> str:
    """Mean size of some differences."""
    known = [abs(value) for value in values if value is not None]
    return f"{100 * _mean(known):.1f} points" if known else "not known"


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _percent(share: float | None) -> str:
    return "–" if share is None else percent(share)
