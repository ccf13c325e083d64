"""The rules, in order of precedence: each a named condition over the evidence.

The probe and the word classifier play a double part: they forecast the tune and they rival it. On
labels a classifier often ties the tune; then the classifier wins, because it is cheaper to run and
to keep. A tune wins on labels only where its forecast is above the classifier by the margin, where
the classifier misses the target by more than the margin and the forecast does not, or where the
team states a need that a classifier cannot meet (`brief.beyond_labels`).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from policies.contenders import (
    alike,
    best_rival,
    is_enough,
    present_holds_up,
    prompt_is_enough,
    usable_classifier,
    usable_forecast,
    usable_prompt,
    usable_today,
)
from policies.data_rules import contradictions, facts_missing, label_errors
from policies.evidence import Arm, Evidence
from policies.figures import amount, apart_by, percent, span
from policies.finding import NO_PROMPT, Finding, no_classifier, no_forecast, shown
from policies.limits import arm_obstacle, tune_obstacle
from policies.policy import Policy
from policies.recommendation import Verdict
from policies.regret import Estimate
from policies.saving_rules import classifier_pays, tune_pays

LAST_RESORT = "no_rule_met"  # holds always, and explains nothing beside a rule that decided
LIMITS = "limits_rule_it_out"
PAYS_BACK = ("classifier_pays_back", "tune_pays_back")  # what money alone speaks for
SURE_SPREADS = 1.96  # a difference of fewer standard deviations may be chance (95 % interval)
ADVISED: dict[Verdict, str] = {  # the advice of each rule below the guards, as what one does
    "keep_prompt": "keeping what you have",
    "adopt_prompt": "taking the better prompt",
    "use_classifier": "taking the ordinary classifier",
    "fine_tune": "fine-tuning",
    "fine_tune_for_cost": "fine-tuning to save cost",
    "larger_model": "trying a larger model",
}


@dataclass(frozen=True)
class Rule:
    """One named condition and the verdict it stands for."""

    name: str
    verdict: Verdict
    check: Callable[[Evidence, Policy], Finding]


def _present_is_enough(evidence: Evidence, policy: Policy) -> Finding:
    current, best = evidence.arm(evidence.current), usable_prompt(evidence)
    if current is None:
        return Finding(None, "No prompt or answers of today were given.")
    why = arm_obstacle(current, evidence)
    if why:
        return Finding(False, f"What you have today, “{current.name}”, cannot be used: {why}.")
    where = "locked" if current.test and (best is None or best.test) else "dev"
    today = alike(current, best or current)
    text = f"What you have today, “{current.name}”, scores {percent(today)} on {where} rows; "
    if best is None:
        text += "no prompt was found that could be used."
    elif (found := alike(best, current)) > today:
        text += f"the best prompt found is better by {100 * (found - today):.1f} points."
    else:
        text += "no prompt found is better."
    if not is_enough(current.measured.score, evidence, policy):
        text += " The target is not reached."
    return Finding(present_holds_up(evidence, policy), text)


def _prompt_is_enough(evidence: Evidence, policy: Policy) -> Finding:
    prompt, target = evidence.arm(evidence.best_prompt), evidence.brief.target
    if prompt is None:
        return Finding(None, NO_PROMPT)
    why = arm_obstacle(prompt, evidence)
    if why:
        return Finding(False, f"{shown(prompt)}, but cannot be used: {why}.")
    enough = prompt_is_enough(evidence, policy)
    word = "reaches" if prompt.measured.score >= target else "misses"
    text = f"{shown(prompt)}; that {word} the target of {percent(target)}."
    if enough and prompt.measured.score < target:
        text += " Nothing that could be used is better by more than the margin: practically equal."
    return Finding(enough, text)


def _classifier_is_enough(evidence: Evidence, policy: Policy) -> Finding:
    classifier, target = usable_classifier(evidence), evidence.brief.target
    if classifier is None:
        return no_classifier(evidence)
    score, today = classifier.measured.score, usable_today(evidence)
    text = f"The classifier {shown(classifier)}; the target is {percent(target)}."
    enough = is_enough(score, evidence, policy)
    if prompt_is_enough(evidence, policy):
        if not enough:
            return Finding(False, text + _prompt_is_nearer(score, evidence, policy))
        text += " The prompt is good enough as well and takes less effort to set up."
        return Finding(False, text + better_than_needed(evidence, policy))
    if score < target and today and score <= today.measured.score + policy.margin:
        return Finding(False, text + f" What you have today, “{today.name}”, does as well.")
    if enough and score < target:
        text += " Nothing that could be used is better by more than the margin."
    return Finding(enough, text)


def _prompt_is_nearer(score: float, evidence: Evidence, policy: Policy) -> str:
    """Why the prompt is good enough and a classifier with this score is not."""
    prompt, target = usable_prompt(evidence), evidence.brief.target
    if prompt is None or prompt.measured.score >= target:
        return " That is not enough, and the prompt is."
    if score < target - policy.margin:
        return (
            f" The prompt comes within {100 * policy.margin:g} points of it, the classifier does "
            "not."
        )
    return " The prompt is nearer to the best that could be used."


def better_than_needed(evidence: Evidence, policy: Policy) -> str:
    """A sentence on the classifier where it is better than a prompt that is good enough, or ""."""
    classifier, prompt = usable_classifier(evidence), usable_prompt(evidence)
    if classifier is None or prompt is None:
        return ""
    more = classifier.measured.score - prompt.measured.score
    if more <= policy.margin:
        return ""
    ours, theirs = (Estimate.of(arm.measured) for arm in (classifier, prompt))
    lucky = more < SURE_SPREADS * math.hypot(ours.sd, theirs.sd)
    text = (
        f" The classifier scored {apart_by(more)} higher on {classifier.measured.n:,} rows"
        + (", which chance alone may explain" if lucky else "")
        + _dearer(classifier, prompt, evidence)
    )
    return f"{text}; above the target that does not count."


def _dearer(arm: Arm, other: Arm, evidence: Evidence) -> str:
    """What an arm costs more at first than another, as a clause; "" where that is nothing."""
    mine, theirs = evidence.costs.get(arm.name), evidence.costs.get(other.name)
    if mine is None or theirs is None or mine.one_off <= theirs.one_off:
        return ""
    return f", and costs {amount(mine.one_off - theirs.one_off, evidence.prices)} more once"


def _tune_closes_gap(evidence: Evidence, policy: Policy) -> Finding:
    forecast, prompt = usable_forecast(evidence), evidence.arm(evidence.best_prompt)
    target, today = evidence.brief.target, usable_today(evidence)
    if forecast is None:
        return no_forecast(evidence)
    if prompt is None:
        return Finding(None, NO_PROMPT)
    text = (
        f"A fine-tune is forecast at {percent(forecast.score)} "
        f"({span(forecast.low, forecast.high)}); the best prompt has "
        f"{percent(prompt.measured.score)} and the target is {percent(target)}."
    )
    why = arm_obstacle(prompt, evidence)
    if why:
        text += f" That prompt cannot be used: {why}."
    if not evidence.exhausted:
        text += " Prompting was not tried to its end: a better prompt may still be found."
    if today and today.name != prompt.name:
        text += f" What you have today, “{today.name}”, has {percent(today.measured.score)}."
    others = [] if why else [prompt.measured.score]
    others += [today.measured.score] if today else []
    gains = all(forecast.score > score + policy.margin for score in others)
    reaches = forecast.score >= target - policy.margin
    return Finding(not prompt_is_enough(evidence, policy) and gains and reaches, text)


def _limits_rule_out(evidence: Evidence, policy: Policy) -> Finding:
    """Whether something would be good enough and only the team's limits rule it out."""
    target, known = evidence.brief.target, bool(evidence.forecast or evidence.classifier)
    near = target - policy.margin  # counts as enough of a forecast, and where rivals are known
    barred = []
    for name in dict.fromkeys((evidence.best_prompt, evidence.current, _as_needed(evidence))):
        arm = evidence.arm(name)
        if arm and (why := arm_obstacle(arm, evidence)):
            enough = arm.measured.score >= (near if known else target)
            barred.append((enough, f"{shown(arm)}, but {why}."))
    if evidence.forecast and (why := tune_obstacle(evidence)):
        score = evidence.forecast.score
        barred.append((score >= near, f"A fine-tune is forecast at {percent(score)}, but {why}."))
    good = [text for enough, text in barred if enough]
    if not good:
        return Finding(None, "The team's limits rule out nothing that is good enough.")
    prompt, rival = usable_prompt(evidence), best_rival(evidence)
    best = max(prompt.measured.score if prompt else 0.0, rival)
    if best >= near:
        return Finding(False, " ".join(good) + " Another way does without that.")
    return Finding(True, " ".join(good) + " So it is the limit that stands in the way.")


