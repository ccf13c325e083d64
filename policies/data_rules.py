"""The rules that come first: whether the examples can decide anything, and what the input lacks."""

from policies.contenders import (
    is_enough,
    usable,
    usable_classifier,
    usable_forecast,
    usable_prompt,
    usable_today,
)
from policies.evidence import Errors, Evidence, Retrieval
from policies.figures import gain_in_words, percent
from policies.finding import Finding
from policies.limits import arm_obstacle
from policies.policy import Policy


def contradictions(evidence: Evidence, policy: Policy) -> Finding:
    """Whether the same input comes with different answers too often."""
    share = evidence.data.contradictions / max(1, evidence.task.rows)
    ceiling, target = evidence.data.ceiling, evidence.brief.target
    text = (
        f"{evidence.data.contradictions:,} of {evidence.task.rows:,} rows ({percent(share)}) have "
        f"the same input as another row but another answer; at best {percent(ceiling)} "
        "can be right."
    )
    if evidence.task.type == "text":
        return Finding(None, "Several right answers to one input are normal for this kind of task.")
    return Finding(share >= policy.contradiction_share or ceiling < target, text)


def label_errors(evidence: Evidence, policy: Policy) -> Finding:
    """Whether too many labels are clearly wrong."""
    data, rows = evidence.data, evidence.task.rows
    if evidence.task.type != "labels":
        return Finding(None, "Only labels can be checked for errors.")
    if data.labels_unchecked:
        return Finding(None, f"Labels could not be checked for errors: {data.labels_unchecked}.")
    text = (
        f"{data.label_errors:,} of {rows:,} rows "
        f"({percent(data.label_errors / max(1, rows))}) seem to "
        f"carry a wrong label; {data.sure_label_errors:,} of them clearly."
    )
    sure = data.sure_label_errors / max(1, rows)
    return Finding(sure > 0 and sure >= policy.label_error_share, text)


def facts_missing(evidence: Evidence, policy: Policy) -> Finding:
    """Whether the answers need facts that the input lacks."""
    brief, found = evidence.brief, evidence.retrieval
    changing = brief.facts_change in policy.changing_often
    told = brief.needs_outside_facts or changing
    if found is not None:
        return _looked_up(found, told, evidence, policy)
    if not told:
        return Finding(
            False, "The team does not say that the answer needs facts which the input lacks."
        )
    for arm in (usable_prompt(evidence), usable_today(evidence), usable_classifier(evidence)):
        if arm and is_enough(arm.measured.score, evidence, policy):
            return Finding(
                False, f"The answers need facts from outside, but “{arm.name}” is good enough."
            )
    why = "need facts that the input lacks" if brief.needs_outside_facts else "rest on facts"
    when = f" that change {brief.facts_change}" if changing else ""
    text = f"The team says that right answers {why}{when}. "
    if evidence.best_prompt is None:
        return Finding(False, text + "No prompt was measured that could show what is missing.")
    if evidence.task.type == "labels" and not brief.needs_outside_facts:
        return Finding(False, text + "Labels that change are no facts to look up.")
    if (errors := evidence.errors) is not None:
        text += _made_of(errors)
        if not errors.absent and not (brief.needs_outside_facts and errors.untold):
            return Finding(False, text + " So it is not facts that are missing here.")
    return Finding(
        True,
        text + " A tuned model learns form, not facts, and facts go stale. No retrieval was "
        "measured here.",
    )


def _made_of(errors: Errors) -> str:
    """What the best prompt's mistakes are made of, in words."""
    return (
        f"Of the best prompt's mistakes on dev rows, {errors.absent:,} need something that their "
        f"input does not hold; {errors.behaviour:,} do not, since what they need stands there or "
        f"no valid answer came; of {errors.untold:,} it cannot be told."
    )


def _looked_up(found: Retrieval, told: bool, evidence: Evidence, policy: Policy) -> Finding:
    """What passages of the team's documents gained: a claim about facts is measured here.

    They must gain more than the margin, and nothing that was measured may reach the target without
    them. Where the team says that facts are missing or change, that is enough; where it does not,
    the gain has to be clear (its interval is above zero, on enough rows), no classifier may do as
    well, and no fine-tune be forecast to be better by the margin.
    """
    text = gain_in_words(found)
    arm = evidence.arm(found.arm)
    if arm is None or found.gain.value <= policy.margin:
        return Finding(False, text + " The documents do not help by more than the margin.")
    why = arm_obstacle(arm, evidence)
    if why:
        return Finding(False, f"{text} They cannot be used: {why}.")
    target, score = evidence.brief.target, arm.measured.score
    classifier, forecast = usable_classifier(evidence), usable_forecast(evidence)
    without = usable(evidence.arm(found.without), evidence)
    for plain in (without, usable_today(evidence), classifier):
        if plain and not plain.looks_up and plain.measured.score >= target:
            return Finding(False, f"{text} But “{plain.name}” is good enough without them.")
    if told:
        return Finding(True, text + " The team says that the facts are not in the input or change.")
    if found.gain.low <= 0 or evidence.task.test < policy.least_test_rows:
        return Finding(False, text + " On so few rows that does not show that facts are missing.")
    if classifier and classifier.measured.score >= min(target, score - policy.margin):
        return Finding(False, f"{text} But “{classifier.name}” does as well without them.")
    if forecast and score < min(target, forecast.score - policy.margin):
        return Finding(False, text + " But a fine-tune is forecast to be better without them.")
    return Finding(True, text + " Facts that the input lacks are in the documents.")
