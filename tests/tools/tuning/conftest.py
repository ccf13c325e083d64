import csv
from pathlib import Path

import pytest

from policies.brief import Brief
from tools.models.catalogue import Catalogue
from tools.runs import create_run
from tools.settings import Settings
from tools.tuning.workplace import Workplace


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


WORDS = "lamp chair river stone cloud apple train piano garden window bottle winter".split()


@pytest.fixture
def place(home: Path, tiny: Path, tmp_path: Path) -> Workplace:
    """Sixty rows in two topics, to be tuned on a tiny model."""
    data = tmp_path / "rows.csv"
    with data.open("w", newline="", encoding="utf-8") as stream:
        rows = csv.writer(stream)
        rows.writerow(["text", "topic"])
        pairs = [f"{word} {word[::-1]} {other}" for word in WORDS for other in WORDS[:5]]
        rows.writerows((pair, ("buy", "sell")[n % 2]) for n, pair in enumerate(pairs))
    run = create_run(home)
    run.take_examples(data)
    settings = Settings.model_validate({"home": home, "models": {"tiny": {"folder": tiny}}})
    brief = Brief(input_column="text", answer_column="topic", task_type="labels")
    return Workplace(run, run.dataset(brief), brief, Catalogue(settings), "tiny")