def _as_needed(evidence: Evidence) -> str | None:
    """Name of the classifier, where a label is all that is needed."""
    return None if evidence.brief.beyond_labels else evidence.classifier


def _nothing_reaches(evidence: Evidence, policy: Policy) -> Finding:
    prompt, target = evidence.arm(evidence.best_prompt), evidence.brief.target
    if prompt is None:
        return Finding(None, NO_PROMPT)
    names = (evidence.best_prompt, evidence.current, _as_needed(evidence))
    scores = [arm.measured.score for name in names if (arm := evidence.arm(name))]
    best = max([*scores, *([evidence.forecast.score] if evidence.forecast else [])])
    text = (
        f"The best of all that was measured or forecast is {percent(best)}; the target is "
        f"{percent(target)}."
    )
    if target - policy.margin <= best < target:
        text += f" Within {100 * policy.margin:g} points below counts as reached."
    forecast = usable_forecast(evidence)
    possible = min(forecast.high, evidence.data.label_ceiling) if forecast else 0.0
    if forecast and best < target <= possible:
        text += (
            " A fine-tune may still reach it: its forecast lies within "
            f"{span(forecast.low, forecast.high)}."
        )
    if not evidence.larger_model_measured:
        text += " A larger model was not measured here."
    if evidence.forecast is None and not tune_obstacle(evidence):
        return Finding(False, text + " What a fine-tune would reach is not known.")
    return Finding(best < target, text)


def _always(evidence: Evidence, policy: Policy) -> Finding:
    return Finding(True, "The last resort: decides where no rule above is met.")


BEFORE_ALL = (
    Rule("contradictory_labels", "fix_data", contradictions),
    Rule("probable_label_errors", "fix_data", label_errors),
    Rule("facts_missing_from_input", "use_retrieval", facts_missing),
)
ACTIONS = (
    Rule("classifier_pays_back", "use_classifier", classifier_pays),
    Rule("tune_pays_back", "fine_tune_for_cost", tune_pays),
    Rule("present_prompt_is_enough", "keep_prompt", _present_is_enough),
    Rule("prompt_is_enough", "adopt_prompt", _prompt_is_enough),
    Rule("classifier_is_enough", "use_classifier", _classifier_is_enough),
    Rule("tune_closes_the_gap", "fine_tune", _tune_closes_gap),
    Rule(LIMITS, "not_enough_evidence", _limits_rule_out),
    Rule("nothing_reaches_the_target", "larger_model", _nothing_reaches),
    Rule(LAST_RESORT, "not_enough_evidence", _always),
)
