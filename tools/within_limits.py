"""The team's limits of time and money, applied before the locked test is read."""

from policies.brief import Brief
from policies.evidence import Arm
from policies.limits import obstacle
from tools.economics import costs_of, running_cost
from tools.intake.dataset import Dataset
from tools.models.protocol import Chat
from tools.settings import Settings
from tools.trials.stage import TODAY, TrialsReport, Winner, task_of


def winner_within_limits(
    found: TrialsReport,
    dataset: Dataset,
    brief: Brief,
    settings: Settings,
) -> TrialsReport:
    """The trials with the best plan that is within the team's limits as the winner.

    Where no plan is, the winner stays: the rules then say what speaks against it.

    Args:
        found: What the trials found.
        dataset: The examples.
        brief: What the team told us.
        settings: Prices.
    """
    tried = {each.arm: each for each in found.tried}
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
    winner = tried[best.name]
    return found.model_copy(
        update={"winner": winner, "rendered": _rendered(winner, dataset, brief)}
    )


def _rendered(winner: Winner, dataset: Dataset, brief: Brief) -> Chat:
    """The winner's chat for the first dev row; similar examples would need the model for that."""
    if winner.plan.shots == "similar":
        return ()
    return winner.plan.chat(task_of(dataset, brief), dataset.parts.dev[0].input)
