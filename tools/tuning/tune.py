"""The tune as a typed tool: rows into a job, the training, and the tuned model's best decoding."""

import hashlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from policies.evidence import Frozen, Score
from policies.policy import Policy
from tools.errors import Stopped, TuneError
from tools.forecast.pilot import DEV_ROWS
from tools.intake.examples import Example
from tools.models.adapter import SEAL, read_seal
from tools.models.folder import parameters_of, weights_hash
from tools.models.protocol import Chat
from tools.occupation import in_turn
from tools.progress import Step, Watch
from tools.runs import clear_adapters
from tools.trials.changed import keep_tuned_answers
from tools.trials.mistakes import keep_mistakes, mistakes_of
from tools.trials.plan import Plan
from tools.trials.task import Task
from tools.trials.trial import Trial
from tools.tuning.allowance import allowed_bytes
from tools.tuning.asking import SHORT, best_asked
from tools.tuning.focus import focused_rows, gap
from tools.tuning.job import (
    ADAPTER,
    Job,
    Scoring,
    TrainingResult,
    TrainingStep,
    read_progress,
    write_job,
)
from tools.tuning.launch import run_training
from tools.tuning.recipe import Recipe, choose_recipe, with_replay
from tools.tuning.registry import Entry, entry_name, seal_hash
from tools.tuning.workplace import Workplace, model_type_of

# Dev rows answered after each epoch: they only have to rank a few epochs, and writing is slow;
# labels are scored.
JUDGED_ROWS = {"labels": 128, "number": 48, "fields": 32, "text": 24}
WAITING = "Waiting for another run's fine-tune of the same examples"
WAITS = "until the other one ends; “Stop” gives up waiting"


class TuneReport(Frozen):
    """A finished tune.

    Attributes:
        model: Name of the tuned model.
        adapter: Folder of the adapter, relative to the run's folder.
        plan: How it is asked: the prompt and decoding that were best on dev.
        dev: Its score on dev.
        recipe: How it was trained.
        result: How the training went.
        losses: The losses, training and dev, a point a step.
        entry: Name of the adapter in the registry.
    """

    model: str
    adapter: str
    plan: Plan
    dev: Score
    recipe: Recipe
    result: TrainingResult
    losses: tuple[TrainingStep, ...]
    entry: str = ""


def tuned_name(model: str) -> str:
    """Name of a model after the tune."""
    return f"tuned {model}"


@dataclass(frozen=True)
class _Attempt:
    """One training and what it is worth on dev.

    Attributes:
        folder: The job's folder.
        rows: What it trained on.
        recipe: How it was trained.
        result: How that went.
        trial: The tuned model on dev, asked in the best way.
    """

    folder: Path
    rows: tuple[Example, ...]
    recipe: Recipe
    result: TrainingResult
    trial: Trial


class _HalfDone(Stopped):
    """A training was stopped; its best adapter so far can be kept."""

    def __init__(self, folder: Path, recipe: Recipe, result: TrainingResult) -> None:
        super().__init__(
            f"Stopped after {result.steps} steps. The best adapter so far, of step "
            f"{result.best_step}, is kept in the run's folder; start the tune again to go on."
        )
        self.left = folder, recipe, result


def run_tune(place: Workplace, policy: Policy, watch: Watch) -> TuneReport:
    """Tune on all of train, choose on dev how to ask it, keep the adapter in the run's folder.

    Where it misses the target and its mistakes keep to few labels or fields, a second tune that is
    trained more on those competes with it on dev. A tune without replay that forgot more than the
    policy allows is done again with it, and the better one is kept. A tune that is stopped keeps
    its best adapter so far there too, unmeasured.

    Raises:
        TuneError: The training failed.
        Stopped: It was stopped.
    """
    train = place.dataset.parts.train
    try:
        best = _attempt(place, _recipe(place, len(train)), train, policy, "Tuning", watch)
    except _HalfDone as half:
        _register(place, *half.left)
        raise
    best = _focused(place, best, policy, watch)
    best = _remedied(place, best, policy, watch)
    trial, result = best.trial, best.result
    adapter, entry = _register(place, best.folder, best.recipe, result)
    score = trial.score(place.task)
    place.registry.update(entry.name, dev=score)
    wrong = mistakes_of(tuned_name(place.model), place.task, trial.examples, trial.answers)
    keep_mistakes(place.run, "tuned", wrong)
    keep_tuned_answers(place.run, trial, place.task)
    return TuneReport(
        model=tuned_name(place.model),
        adapter=adapter.name,
        plan=trial.plan,
        dev=score,
        recipe=best.recipe,
        result=result,
        losses=tuple(read_progress(best.folder)),
        entry=entry.name,
    )


