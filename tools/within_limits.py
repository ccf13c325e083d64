"""The team's limits of time and money, applied before the locked test is read."""

from collections.abc import Callable, Sequence

from policies.brief import Brief
from policies.evidence import Arm
from policies.limits import obstacle
from tools.economics import costs_of, running_cost
from tools.settings import Settings
from tools.trials.latency import Latency
from tools.trials.stage import TODAY, TrialsReport, Winner

Timed = Callable[[Winner], Latency | None]
MOST_TIMED = 6
AS_BRIEF = 1.25  # times the tokens of the best prompt's answers


def winner_within_limits(
    found: TrialsReport,
    brief: Brief,
    settings: Settings,
    timed: Timed = lambda winner: None,
) -> TrialsReport:
    """The trials with the best plan that is within the team's limits as the winner.

    Each candidate is timed one request at a time before it wins. Where no plan is within the
    limits, the winner stays: the rules then say what speaks against it.

    Args:
        found: What the trials found.
        brief: What the team told us.
        settings: Prices.
        timed: Times a plan alone; None where that cannot be done or need not be.
    """
    seen: set[str] = set()
    while True:
        chosen = _chosen(found, brief, settings)
        if chosen.winner is None or chosen.winner.arm in seen:
            return chosen
        if len(seen) >= MOST_TIMED:  # none of the best keeps to the limit; no other is known to
            return found
        seen.add(chosen.winner.arm)
        found = with_latency(found, chosen.winner, timed)


def with_latency(found: TrialsReport, plan: Winner, timed: Timed) -> TrialsReport:
    """The trials with one arm's times measured one request at a time."""
    latency = timed(plan)
    if latency is None:
        return found
    times = {"p50_ms": latency.p50_ms, "p95_ms": latency.p95_ms, "timed": latency.requests}
    arms = (arm.model_copy(update=times) if arm.name == plan.arm else arm for arm in found.arms)
    return found.model_copy(update={"arms": tuple(arms)})


def others_to_time(found: TrialsReport, tune_model: str) -> list[Winner]:
    """Plans whose time decides something besides the winner's.

    The team's own prompt, and the one that takes as long as a tuned model would.
    """
    like = like_tuned(found.arms, tune_model)
    names = dict.fromkeys((found.current, like.name if like else None))
    return [plan for name in names for plan in found.tried if plan.arm == name]


def like_tuned(arms: Sequence[Arm], tune_model: str) -> Arm | None:
    """The prompt that takes as long as a tuned model would, or None if none ran on the model.

    A tuned model needs the shortest prompt and writes what the best prompt has the model write; a
    bare instruction often has it ramble.
    """
    prompts = [arm for arm in arms if arm.model == tune_model and arm.kind == "prompt"]
    best = max(prompts, key=lambda arm: (arm.dev.n, arm.dev.score), default=None)
    if best is None:
        return None
    most = best.completion_tokens * AS_BRIEF
    brief = [arm for arm in prompts if arm.completion_tokens <= most]
    return min(brief, key=lambda arm: arm.prompt_tokens)


def _chosen(found: TrialsReport, brief: Brief, settings: Settings) -> TrialsReport:
    tried = {each.arm: each for each in found.tried}
    arms = [
        arm.model_copy(update={"cost_per_1000": running_cost(arm, settings)})
        for arm in found.arms
        if arm.name != TODAY
    ]
    costs = costs_of(arms, found.current, settings)

    def usable(arm: Arm) -> bool:
        return arm.deployable and not obstacle(arm.slow_ms, costs.get(arm.name), brief)

    able = [arm for arm in arms if arm.name in tried and usable(arm)]
    best = max(able, key=lambda arm: (arm.dev.n, arm.dev.score), default=None)
    if best is None or found.winner is None or found.winner.arm in {arm.name for arm in able}:
        return found
    return found.model_copy(update={"winner": tried[best.name]})
