import shutil
from pathlib import Path

import pytest

from tools.models.folder import model_fingerprint


def test_the_fingerprint_tells_models_apart(tiny_models: dict[str, Path], tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(tiny_models["llama"], copy)
    assert model_fingerprint(copy) == model_fingerprint(tiny_models["llama"])
    assert model_fingerprint(copy) != model_fingerprint(tiny_models["qwen2"])
    weights = copy / "model.safetensors"
    content = weights.read_bytes()
    weights.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert model_fingerprint(copy) != model_fingerprint(tiny_models["llama"])
    weights.write_bytes(content)
    assert model_fingerprint(copy) == model_fingerprint(tiny_models["llama"])
    (copy / "generation_config.json").write_text('{"eos_token_id": 3}')
    assert model_fingerprint(copy) != model_fingerprint(tiny_models["llama"])


@pytest.mark.parametrize(
    ("name", "counts"),
    {
        "template": ("chat_template.jinja", True),
        "sentencepiece": ("tokenizer.model", True),
        "words": ("vocab.txt", True),
        "merges": ("merges.txt", True),
        "card": ("README.md", False),
        "licence": ("LICENSE.txt", False),
    }.values(),
)
def test_what_a_chat_is_written_with_counts(
    name: str, counts: bool, tiny_models: dict[str, Path], tmp_path: Path
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(tiny_models["llama"], folder)
    (folder / name).write_text("before")
    before = model_fingerprint(folder)
    (folder / name).write_text("after")
    assert (model_fingerprint(folder) != before) == counts
