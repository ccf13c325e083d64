"""Which way of working the answer is about; the pictures ask, so no part of the page is needed."""

from policies.limits import TUNED
from policies.regret import ACTION
from tools.assessment import Assessment
from tools.trials.stage import TODAY


def advised(a: Assessment) -> str:
    """The name of the way that is advised.

    Returns:
        An arm's name, that of a tune still to be made, or "" where the answer is to use none yet.
    """
    use = a.outcome.use if a.outcome else ACTION.get(a.verdict)
    if a.verdict == "use_retrieval" and use in (None, "none"):  # a tune leaves that advice alone
        return a.retrieval.arm if a.retrieval else ""
    if use == "tuned":
        return next((arm.name for arm in a.arms if arm.kind == "tuned"), TUNED)
    if use == "classifier":
        rivals = [arm for arm in a.arms if arm.kind == "classifier"]
        return max(rivals, key=lambda arm: arm.dev.score).name if rivals else ""
    if use != "prompt":
        return ""
    if a.verdict == "keep_prompt" and not a.outcome and (kept := _kept(a)):
        return kept
    return a.prompting.best.name if a.prompting.best else ""


def _kept(a: Assessment) -> str:
    """Today's way, which stays: the answers in the file, or the team's own prompt."""
    own = {TODAY, *a.own_prompts}
    return next((arm.name for arm in a.arms if arm.name in own), "")
