"""The trials of each model: its ladder, what optimisers propose, and the best plans recombined."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tools.assessment import ExhaustionPart
from tools.errors import ModelError, Stopped
from tools.intake.examples import Example
from tools.models.cache import CachedModel
from tools.models.protocol import LanguageModel
from tools.progress import Watch
from tools.trials.exhaustion import measure_exhaustion
from tools.trials.ladder import ladder
from tools.trials.plan import Plan
from tools.trials.race import ROUNDS, RaceResult, Round, race
from tools.trials.recombine import recombined
from tools.trials.task import Task
from tools.trials.trial import Trial
from tools.trials.untried import count_untried, out_of_reach, tell_untried

REFINEMENT = 3  # plans recombined at a time
MOST_REFINEMENTS = 2
GOING_ON = 0.25  # of the time left when a model's trials begin

# Proposes further plans for a model from the trials so far.
Optimiser = Callable[[Sequence[Trial], Task, LanguageModel, Watch], list[Plan]]


@dataclass(frozen=True)
class ModelTrials:
    """The trials of one model."""

    model: CachedModel
    trials: list[Trial]
    result: RaceResult
    exhaustion: ExhaustionPart


def try_models(
    task: Task,
    models: Sequence[CachedModel],
    dev: Sequence[Example],
    watch: Watch,
    optimisers: Sequence[Optimiser],
) -> tuple[list[ModelTrials], dict[str, str]]:
    """Each model's trials, and by their names why others could not be tried.

    An endpoint that fails is left out where another model can be tried.
    """
    found: list[ModelTrials] = []
    failed: dict[str, str] = {}
    for model in models:
        try:
            found.append(_try_model(task, model, dev, watch, optimisers))
        except ModelError as error:
            if model.traits.is_local or len(models) == 1:
                raise
            failed[model.name] = f"{model.name} was not measured. {error}"
            last = error
        if _is_over(watch):  # a stop, or the time; money is spent for one endpoint alone
            break
    asked = {each.model.name for each in found} | failed.keys()
    for model in models:
        if model.name not in asked:
            failed[model.name] = f"{model.name} was not measured: the trials ended before it."
    if not found:
        raise last
    return found, failed


def _is_over(watch: Watch) -> bool:
    try:
        watch.check()
    except Stopped:
        return True
    return False


def said_nothing(found: ModelTrials) -> str:
    """What to say of a model without a single valid answer: then its scores tell little of it."""
    answers = [answer for trial in found.trials for answer in trial.answers]
    if not answers or any(answer.given is not None for answer in answers):
        return ""
    empty = sum(not answer.reply for answer in answers)
    cut = sum(answer.finish == "length" for answer in answers)
    return (
        f"{found.model.name} gave no valid answer with any plan ({empty} of {len(answers)} answers "
        f"were empty, {cut} were cut off at their longest), so its scores say little of what it "
        "can do: check which model it is and how it is set up."
    )


def _try_model(
    task: Task,
    model: CachedModel,
    dev: Sequence[Example],
    watch: Watch,
    optimisers: Sequence[Optimiser],
) -> ModelTrials:
    """The ladder, then what optimisers propose, then recombined plans for as long as they help.

    All of them meet the first rows before the best go on: rows that a leader answers and is then
    overtaken tell nothing. Some time is kept for going on.
    """
    races, early = _Races(task, model, dev), watch.earlier(GOING_ON)
    abilities = model.traits.abilities
    races.race([*ladder(task, abilities), *out_of_reach(task, abilities)], early)
    for optimise in optimisers:
        if not races.result.stopped:
            races.race(optimise(races.trials, task, model, early), early)
    for done in range(MOST_REFINEMENTS):
        # The first round is always run: whether the leaders can be bettered is seen around them.
        further = recombined(races.trials, task, REFINEMENT, abilities)
        if races.result.stopped or not further or (done and races.measured.exhausted):
            break
        races.race(further, early)
    races.race([], watch, ROUNDS)
    return ModelTrials(model, races.trials, races.result, races.told)


@dataclass
class _Races:
    """The races of one model, one after the other, as one."""

    task: Task
    model: CachedModel
    dev: Sequence[Example]
    trials: list[Trial] = field(default_factory=list)
    result: RaceResult = field(default_factory=RaceResult)

    @property
    def measured(self) -> ExhaustionPart:
        """Whether prompting is exhausted by now; plans that do not fit help nobody."""
        fitting = [trial for trial in self.trials if trial.fits]
        return measure_exhaustion(fitting, self.task, self.result.stopped)

    @property
    def told(self) -> ExhaustionPart:
        """The same, with what was not tried and why."""
        measured = self.measured
        counts = count_untried(self.result.left_out, self.task, self.model.traits.abilities)
        text = " ".join(filter(None, (measured.text, tell_untried(counts))))
        return measured.model_copy(update={"text": text, "untried": counts})

    def race(self, plans: Sequence[Plan], watch: Watch, rounds: Sequence[Round] = ()) -> None:
        """Race further plans against those so far; what once ended it or left some out remains."""
        before = self.result
        self.trials, result = race(
            plans, self.task, self.model, self.dev, watch, self.trials, rounds
        )
        left_out = (*before.left_out, *result.left_out)
        ended = before if before.stopped else result
        self.result = ended.model_copy(update={"left_out": left_out})
