"""One verdict from frozen evidence, with the trace of every rule."""

from policies.evidence import Evidence
from policies.figures import percent
from policies.limits import arm_obstacle
from policies.policy import Policy
from policies.recommendation import Reason, Recommendation, Verdict
from policies.regret import more_examples, regret
from policies.rules import ACTIONS, BEFORE_ALL, Finding, Rule

UNSETTLED = "evidence_settles_it"


def verdict_of(evidence: Evidence, policy: Policy) -> Verdict:
    """The verdict alone."""
    return _decide(evidence, policy)[0]


def recommend(evidence: Evidence, policy: Policy) -> Recommendation:
    """The verdict with its reasons; flips are added by `policies.flips`."""
    verdict, findings, missing = _decide(evidence, policy)
    return Recommendation(
        verdict=verdict,
        headline=_headline(verdict, evidence, missing),
        reasons=_trace(verdict, findings),
        more_examples=missing if verdict == "not_enough_evidence" else None,
        confidence=_confidence(verdict, evidence, policy),
        ask_again=_ask_again(verdict, evidence, missing),
    )


def _decide(
    evidence: Evidence, policy: Policy
) -> tuple[Verdict, list[tuple[Rule, Finding]], int | None]:
    """Verdict, findings in order of precedence, and the rows that are missing, if any."""
    first = [(rule, rule.check(evidence, policy)) for rule in BEFORE_ALL]
    actions = [(rule, rule.check(evidence, policy)) for rule in ACTIONS]
    provisional = next(rule.verdict for rule, finding in actions if finding.met)
    guard, missing = _unsettled(provisional, evidence, policy)
    findings = [*first, guard, *actions]
    return next(rule.verdict for rule, finding in findings if finding.met), findings, missing


def _unsettled(
    provisional: Verdict, evidence: Evidence, policy: Policy
) -> tuple[tuple[Rule, Finding], int | None]:
    """Whether the rows are too few to tell actions apart whose difference would matter."""

    def found(
        met: bool | None, text: str, missing: int | None = None
    ) -> tuple[tuple[Rule, Finding], int | None]:
        finding = Finding(met, text)
        rule = Rule(UNSETTLED, "not_enough_evidence", lambda evidence, policy: finding)
        return (rule, finding), missing

    rows, test = evidence.task.rows, evidence.task.test
    if test < policy.least_test_rows:
        missing = max(10, -(-(policy.least_test_rows - test) * rows // max(1, test) // 10) * 10)
        return found(
            True,
            f"Only {test} rows could be held out; under {policy.least_test_rows} no score is sure "
            f"enough to act on. About {missing} more examples are needed.",
            missing,
        )
    risk = regret(provisional, evidence)
    text = (
        f"If the measurements are off by what their intervals allow, this advice would cost "
        f"{100 * risk:.1f} points of score on average; the policy accepts {100 * policy.margin:g}."
    )
    if risk <= policy.margin:
        return found(False, text)
    missing = more_examples(provisional, evidence, policy)
    if missing > policy.most_more_examples:
        return found(False, text + " No realistic number of rows would tell: practically equal.")
    return found(True, text + f" About {missing} more examples would settle it.", missing)


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


def _headline(verdict: Verdict, evidence: Evidence, missing: int | None) -> str:
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
    sentences: dict[Verdict, str] = {
        "fix_data": f"Fix the labels first: {_faults(evidence)}, the target is {target}.",
        "use_retrieval": _retrieval(evidence)
        or "Give the model the facts it lacks (retrieval) before thinking of a "
        f"fine-tune: {best}, the target is {target}.",
        "keep_prompt": f"Keep what you have: nothing found beats it by enough, and {kept} "
        f"against a target of {target}.",
        "adopt_prompt": f"Adopt the better prompt: {best}, the target is {target}. No fine-tune "
        "is needed.",
        "use_classifier": "An ordinary classifier is enough: “"
        + (f"{classifier.name}” reaches {percent(classifier.measured.score)}" if classifier else "")
        + f", the target is {target}."
        + (
            f" The best prompt reaches {reached} as well, but at {volume:,} requests a month the "
            "classifier pays back."
            if volume and prompt and not barred and prompt.measured.score >= evidence.brief.target
            else ""
        ),
        "fine_tune": f"Fine-tune {model}: {best}, {tune}, the target is {target}.",
        "fine_tune_for_cost": f"Fine-tune to save cost: {best}, which is good enough, but at "
        f"{volume or 0:,} requests a month {model}, tuned, pays back ({tune}).",
        "larger_model": f"Try a larger model: {best}"
        + (f" and {tune}" if tune else "")
        + f", the target is {target}."
        + ("" if evidence.larger_model_measured else " A larger model was not measured here."),
        "not_enough_evidence": "Not enough evidence yet: "
        + (f"about {missing} more examples would settle it." if missing else _undecided(evidence)),
    }
    return sentences[verdict]


def _undecided(evidence: Evidence) -> str:
    """Why nothing decided it."""
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
        f"{percent(arm.measured.score)} on {arm.measured.n} {where} rows; the target is "
        f"{percent(evidence.brief.target)}. On {found.rows} dev rows it is {percent(found.score)} "
        f"with documents, {percent(found.score_without)} at best without."
    )


def _faults(evidence: Evidence) -> str:
    """What is wrong with the labels, the worse of what was counted first."""
    data, rows = evidence.data, evidence.task.rows
    if data.contradictions < data.label_errors:
        return f"{data.label_errors} of {rows} rows seem to carry a wrong label"
    return (
        f"{data.contradictions} of {rows} rows contradict another row; at best "
        f"{percent(data.ceiling)} can be right"
    )


def _confidence(verdict: Verdict, evidence: Evidence, policy: Policy) -> str:
    if verdict == "not_enough_evidence":
        if evidence.forecast is None:
            return "low: what a fine-tune would reach is not known"
        return "low: the examples are too few to choose"
    if verdict == "use_retrieval" and evidence.retrieval is not None:
        return "good: what the documents gain was measured"
    if verdict in ("fix_data", "use_retrieval"):
        return "good: it rests on what was counted or told, not on close scores"
    share = regret(verdict, evidence) / max(policy.margin, 1e-9)
    if share < 0.25:
        return "high: even if the measurements are off, another answer would gain hardly anything"
    if share < 0.7:
        return "good: if the measurements are off, another answer would still gain little"
    return "moderate: the best arms lie close together"


def _ask_again(verdict: Verdict, evidence: Evidence, missing: int | None) -> str:
    rows = evidence.task.rows
    when: dict[Verdict, str] = {
        "fix_data": "Ask again when the labels are corrected.",
        "use_retrieval": "Ask again when the documents have changed."
        if evidence.retrieval
        else "Ask again when the model is given the missing facts.",
        "not_enough_evidence": f"Ask again with about {rows + (missing or rows)} rows in all.",
        "larger_model": "Ask again when a larger model can be measured, or when the target can be "
        "lowered.",
    }
    usual = f"Ask again when you have {2 * rows} rows, when the volume or the target changes, or "
    return when.get(verdict, usual + "when the model behind this answer is replaced.")
