"""A local model's folder: fingerprint and traits, found without loading the model."""

import hashlib
import json
import logging
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import get_args

from safetensors import safe_open

from tools.errors import ModelError
from tools.models import numbers
from tools.models.protocol import Ability, Traits

SETTINGS = ("*.json",)
# What a chat is written with; `*.model`, vocabulary and merges are tokenizers without a .json.
WRITTEN_WITH = ("*.jinja", "*.model", "*.tiktoken", "vocab.txt", "merges.txt")

log = logging.getLogger(__name__)


def model_fingerprint(
    folder: Path, adapter: Path | None = None, kinds: Sequence[str] = SETTINGS + WRITTEN_WITH
) -> str:
    """Hash of what decides a local model's answers: weights, adapter and number format.

    Args:
        folder: The model's folder.
        adapter: The adapter's folder, or None.
        kinds: Which files beside the weights count.
    """
    digest = hashlib.sha256(f"torch.{numbers.number_format()[0]}".encode())
    for part in filter(None, (folder, adapter)):
        for file in sorted({file for kind in kinds for file in part.glob(kind)}):
            digest.update(file.read_bytes())
        digest.update(weights_hash(part).encode())
    if adapter is not None:
        digest.update(b"folded into 4-bit weights")  # once it was merged into unrounded ones
    return digest.hexdigest()[:16]


def weights_hash(folder: Path) -> str:
    """Hash of all weight files of a model or adapter folder, wherever it lies."""
    digest = hashlib.sha256()
    for file in sorted(folder.glob("*.safetensors")):
        found = file.stat()
        digest.update(f"{file.name}:{_file_hash(file, found.st_size, found.st_mtime_ns)}".encode())
    return digest.hexdigest()


@lru_cache(maxsize=64)
def _file_hash(file: Path, size: int, changed: int) -> str:
    """SHA-256 of a file (1.4 GB a second, docs/log.md), once as long as it does not change."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def local_traits(folder: Path) -> Traits:
    """Traits of the model in a folder; its weights are not read.

    Raises:
        ModelError: The folder holds no model.
    """
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        window = int(config["max_position_embeddings"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise damaged(folder.name, folder, error) from error
    return Traits(window, is_local=True, abilities=frozenset(get_args(Ability)))  # all there are


def damaged(name: str, folder: Path, error: Exception) -> ModelError:
    """What to tell people when a folder cannot be loaded; the log says more."""
    log.warning("The model folder %s cannot be loaded: %s", folder, error)
    return ModelError(
        f"The model {name!r} cannot be loaded: its folder {folder.name!r} is damaged, incomplete "
        "or no Hugging Face model. Copy it again; the log says more."
    )


def parameters_of(folder: Path) -> int:
    """Number of parameters of a model folder, from the headers of its weight files."""
    total = 0
    for file in folder.glob("*.safetensors"):
        with safe_open(file, framework="numpy") as weights:
            for name in weights.keys():
                size = 1
                for length in weights.get_slice(name).get_shape():
                    size *= length
                total += size
    return total
