"""How a tune is done: every automatic choice with its reason."""

import math

from pydantic import Field

from policies.brief import TaskType
from policies.evidence import Frozen

# Peak learning rate up to so many parameters; QLoRA (2305.14314) used 2e-4 up to 13B, 1e-4 above.
RATES = ((500e6, 5e-4), (20e9, 2e-4), (math.inf, 1e-4))
EPOCHS = 3
BATCH = 8
# What a tune needs is steps (docs/log.md): three passes over 120 questions in 15 labels, 45 steps,
# left the embedded model at 72 %, eight at 97 %. With a loss among the labels 90 steps learn as
# much, but forget more, since replay needs steps too. Objects and texts are learned long after
# labels: three passes over 175 bookings at 5e-4 reached 42 % on dev, six at 1e-3 64 %.
# Steps wanted, most passes:
STEPS: dict[TaskType, tuple[int, int]] = {
    "labels": (120, 15),
    "number": (40, 5),
    "fields": (130, 10),
    "text": (130, 10),
}
WRITTEN: frozenset[TaskType] = frozenset({"fields", "text"})
WRITTEN_RATE, WRITTEN_FASTER_BELOW = 2.0, 500e6
PATIENCE = 2  # the score on a few dozen dev rows may dip once by chance
# Of written answers it dips longer while the rate is high: a tune that was ended after its third
# pass of seven lost three points (docs/log.md).
WRITTEN_PATIENCE = 0.5  # of all passes
# Models below this lose by the rounding to 4 bits itself (docs/log.md), and are so small that
# keeping its error in a further 4 bits costs little memory.
ROUNDED_TWICE = 1e9
# With half of the layers frozen a step takes 60 % of the time, and labels are learned if there are
# steps enough; with two thirds three points worse; written answers lose seven points (docs/log.md,
# for 135 million parameters).
FROZEN, FROZEN_BELOW = 0.5, 200e6
# Types of models whose layers are `model.layers` and whose linear layers end in `_proj`.
SPLIT = ("llama", "mistral", "qwen2", "qwen3", "smollm3")
# A score of labels before so many steps was never the best of a tune, and takes as long as seven
# steps (docs/log.md).
UNSETTLED = 40
CHOICE = 1.0  # bank topics were learned better (docs/log.md)
# Half of it kept fewer general questions of labels' tunes, which learned no better; written answers
# forget little in any case (docs/log.md).
REPLAY, REPLAY_WRITTEN = 2.0, 1.0
REPLAY_FROM_THE_START = 500e6  # below it a tune without replay forgot far too much (docs/log.md)


class Recipe(Frozen):
    """Settings of one QLoRA training.

    Attributes:
        learning_rate: Peak learning rate, cosine decay after a short warm-up.
        epochs: Most passes over the training rows.
        batch_size: Rows a step.
        rank: Rank of the adapter; alpha is twice the rank.
        frozen: Share of the layers, the lowest ones, that get no adapter and are not rounded.
        dropout: Dropout inside the adapter.
        parts: How many 4-bit parts the base's weights are rounded to; the second keeps the error of
            the first.
        choice: Weight of the loss among the labels, beside that of writing them; 0 for none.
        replay: Weight of staying close to the base model on general requests; 0 for none.
        replay_rows: General requests a step.
        replay_beginnings: Whether how an answer begins counts most in replay.
        judged: Whether dev is scored after each epoch, to keep the best one and to end early; else
            the last is kept.
        judged_from: After how many passes dev is scored first.
        patience: After how many scores without a better one the training ends.
        max_length: Longest chat in tokens; longer rows are left out and counted.
        seed: Seed of adapter initialisation and row order.
        reasons: Why each value was chosen, for people.
    """

    learning_rate: float
    epochs: int = EPOCHS
    batch_size: int = BATCH
    rank: int = 16
    frozen: float = Field(default=0.0, ge=0, lt=1)
    dropout: float = 0.0
    parts: int = 1
    choice: float = 0.0
    replay: float = 0.0
    replay_rows: int = 4
    replay_beginnings: bool = False
    judged: bool = True
    judged_from: int = 1
    patience: int = PATIENCE
    max_length: int = 1024
    seed: int = 0
    reasons: dict[str, str] = {}


def choose_recipe(
    parameters: int,
    train_rows: int,
    seed: int,
    task_type: TaskType = "labels",
    model_type: str = "llama",
) -> Recipe:
    """The recipe for a model of so many parameters and so many training rows.

    Adapters want about ten times the learning rate of full tuning, and small models more than
    large ones (QLoRA, 2305.14314; LoRA Without Regret; docs/log.md for the embedded model).
    """
    written = task_type in WRITTEN
    split = task_type == "labels" and model_type in SPLIT and parameters < FROZEN_BELOW
    rate = next(rate for most, rate in RATES if parameters < most)
    epochs = most_epochs(train_rows, task_type)
    recipe = Recipe(
        learning_rate=rate * (WRITTEN_RATE if written and parameters < WRITTEN_FASTER_BELOW else 1),
        epochs=epochs,
        frozen=FROZEN if split else 0.0,
        parts=2 if parameters < ROUNDED_TWICE else 1,
        choice=CHOICE if task_type == "labels" else 0.0,
        replay=_replay(not written) if parameters < REPLAY_FROM_THE_START else 0.0,
        replay_beginnings=not written,
        judged_from=_judged_from(train_rows) if task_type == "labels" else 1,
        patience=max(PATIENCE, math.ceil(WRITTEN_PATIENCE * epochs)) if written else PATIENCE,
        seed=seed,
    )
    reasons = _reasons(recipe, parameters, train_rows, task_type)
    return recipe.model_copy(update={"reasons": reasons})