def _attempt(
    place: Workplace,
    recipe: Recipe,
    rows: Sequence[Example],
    policy: Policy,
    title: str,
    watch: Watch,
) -> _Attempt:
    dev = place.dataset.parts.dev
    folder, result = _train(place, recipe, rows, dev, watch, "tune", title)
    if result.stopped:
        raise _HalfDone(folder, recipe, result)
    tuned = place.tuned(folder / ADAPTER)
    trial = best_asked(place.task, tuned, dev, watch, place.prompt, policy.margin)
    return _Attempt(folder, tuple(rows), recipe, result, trial)


def _focused(place: Workplace, best: _Attempt, policy: Policy, watch: Watch) -> _Attempt:
    """What is better on dev: this tune, or one trained more on what it gets wrong.

    A tune that reaches the target leaves no gap to close, and another one takes as long again.
    """
    if best.trial.score(place.task).score >= place.brief.target:
        return best
    names = gap(place.task, best.trial)
    rows = focused_rows(place.task, names, best.rows) if names else None
    if rows is None:
        return best
    few = f"{len(names)} of the {'labels' if place.task.type == 'labels' else 'fields'}"
    reason = f"half of the mistakes on dev were in {few}: their rows come twice"
    recipe = _recipe(place, len(rows))
    recipe = recipe.model_copy(update={"reasons": {**recipe.reasons, "focus": reason}})
    other = _another(place, recipe, rows, policy, f"Tuning more on {few}", watch)
    score = best.trial.score(place.task).score
    return other if other and other.trial.score(place.task).score > score else best


def _remedied(place: Workplace, best: _Attempt, policy: Policy, watch: Watch) -> _Attempt:
    """With replay, if it forgot too much without, unless that does the task worse by the margin."""
    remedy = with_replay(best.recipe)
    if remedy is None:
        return best
    try:
        if place.forgetting(best.folder / ADAPTER, policy, watch).passed:
            return best
    except Stopped:  # in the midst of a second tune, maybe: the first is finished
        return best
    other = _another(place, remedy, best.rows, policy, "Tuning with replay", watch)
    if other is None:
        return best
    loss = best.trial.score(place.task).score - other.trial.score(place.task).score
    return best if loss > policy.margin else other


def _another(
    place: Workplace,
    recipe: Recipe,
    rows: Sequence[Example],
    policy: Policy,
    title: str,
    watch: Watch,
) -> _Attempt | None:
    """A further training; one that fails or is stopped takes nothing from the one that is there."""
    try:
        return _attempt(place, recipe, rows, policy, title, watch)
    except (Stopped, TuneError):
        return None


def _register(
    place: Workplace, folder: Path, recipe: Recipe, result: TrainingResult
) -> tuple[Path, Entry]:
    adapter = _keep_adapter(place, folder / ADAPTER)
    entry = _entry(place, adapter, recipe, result)
    place.registry.add(adapter, entry)
    return adapter, entry


def _keep_adapter(place: Workplace, trained: Path) -> Path:
    """Copy an adapter into the run's folder, in place of an earlier one.

    Its name has a part of its hash: a model that was loaded from an earlier tune of this run stays
    known by another path.
    """
    clear_adapters(place.run.folder)
    adapter = place.run.folder / f"{ADAPTER}-{seal_hash(trained)[:8]}"
    adapter.mkdir(exist_ok=True)
    shutil.copyfile(trained / SEAL, adapter / SEAL)  # first: a copy that is cut short has one too
    shutil.copytree(trained, adapter, dirs_exist_ok=True)
    return adapter


