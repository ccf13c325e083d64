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
    payback_months,
    present_holds_up,
    prompt_is_enough,
    usable,
    usable_classifier,
    usable_forecast,
    usable_prompt,
    usable_today,
    without_saving,
)
from policies.evidence import Arm, Errors, Evidence, Retrieval
from policies.figures import amount, apart, apart_by, gain_in_words, percent, span
from policies.limits import TUNED, arm_obstacle, tune_obstacle
from policies.policy import Policy
from policies.recommendation import Verdict
from policies.regret import Estimate

LAST_RESORT = "no_rule_met"  # holds always, and explains nothing beside a rule that decided
LIMITS = "limits_rule_it_out"
PAYS_BACK = ("classifier_pays_back", "tune_pays_back")  # what money alone speaks for
SURE_SPREADS = 1.96  # a difference of fewer standard deviations may be chance (95 % interval)
NO_PROMPT = "No prompt was measured."
ADVISED: dict[Verdict, str] = {  # the advice of each rule below the guards, as what one does
    "keep_prompt": "keeping what you have",
    "adopt_prompt": "taking the better prompt",
    "use_classifier": "taking the ordinary classifier",
    "fine_tune": "fine-tuning",
    "fine_tune_for_cost": "fine-tuning to save cost",
    "larger_model": "trying a larger model",
}


@dataclass(frozen=True)
class Finding:
    """What a rule saw: met, not met, or None where it does not apply."""

    met: bool | None
    text: str


@dataclass(frozen=True)
class Rule:
    """One named condition and the verdict it stands for."""

    name: str
    verdict: Verdict
    check: Callable[[Evidence, Policy], Finding]


def _no_classifier(evidence: Evidence) -> Finding:
    found = evidence.arm(evidence.classifier)
    why = arm_obstacle(found, evidence) if found and not evidence.brief.beyond_labels else ""
    if why:
        return Finding(False, f"The classifier cannot be used: {why}.")
    if evidence.task.type != "labels":
        return Finding(None, "A classifier answers with labels only.")
    if evidence.brief.beyond_labels:
        return Finding(None, "The team needs more than a label, which a classifier cannot give.")
    return Finding(None, "No classifier was measured.")


def _no_forecast(evidence: Evidence) -> Finding:
    why = tune_obstacle(evidence)
    if evidence.forecast and why:
        return Finding(False, f"A tuned model could not be used: {why}.")
    return Finding(None, "There is no forecast of a fine-tune.")


def _shown(arm: Arm) -> str:
    where = "locked" if arm.test else "dev"
    return f"“{arm.name}” reaches {percent(arm.measured.score)} on {arm.measured.n:,} {where} rows"


def _contradictions(evidence: Evidence, policy: Policy) -> Finding:
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


def _label_errors(evidence: Evidence, policy: Policy) -> Finding:
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


def _facts_missing(evidence: Evidence, policy: Policy) -> Finding:
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


def _cost_is_not_the_question(evidence: Evidence) -> str:
    """That nothing is good enough beside which a saving could be reckoned: what was measured."""
    brief = evidence.brief
    limited = (brief.latency_limit_ms, brief.monthly_budget) != (None, None)
    within = " within the limits" if limited else ""
    today = evidence.current is not None and evidence.current != evidence.best_prompt
    if evidence.best_prompt is None:
        who = "Today's way is not" if today else "No prompt was measured that is"
    else:
        who = "Neither today's way nor a prompt is" if today else "No prompt is"
    return f"{who} good enough{within}, so cost is not the question."


def saving_in_words(used: Arm, rival: str, evidence: Evidence) -> str:
    """What a rival saves beside what would be used, and when it has paid itself; "" if it does not.

    At a volume and prices that are known.
    """
    brief, prices = evidence.brief, evidence.prices
    old, new = evidence.costs.get(used.name), evidence.costs.get(rival)
    if old is None or new is None or brief.monthly_requests is None:
        return ""
    months = payback_months(old, new, brief.monthly_requests, brief.retrainings)
    if months is None:
        return ""
    bills = [cost.per_month(brief.monthly_requests, brief.retrainings) for cost in (old, new)]
    before, after = apart(*bills)
    text = f"saves about {amount(bills[0] - bills[1], prices)} a month ({before} → {after})"
    if months == 0:
        return f"{text} and costs no more at first"
    shown = f"{months:,.1f}" if months < 100 else f"{months:,.0f}"
    return f"{text} and pays back {amount(new.one_off - old.one_off, prices)} in {shown} months"


