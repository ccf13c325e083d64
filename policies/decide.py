"""One verdict from frozen evidence, with the trace of every rule."""

import math

from policies.contenders import alike, usable_prompt, without_saving
from policies.evidence import Arm, Evidence
from policies.figures import apart_by, percent
from policies.finding import Finding
from policies.guards import TOO_FEW, UNSETTLED, too_few_rows, unsettled
from policies.limits import TUNED, arm_obstacle
from policies.policy import Policy
from policies.recommendation import Reason, Recommendation, Verdict
from policies.regret import chance_below, chance_of_missing, regret
from policies.rules import ACTIONS, BEFORE_ALL, LIMITS, Rule, better_than_needed
from policies.saving_rules import saving_in_words


def verdict_of(evidence: Evidence, policy: Policy) -> Verdict:
    """The verdict alone."""
    return _decide(evidence, policy)[0]


def deciding_rule(evidence: Evidence, policy: Policy) -> str:
    """The name of the rule that decides."""
    return next(rule.name for rule, finding in _decide(evidence, policy)[1] if finding.met)


def recommend(evidence: Evidence, policy: Policy) -> Recommendation:
    """The verdict with its reasons; flips are added by `policies.flips`."""
    verdict, findings, missing = _decide(evidence, policy)
    reasons = _trace(verdict, findings)
    decided = next(reason for reason in reasons if reason.outcome == "decided")
    return Recommendation(
        verdict=verdict,
        headline=_headline(verdict, decided, evidence, policy, missing),
        reasons=reasons,
        more_examples=missing if verdict == "not_enough_evidence" else None,
        confidence=_confidence(verdict, decided, evidence, policy),
        ask_again=_ask_again(verdict, decided, evidence, missing),
    )


def _decide(
    evidence: Evidence, policy: Policy
) -> tuple[Verdict, list[tuple[Rule, Finding]], int | None]:
    """Verdict, findings in order of precedence, and the rows that are missing if they decide."""
    first = [(rule, rule.check(evidence, policy)) for rule in BEFORE_ALL]
    actions = [(rule, rule.check(evidence, policy)) for rule in ACTIONS]
    provisional = next(rule for rule, finding in actions if finding.met)
    guards = [guard(provisional, evidence, policy) for guard in (too_few_rows, unsettled)]
    few, open_ = ((guard.rule, guard.finding) for guard in guards)
    findings = [few, *first, open_, *actions]
    missing = next((guard.missing for guard in guards if guard.missing), None)
    return next(rule.verdict for rule, finding in findings if finding.met), findings, missing


def _trace(verdict: Verdict, findings: list[tuple[Rule, Finding]]) -> tuple[Reason, ...]:
    reasons, decided = [], False
    for rule, finding in findings:
        if finding.met is None:
            outcome = "not_applicable"
        elif not finding.met:
            outcome = "not_met"
        elif not decided:
            outcome, decided = "decided", True
        else:
            outcome = "agreed" if rule.verdict == verdict else "outranked"
        reasons.append(Reason(rule=rule.name, outcome=outcome, text=finding.text))
    return tuple(reasons)


