"""The trials and the gap as typed tools: every model's ladder on dev, then the winner on test."""

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

from policies.brief import Brief
from policies.evidence import Arm, Errors, Frozen, Retrieval, Score
from tools.assessment import (
    ErrorCell,
    ExhaustionPart,
    Finalist,
    LookedUp,
    Mistake,
    PlanRecord,
)
from tools.intake.dataset import Dataset
from tools.intake.examples import Example
from tools.measure.intervals import score_of
from tools.measure.metrics import item_scores
from tools.models.cache import CachedModel
from tools.models.protocol import Chat, LanguageModel
from tools.progress import Watch
from tools.runs import Run
from tools.trials.answering import run_plan
from tools.trials.by_model import ModelTrials, Optimiser, said_nothing, try_models
from tools.trials.lacking import sort_by_facts
from tools.trials.latency import Latency, latency_alone
from tools.trials.mistakes import count_errors, sort_mistakes
from tools.trials.parse import parse_answer
from tools.trials.plan import OWN, Plan
from tools.trials.records import finalists, plan_records
from tools.trials.retrieval import best_trial, fixed_rows, measure_retrieval
from tools.trials.task import Task, make_task
from tools.trials.trial import Trial, arm_name

RETRIEVAL = "retrieval"
TODAY = "today's answers"
ITEMS, TEST_SCORES = "items", "test-scores-{}"  # artefacts of a run


class Winner(Frozen):
    """The best deployable plan and the model it runs on."""

    plan: Plan
    model: str

    @property
    def arm(self) -> str:
        """Its name as an arm."""
        return arm_name(self.plan, self.model)


class TrialsReport(Frozen):
    """What the trials found.

    Attributes:
        arms: Every plan that was scored, and today's answers if there are any.
        plans: Every plan with its fate.
        tried: The plans behind the arms, with their models.
        winner: The best deployable plan, or None if none ran.
        rendered: The turns of what the winner sends for the first dev row, of all its chats.
        current: Name of the arm in use today, or None.
        exhaustion: Whether prompting measurably ended on the winner's model.
        finalists: Plans that ran on all of dev, against the winner.
        retrieval: What passages of the team's documents changed, or None without documents.
        errors: What the winner's mistakes are made of; None where there is no winner.
        stop_reason: Why no further plan was tried.
        stopped: Whether the user or the budget ended the trials early.
        unmeasured: Models that could not be tried to the end; nothing of them is in `arms`.
        notes: What has to be said of models that could not be tried, or that said nothing valid.
    """

    arms: tuple[Arm, ...]
    plans: tuple[PlanRecord, ...]
    tried: tuple[Winner, ...] = ()
    winner: Winner | None
    rendered: Chat = ()
    current: str | None
    exhaustion: ExhaustionPart
    finalists: tuple[Finalist, ...] = ()
    retrieval: Retrieval | None = None
    errors: Errors | None = None
    stop_reason: str
    stopped: bool = False
    unmeasured: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def best(self) -> Arm | None:
        """The winner's arm; a plan with a higher score may have met easier rows only."""
        name = self.winner.arm if self.winner else None
        return next((arm for arm in self.arms if arm.name == name), None)

    @property
    def exhausted(self) -> bool:
        """Whether prompting measurably ended."""
        return self.exhaustion.exhausted


def task_of(dataset: Dataset, brief: Brief) -> Task:
    """The task as plans see it."""
    return make_task(
        dataset.type,
        dataset.metric,
        brief.task,
        brief.prompt,
        dataset.parts.train,
        dataset.passages,
    )


