"""The proof as a typed tool: the tuned model on the locked test, once, against the best prompt."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from policies.contenders import usable_today
from policies.evidence import Arm, Difference, Evidence, Forecast, Score
from policies.figures import percent, points, signed
from policies.limits import TUNED, arm_obstacle, tune_obstacle
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
from tools.tuning.forgetting import judged
from tools.tuning.proofs import note_proof
from tools.tuning.registry import seal_hash
from tools.tuning.tune import TuneReport
from tools.tuning.workplace import Workplace

ROUNDING = 1e-9  # 0.90 - 0.92 is a hair below -0.02
CHANCE = 0.05  # a gain that luck brings about more often is not sure
NAMES: dict[Use, str] = {
    "tuned": "tuned",
    "prompt": "prompt",
    "classifier": "classifier",
    "none": "today",
}
ADVICE: dict[Use, str] = {
    "tuned": "use the tuned model",
    "prompt": "use the prompt",
    "classifier": "use the classifier",
    "none": "keep what you have today",
}


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
    adapter, task = place.run.folder / tune.adapter, place.task
    tuned = place.tuned(adapter)
    forgetting = place.forgetting(adapter, policy, watch)
    used = note_proof(place.store.folder, seal_hash(adapter))
    rows = place.run.locked_test(place.dataset).read(tune.model, "prove the tune")
    trial = Trial(tune.plan, tune.model, list(rows))
    trial.answers = run_plan(tune.plan, task, tuned, rows, watch, "verify", spare=True)
    place.run.save("test-tuned", trial.given)
    prompted: list[str | None] = place.run.load("test-prompt")
    place.run.save(TEST_SCORES.format("tuned"), trial.items(task).tolist())
    difference = paired_difference(task.metric, trial.expected, prompted, trial.given)
    test = score_of(task.metric, trial.expected, trial.given)
    forgets = place.brief.replaces_base and not forgetting.passed
    shipped = passes_gate(verdict, difference, len(rows), policy, forgets, used)
    if tune.entry:
        place.registry.update(
            tune.entry,
            test=test,
            difference=difference,
            kept_abilities=forgetting.passed,
            shipped=shipped,
            plan=tune.plan,
            task=task.description,
        )
    times = latency_alone(tune.plan, task, tuned, place.dataset.parts.dev, watch)
    part = TunedPart(
        model=tune.model,
        test=test,
        difference=difference,
        difference_same_model=difference if same_model else None,
        forgetting=forgetting,
        shipped=shipped,
        adapter=tune.adapter,
        text=_words(verdict, difference, shipped, len(rows), policy, forgets, used),
        slow_ms=times.p95_ms or times.p50_ms if times else 0.0,
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
        peak_megabytes=tune.result.peak_megabytes,
        peak_gpu_megabytes=tune.result.peak_gpu_megabytes,
        dropped=tune.result.dropped,
        used=used,
    )
    update: dict[str, object] = {"name": tune.model, "kind": "tuned", "dev": tune.dev}
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


def passes_gate(
    verdict: Verdict,
    difference: Difference,
    rows: int,
    policy: Policy,
    forgets: bool = False,
    used: int = 0,
) -> bool:
    """Whether a tuned model ships.

    Tuned to save cost, it must not be worse by more than the margin; tuned for quality, it must be
    better by the paired interval and by the exact test, since resampling four rows that were all
    fixed knows nothing of a fifth. On fewer test rows than the policy asks for, nothing ships, nor
    on rows that had judged other tunes before, nor does a model that forgets, where it is to
    replace the base for everything.
    """
    if _barrier(rows, policy, forgets, used):
        return False
    if verdict == "fine_tune_for_cost":
        return difference.value >= -policy.margin - ROUNDING
    return difference.low > 0 and difference.p_value < CHANCE


def judged_anew(
    part: TunedPart, verdict: Verdict, policy: Policy, replaces_base: bool = False
) -> TunedPart:
    """A proven tune beside another advice or use: they decide which gate applies."""
    rows = part.test.n
    forgetting = judged(part.forgetting, policy, replaces_base)
    forgets = replaces_base and not forgetting.passed
    shipped = passes_gate(verdict, part.difference, rows, policy, forgets, part.used)
    text = _words(verdict, part.difference, shipped, rows, policy, forgets, part.used)
    return part.model_copy(update={"shipped": shipped, "text": text, "forgetting": forgetting})


@dataclass(frozen=True)
class Way:
    """A way of working as it was measured on the locked test.

    Attributes:
        use: What it is; "none" is to change nothing.
        score: What it reaches.
        barred: Why the team's limits rule it out, or "".
    """

    use: Use
    score: float
    barred: str = ""


def measured_ways(
    evidence: Evidence, prompt: Score | None, tuned: Score, policy: Policy
) -> tuple[Way, ...]:
    """The ways of working, those first that cost least; what the team has today before all.

    At a volume that was told they cost what they cost a month, the start spread over the policy's
    horizon. Else a classifier takes milliseconds, a prompt needs no upkeep, a tune does.

    Args:
        evidence: Its classifier is left out where the team needs more than a label.
        prompt: Test score of the best prompt.
        tuned: Test score of the tuned model.
        policy: The thresholds.
    """
    best, today = evidence.arm(evidence.best_prompt), usable_today(evidence)
    found = None if evidence.brief.beyond_labels else evidence.arm(evidence.classifier)
    ways: list[tuple[str, Way]] = []
    if found is not None:
        barred = arm_obstacle(found, evidence)
        ways.append((found.name, Way("classifier", found.measured.score, barred)))
    if prompt is not None and best is not None:
        ways.append((best.name, Way("prompt", prompt.score, arm_obstacle(best, evidence))))
    ways.append((TUNED, Way("tuned", tuned.score, tune_obstacle(evidence))))
    costs = {name: _cost(name, evidence, policy) for name, _ in ways}
    if None not in costs.values():
        ways.sort(key=lambda way: costs[way[0]] or 0.0)
    kept = [Way("none", today.measured.score)] if today and today is not best else []
    return (*kept, *(way for _, way in ways))


def _cost(name: str, evidence: Evidence, policy: Policy) -> float | None:
    """What a way costs a month, its start spread over the horizon; None where it is not known."""
    cost, volume = evidence.costs.get(name), evidence.brief.monthly_requests
    if cost is None or volume is None:
        return None
    return cost.per_month(volume, evidence.brief.retrainings) + cost.one_off / max(
        1.0, policy.horizon_months
    )


def outcome_of(
    verdict: Verdict,
    ways: Sequence[Way],
    shipped: bool,
    target: float,
    forecast: Forecast | None,
    policy: Policy,
    rows: int | None = None,
    forgets: bool = False,
    used: int = 0,
    difference: Difference | None = None,
) -> Outcome:
    """The arm to use by measured values.

    What the team's limits rule out is no choice. A tune that did not pass its gate is none either,
    and sets no mark: the advice from before it stands, if that was a way of working. Else it is the
    cheapest way not worse than the best by the margin.

    Args:
        verdict: The advice before the tune.
        ways: The ways of working, the cheapest first, the tune among them; see `measured_ways`.
        shipped: Whether the tune passed its gate.
        target: The score that is good enough.
        forecast: The forecast of the tune as it is asked, or None.
        policy: The thresholds.
        rows: Locked rows that proved it, to tell where these were too few.
        forgets: Whether forgetting kept it from passing.
        used: How many other tunes these rows had judged before.
        difference: The tune over the best prompt, paired, to tell where it is clearly worse.
    """
    figures = ", ".join(f"{NAMES[way.use]} {percent(way.score)}" for way in ways)
    tune = next(way for way in ways if way.use == "tuned")
    error = None if forecast is None else forecast.score - tune.score
    needed = "as good as" if verdict == "fine_tune_for_cost" else "better than"
    failed = f"The fine-tune was not shown to be {needed} the prompt. "
    if shipped:
        failed = f"The fine-tune cannot be used: {tune.barred}. " if tune.barred else ""
    elif difference is not None and _is_worse(difference, verdict, policy):
        failed = f"{_worse(difference, ways, rows)} "
    elif rows is not None and (barrier := _barrier(rows, policy, forgets, used)):
        failed = f"{barrier.sentence} "
    open_ways = [way for way in ways if not way.barred and (shipped or way.use != "tuned")]
    stands = _advised(verdict, ways)
    if not shipped and stands in [way.use for way in open_ways]:
        text = f"{failed}The advice from before it stands: {ADVICE[stands]} ({figures})."
        return Outcome(use=stands, text=text, forecast_error=error)
    best = max((way.score for way in open_ways), default=0.0)
    if best < target - policy.margin - ROUNDING:
        what = "Nothing measured" if shipped else "Nothing else"
        within = " within your limits" if any(way.barred for way in ways) else ""
        text = f"{failed}{what}{within} reaches the target of {percent(target)}: {figures}."
        return Outcome(use="none", text=text, forecast_error=error)
    chosen = next(way for way in open_ways if way.score >= best - policy.margin - ROUNDING)
    advice = ADVICE[chosen.use]
    text = (
        f"{failed}{advice[:1].upper()}{advice[1:]}: it reaches {percent(chosen.score)} on the "
        f"locked rows, and nothing that costs less comes within {100 * policy.margin:g} points of "
        f"the best ({figures})."
    )
    return Outcome(use=chosen.use, text=text, forecast_error=error)


def outcome_now(
    part: TunedPart, verdict: Verdict, evidence: Evidence, prompt: Score | None, policy: Policy
) -> Outcome:
    """What a proven tune makes the answer beside this advice and evidence.

    Args:
        part: The tune; `judged_anew` fits it to the advice.
        verdict: The advice.
        evidence: What it rests on.
        prompt: The best prompt's score on the locked test.
        policy: The thresholds.
    """
    brief = evidence.brief
    ways = measured_ways(_as_measured(evidence, part), prompt, part.test, policy)
    forgets = brief.replaces_base and not part.forgetting.passed
    return outcome_of(
        verdict,
        ways,
        part.shipped,
        brief.target,
        evidence.forecast if part.plan is None or part.plan.is_short else None,
        policy,
        part.test.n,
        forgets,
        part.used,
        part.difference,
    )


def _as_measured(evidence: Evidence, part: TunedPart) -> Evidence:
    """The evidence with the tune's time and cost as measured, where it had them estimated."""
    costs = evidence.costs if part.cost is None else {**evidence.costs, TUNED: part.cost}
    update = {"costs": costs, "tuned_ms": part.slow_ms or evidence.tuned_ms}
    return evidence.model_copy(update=update)