def _headline(
    verdict: Verdict, decided: Reason, evidence: Evidence, policy: Policy, missing: int | None
) -> str:
    prompt, classifier = evidence.arm(evidence.best_prompt), evidence.arm(evidence.classifier)
    forecast, target = evidence.forecast, percent(evidence.brief.target)
    reached = percent(prompt.measured.score) if prompt else "nothing yet"
    best = f"the best prompt, “{prompt.name}”, reaches {reached}" if prompt else "no prompt ran"
    barred = arm_obstacle(prompt, evidence) if prompt else ""
    best += f", but {barred}" if barred else ""
    tune = f"a fine-tune is forecast at {percent(forecast.score)}" if forecast else ""
    volume, model = evidence.brief.monthly_requests, evidence.tune_model
    current = evidence.arm(evidence.current)
    kept = f"“{current.name}” reaches {percent(current.measured.score)}" if current else best
    adopted = f"Use the best prompt: “{prompt.name}” reaches {reached}" if prompt else ""
    words = (
        f"“{classifier.name}” reaches {percent(classifier.measured.score)}" if classifier else ""
    )
    if decided.rule == UNSETTLED and verdict != "not_enough_evidence":
        taken: dict[Verdict, str] = {
            "keep_prompt": f"Keep what you have: {kept}",
            "adopt_prompt": adopted,
            "use_classifier": f"Take the ordinary classifier: {words}",
            "fine_tune": f"Fine-tune {model}: {tune}",
        }
        return (
            f"{taken[verdict]}, the target is {target}. Whether another way would do better by "
            "enough is not sure, and more rows would not tell."
        )
    sentences: dict[Verdict, str] = {
        "fix_data": f"Fix the labels first: {_faults(decided, evidence)}, the target is {target}.",
        "use_retrieval": _retrieval(evidence)
        or "Give the model the facts it lacks (retrieval) before thinking of a "
        f"fine-tune: {best}, the target is {target}.",
        "keep_prompt": f"Keep what you have: {kept}{_against(current, evidence)}, and "
        f"{_beside(evidence)}.",
        "adopt_prompt": f"{adopted}{_against(prompt, evidence)}"
        + _no_tune(prompt, evidence, policy)
        + better_than_needed(evidence, policy),
        "use_classifier": f"An ordinary classifier is enough: {words}"
        f"{_against(classifier, evidence)}." + _saved(decided, evidence, policy),
        "fine_tune": f"Fine-tune the model “{model}”: {best}, {tune}, the target is {target}"
        + _nearly(evidence, policy)
        + ".",
        "fine_tune_for_cost": f"Fine-tune to save cost: {best}, which is good enough, but at "
        f"{volume or 0:,} requests a month {model}, tuned, {_pays(TUNED, evidence, policy)} "
        f"({tune}).",
        "larger_model": f"Try a larger model: {best}"
        + (f" and {tune}" if tune else "")
        + f", the target is {target}."
        + ("" if evidence.larger_model_measured else " A larger model was not measured here."),
        "not_enough_evidence": "Not enough evidence yet: "
        + (_missing(missing, decided) if missing else _undecided(decided, evidence)),
    }
    return sentences[verdict]


def _against(arm: Arm | None, evidence: Evidence) -> str:
    """The target, and by how much an arm is under it where it is."""
    target = evidence.brief.target
    if arm is None or arm.measured.score >= target:
        return f", the target is {percent(target)}"
    return f", {apart_by(target - arm.measured.score)} under the target of {percent(target)}"


def _no_tune(prompt: Arm | None, evidence: Evidence, policy: Policy) -> str:
    """Why a prompt that is good enough needs no fine-tune."""
    if prompt is None or prompt.measured.score >= evidence.brief.target:
        return ". No fine-tune is needed."
    return (
        f"; nothing measured or forecast that could be used is better by more than "
        f"{100 * policy.margin:g} points, so no fine-tune."
    )


def _beside(evidence: Evidence) -> str:
    """What the best prompt scores beside what is kept."""
    today, best = evidence.arm(evidence.current), usable_prompt(evidence)
    if best is None or today is None:
        return "no prompt was found that could be used"
    if best.name == today.name:
        return "no other prompt found is better"
    found, more = alike(best, today), alike(best, today) - alike(today, best)
    if round(more, 3) > 0:
        return f"the best prompt found is only {apart_by(more)} better"
    return f"the best prompt found reaches {'as much' if round(more, 3) == 0 else percent(found)}"


def _nearly(evidence: Evidence, policy: Policy) -> str:
    """Why a forecast below the target is enough, where it is."""
    forecast, target = evidence.forecast, evidence.brief.target
    if forecast is None or not 0 < round(target - forecast.score, 6) <= policy.margin:
        return ""
    return f"; up to {100 * policy.margin:g} points below it counts as practically equal"


def _saved(decided: Reason, evidence: Evidence, policy: Policy) -> str:
    """What a classifier takes the place of, where it is advised to save money."""
    used = without_saving(evidence, policy)
    if decided.rule != "classifier_pays_back" or used is None:
        return ""
    return (
        f" “{used.name}” reaches {percent(used.measured.score)}, but at "
        f"{evidence.brief.monthly_requests or 0:,} requests a month the classifier "
        f"{_pays(evidence.classifier or '', evidence, policy)}."
    )


def _pays(rival: str, evidence: Evidence, policy: Policy) -> str:
    """What a rival saves beside what would be used otherwise."""
    used = without_saving(evidence, policy)
    return (saving_in_words(used, rival, evidence) if used else "") or "pays back"


def _missing(examples: int, decided: Reason) -> str:
    """How many more examples it takes; the fewest that are held out say only that much."""
    if decided.rule == TOO_FEW:
        return f"at least {examples:,} more examples are needed before any answer can be given."
    return f"about {examples:,} more examples would settle it."


def _undecided(decided: Reason, evidence: Evidence) -> str:
    """Why nothing decided it."""
    if decided.rule == LIMITS:
        return decided.text[:1].lower() + decided.text[1:]
    if evidence.best_prompt is None:
        return "no prompt could be measured."
    if evidence.forecast is None:
        return (
            "there was no time to forecast what a fine-tune would reach; run it again with more "
            "time, what was measured is kept."
        )
    return "nothing decided it."


