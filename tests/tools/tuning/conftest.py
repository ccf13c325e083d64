from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def tiny(tiny_models: dict[str, Path]) -> Path:
    """A tiny base model."""
    return tiny_models["llama"]


@pytest.fixture(scope="session")
def tiny_adapter(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An adapter on the tiny model that changes what it says, sealed, with a recipe."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    from tools.files import write_json
    from tools.models.adapter import seal_adapter
    from tools.tuning.job import RECIPE
    from tools.tuning.recipe import choose_recipe

    folder = tmp_path_factory.mktemp("trained") / "adapter"
    torch.manual_seed(0)
    base = AutoModelForCausalLM.from_pretrained(tiny, dtype=torch.float32)
    model = get_peft_model(base, LoraConfig(r=4, target_modules="all-linear"))
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.1)
    model.save_pretrained(folder)
    write_json(folder / RECIPE, choose_recipe(1_000_000, 40, 7).model_dump_json())
    seal_adapter(folder, tiny)
    return folder
