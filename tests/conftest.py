"""Every test has its own home; models are converted or made once a session."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ui.cli import QUIET

if TYPE_CHECKING:
    from tools.models.local import LocalModel

# Before torch and transformers are imported: quiet libraries, and no two spinning thread pools.
for _name, _value in {**QUIET, "OMP_NUM_THREADS": "1"}.items():
    os.environ.setdefault(_name, _value)

READY_MODELS = os.environ.get("TUNEWORTHY_TEST_MODELS")
TINY = {
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 512,
    "initializer_range": 0.3,  # far from ties, so that rounding decides no answer
    "tie_word_embeddings": True,
}
ENDINGS = 9  # every ninth token ends a turn, so that answers end at different steps


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of the test's own, and no setting of the developer's."""
    for name in [name for name in os.environ if name.startswith("TUNEWORTHY_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "home"
    monkeypatch.setenv("TUNEWORTHY_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def embedded_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The embedded model, converted once a session or taken from TUNEWORTHY_TEST_MODELS."""
    from tools.models import embedded

    home = tmp_path_factory.mktemp("session-home")
    if READY_MODELS:
        (home / "models").mkdir()
        ready = Path(READY_MODELS).absolute() / embedded.FOLDER
        (home / "models" / embedded.FOLDER).symlink_to(ready)
    return embedded.embedded_folder(home)


@pytest.fixture(scope="session")
def embedded_model(embedded_folder: Path) -> "LocalModel":
    """The embedded model, loaded once a session."""
    from tools.models.local import LocalModel

    return LocalModel(embedded_folder, "embedded")


@pytest.fixture(scope="session")
def tiny_models(
    embedded_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Path]]:
    """Randomly initialised two-layer models with the embedded tokenizer, by architecture."""
    import torch
    from transformers import (
        AutoTokenizer,
        LlamaConfig,
        LlamaForCausalLM,
        Qwen2Config,
        Qwen2ForCausalLM,
    )

    tokenizer: Any = AutoTokenizer.from_pretrained(embedded_folder)
    made = {}
    for name, config, kind in (
        ("llama", LlamaConfig, LlamaForCausalLM),
        ("qwen2", Qwen2Config, Qwen2ForCausalLM),
    ):
        torch.manual_seed(0)
        model: Any = kind(config(vocab_size=len(tokenizer), **TINY))
        model.generation_config.eos_token_id = [2, *range(5, len(tokenizer), ENDINGS)]
        model.generation_config.pad_token_id = 2
        made[name] = tmp_path_factory.mktemp(f"tiny-{name}")
        model.save_pretrained(made[name])
        tokenizer.save_pretrained(made[name])
    yield made


@pytest.fixture(scope="session", params=["llama", "qwen2"])
def tiny_model_folder(request: pytest.FixtureRequest, tiny_models: dict[str, Path]) -> Path:
    """One tiny model; a test that asks for it runs once for each architecture."""
    return tiny_models[request.param]