def _retrieval(evidence: Evidence) -> str:
    """The headline where retrieval was measured, else ""."""
    found = evidence.retrieval
    arm = evidence.arm(found.arm) if found else None
    if found is None or arm is None:
        return ""
    where = "locked" if arm.test else "dev"
    return (
        f"Let the model look facts up in your documents (retrieval): “{arm.name}” reaches "
        f"{percent(arm.measured.score)} on {arm.measured.n:,} {where} rows; the target is "
        f"{percent(evidence.brief.target)}. On {found.rows:,} dev rows it is "
        f"{percent(found.score)} with documents, {percent(found.score_without)} at best without."
    )


def _faults(decided: Reason, evidence: Evidence) -> str:
    """What is wrong with the labels."""
    data, rows = evidence.data, evidence.task.rows
    if decided.rule == "probable_label_errors":
        return f"{data.label_errors:,} of {rows:,} rows seem to carry a wrong label"
    return (
        f"{data.contradictions:,} of {rows:,} rows contradict another row; at best "
        f"{percent(data.ceiling)} can be right"
    )


def _confidence(verdict: Verdict, decided: Reason, evidence: Evidence, policy: Policy) -> str:
    if verdict == "not_enough_evidence":
        return _doubt(decided, evidence)
    if verdict == "use_retrieval" and evidence.retrieval is not None:
        if evidence.retrieval.gain.low <= 0:
            return "moderate: on so few rows what the documents gain could be luck"
        return "good: what the documents gain was measured"
    if verdict == "use_retrieval":
        return "moderate: it rests on what was told; no look-up of facts was measured"
    if verdict == "fix_data":
        return "good: it rests on what was counted, not on close scores"
    risk = regret(verdict, evidence)
    share = risk / max(policy.margin, 1e-9)
    missed = chance_of_missing(verdict, evidence, policy)
    if missed > policy.likely_miss:
        return (
            f"moderate: in about {round(10 * missed)} of 10 cases like this it misses the target "
            f"by more than {100 * policy.margin:g} points"
        )
    below = _below(verdict, evidence)
    if share >= policy.good_confidence:
        return f"moderate: the best arms lie close together{below}"
    word = "high" if share < policy.high_confidence else "good"
    most = apart_by(math.ceil(1000 * risk + 1e-6) / 1000)
    lost = (
        f"nothing measured or forecast would exceed the target by more than {most}"
        if verdict == "larger_model"
        else f"no other way would come closer to the target by more than {most}"
    )
    return f"{word}: even if the measurements are off, {lost} on average{below}"


def _below(verdict: Verdict, evidence: Evidence) -> str:
    """How often what is advised is in truth under the target, where that is not rare."""
    target = evidence.brief.target
    tenths = round(10 * chance_below(target, verdict, evidence))
    if not tenths:
        return ""
    cases = f"about {tenths} of 10" if tenths < 10 else "nearly all"
    return f"; the true score is below {percent(target)} in {cases} such cases"


def _doubt(decided: Reason, evidence: Evidence) -> str:
    """How sure an answer is that names none."""
    if decided.rule == LIMITS:
        return "good: times and costs were measured, not guessed"
    if evidence.best_prompt is None:
        return "low: no prompt was measured"
    if decided.rule in (TOO_FEW, UNSETTLED):
        return "low: the examples are too few to choose"
    return "low: what a fine-tune would reach is not known"


def _ask_again(verdict: Verdict, decided: Reason, evidence: Evidence, missing: int | None) -> str:
    rows = evidence.task.rows
    if decided.rule == LIMITS:
        return "Ask again with a faster or cheaper model, or with another limit."
    if verdict == "not_enough_evidence" and not missing:
        lacking = "a fine-tune can be forecast" if evidence.best_prompt else "a prompt can be tried"
        return f"Ask again when {lacking}: with more time, or when the fault is mended."
    when: dict[Verdict, str] = {
        "fix_data": "Ask again when the labels are corrected.",
        "use_retrieval": "Ask again when the documents have changed."
        if evidence.retrieval
        else "Ask again when the model is given the missing facts.",
        "not_enough_evidence": f"Ask again with about {rows + (missing or 0):,} rows in all.",
        "larger_model": "Ask again when a larger model can be measured, or when the target can be "
        "lowered.",
    }
    usual = f"Ask again when you have {2 * rows:,} rows, when the volume or the target changes, or "
    return when.get(verdict, usual + "when the model behind this answer is replaced.")
