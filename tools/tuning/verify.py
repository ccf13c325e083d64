"""The proof as a typed tool: the tuned model on the locked test, once, against the best prompt."""

from collections.abc import Sequence

from policies.evidence import Arm, Difference, Evidence, Forecast, Score
from policies.figures import percent
from policies.policy import Policy
from policies.recommendation import Outcome, Use, Verdict
from policies.regret import ACTION
from tools.assessment import FlipCounts, TunedPart
from tools.measure.intervals import paired_difference, score_of
from tools.measure.metrics import item_scores
from tools.progress import Watch
from tools.trials.answering import run_plan
from tools.trials.latency import latency_alone
from tools.trials.stage import TEST_SCORES
from tools.trials.trial import Trial
from tools.tuning.tune import TuneReport
from tools.tuning.workplace import Workplace

ROUNDING = 1e-9  # 0.90 - 0.92 is a hair below -0.02


def verify(
    place: Workplace,
    tune: TuneReport,
    verdict: Verdict,
    same_model: bool,
    policy: Policy,
    watch: Watch,
) -> tuple[TunedPart, Arm]:
    """Check for forgetting, then read the test once and compare with the best prompt, paired.

    Args:
        place: Where the tune happened.
        tune: The finished tune.
        verdict: The advice before the tune; it decides which gate applies.
        same_model: Whether the best prompt runs on the model that was tuned.
        policy: The thresholds.
        watch: Progress and stop.
    """
    tuned, task = place.tuned(place.run.folder / tune.adapter), place.task
    forgetting = place.forgetting(place.run.folder / tune.adapter, policy, watch)
    rows = place.run.locked_test(place.dataset).read(tune.model, "prove the tune")
    trial = Trial(tune.plan, tune.model, list(rows))
    trial.answers = run_plan(tune.plan, task, tuned, rows, watch, "verify")
    place.run.save("test-tuned", trial.given)
    prompted: list[str | None] = place.run.load("test-prompt")
    place.run.save(TEST_SCORES.format("tuned"), trial.items(task).tolist())
    difference = paired_difference(task.metric, trial.expected, prompted, trial.given)
    test = score_of(task.metric, trial.expected, trial.given)
    shipped = passes_gate(verdict, difference, len(rows), policy)
    if tune.entry:
        place.registry.update(
            tune.entry,
            test=test,
            difference=difference,
            kept_abilities=forgetting.passed,
            shipped=shipped,
        )
    part = TunedPart(
        model=tune.model,
        test=test,
        difference=difference,
        difference_same_model=difference if same_model else None,
        forgetting=forgetting,
        shipped=shipped,
        adapter=tune.adapter,
        text=_words(verdict, difference, shipped, len(rows), policy),
        recipe=tune.recipe.reasons,
        loss=tuple(
            {k: v for k, v in step.model_dump().items() if v is not None} for step in tune.losses
        ),
        base=place.model,
        plan=tune.plan,
        flips=count_flips(
            item_scores(task.metric, trial.expected, prompted).tolist(),
            trial.items(task).tolist(),
        ),
    )
    update: dict[str, object] = {"name": tune.model, "kind": "tuned", "dev": tune.dev}
    times = latency_alone(tune.plan, task, tuned, place.dataset.parts.dev, watch)
    if times is not None:
        update |= {"p50_ms": times.p50_ms, "p95_ms": times.p95_ms, "timed": times.requests}
    arm = trial.arm(task, test).model_copy(update=update)
    return part, arm


def count_flips(before: Sequence[float], after: Sequence[float]) -> FlipCounts:
    """What became of each row: scores of its answers before and after the tune, 0 to 1."""
    rows = list(zip(before, after, strict=True))
    return FlipCounts(
        fixed=sum(new > old for old, new in rows),
        broken=sum(new < old for old, new in rows),
        kept_right=sum(new == old >= 1 for old, new in rows),
        kept_wrong=sum(new == old < 1 for old, new in rows),
    )