def _advised(verdict: Verdict, ways: Sequence[Way]) -> Use | None:
    """What the advice before the tune was to use; to keep another than a prompt changes nothing."""
    if verdict == "keep_prompt" and any(way.use == "none" for way in ways):
        return "none"
    advised = ACTION.get(verdict)
    return None if advised == "none" else advised


def _is_worse(difference: Difference, verdict: Verdict, policy: Policy) -> bool:
    """Whether a tune is clearly worse than the prompt: no number of rows would let it ship."""
    allowed = policy.margin if verdict == "fine_tune_for_cost" else 0.0
    return difference.high < 0 and difference.value < -allowed - ROUNDING


def _worse(difference: Difference, ways: Sequence[Way], rows: int | None) -> str:
    """By how much a tune is worse, in words."""
    found = {way.use: percent(way.score) for way in ways}
    text = f"The fine-tune scored {points(-difference.value).lstrip('+')} below the prompt"
    text += f" on {rows:,} locked rows" if rows is not None else ""
    if "prompt" in found:
        text += f" ({found['tuned'].removesuffix(' %')} against {found['prompt']})"
    return f"{text}."


class _Barrier(NamedTuple):
    """What keeps a tune from shipping whatever it gained, as a reason and as a sentence."""

    reason: str
    sentence: str


