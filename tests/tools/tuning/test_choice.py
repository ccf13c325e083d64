from pathlib import Path
from typing import Any

import pytest
import torch
from datasets import Dataset
from transformers import AutoTokenizer

from tools.models.local import load_weights
from tools.tuning.choice import Choice
from tools.tuning.recipe import Recipe
from tools.tuning.trainer import IGNORED, answers_of, load_quantised, make_trainer

LABELS = [(1, 2, 9), (1, 3, 9), (1, 3, 4, 9), (5, 9)]


def test_it_is_the_surprise_at_the_right_label_if_only_labels_can_be_written() -> None:
    torch.manual_seed(0)
    answers = [LABELS[2], LABELS[3], LABELS[0]]
    logits = torch.randn(sum(map(len, answers)), 12)

    def among(place: int, right: int, *allowed: int) -> float:
        return float(-logits[place, [right, *allowed]].log_softmax(0)[0])

    expected = [
        among(0, 1, 5) + among(1, 3, 2) + among(2, 4, 9),  # 1 or 5, 2 or 3, 4 or the end
        among(4, 5, 1),
        among(6, 1, 5) + among(7, 2, 3),
    ]
    found = Choice(LABELS).loss(logits, answers)
    assert float(found) == pytest.approx(sum(expected) / 3, rel=1e-5)


def test_tokens_that_lead_to_no_label_do_not_count_and_get_no_gradient() -> None:
    logits = torch.zeros(2, 12, requires_grad=True)
    Choice(LABELS).loss(logits, [(5, 9)]).backward()
    assert logits.grad is not None
    assert logits.grad[0].nonzero().flatten().tolist() == [1, 5]
    assert not logits.grad[1].any()  # only the end may follow


def test_one_label_is_no_choice() -> None:
    assert float(Choice([(5, 9)]).loss(torch.randn(2, 12), [(5, 9)])) == 0


@pytest.fixture(params=["<|im_end|>"])
def trainer(
    request: pytest.FixtureRequest, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """A trainer; the parameter is what the tokenizer takes for the end of a text."""
    monkeypatch.setattr("tools.models.numbers.number_format", lambda: ("float32", "exact"))
    recipe = Recipe(learning_rate=1e-3, choice=1.0, max_length=64)
    rows = Dataset.from_list(
        [
            {
                "prompt": [{"role": "user", "content": f"number {n}"}],
                "completion": [{"role": "assistant", "content": ("red", "dark blue")[n % 2]}],
            }
            for n in range(8)
        ]
    )
    base, tokenizer = load_weights(tiny, "base")
    tokenizer.eos_token = request.param
    return make_trainer(
        load_quantised(str(tiny), recipe), base, tokenizer, rows, rows, recipe, tmp_path
    )


@pytest.mark.parametrize("trainer", ["<|im_end|>", "<|endoftext|>"], indirect=True)
def test_a_training_knows_the_answers_as_it_writes_them(trainer: Any, tiny: Path) -> None:
    tokenizer: Any = AutoTokenizer.from_pretrained(tiny)
    told = {tokenizer.decode(answer) for answer in answers_of(trainer.train_dataset)}
    assert told == {"red<|im_end|>\n", "dark blue<|im_end|>\n"}


def test_a_training_adds_it_with_its_weight_and_an_evaluation_does_not(trainer: Any) -> None:
    batch = trainer.data_collator([trainer.train_dataset[n] for n in range(4)])
    answers = [row[row != IGNORED].tolist() for row in batch["labels"]]
    model = trainer.model.eval()
    with torch.no_grad():
        writing, output = trainer.compute_loss(model, batch, return_outputs=True)
        choice = trainer.choice.loss(output["logits"], answers)
        assert float(choice) > 0.1
        model.train()
        for weight in (1.0, 3.0):
            trainer.recipe = trainer.recipe.model_copy(update={"choice": weight})
            found = trainer.compute_loss(model, batch)
            assert float(found) == pytest.approx(float(writing + weight * choice), rel=1e-4)