def run_trials(
    run: Run,
    dataset: Dataset,
    brief: Brief,
    models: Sequence[CachedModel],
    watch: Watch,
    optimisers: Sequence[Optimiser] = (),
    within: Callable[[TrialsReport], TrialsReport] = lambda found: found,
) -> TrialsReport:
    """Run the ladder on every model and find the best deployable plan.

    Args:
        run: The run; the mistakes of the winner are kept in its folder.
        dataset: The examples.
        brief: What the team told us.
        models: The models to try.
        watch: Progress and stop.
        optimisers: What may propose further plans after the ladder.
        within: Has the best plan win that is within the team's limits.

    Raises:
        ModelError: No model can be tried: an endpoint refuses its key or model, or is silent.
    """
    task = task_of(dataset, brief)
    found, failed = try_models(task, models, dataset.parts.dev, watch, optimisers)
    trials = [trial for each in found for trial in each.trials]
    best = best_trial(trials, task, brief.target)
    fixed = fixed_rows(trials, task, models)
    run.save(ITEMS, item_records(trials, task))
    run.save(RETRIEVAL, [row.model_dump(mode="json") for row in fixed])
    today = _today(dataset)
    report = TrialsReport(
        arms=tuple([t.arm(task) for t in trials] + ([today] if today else [])),
        plans=tuple(record for each in found for record in plan_records(each, task, models)),
        tried=tuple(Winner(plan=trial.plan, model=trial.model) for trial in trials),
        winner=Winner(plan=best.plan, model=best.model) if best else None,
        current=today.name if today else _own_prompt(trials),
        exhaustion=found[-1].exhaustion,
        retrieval=measure_retrieval(trials, task),
        stop_reason=found[-1].result.stop_reason,
        stopped=any(each.result.stopped for each in found),
        unmeasured=tuple(failed),
        notes=(*failed.values(), *filter(None, map(said_nothing, found)), *_cut_short(found)),
    )
    report = within(report)
    if report.winner is None:
        return report
    won, home = _behind(report.winner, found)
    put_right = () if won.plan.looks_up else tuple(row.row for row in fixed)
    keep_prompt_mistakes(run, won, task, put_right)
    return report.model_copy(
        update={
            "rendered": rendered(won, task, home.model),
            "errors": sort_by_facts(task, won.examples, won.answers, brief.target),
            "exhaustion": home.exhaustion,
            "finalists": finalists(home.trials, won, task),
            "stop_reason": home.result.stop_reason,
        }
    )


def rendered(won: Trial, task: Task, model: LanguageModel) -> Chat:
    """The turns of all chats that a plan sends for its first row, one chat after the other."""
    return tuple(chain.from_iterable(won.plan.chats(task, won.examples[0].input, model)))


def _cut_short(found: Sequence[ModelTrials]) -> list[str]:
    """Which of several models were not tried to the end, and why."""
    cut = [each for each in found if each.result.stopped] if len(found) > 1 else []
    return [
        f"{each.model.name} was not tried to the end: {each.result.stop_reason}" for each in cut
    ]


def _behind(winner: Winner, found: Sequence[ModelTrials]) -> tuple[Trial, ModelTrials]:
    """The winner's trial, and the trials of its model."""
    home = next(each for each in found if each.model.name == winner.model)
    return next(trial for trial in home.trials if trial.plan.name == winner.plan.name), home


def plan_timer(
    dataset: Dataset, brief: Brief, models: Sequence[CachedModel], watch: Watch
) -> Callable[[Winner], Latency | None]:
    """What times a plan one request at a time, on dev rows; see `latency_alone`."""
    task, by_name = task_of(dataset, brief), {model.name: model for model in models}

    def timed(winner: Winner) -> Latency | None:
        model = by_name[winner.model]
        return latency_alone(winner.plan, task, model, dataset.parts.dev, watch)

    return timed


def confirm(
    run: Run, dataset: Dataset, brief: Brief, winner: Winner, model: CachedModel, watch: Watch
) -> tuple[Score, Score | None]:
    """Read the locked test once: the winner's score, and that of today's answers if any."""
    task = task_of(dataset, brief)
    rows = run.locked_test(dataset).read(winner.arm, "confirm the best prompt")
    answers = run_plan(winner.plan, task, model, rows, watch, "gap", spare=True)
    run.save("test-prompt", [answer.given for answer in answers])
    expected = [example.right for example in rows]
    given = [answer.given for answer in answers]
    run.save(TEST_SCORES.format("prompt"), item_scores(dataset.metric, expected, given).tolist())
    score = score_of(dataset.metric, expected, given)
    return score, _score_today(dataset, rows) if _has_today(dataset) else None


