"""What a yes would start: steps, time, cost, and where the data goes."""

import hashlib
from collections.abc import Sequence

from agent.optimisers import receivers
from agent.state import Consent, State, WorkPlan
from agent.workbench import Workbench
from tools.intake.dataset import Dataset
from tools.models.embedded import NAME as EMBEDDED
from tools.settings import Settings
from tools.trials.ladder import NEAREST_SIZE, ladder
from tools.trials.plan import PER_INPUT, Plan
from tools.trials.race import FIRST_ROWS
from tools.trials.stage import task_of
from tools.trials.task import Task
from tools.tuning.recipe import most_epochs

# Rough pace of a small model on two processor cores, for estimates only: tokens read, written
# (thirty rows together) and trained a second (docs/log.md). The progress line measures the real
# pace.
READ_PACE = 700.0
WRITE_PACE = 240.0
TURN_TOKENS = 10  # of the chat's own, around each message
TRAIN_PACE = 240.0
CHARACTERS_A_TOKEN = 4.0
HERE = " on this machine"
UNPROVABLE = (
    "No fine-tune is begun: no prompt was confirmed on the locked rows, so nothing could show "
    "whether it helped. Assess the examples again and let that come to its end; what was computed "
    "is kept."
)


def trials_plan(state: State, bench: Workbench) -> WorkPlan:
    """The plan of trials and pilot tunes, before the verdict."""
    dataset, models = bench.dataset(state), bench.models(state)
    task = task_of(dataset, state["brief"])
    ladders = [ladder(task, bench.model(state, name).traits.abilities) for name in models]
    minutes = sum(_trial_minutes(dataset, task, plans) for plans in ladders)
    most, asked = max(map(len, ladders)), ", ".join(map(_called, models))
    steps = [f"Try {most} ways to prompt on {asked}, the weak ones briefly"]
    if dataset.type == "labels":
        steps.append("Fit ordinary classifiers and forecast a fine-tune from them")
    else:
        steps.append("Run two small pilot fine-tunes and forecast a full one from them")
        minutes += 0.75 * tune_minutes(dataset)
    if dataset.passages:
        documents = len({passage.document for passage in dataset.passages})
        steps.insert(
            1,
            f"Send passages of your {documents} documents along and see which rows they put right",
        )
    steps.append(f"Confirm the best prompt once on {dataset.task.test} rows that are kept locked")
    endpoints = [name for name in models if bench.catalogue.is_endpoint(name)]
    in_house = bench.keeps_in_house(state)
    readers = [] if in_house else receivers(state["options"], bench.catalogue)
    if readers:
        steps.insert(1, f"Have {', '.join(readers)} improve the wording of the best one")
    return _plan(
        dataset,
        "Measure",
        steps,
        min(minutes, state["options"].budget_minutes),
        _trial_cost([*endpoints, *readers], bench.settings),
        _goes(endpoints, readers, bool(dataset.passages)),
    )


def _called(model: str) -> str:
    """A model's name as whoever has never heard of it should read it first."""
    return f"the built-in model (“{EMBEDDED}”)" if model == EMBEDDED else model


def tune_plan(state: State, bench: Workbench) -> WorkPlan:
    """The plan of the fine-tune, after the verdict."""
    dataset, model = bench.dataset(state), state["options"].tune_model
    steps = [
        f"Train a small add-on to {_called(model)} on {dataset.task.train} rows",
        "Check that it has not forgotten what it knew before",
        f"Compare it once with the best prompt on the {dataset.task.test} locked rows",
    ]
    if dataset.type in ("labels", "fields"):  # see tools/tuning/focus.py
        kinds = "labels" if dataset.type == "labels" else "fields"
        second = f"If it misses the target by mistakes in a few {kinds}, train one more on those"
        steps.insert(1, second)
    return _plan(
        dataset,
        "Fine-tune",
        steps,
        tune_minutes(dataset) + 1.0,
        "this machine's time only",
        "nowhere: all work stays" + HERE,
    )


def is_given(consent: Consent | None, plan: WorkPlan) -> bool:
    """Whether a yes was given to this very plan."""
    return consent is not None and consent.yes and consent.plan_hash == plan.hash


def tune_minutes(dataset: Dataset) -> float:
    """Estimated minutes of a tune on two processor cores."""
    characters = sum(len(e.input) + len(e.answer) for e in dataset.parts.train)
    tokens = characters / CHARACTERS_A_TOKEN + 30 * dataset.task.train
    epochs = most_epochs(dataset.task.train, dataset.type)
    return 1.3 * epochs * tokens / TRAIN_PACE / 60


def _trial_minutes(dataset: Dataset, task: Task, plans: Sequence[Plan]) -> float:
    """Estimated minutes of a ladder, the confirmation on test included, on one small local model.

    All plans read and write the first rows; two that show examples of each row's own go on to all
    of dev, and one to test. Other examples are read once a plan, which hardly counts.
    """
    parts = dataset.parts
    row = sum(len(e.input) + len(e.answer) for e in parts.dev) / CHARACTERS_A_TOKEN / len(parts.dev)
    first = min(FIRST_ROWS, len(parts.dev))
    shown = {plan: 1 + plan.shot_count * (plan.shots in PER_INPUT) for plan in plans}
    finals = (2 * len(parts.dev) + len(parts.test)) * (1 + NEAREST_SIZE[dataset.type])
    read = (first * sum(shown.values()) + finals) * (row + TURN_TOKENS)
    answers = [
        plan.limits(task).max_new_tokens / 2 for plan in plans if not plan.by_likelihood(task)
    ]
    return (read / READ_PACE + first * sum(answers) / WRITE_PACE + 30) / 60


def _goes(endpoints: list[str], readers: list[str], documents: bool) -> str:
    """Where the examples go: to the models under trial, a few to those that improve wordings."""
    few = f"a few example rows go to {', '.join(readers)}"
    if endpoints:
        along = ", with passages of your documents" if documents else ""
        return f"to {', '.join(endpoints)}{along}" + (f"; {few}" if readers else "")
    return f"{few}; all else stays" + HERE if readers else "nowhere: all work stays" + HERE


def _trial_cost(endpoints: list[str], settings: Settings) -> str:
    """What is paid to endpoints; a budget can only be kept where prices are known."""
    if not endpoints:
        return "nothing but time"
    priced = all(settings.endpoints[name].price_in is not None for name in endpoints)
    most = f", at most {settings.budget_money:g} {settings.prices.currency} each"
    return "the endpoint's price for the tokens" + (most if priced else "")


def _plan(
    dataset: Dataset, title: str, steps: list[str], minutes: float, cost: str, data_goes: str
) -> WorkPlan:
    documents = "".join(passage.text for passage in dataset.passages)
    content = f"{dataset.hash}|{documents}|{title}|{steps}|{cost}|{data_goes}"
    return WorkPlan(
        title=title,
        steps=tuple(steps),
        minutes=minutes,
        cost=cost,
        data_goes=data_goes,
        hash=hashlib.sha256(content.encode()).hexdigest()[:16],
    )
