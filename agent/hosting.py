"""Where what a run found can run, and what it takes to put it into use."""

from collections.abc import Collection

from agent.reasons import in_short
from tools.assessment import Assessment
from tools.report.answer import next_steps

STAYS = "Asking changes nothing; “nothing may leave this machine” keeps the run here from now on."


def where_it_can_run(a: Assessment, endpoints: Collection[str]) -> str:
    """Whether it can run on a machine of the team's own.

    Args:
        a: The assessment of the run.
        endpoints: The models that answer elsewhere.
    """
    best = next(
        (arm for arm in a.arms if a.prompting.best and arm.name == a.prompting.best.name), None
    )
    own = (
        "`tuneworthy serve` puts the prompt, the classifier or the tuned model behind an address "
        "on this machine or on a server of your own, and sends nothing on."
    )
    if best is not None and best.model in endpoints:
        return (
            "Not all of it can run on a machine of your own: the best prompt was measured on the "
            f"endpoint “{best.model}” and needs that. What a model here answered can: {own}"
        )
    return f"It can run on a machine of your own: {own}"  # no yes: some ask whether it cannot


def go_live(a: Assessment, subjects: tuple[str, ...]) -> str:
    """Whether to put it into use: the answer, and the steps to take first."""
    steps = [f"{number}. {step}" for number, step in enumerate(next_steps(a), start=1)]
    return "\n".join([in_short(a, ()), "What comes first:", *steps])
