"""The assessment of a run, put together from its stages and written to its folder."""

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from policies.evidence import Arm, Difference, Evidence
from policies.limits import arm_obstacle
from policies.policy import Policy
from policies.recommendation import Outcome, Recommendation
from tools.assessment import (
    FILE_NAME,
    Assessment,
    BestPrompt,
    DataPart,
    PromptingPart,
    Seconds,
    TaskPart,
    TunedPart,
    WritingPart,
)
from tools.economics import cost_picture, costs_after_tune
from tools.files import write_json
from tools.forecast.audit import kept_suspects
from tools.intake.dataset import Dataset
from tools.measure.intervals import paired_difference
from tools.report.build import write_to
from tools.report.fixes import write_fixes
from tools.runs import FIXES, Run
from tools.settings import Settings
from tools.trials.changed import changed_rows
from tools.trials.mistakes import kept_mistakes, kept_weighing
from tools.trials.stage import (
    TEST_SCORES,
    TrialsReport,
    Winner,
    kept_errors,
    kept_fixes,
    kept_prompt_mistakes,
    task_of,
)
from tools.writing.blind import kept_preferences
from tools.writing.stage import measure_writing

MOST_WRITTEN = 4  # prompt arms whose texts are looked at closely
PACKAGES = ("tuneworthy", "torch", "transformers", "peft", "trl", "bitsandbytes", "scikit-learn")


@dataclass(frozen=True)
class Findings:
    """The stages' results that an assessment is made of."""

    evidence: Evidence
    trials: TrialsReport
    recommendation: Recommendation
    seconds: Seconds
    partial: bool
    notes: tuple[str, ...] = ()
    tuned: TunedPart | None = None
    tuned_arm: Arm | None = None
    outcome: Outcome | None = None


def write_assessment(
    run: Run, dataset: Dataset, findings: Findings, policy: Policy, settings: Settings
) -> Assessment:
    """Write the report of what is known so far and, when its files are there, `assessment.json`."""
    made = assemble(run, dataset, findings, policy, settings)
    write_to(run.folder / "report.html", made, "html")
    if made.suspects:
        write_fixes(run.folder / FIXES, made.suspects)
    write_json(run.folder / FILE_NAME, made.model_dump_json(indent=1))
    return made


def assemble(
    run: Run, dataset: Dataset, findings: Findings, policy: Policy, settings: Settings
) -> Assessment:
    """Put the stages' results into the contract's form."""
    evidence, advice = findings.evidence, findings.recommendation
    classifier = evidence.arm(evidence.classifier)
    arms = tuple(_judged(arm, evidence) for arm in evidence.arms)
    arms += (findings.tuned_arm,) if findings.tuned_arm else ()
    return Assessment(
        run_id=run.info.run_id,
        created=run.info.created,
        partial=findings.partial,
        seed=run.info.seed,
        test_reads=run.locked_test(dataset).reads(),
        verdict=advice.verdict,
        headline=advice.headline,
        confidence=advice.confidence,
        outcome=findings.outcome,
        reasons=advice.reasons,
        flips=advice.flips,
        flips_unknown=advice.flips_unknown,
        more_examples=advice.more_examples,
        ask_again=advice.ask_again,
        brief=evidence.brief,
        task=TaskPart(target=evidence.brief.target, **evidence.task.model_dump()),
        data=DataPart(
            file=run.info.data_name,
            **evidence.data.model_dump(),
        ),
        arms=arms,
        prompting=_prompting(run, dataset, findings),
        classifier=classifier.measured if classifier else None,
        forecast=evidence.forecast,
        tuned=findings.tuned,
        economics=cost_picture(
            costs_after_tune(
                evidence.costs,
                findings.tuned_arm,
                findings.seconds.tune,
                settings,
                evidence.task.rows,
            ),
            evidence.best_prompt,
            evidence.brief.monthly_requests,
            policy.horizon_months,
            settings,
            arms,
            evidence.brief.retrainings,
        ),
        seconds=findings.seconds,
        versions={name: installed_version(name) for name in PACKAGES},
        notes=findings.notes,
        suspects=kept_suspects(run),
        retrieval=evidence.retrieval,
        looked_up=kept_fixes(run),
        writing=_writing(run, dataset, findings),
        preferences=kept_preferences(run),
        classifier_mistakes=kept_mistakes(run, "classifier"),
        tuned_mistakes=kept_mistakes(run, "tuned") if findings.tuned else None,
        changed_rows=changed_rows(run, dataset, evidence.best_prompt) if findings.tuned else (),
        classifier_lead=classifier_lead(run),
        weighing=kept_weighing(run),
    )


def classifier_lead(run: Run) -> Difference | None:
    """What the best classifier gains over the best prompt, row by row on the locked rows.

    None where one of them was not read there; earlier runs did not keep the classifier's rows.
    """
    names = [TEST_SCORES.format(arm) for arm in ("prompt", "classifier")]
    if not all((run.folder / f"{name}.json").exists() for name in names):
        return None
    prompted, sorted_by = (
        ["right" if score >= 1 else "wrong" for score in run.load(name)] for name in names
    )
    return paired_difference("accuracy", ["right"] * len(prompted), prompted, sorted_by)


def installed_version(name: str) -> str:
    """Version of a package, or that it was not installed but found on the path."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _writing(run: Run, dataset: Dataset, findings: Findings) -> WritingPart | None:
    """How the arms write that ran on all of dev, and on test where that was read for them."""
    trials, winner = findings.trials, findings.trials.winner
    best = winner.arm if winner else None
    names = [] if best is None else [best, *(rival.name for rival in trials.finalists)]
    current = [trials.current] if trials.current in {w.arm for w in trials.tried} else []
    tested = {}
    if best is not None and any(arm.test for arm in findings.evidence.arms if arm.name == best):
        tested[best] = "test-prompt"
    if findings.tuned is not None:
        tested[findings.tuned.model] = "test-tuned"
    shown = list(dict.fromkeys([*names[:MOST_WRITTEN], *filter(None, current)]))
    return measure_writing(run, dataset, shown, best, tested)


def _judged(arm: Arm, evidence: Evidence) -> Arm:
    """The arm, marked where it is outside the team's limits."""
    why = arm_obstacle(arm, evidence)
    if not why:
        return arm
    note = "; ".join(filter(None, (arm.note, why)))
    return arm.model_copy(update={"deployable": False, "note": note})


def _prompting(run: Run, dataset: Dataset, findings: Findings) -> PromptingPart:
    trials, winner = findings.trials, findings.trials.winner
    return PromptingPart(
        model=winner.model if winner else "none",
        plans_tried=sum(plan.n > 0 for plan in trials.plans),
        exhausted=trials.exhausted,
        stop_reason=trials.stop_reason,
        best=_best(dataset, findings, winner) if winner else None,
        plans=trials.plans,
        exhaustion=trials.exhaustion,
        finalists=trials.finalists,
        mistakes=kept_prompt_mistakes(run),
        errors=kept_errors(run),
    )


def _best(dataset: Dataset, findings: Findings, winner: Winner) -> BestPrompt:
    task = task_of(dataset, findings.evidence.brief)
    arm = findings.evidence.arm(winner.arm)
    assert arm is not None  # the winner is an arm of the trials
    return BestPrompt(
        name=winner.arm,
        template=winner.plan.template(task),
        rendered=[
            {"role": message.role, "content": message.content}
            for message in findings.trials.rendered
        ],
        dev=arm.dev,
        test=arm.test,
        plan=winner.plan,
        chat=tuple(
            {"role": message.role, "content": message.content}
            for chat in winner.plan.open_chats(task)
            for message in chat
        ),
    )