def passes_gate(verdict: Verdict, difference: Difference, rows: int, policy: Policy) -> bool:
    """Whether a tuned model ships.

    Tuned to save cost, it must not be worse by more than the margin; tuned for quality, it must be
    better by the paired interval. On fewer test rows than the policy asks for, nothing ships.
    """
    if rows < policy.least_ship_rows:
        return False
    if verdict == "fine_tune_for_cost":
        return difference.value >= -policy.margin - ROUNDING
    return difference.low > 0


def measured_ways(evidence: Evidence, prompt: Score | None, tuned: Score) -> dict[Use, float]:
    """What the ways of working reach on the locked test, the cheapest to run first.

    A classifier takes milliseconds, a prompt needs no upkeep, a tune does.

    Args:
        evidence: Its classifier is left out where the team needs more than a label.
        prompt: Test score of the best prompt.
        tuned: Test score of the tuned model.
    """
    found = None if evidence.brief.beyond_labels else evidence.arm(evidence.classifier)
    ways: list[tuple[Use, Score | None]]
    ways = [("classifier", found.measured if found else None), ("prompt", prompt), ("tuned", tuned)]
    return {use: score.score for use, score in ways if score is not None}


def outcome_of(
    verdict: Verdict,
    ways: dict[Use, float],
    shipped: bool,
    target: float,
    forecast: Forecast | None,
    policy: Policy,
) -> Outcome:
    """The arm to use by measured values.

    A tune that did not pass its gate is no choice and sets no mark: the advice from before it
    stands, if that was a way of working. Else it is the cheapest arm not worse than the best by the
    margin.

    Args:
        verdict: The advice before the tune.
        ways: What each way of working reaches on the test, the cheapest first, the tune among them.
        shipped: Whether the tune passed its gate.
        target: The score that is good enough.
        forecast: The forecast of the tune, or None.
        policy: The thresholds.
    """
    figures = ", ".join(f"{use} {percent(score)}" for use, score in ways.items())
    error = None if forecast is None else forecast.score - ways["tuned"]
    failed = "" if shipped else "The fine-tune did not pass its test. "
    measured = {use: score for use, score in ways.items() if shipped or use != "tuned"}
    stands = ACTION.get(verdict)
    if not shipped and stands in measured:
        text = f"{failed}The advice from before it stands: use the {stands} ({figures})."
        return Outcome(use=stands, text=text, forecast_error=error)
    best = max(measured.values(), default=0.0)
    if best < target - policy.margin - ROUNDING:
        what = "Nothing measured" if shipped else "Nothing else"
        text = f"{failed}{what} reaches the target of {percent(target)}: {figures}."
        return Outcome(use="none", text=text, forecast_error=error)
    cheapest = next(use for use in measured if measured[use] >= best - policy.margin - ROUNDING)
    title = "tuned model" if cheapest == "tuned" else cheapest
    text = (
        f"{failed}Use the {title}: it reaches {percent(measured[cheapest])} on the locked rows, "
        f"and nothing cheaper to run comes within {100 * policy.margin:g} points of the best "
        f"({figures})."
    )
    return Outcome(use=cheapest, text=text, forecast_error=error)


def _words(
    verdict: Verdict, difference: Difference, shipped: bool, rows: int, policy: Policy
) -> str:
    points = (
        f"{100 * difference.value:+.1f} points against the best prompt "
        f"({100 * difference.low:+.1f} to {100 * difference.high:+.1f}); "
        f"{difference.fixed} rows fixed, {difference.broken} broken."
    )
    if shipped:
        return f"It is good enough to ship: {points}"
    if rows < policy.least_ship_rows:
        return (
            f"It is not good enough to ship, since {rows} locked rows are too few to be sure, at "
            f"least {policy.least_ship_rows} are asked for: {points}"
        )
    if verdict == "fine_tune_for_cost":
        return f"It is not good enough to ship, since it is worse than the best prompt: {points}"
    return (
        f"It is not good enough to ship, since its gain over the best prompt is not sure: {points}"
    )
