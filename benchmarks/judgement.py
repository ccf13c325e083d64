"""What became of an advice: the verdict against what every arm measured in the end."""

from collections.abc import Sequence
from statistics import NormalDist, fmean

from benchmarks.points import Interval, net, sampled, winkler
from benchmarks.scenarios import Scenario
from policies.evidence import Arm, Frozen
from policies.figures import percent
from policies.limits import TUNED, too_slow
from policies.policy import Policy
from policies.recommendation import Verdict
from policies.regret import ACTION
from tools.assessment import Assessment
from tools.report.advised import best_classifier
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
        forecast: Forecast score, its low and high end; None where there was none, or where the
            tune answers with the best prompt, which no forecast is of.
        noise: Standard deviation of the tune's score by its test sample; 0 where none was tuned.
        seconds: To the verdict, and in all.
    """

    name: str
    tuned_in: str
    verdict: Verdict
    right: bool | None
    regret: float
    measured: dict[str, float]
    forecast: Interval | None
    noise: float = 0.0
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

    @property
    def as_classifier(self) -> float | None:
        """Error of a forecast that takes the classifier's score; None where one is lacking."""
        if not {"classifier", "tuned"} <= self.measured.keys():
            return None
        return self.measured["classifier"] - self.measured["tuned"]

    @property
    def gained(self) -> float | None:
        """What the tune gained on the prompt."""
        if not {"prompt", "tuned"} <= self.measured.keys():
            return None
        return self.measured["tuned"] - self.measured["prompt"]


def judge(scenario: Scenario, a: Assessment, tuned: Assessment, policy: Policy) -> Judgement:
    """Judge a verdict by what was measured to the end.

    A verdict is right if what it advises is within the margin of the best measured arm, up to the
    target, if no arm that is as good would have paid its cost back inside the horizon, and, for a
    fine-tune, if nothing that needs none is as good.

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
        right = regret <= policy.margin + 1e-9 and not _dearer(a, action, measured, policy)
    plan = tuned.tuned.plan if tuned.tuned else None
    forecast = a.forecast if plan is None or plan.is_short else None  # of another way to ask
    score = tuned.tuned.test if tuned.tuned else None
    return Judgement(
        name=scenario.name,
        tuned_in=scenario.tuned_in.strip("-") or scenario.name,
        verdict=a.verdict,
        right=right,
        regret=regret,
        measured=measured,
        forecast=(forecast.score, forecast.low, forecast.high) if forecast else None,
        noise=(score.high - score.low) / (2 * NormalDist().inv_cdf(0.975)) if score else 0.0,
        seconds=(a.seconds.trials + a.seconds.forecast, tuned.seconds.total),
    )


def _action(verdict: Verdict) -> str | None:
    if verdict == "keep_prompt":
        return "today"
    return "prompt" if verdict == "use_retrieval" else ACTION.get(verdict)


def _measured(a: Assessment, tuned: Assessment) -> dict[str, float]:
    """Scores on the locked rows of what is within the team's limits."""
    barred = {arm.name for arm in a.arms if not _within_limits(arm, a)}
    best, classifier = a.prompting.best, best_classifier(a)
    today = [(arm.test or arm.dev).score for arm in a.arms if arm.name == TODAY]
    found: dict[str, float | None] = {
        "prompt": best.test.score if best and best.test and best.name not in barred else None,
        "classifier": None
        if classifier is None
        or classifier.test is None
        or a.brief.beyond_labels
        or classifier.name in barred
        else classifier.test.score,
        "tuned": tuned.tuned.test.score if tuned.tuned else None,
        "today": max(today, default=None),
    }
    return {name: score for name, score in found.items() if score is not None}


def _within_limits(arm: Arm, a: Assessment) -> bool:
    costs = a.economics.arms.get(arm.name)
    monthly = costs.per_month if costs and a.economics.monthly_requests else 0.0
    budget = a.brief.monthly_budget
    return not too_slow(arm.slow_ms, a.brief) and (budget is None or monthly <= budget)


def _dearer(a: Assessment, action: str, measured: dict[str, float], policy: Policy) -> bool:
    """Whether another arm that is as good costs less, or money does not speak for the advised.

    As good is what reaches as much, up to the target. A tune that is to save money has to be no
    worse than what it takes the place of, the target or not: it would not be shipped otherwise.
    """
    reached = {name: min(score, a.task.target) for name, score in measured.items()}
    floor = reached[action] - policy.margin
    if a.verdict == "fine_tune":
        return any(reached.get(name, 0.0) >= floor for name in ("prompt", "classifier", "today"))
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
    if action in ("prompt", "today"):
        reached["tuned"] = measured.get("tuned", 0.0)
        floors = {"classifier": floor, "tuned": measured[action] - policy.margin}
        return any(pays[name] and reached.get(name, 0.0) >= floors[name] for name in pays)
    return a.verdict == "fine_tune_for_cost" and not pays["tuned"]


