import pytest

from tools.tuning.recipe import EPOCHS, Recipe, choose_recipe


@pytest.mark.parametrize(
    ("parameters", "rows", "rate", "epochs"),
    [
        (135_000_000, 500, 1e-3, EPOCHS),
        (135_000_000, 100, 1e-3, EPOCHS),
        (135_000_000, 99, 1e-3, 5),
        (499_999_999, 4, 1e-3, 5),
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


def test_every_choice_has_its_reason() -> None:
    recipe = choose_recipe(135_000_000, 60, seed=0)
    assert recipe.model_fields_set >= {"learning_rate", "reasons"}
    chosen = set(Recipe.model_fields) - {"reasons"}
    assert chosen < set(recipe.reasons)
    assert recipe.reasons["learning_rate"].startswith("0.001: the model has 135 million parameters")
    assert "there are 60 training rows, and under a hundred" in recipe.reasons["epochs"]
    assert "under a hundred" not in choose_recipe(135_000_000, 100, seed=0).reasons["epochs"]
    for name in chosen:
        assert f"{getattr(recipe, name):g}" in recipe.reasons[name], name