def frozen_layers(recipe: Recipe, layers: int) -> int:
    """How many of a model's layers, from the first, stay as they are."""
    return min(round(recipe.frozen * layers), layers - 1)


def adapted_modules(recipe: Recipe, layers: int) -> str:
    """Which modules of a model of so many layers get an adapter, as peft and trl understand it."""
    frozen = frozen_layers(recipe, layers)
    if not frozen:
        return "all-linear"
    adapted = "|".join(map(str, range(frozen, layers)))
    return rf".*\.layers\.({adapted})\..*_proj"


def most_epochs(train_rows: int, task_type: TaskType) -> int:
    """Most passes over so many training rows."""
    steps, most = STEPS[task_type]
    return min(max(EPOCHS, _epochs_of(steps, train_rows)), most)


def _epochs_of(steps: int, train_rows: int) -> int:
    """Passes over so many training rows that take so many steps."""
    return math.ceil(steps / math.ceil(max(1, train_rows) / BATCH))


def _judged_from(train_rows: int) -> int:
    return min(_epochs_of(UNSETTLED, train_rows), most_epochs(train_rows, "labels") // 2)


def _replay(beginnings: bool) -> float:
    return REPLAY if beginnings else REPLAY_WRITTEN


def with_replay(recipe: Recipe) -> Recipe | None:
    """What to try when a tune forgot too much, or None where there was replay already.

    More of it is no remedy: with four times as much, bank topics lost three points on dev and
    still failed the gate (docs/log.md).
    """
    if recipe.replay:
        return None
    weight = _replay(recipe.replay_beginnings)
    reason = f"{weight:g}: without it the tune forgot more than the policy allows"
    return recipe.model_copy(
        update={"replay": weight, "reasons": {**recipe.reasons, "replay": reason}}
    )


def _reasons(
    recipe: Recipe, parameters: int, train_rows: int, task_type: TaskType
) -> dict[str, str]:
    written = task_type in WRITTEN
    rows = f"there are {train_rows} training rows"
    if recipe.epochs > EPOCHS:
        rows += f", and this kind of answer wants about {STEPS[task_type][0]} steps"
    parts = "1: the rounding costs a model of this size little"
    if recipe.parts > 1:
        parts = "2: the rounding error has 4 bits of its own, since small models lose much by it"
    frozen = "0: every layer is adapted"
    if recipe.frozen:
        frozen = (
            f"{recipe.frozen:g} of all layers, the lowest ones: what they make of a row is "
            "computed once, and a small model learns labels as well without them"
        )
    ties = "less the loss" if task_type == "labels" else "ties broken by the loss"
    choice = "0: there is no label set to choose from"
    if recipe.choice:
        choice = (
            f"{recipe.choice:g}: which label it picks is what counts, so that choice is learned "
            "beside the writing"
        )
    replay = "0: it is tried if the tune forgets more than the policy allows"
    if recipe.replay:
        replay = (
            f"{recipe.replay:g}: so small a model forgot far too much without it at a higher rate"
        )
    beginnings = "0: where answers are long, every token of the replay counts alike"
    if recipe.replay_beginnings:
        beginnings = "1: a tune on short answers forgets first how other answers begin"
    judged_from = "1: after each pass"
    if recipe.judged_from > 1:
        judged_from = (
            f"{recipe.judged_from}: labels are not learned within {UNSETTLED} steps, so a score "
            "before tells nothing"
        )
    return {
        "learning_rate": f"{recipe.learning_rate:g}: the model has {parameters / 1e6:.0f} million "
        "parameters; adapters want ten times the rate of full tuning, small models more than large"
        + (", and written answers more than labels" if written else ""),
        "schedule": "cosine after a warm-up of a twentieth: what QLoRA and its successors use",
        "epochs": f"at most {recipe.epochs}: {rows}",
        "patience": f"after {recipe.patience} epochs without a better score on dev by the task's "
        f"own metric ({ties}) it ends early; the best is kept and scored again as it is served",
        "judged_from": judged_from,
        "batch_size": f"{recipe.batch_size}: small batches generalise better on small data",
        "rank": f"{recipe.rank} on all linear parts of each adapted layer: attention-only adapters "
        "lose at equal size",
        "frozen": frozen,
        "alpha": f"{2 * recipe.rank}: twice the rank, the usual scale",
        "dropout": f"{recipe.dropout:g}: a few passes with early stopping need none",
        "max_length": f"{recipe.max_length} tokens: longer rows are left out and counted",
        "loss": "on the answers only: the model is not to learn to write requests",
        "choice": choice,
        "quantisation": "4-bit NF4 with double quantisation: QLoRA",
        "parts": parts,
        "replay": replay,
        "replay_rows": f"{recipe.replay_rows} general requests a step, where there is replay",
        "replay_beginnings": beginnings,
        "seed": f"{recipe.seed}: the run's own",
    }
