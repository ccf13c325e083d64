"""What a rule found, and the findings that several rules share."""

from dataclasses import dataclass

from policies.evidence import Arm, Evidence
from policies.figures import percent
from policies.limits import arm_obstacle, tune_obstacle

NO_PROMPT = "No prompt was measured."


@dataclass(frozen=True)
class Finding:
    """What a rule saw: met, not met, or None where it does not apply."""

    met: bool | None
    text: str


def no_classifier(evidence: Evidence) -> Finding:
    """Why there is no classifier that could be used."""
    found = evidence.arm(evidence.classifier)
    why = arm_obstacle(found, evidence) if found and not evidence.brief.beyond_labels else ""
    if why:
        return Finding(False, f"The classifier cannot be used: {why}.")
    if evidence.task.type != "labels":
        return Finding(None, "A classifier answers with labels only.")
    if evidence.brief.beyond_labels:
        return Finding(None, "The team needs more than a label, which a classifier cannot give.")
    return Finding(None, "No classifier was measured.")


def no_forecast(evidence: Evidence) -> Finding:
    """Why there is no forecast that could be used."""
    why = tune_obstacle(evidence)
    if evidence.forecast and why:
        return Finding(False, f"A tuned model could not be used: {why}.")
    return Finding(None, "There is no forecast of a fine-tune.")


def shown(arm: Arm) -> str:
    """What an arm reaches, and on which rows."""
    where = "locked" if arm.test else "dev"
    return f"“{arm.name}” reaches {percent(arm.measured.score)} on {arm.measured.n:,} {where} rows"
