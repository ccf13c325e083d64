"""How a tune is done: every automatic choice with its reason."""

from policies.evidence import Frozen

SMALL_MODEL = 500_000_000
EPOCHS = 3
BATCH = 8


class Recipe(Frozen):
    """Settings of one QLoRA training.

    Attributes:
        learning_rate: Peak learning rate, cosine decay after a short warm-up.
        epochs: Most passes over the training rows.
        batch_size: Rows a step.
        rank: Rank of the adapter; alpha is twice the rank.
        dropout: Dropout inside the adapter.
        max_length: Longest chat in tokens; longer rows are left out and counted.
        seed: Seed of adapter initialisation and row order.
        reasons: Why each value was chosen, for people.
    """

    learning_rate: float
    epochs: int = EPOCHS
    batch_size: int = BATCH
    rank: int = 16
    dropout: float = 0.0
    max_length: int = 1024
    seed: int = 0
    reasons: dict[str, str] = {}


def choose_recipe(parameters: int, train_rows: int, seed: int) -> Recipe:
    """The recipe for a model of so many parameters and so many training rows.

    Adapters want about ten times the learning rate of full tuning, and small models more than
    large ones (QLoRA, 2305.14314; LoRA Without Regret; docs/log.md for the embedded model).
    """
    rate = 1e-3 if parameters < SMALL_MODEL else 2e-4
    # Under a hundred rows three passes are too few steps to learn the form of the answer.
    epochs = EPOCHS if train_rows >= 100 else 5
    return Recipe(
        learning_rate=rate,
        epochs=epochs,
        seed=seed,
        reasons={
            "learning_rate": f"{rate:g}: the model has {parameters / 1e6:.0f} million parameters",
            "epochs": f"at most {epochs}: there are {train_rows} training rows; "
            "the epoch with the lowest dev loss is kept",
            "batch_size": f"{BATCH}: small batches generalise better on small data",
            "rank": "16 on all linear layers: attention-only adapters lose at equal size",
            "quantisation": "4-bit NF4 with double quantisation: QLoRA",
        },
    )