def _barrier(rows: int, policy: Policy, forgets: bool, used: int) -> _Barrier | None:
    if forgets:
        return _Barrier(
            "it is to replace the model for everything and may have forgotten too much for that",
            "The fine-tune may have forgotten too much to replace the model for everything.",
        )
    if used:
        others = "another fine-tune" if used == 1 else f"{used} other fine-tunes"
        return _Barrier(
            f"its locked rows had judged {others} of these examples before, and the best of "
            "several is partly luck: it takes new examples to prove this one",
            f"The locked rows had judged {others} before, so they prove no gain any more.",
        )
    if rows < policy.least_ship_rows:
        return _Barrier(
            f"{rows:,} locked rows are too few to be sure, at least {policy.least_ship_rows} are "
            "asked for",
            f"The fine-tune was tried on {rows:,} locked rows, which are too few to be sure.",
        )
    return None


def _words(
    verdict: Verdict,
    difference: Difference,
    shipped: bool,
    rows: int,
    policy: Policy,
    forgets: bool,
    used: int,
) -> str:
    gained = (
        f"{points(difference.value)} against the best prompt "
        f"({signed(difference.low)} to {signed(difference.high)}); "
        f"{difference.fixed:,} rows better, {difference.broken:,} worse."
    )
    if shipped:
        return f"It is good enough to ship: {gained}"
    barrier = _barrier(rows, policy, forgets, used)
    if _is_worse(difference, verdict, policy):
        reason = "it is clearly worse than the best prompt"
    elif barrier:
        reason = barrier.reason
    elif verdict == "fine_tune_for_cost":
        reason = "it is worse than the best prompt"
    else:
        reason = "its gain over the best prompt is not sure"
    return f"It is not good enough to ship, since {reason}: {gained}"