def _saving(evidence: Evidence, policy: Policy, used: Arm, rival: str, name: str) -> Finding:
    """Whether a rival pays back inside the horizon, beside what would be used otherwise."""
    volume, old, new = (
        evidence.brief.monthly_requests,
        evidence.costs.get(used.name),
        evidence.costs.get(rival),
    )
    if old is None or new is None:
        return Finding(None, "Without a price for both, no saving can be reckoned.")
    if volume is None:
        return Finding(False, "The monthly volume is unknown, so no saving is counted on.")
    months = payback_months(old, new, volume, evidence.brief.retrainings)
    if months is None:
        first = name[0].upper() + name[1:]
        return Finding(False, f"{first} saves nothing at {volume:,} requests a month.")
    return Finding(
        months <= policy.horizon_months,
        f"At {volume:,} requests a month {name}, in place of “{used.name}”, "
        f"{saving_in_words(used, rival, evidence)}; the policy allows {policy.horizon_months:g}.",
    )


def _classifier_pays(evidence: Evidence, policy: Policy) -> Finding:
    classifier, used = usable_classifier(evidence), without_saving(evidence, policy)
    if classifier is None:
        return _no_classifier(evidence)
    if used is None:
        return Finding(False, _cost_is_not_the_question(evidence))
    target = evidence.brief.target
    # No stricter than for the tune below, or the dearer of two equals would win.
    if classifier.measured.score < min(target, max(target, used.measured.score) - policy.margin):
        return Finding(False, f"The classifier {_shown(classifier)}, below the target.")
    return _saving(evidence, policy, used, classifier.name, "the classifier")


def _tune_pays(evidence: Evidence, policy: Policy) -> Finding:
    used, forecast = without_saving(evidence, policy), usable_forecast(evidence)
    if forecast is None:
        return _no_forecast(evidence)
    if used is None:
        return Finding(False, _cost_is_not_the_question(evidence))
    mark = max(evidence.brief.target, used.measured.score)
    if forecast.score < mark - policy.margin:
        against = f"“{used.name}” at" if used.measured.score == mark else "the target of"
        return Finding(
            False,
            f"A fine-tune is forecast at {percent(forecast.score)}, worse than {against} "
            f"{percent(mark)}.",
        )
    return _saving(evidence, policy, used, TUNED, "a small tuned model")


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
        return Finding(False, f"{_shown(prompt)}, but cannot be used: {why}.")
    enough = prompt_is_enough(evidence, policy)
    word = "reaches" if prompt.measured.score >= target else "misses"
    text = f"{_shown(prompt)}; that {word} the target of {percent(target)}."
    if enough and prompt.measured.score < target:
        text += " Nothing that could be used is better by more than the margin: practically equal."
    return Finding(enough, text)


def _classifier_is_enough(evidence: Evidence, policy: Policy) -> Finding:
    classifier, target = usable_classifier(evidence), evidence.brief.target
    if classifier is None:
        return _no_classifier(evidence)
    score, today = classifier.measured.score, usable_today(evidence)
    text = f"The classifier {_shown(classifier)}; the target is {percent(target)}."
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
        return _no_forecast(evidence)
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
            barred.append((enough, f"{_shown(arm)}, but {why}."))
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
    Rule("contradictory_labels", "fix_data", _contradictions),
    Rule("probable_label_errors", "fix_data", _label_errors),
    Rule("facts_missing_from_input", "use_retrieval", _facts_missing),
)
ACTIONS = (
    Rule("classifier_pays_back", "use_classifier", _classifier_pays),
    Rule("tune_pays_back", "fine_tune_for_cost", _tune_pays),
    Rule("present_prompt_is_enough", "keep_prompt", _present_is_enough),
    Rule("prompt_is_enough", "adopt_prompt", _prompt_is_enough),
    Rule("classifier_is_enough", "use_classifier", _classifier_is_enough),
    Rule("tune_closes_the_gap", "fine_tune", _tune_closes_gap),
    Rule(LIMITS, "not_enough_evidence", _limits_rule_out),
    Rule("nothing_reaches_the_target", "larger_model", _nothing_reaches),
    Rule(LAST_RESORT, "not_enough_evidence", _always),
)