def keep_prompt_mistakes(run: Run, best: Trial, task: Task, looked_up: Sequence[int] = ()) -> None:
    """Keep what the winner got wrong on dev in the run's folder; see `sort_mistakes`."""
    kinds = sort_mistakes(task, best.examples, best.answers, looked_up)
    cells = count_errors(task, best.examples, best.answers)
    run.save("mistakes", [kind.model_dump(mode="json") for kind in kinds])
    run.save("errors", [cell.model_dump(mode="json") for cell in cells])


def kept_answers(run: Run) -> dict[str, dict[int, str | None]]:
    """What each prompt arm answered on dev, by row of the file; earlier runs lack it."""
    found: dict[str, dict[int, str | None]] = {}
    for item in run.load(ITEMS) if (run.folder / f"{ITEMS}.json").exists() else ():
        found.setdefault(f"{item['plan']} ({item['model']})", {})[item["row"]] = item["given"]
    return found


def item_records(trials: Sequence[Trial], task: Task) -> list[dict[str, Any]]:
    """Every answer of every trial on dev, with its score; the inputs are in the examples."""
    return [
        {
            "plan": trial.plan.name,
            "model": trial.model,
            "row": example.row,
            "expected": example.answer,
            "reply": answer.reply,
            "given": answer.given,
            "score": float(score),
            "prompt_tokens": answer.prompt_tokens,
            "completion_tokens": answer.completion_tokens,
            "seconds": answer.seconds,
        }
        for trial in trials
        for example, answer, score in zip(
            trial.examples, trial.answers, trial.items(task), strict=True
        )
    ]


def kept_errors(run: Run) -> tuple[ErrorCell, ...]:
    """What came out as what on dev, as the trials kept it; earlier runs lack it."""
    if not (run.folder / "errors.json").exists():
        return ()
    kept: list[dict[str, Any]] = run.load("errors")
    return tuple(ErrorCell.model_validate(cell) for cell in kept)


def kept_prompt_mistakes(run: Run) -> tuple[Mistake, ...]:
    """The winner's mistakes on dev, as the trials kept them."""
    if not (run.folder / "mistakes.json").exists():
        return ()
    kept: list[dict[str, Any]] = run.load("mistakes")
    return tuple(Mistake.model_validate(mistake) for mistake in kept)


def kept_fixes(run: Run) -> tuple[LookedUp, ...]:
    """The dev rows that passages put right, as the trials kept them."""
    if not (run.folder / f"{RETRIEVAL}.json").exists():
        return ()
    kept: list[dict[str, Any]] = run.load(RETRIEVAL)
    return tuple(LookedUp.model_validate(row) for row in kept)


def _own_prompt(trials: Sequence[Trial]) -> str | None:
    return next((arm_name(t.plan, t.model) for t in trials if t.plan.family == OWN), None)


def _has_today(dataset: Dataset) -> bool:
    return any(example.current is not None for example in dataset.examples)


def _today(dataset: Dataset) -> Arm | None:
    """Today's answers as an arm on dev; no model is called."""
    if not _has_today(dataset):
        return None
    return Arm(
        name=TODAY,
        kind="baseline",
        model="as given in the file",
        dev=_score_today(dataset, dataset.parts.dev),
        note="the column with today's answers; its cost and speed are not known here",
    )


def score_today(dataset: Dataset) -> Score | None:
    """What today's answers score on dev, or None if the file has none."""
    return _score_today(dataset, dataset.parts.dev) if _has_today(dataset) else None


def _score_today(dataset: Dataset, rows: Sequence[Example]) -> Score:
    labels = tuple(dataset.data.label_counts)
    given = [parse_answer(dataset.type, row.current or "", labels) for row in rows]
    return score_of(dataset.metric, [row.right for row in rows], given)
