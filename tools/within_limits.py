"""The team's limits of time and money, applied before the locked test is read."""

from collections.abc import Sequence

from policies.brief import Brief
from policies.evidence import Arm
from policies.limits import obstacle
from tools.economics import costs_of, running_cost
from tools.intake.dataset import Dataset
from tools.settings import Settings
from tools.trials.ladder import ladder
from tools.trials.plan import Plan
from tools.trials.stage import TODAY, TrialsReport, Winner, task_of
from tools.trials.trial import arm_name


def winner_within_limits(
    found: TrialsReport,
    dataset: Dataset,
    brief: Brief,
    models: Sequence[str],
    settings: Settings,
    extra: Sequence[Plan] = (),
) -> TrialsReport:
    """The trials with the best plan that is within the team's limits as the winner.

    Where no plan is, the winner stays: the rules then say what speaks against it.

    Args:
        found: What the trials found.
        dataset: The examples.
        brief: What the team told us.
        models: The models that were tried.
        settings: Prices.
        extra: Plans that were tried besides the ladder.
    """
    plans = [*ladder(task_of(dataset, brief), can_score=True), *extra]
    tried = {
        arm_name(plan, model): Winner(plan=plan, model=model) for model in models for plan in plans
    }
    arms = [
        arm.model_copy(update={"cost_per_1000": running_cost(arm, settings)})
        for arm in found.arms
        if arm.name != TODAY
    ]
    costs = costs_of(arms, found.current, settings)

    def usable(arm: Arm) -> bool:
        return arm.deployable and not obstacle(arm.p50_ms, costs.get(arm.name), brief)

    able = [arm for arm in arms if arm.name in tried and usable(arm)]
    best = max(able, key=lambda arm: (arm.dev.n, arm.dev.score), default=None)
    if best is None or found.winner is None or found.winner.arm in {arm.name for arm in able}:
        return found
    return found.model_copy(update={"winner": tried[best.name]})
