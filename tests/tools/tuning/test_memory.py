from pathlib import Path

import pytest
import torch

from tools.models.catalogue import has_room
from tools.tuning.memory import activation_bytes, choose_keeping, folding_bytes, keeping_on
from tools.tuning.recipe import Recipe, choose_recipe
from tools.tuning.trainer import load_quantised

GB = 10**9


@pytest.mark.parametrize(
    ("free", "weights", "activations", "must_fold", "folded", "kept"),
    [
        (70 * GB, 28 * GB, 20 * GB, False, True, True),
        (70 * GB, 28 * GB, 60 * GB, False, True, False),
        (70 * GB, 28 * GB, 40 * GB, False, False, True),
        (18 * GB, 28 * GB, 12 * GB, False, False, True),
        (18 * GB, 28 * GB, 50 * GB, False, False, False),
        (18 * GB, 28 * GB, 1 * GB, True, True, False),
        (0, 0, 0, False, True, True),
    ],
)
def test_what_fits_is_kept(
    free: int, weights: int, activations: int, must_fold: bool, folded: bool, kept: bool
) -> None:
    keeping = choose_keeping(free, weights, activations, must_fold)
    assert (keeping.folded, keeping.activations) == (folded, kept)
    assert keeping.optimiser == ("adamw_torch_fused" if kept else "paged_adamw_8bit")
    assert f"{free / GB:.1f} GB are free" in keeping.reason


def test_folded_weights_take_two_copies_in_bf16(tiny: Path) -> None:
    model = load_quantised(str(tiny), Recipe(learning_rate=1.0))
    linear = 2 * (2 * 64 * 64 + 2 * 64 * 32 + 3 * 64 * 128)  # two layers of q, o, k, v and the rest
    assert folding_bytes(model) == 2 * 2 * linear


def test_a_tune_keeps_everything_where_it_can(tiny: Path) -> None:
    keeping = keeping_on(
        load_quantised(str(tiny), Recipe(learning_rate=1.0)), 1000, must_fold=False
    )
    assert keeping.folded and keeping.activations
    assert ("free" in keeping.reason) == torch.cuda.is_available()


def test_eight_billion_parameters_fit_24_gigabytes_one_copy_at_a_time() -> None:
    """The arithmetic from the shapes alone; no weight takes memory."""
    from transformers import BitsAndBytesConfig, LlamaConfig, LlamaForCausalLM
    from transformers.integrations.bitsandbytes import replace_with_bnb_linear

    config = LlamaConfig(
        hidden_size=4096, intermediate_size=14336, num_hidden_layers=32, num_attention_heads=32,
        num_key_value_heads=8, vocab_size=128256, tie_word_embeddings=False,
    )  # fmt: skip
    with torch.device("meta"):
        model = LlamaForCausalLM(config)
    parameters = sum(weight.numel() for weight in model.parameters())
    inner = sum(weight.numel() for weight in model.model.layers.parameters() if weight.dim() > 1)
    unrounded = 2 * parameters
    rounded = inner * 0.516 + 2 * (parameters - inner)  # 4 bits, and a scale in 8 bits for 64
    assert (round(parameters / GB), round(unrounded / GB), round(rounded / GB)) == (8, 16, 6)

    # The base, the tuned model and the training each fit, no two of the first do.
    assert has_room(24 * GB, unrounded) and not has_room(24 * GB - unrounded, unrounded)
    recipe = choose_recipe(parameters, 240, 0)
    assert recipe.parts == 1 and not recipe.replay, "the base is not needed beside the training"
    settings = BitsAndBytesConfig(load_in_4bit=True)
    replace_with_bnb_linear(model, modules_to_not_convert=["lm_head"], quantization_config=settings)
    free, activations = 24 * GB - int(rounded), activation_bytes(model, 8 * 1024)
    keeping = choose_keeping(free, folding_bytes(model), activations, recipe.parts > 1)
    assert not keeping.folded and not keeping.activations
    one_layer = activations / config.num_hidden_layers
    entries = 8 * 1024 * 4096 * 2 * config.num_hidden_layers  # what each layer begins with
    assert rounded + one_layer + entries < 12 * GB  # 10.3 were measured (docs/log.md)