def _entry(place: Workplace, adapter: Path, recipe: Recipe, result: TrainingResult) -> Entry:
    return Entry(
        name=entry_name(place.run.info.run_id, adapter.name),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        model=place.model,
        base=read_seal(adapter).base,
        seal=seal_hash(adapter),
        data=place.dataset.hash,
        data_name=place.run.info.data_name,
        run_id=place.run.info.run_id,
        recipe=recipe,
        steps=result.steps,
        seconds=result.seconds,
        stopped=result.stopped,
    )


def pilot(place: Workplace, watch: Watch, dev_rows: int = DEV_ROWS) -> Callable[[int], Score]:
    """A function that tunes on so many train rows and scores the result on some dev rows."""
    dev = place.dataset.parts.dev[:dev_rows]

    def tune(rows: int) -> Score:
        # It forgets in peace, and is scored once at its end: scoring each epoch took two thirds of
        # its time (docs/log.md).
        recipe = _recipe(place, rows).model_copy(update={"replay": 0.0, "judged": False})
        folder, result = _train(
            place,
            recipe,
            place.dataset.parts.train[:rows],
            dev,
            watch,
            "forecast",
            f"Pilot tune on {rows} rows",
        )
        if result.stopped:
            raise Stopped(f"Stopped within a pilot tune, after {result.steps} steps.")
        tuned = place.tuned(folder / ADAPTER)
        return best_asked(place.task, tuned, dev, watch).score(place.task)

    return tune


def _recipe(place: Workplace, rows: int) -> Recipe:
    base = place.catalogue.folder(place.model)
    seed, kind = place.run.info.seed, place.task.type
    return choose_recipe(parameters_of(base), rows, seed, kind, model_type_of(base))


def _train(
    place: Workplace,
    recipe: Recipe,
    train: Sequence[Example],
    dev: Sequence[Example],
    watch: Watch,
    stage: str,
    title: str,
) -> tuple[Path, TrainingResult]:
    """Train in a folder that is named by its content: the same tune is never paid for twice.

    Runs on the same examples share it; one that comes second takes over what the first leaves.
    """
    task = place.task
    base = place.catalogue.folder(place.model)
    job = job_of(task, base, recipe)
    rows, held = chats_of(task, train), chats_of(task, dev[: JUDGED_ROWS[task.type]])
    # The weights count, not their path alone: other ones may come to lie there.
    told = f"{job.model_dump_json()}{weights_hash(base)}{rows}{held}"
    content = told.encode("utf-8", "surrogatepass")
    folder = place.store.folder / "tunes" / hashlib.sha256(content).hexdigest()[:16]
    replay = place.replay(watch) if recipe.replay else ()

    def wait() -> None:
        watch.check()
        watch.listen(Step(stage=stage, title=WAITING, done=0, total=1, lasts=WAITS))

    with in_turn(folder, wait):
        write_job(folder, job, rows, held, replay)
        place.catalogue.release()  # the training needs the room on a GPU
        result = run_training(folder, title, watch, stage, allowed_bytes(place.memory_share))
    if not (folder / ADAPTER).exists():
        raise TuneError("The training ended without an adapter; start it again.")
    return folder, result


def job_of(task: Task, base: Path, recipe: Recipe) -> Job:
    """The training of a task on a base model's folder."""
    scoring = Scoring(
        type=task.type, metric=task.metric, labels=task.labels, answer_tokens=task.answer_tokens
    )
    return Job(model_folder=str(base), recipe=recipe, scoring=scoring)


def chats_of(task: Task, examples: Sequence[Example]) -> list[tuple[Chat, str]]:
    """Examples as the short prompt asks them, with their answers."""
    return [(SHORT.chat(task, example.input), example.answer) for example in examples]
