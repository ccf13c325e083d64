"""Which way of working the answer is about; the pictures ask, so no part of the page is needed."""

from policies.evidence import Arm
from policies.limits import TUNED
from policies.regret import ACTION
from tools.assessment import Assessment
from tools.trials.stage import TODAY


def advised(a: Assessment) -> str:
    """The name of the way that is advised.

    Returns:
        An arm's name, that of a tune still to be made, or "" where the answer is to use none yet.
    """
    if keeps_today(a):
        return TODAY
    use = a.outcome.use if a.outcome else ACTION.get(a.verdict)
    if a.verdict == "use_retrieval" and use in (None, "none"):  # a tune leaves that advice alone
        return a.retrieval.arm if a.retrieval else ""
    if use == "tuned":
        return next((arm.name for arm in a.arms if arm.kind == "tuned"), TUNED)
    if use == "classifier":
        rival = best_classifier(a)
        return rival.name if rival else ""
    if use != "prompt":
        return ""
    kept = kept_prompt(a)
    return kept.name if kept else _best_prompt(a)


def advised_arm(a: Assessment) -> str:
    """The name of the arm that the answer is about: where none is advised, the best prompt."""
    return advised(a) or _best_prompt(a)


def todays(a: Assessment) -> Arm | None:
    """Today's answers as the file gives them, of people or another system; None without."""
    return next((arm for arm in a.arms if arm.name == TODAY), None)


def own_prompt(a: Assessment) -> Arm | None:
    """The prompt that the team uses today, as it was tried first; None without."""
    return next((arm for arm in a.arms if arm.name in a.own_prompts), None)


def keeps_today(a: Assessment) -> bool:
    """Whether the answer is to keep what the team has, which is no prompt that was tried here."""
    today, use = todays(a), a.outcome.use if a.outcome else None
    if today is None or use not in (None, "none"):
        return False
    reaches = today.measured.score >= a.task.target
    return a.verdict == "keep_prompt" or (use == "none" and reaches)


def kept_prompt(a: Assessment) -> Arm | None:
    """The team's own prompt where it is the answer and not the best one."""
    stays = a.verdict == "keep_prompt" and (a.outcome is None or a.outcome.use == "prompt")
    kept = own_prompt(a) if stays and todays(a) is None else None
    return kept if kept and kept.name != _best_prompt(a) else None


def best_classifier(a: Assessment) -> Arm | None:
    """The classifier that was best on dev."""
    rivals = [arm for arm in a.arms if arm.kind == "classifier"]
    return max(rivals, key=lambda arm: arm.dev.score, default=None)


def _best_prompt(a: Assessment) -> str:
    return a.prompting.best.name if a.prompting.best else ""