def markdown(judged: Sequence[Judgement]) -> str:
    """The table, and what it sums up to."""
    head = (
        "| scenario | verdict | right | regret | prompt | classifier | tune | forecast | inside "
        "| error | as the classifier | constant offset | s |"
    )
    tunes = _tunes(judged)
    rows = [_row(each, _offset_error(each, tunes)) for each in judged]
    lines = [head, "|---" * 13 + "|", *rows, "", *_sums(judged, tunes)]
    return "\n".join(lines) + "\n"


def _tunes(judged: Sequence[Judgement]) -> list[Judgement]:
    """One judgement for each tune that was forecast and made."""
    by_tune = {each.tuned_in: each for each in reversed(judged) if each.error is not None}
    return list(by_tune.values())


def _offset_error(each: Judgement, tunes: Sequence[Judgement]) -> float | None:
    """Error of a forecast that adds to the prompt what the other tunes gained on average."""
    own = each.gained
    others = [t.gained for t in tunes if t.tuned_in != each.tuned_in and t.gained is not None]
    return None if own is None or not others else fmean(others) - own


def _row(each: Judgement, offset: float | None) -> str:
    right = {True: "yes", False: "**no**", None: "abstained"}[each.right]
    regret = "–" if each.right is None else f"{100 * each.regret:.1f}"
    scores = [_percent(each.measured.get(name)) for name in ("prompt", "classifier", "tuned")]
    forecast = "–"
    if each.forecast is not None:
        middle, low, high = map(percent, each.forecast)
        forecast = f"{middle} ({low} to {high})"
    inside = {True: "yes", False: "**no**", None: "–"}[each.covered]
    errors = map(_signed, (each.error, each.as_classifier, offset))
    seconds = f"{each.seconds[0]:.0f} of {each.seconds[1]:.0f}"
    cells = [each.name, f"`{each.verdict}`", right, regret, *scores, forecast, inside, *errors]
    return f"| {' | '.join([*cells, seconds])} |"


def _sums(judged: Sequence[Judgement], tunes: Sequence[Judgement]) -> list[str]:
    told = [each for each in judged if each.right is not None]
    lines = [
        f"- {sum(bool(each.right) for each in told)} of {len(told)} verdicts right, "
        f"{len(judged) - len(told)} abstained.",
    ]
    if tunes:
        lines += [_forecasts(tunes), *_simpler(tunes)]
    return [*lines, f"- Mean regret {100 * _mean([each.regret for each in told]):.1f} points."]


def _forecasts(tunes: Sequence[Judgement]) -> str:
    pairs = [(t.measured["tuned"], t.forecast) for t in tunes if t.forecast]
    errors, noise = [t.error for t in tunes if t.error is not None], [t.noise for t in tunes]
    inside = sum(bool(each.covered) for each in tunes)
    return (
        f"- {len(tunes)} different tunes: mean absolute forecast error {_points(errors)} (the test "
        f"samples alone account for {100 * sampled(noise):.1f}, net of them "
        f"{100 * net(errors, noise):.1f}), {inside} inside their interval, which is "
        f"{_points([high - low for _, (_, low, high) in pairs])} wide; Winkler score "
        f"{100 * fmean(winkler(reached, each) for reached, each in pairs):.1f}."
    )


def _simpler(tunes: Sequence[Judgement]) -> list[str]:
    """How far off simpler forecasts are, beside ours on the same tunes."""
    lines = []
    for name, off in (
        ("same as the classifier", [t.as_classifier for t in tunes]),
        ("the prompt plus what the other tunes gained", [_offset_error(t, tunes) for t in tunes]),
    ):
        known = [(t, error) for t, error in zip(tunes, off, strict=True) if error is not None]
        ours = _points([t.error for t, _ in known])
        lines.append(
            f"- Simpler forecast, {name}: {_points([error for _, error in known])} off on "
            f"{len(known)} of the tunes; ours {ours} there."
        )
    return lines


def _points(values: Sequence[float | None]) -> str:
    """Mean size of some differences."""
    known = [abs(value) for value in values if value is not None]
    return f"{100 * _mean(known):.1f} points" if known else "not known"


def _signed(error: float | None) -> str:
    return "–" if error is None else f"{100 * error:+.1f}"


def _mean(values: Sequence[float]) -> float:
    return fmean(values) if values else 0.0


def _percent(share: float | None) -> str:
    return "–" if share is None else percent(share)
