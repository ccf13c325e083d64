"""What is trained is what is served: weights, gradients, answers."""

from pathlib import Path
from typing import Any

import bitsandbytes as bnb
import pytest
import torch
from numpy.testing import assert_allclose
from peft import LoraConfig, get_peft_model
from peft.tuners.lora import LoraLayer

from tools.models.adapter import seal_adapter
from tools.models.local import LocalModel, load_weights
from tools.models.protocol import Chat, Limits, Message
from tools.tuning.folded import fold_adapters
from tools.tuning.recipe import Recipe
from tools.tuning.trainer import load_quantised

CHATS: list[Chat] = [(Message(role="user", content=f"{'word ' * n}number {n}"),) for n in range(9)]
IDS = torch.arange(10, 42)[None]


def adapted(folder: Path) -> Any:
    """A 4-bit model with an adapter that does something."""
    torch.manual_seed(0)
    model = get_peft_model(
        load_quantised(str(folder), Recipe(learning_rate=1.0)),
        LoraConfig(r=4, target_modules="all-linear"),
    )
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.float()
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.05)
    return model


@pytest.fixture(scope="module", params=[1, 2], ids=["one part", "two parts"])
def parts(request: pytest.FixtureRequest) -> int:
    """How many 4-bit parts a weight is rounded to."""
    return int(request.param)


@pytest.fixture(scope="module")
def folded(tiny_model_folder: Path, parts: int) -> Any:
    model = adapted(tiny_model_folder)
    base, _ = load_weights(tiny_model_folder, "tiny")
    assert len(fold_adapters(model, base if parts > 1 else None)) == 14
    return model


def test_layers_stay_in_4_bits(folded: Any) -> None:
    layers = [m.get_base_layer() for m in folded.modules() if isinstance(m, LoraLayer)]
    assert len(layers) == 14
    assert all(isinstance(layer, bnb.nn.Linear4bit) for layer in layers)
    assert all(layer.weight.dtype == torch.uint8 for layer in layers)


def test_the_served_model_has_the_trained_weights_and_gives_the_same_answers(
    folded: Any, tiny_model_folder: Path, parts: int, tmp_path: Path
) -> None:
    folded.save_pretrained(tmp_path / "adapter")
    seal_adapter(tmp_path / "adapter", tiny_model_folder, parts)
    served = LocalModel(tiny_model_folder, "tuned", tmp_path / "adapter")
    training = LocalModel.around(
        folded.eval().get_base_model(), served.tokenizer, tiny_model_folder
    )
    answers = [dict(model.complete(CHATS, Limits(6))) for model in (training, served)]
    texts = [[found[n].text for n in range(len(CHATS))] for found in answers]
    assert texts[0] == texts[1] and len(set(texts[0])) > 1
    scores = [dict(model.score(CHATS, ("red", "dark blue"))) for model in (training, served)]
    values = [[found[n].values for n in range(len(CHATS))] for found in scores]
    assert_allclose(*values, atol=1e-4)  # what only answers computes in place
    base = LocalModel(tiny_model_folder, "base")
    assert [dict(base.complete(CHATS, Limits(6)))[n].text for n in range(len(CHATS))] != texts[0]


def test_gradients_are_those_of_the_adapter_beside_the_weight(
    tiny_model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.tuning.trainer.compute_dtype", lambda: (torch.float32, "exact"))
    plain, folded = adapted(tiny_model_folder), adapted(tiny_model_folder)
    fold_adapters(folded)

    def gradients(model: Any) -> dict[str, torch.Tensor]:
        model.train().zero_grad()
        ids = IDS.to(model.device)
        model(input_ids=ids, labels=ids, use_cache=False).loss.backward()
        return {n: p.grad.clone() for n, p in model.named_parameters() if p.requires_grad}

    expected, found = gradients(plain), gradients(folded)
    assert found.keys() == expected.keys() and len(found) == 28
    for name, gradient in expected.items():
        assert gradient.norm() > 0
        torch.testing.assert_close(found[name], gradient, atol=1e-5, rtol=1e-3)


def test_a_changed_adapter_changes_what_the_layer_computes(folded: Any) -> None:
    ids = IDS.to(folded.device)
    with torch.no_grad():
        before = folded(input_ids=ids, use_cache=False).logits
        again = folded(input_ids=ids, use_cache=False).logits
        up = next(p for n, p in folded.named_parameters() if "lora_B" in n)
        up.mul_(2)
        after = folded(input_ids=ids, use_cache=False).logits
        up.div_(2)
        restored = folded(input_ids=ids, use_cache=False).logits
    assert torch.equal(before, again) and torch.equal(before, restored)
    assert not torch.equal(before, after)


def test_an_optimiser_that_torch_does_not_count_is_seen_once_it_is_told(
    tiny_model_folder: Path,
) -> None:
    model = adapted(tiny_model_folder)
    layers = fold_adapters(model)
    ids = IDS.to(model.device)
    up = next(p for n, p in model.named_parameters() if "lora_B" in n)
    with torch.no_grad():
        before = model(input_ids=ids, use_cache=False).logits
        counted = up._version
        up.data.mul_(2)  # as bitsandbytes writes: past torch's count of changes
        assert up._version == counted
        assert torch.equal(model(input_ids=ids, use_cache=False).logits, before)
        layers.adapters_changed()
        assert not torch.equal(model(input_ids=ids, use_cache=False).logits, before)
