import re
from types import SimpleNamespace

import pytest

from policies.brief import TaskType
from tools.tuning.recipe import (
    EPOCHS,
    REPLAY,
    Recipe,
    adapted_modules,
    choose_recipe,
    frozen_layers,
    with_replay,
)


@pytest.mark.parametrize(
    ("parameters", "rows", "rate", "epochs"),
    [
        (135_000_000, 500, 5e-4, EPOCHS),
        (135_000_000, 100, 5e-4, EPOCHS),
        (135_000_000, 99, 5e-4, 5),
        (499_999_999, 4, 5e-4, 5),
        (500_000_000, 500, 2e-4, EPOCHS),
        (13_000_000_000, 500, 2e-4, EPOCHS),
        (33_000_000_000, 500, 1e-4, EPOCHS),
    ],
)
def test_a_recipe_follows_from_model_and_rows(
    parameters: int, rows: int, rate: float, epochs: int
) -> None:
    recipe = choose_recipe(parameters, rows, seed=7)
    assert (recipe.learning_rate, recipe.epochs, recipe.seed) == (rate, epochs, 7)
    assert (recipe.rank, recipe.batch_size) == (16, 8)


@pytest.mark.parametrize(
    ("parameters", "rows", "task_type", "rate", "epochs"),
    [
        (135_000_000, 175, "fields", 1e-3, 6),  # 22 steps each
        (135_000_000, 90, "text", 1e-3, 10),
        (135_000_000, 10, "fields", 1e-3, 10),
        (135_000_000, 2000, "text", 1e-3, EPOCHS),
        (135_000_000, 175, "number", 5e-4, EPOCHS),
        (8_000_000_000, 175, "fields", 2e-4, 6),
    ],
)
def test_written_answers_get_more_steps(
    parameters: int, rows: int, task_type: TaskType, rate: float, epochs: int
) -> None:
    recipe = choose_recipe(parameters, rows, 7, task_type)
    assert (recipe.learning_rate, recipe.epochs) == (rate, epochs)
    written = task_type != "number"
    assert ("to write answers wants about" in recipe.reasons["epochs"]) is written


@pytest.mark.parametrize("task_type", ["labels", "fields"])
def test_every_choice_has_its_reason(task_type: TaskType) -> None:
    recipe = choose_recipe(135_000_000, 60, 0, task_type)
    assert recipe.model_fields_set >= {"learning_rate", "reasons"}
    chosen = set(Recipe.model_fields) - {"reasons", "judged"}  # its reason is early stopping
    assert chosen < set(recipe.reasons)
    assert ": the model has 135 million parameters" in recipe.reasons["learning_rate"]
    assert "there are 60 training rows, and " in recipe.reasons["epochs"]
    assert "under a hundred" not in choose_recipe(135_000_000, 100, seed=0).reasons["epochs"]
    for name in chosen:
        assert f"{getattr(recipe, name):g}" in recipe.reasons[name], name


def test_small_models_are_rounded_twice_and_replay_from_the_start() -> None:
    small, large = (choose_recipe(size, 500, seed=0) for size in (135_000_000, 8_000_000_000))
    assert (small.parts, small.replay, large.parts, large.replay) == (2, REPLAY, 1, 0)


@pytest.mark.parametrize(
    ("parameters", "task_type", "frozen"),
    [
        (135_000_000, "labels", 0.5),
        (135_000_000, "fields", 0.0),
        (135_000_000, "text", 0.0),
        (500_000_000, "labels", 0.0),
    ],
)
def test_small_models_learn_labels_in_their_upper_half(
    parameters: int, task_type: TaskType, frozen: float
) -> None:
    recipe = choose_recipe(parameters, 240, 0, task_type)
    assert recipe.frozen == frozen
    llama, other = (
        SimpleNamespace(model_type=name, num_hidden_layers=5) for name in ("llama", "gpt2")
    )
    assert frozen_layers(recipe, llama) == (2 if frozen else 0)
    assert frozen_layers(recipe, other) == 0 and adapted_modules(recipe, other) == "all-linear"
    name = adapted_modules(recipe, llama)
    adapted = [at for at in range(12) if re.fullmatch(name, f"model.layers.{at}.mlp.up_proj")]
    assert adapted == [2, 3, 4] if frozen else name == "all-linear"


def test_what_forgot_without_replay_is_tried_with_it() -> None:
    plain = choose_recipe(8_000_000_000, 200, 0)
    remedy = with_replay(plain)
    assert plain.replay == 0 and remedy is not None and remedy.replay == REPLAY
    assert "forgot" in remedy.reasons["replay"]
    assert remedy.model_copy(update={"replay": 0.0, "reasons": plain.reasons}) == plain
    assert with_replay(remedy) is None
