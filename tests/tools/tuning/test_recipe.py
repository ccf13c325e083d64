import re

import pytest

from policies.brief import TaskType
from tools.tuning.recipe import (
    EPOCHS,
    REPLAY,
    REPLAY_WRITTEN,
    Recipe,
    adapted_modules,
    choose_recipe,
    with_replay,
)


@pytest.mark.parametrize(
    ("parameters", "rows", "rate", "epochs"),
    [
        (135_000_000, 500, 5e-4, EPOCHS),
        (135_000_000, 240, 5e-4, 4),  # 30 steps each
        (135_000_000, 120, 5e-4, 8),
        (135_000_000, 60, 5e-4, 15),
        (499_999_999, 4, 5e-4, 15),
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
        (135_000_000, 60, "number", 5e-4, 5),
        (8_000_000_000, 175, "fields", 2e-4, 6),
    ],
)
def test_each_kind_of_answer_gets_the_steps_it_needs(
    parameters: int, rows: int, task_type: TaskType, rate: float, epochs: int
) -> None:
    recipe = choose_recipe(parameters, rows, 7, task_type)
    assert (recipe.learning_rate, recipe.epochs) == (rate, epochs)
    assert ("wants about" in recipe.reasons["epochs"]) is (epochs > EPOCHS)


@pytest.mark.parametrize("task_type", ["labels", "fields"])
def test_every_choice_has_its_reason(task_type: TaskType) -> None:
    recipe = choose_recipe(135_000_000, 60, 0, task_type)
    assert recipe.model_fields_set >= {"learning_rate", "reasons"}
    chosen = set(Recipe.model_fields) - {"reasons", "judged"}  # its reason is early stopping
    assert chosen < set(recipe.reasons)
    assert ": the model has 135 million parameters" in recipe.reasons["learning_rate"]
    assert "there are 60 training rows, and " in recipe.reasons["epochs"]
    assert "steps" not in choose_recipe(135_000_000, 500, seed=0).reasons["epochs"]
    for name in chosen:
        assert f"{getattr(recipe, name):g}" in recipe.reasons[name], name


def test_small_models_are_rounded_twice_and_replay_from_the_start() -> None:
    small, large = (choose_recipe(size, 500, seed=0) for size in (135_000_000, 8_000_000_000))
    assert (small.parts, small.replay, large.parts, large.replay) == (2, REPLAY, 1, 0)


def test_written_answers_want_less_replay() -> None:
    wanted = {"labels": REPLAY, "number": REPLAY, "fields": REPLAY_WRITTEN, "text": REPLAY_WRITTEN}
    kinds: tuple[TaskType, ...] = ("labels", "number", "fields", "text")
    recipes = {kind: choose_recipe(135_000_000, 240, 0, kind) for kind in kinds}
    assert {kind: recipe.replay for kind, recipe in recipes.items()} == wanted
    assert [recipes[kind].replay_beginnings for kind in kinds] == [True, True, False, False]


@pytest.mark.parametrize(
    ("parameters", "task_type", "model_type", "frozen"),
    [
        (135_000_000, "labels", "llama", 0.5),
        (135_000_000, "labels", "qwen2", 0.5),
        (135_000_000, "labels", "gpt2", 0.0),  # nobody knows how its layers are called
        (135_000_000, "fields", "llama", 0.0),
        (135_000_000, "text", "llama", 0.0),
        (200_000_000, "labels", "llama", 0.0),
    ],
)
def test_small_models_learn_labels_in_their_upper_half(
    parameters: int, task_type: TaskType, model_type: str, frozen: float
) -> None:
    recipe = choose_recipe(parameters, 240, 0, task_type, model_type)
    assert recipe.frozen == frozen
    assert ("the lowest" in recipe.reasons["frozen"]) == bool(frozen)


@pytest.mark.parametrize(
    ("share", "layers", "adapted"),
    [(0.5, 5, [2, 3, 4]), (0.5, 12, list(range(6, 12))), (0.9, 2, [1]), (0.1, 2, [0, 1])],
)
def test_the_adapted_layers_are_the_upper_ones(
    share: float, layers: int, adapted: list[int]
) -> None:
    name = adapted_modules(Recipe(learning_rate=1.0, frozen=share), layers)
    names = {at: f"base_model.model.model.layers.{at}.mlp.up_proj" for at in range(layers)}
    if name == "all-linear":
        assert adapted == list(names)
    else:
        assert adapted == [at for at in names if re.fullmatch(name, names[at])]


def test_what_forgot_without_replay_is_tried_with_it() -> None:
    plain = choose_recipe(8_000_000_000, 200, 0)
    remedy = with_replay(plain)
    assert plain.replay == 0 and remedy is not None and remedy.replay == REPLAY
    assert "forgot" in remedy.reasons["replay"]
    assert remedy.model_copy(update={"replay": 0.0, "reasons": plain.reasons}) == plain
    written = with_replay(choose_recipe(8_000_000_000, 500, 0, "fields"))
    assert written is not None and written.replay == REPLAY_WRITTEN
    assert with_replay(remedy) is None


@pytest.mark.parametrize(
    ("rows", "task_type", "first"),
    [(240, "labels", 2), (60, "labels", 5), (3000, "labels", 1), (8, "labels", 7), (60, "text", 1)],
)
def test_labels_are_scored_once_a_score_tells_something(
    rows: int, task_type: TaskType, first: int
) -> None:
    recipe = choose_recipe(135_000_000, rows, 0, task_type)
    assert recipe.judged_from == first < recipe.epochs
    assert ("within" in recipe.reasons["judged_from"]) is (first > 1)


@pytest.mark.parametrize(
    ("rows", "task_type", "patience"),
    [(240, "labels", 2), (60, "labels", 2), (150, "text", 4), (65, "text", 5), (175, "fields", 3)],
)
def test_written_answers_are_not_ended_while_their_score_dips(
    rows: int, task_type: TaskType, patience: int
) -> None:
    recipe = choose_recipe(135_000_000, rows, 0, task_type)
    assert recipe.patience == patience
    assert f"after {patience} epochs" in recipe.reasons["patience"]
