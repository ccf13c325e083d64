"""Whether a tune of a large model fits a GPU, and what keeping more in memory buys.

    python -m benchmarks.memory FOLDER --tokenizer MODEL_FOLDER
    python -m benchmarks.memory FOLDER --tokenizer MODEL_FOLDER --gigabytes 24 --tokens 1024

Writes a Llama-type model of 8 billion parameters with random weights into FOLDER, unless there is
one: memory and speed do not depend on what the weights are. Then the trainer of a tune is made on a
share of the GPU, by its own choice of what to keep, and every other choice is measured beside it.
"""

import gc
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import torch
import typer
from datasets import Dataset, disable_progress_bars
from safetensors.torch import save_file
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

from tools.tuning.folded import fold_adapters
from tools.tuning.memory import GIGABYTE, activation_bytes, folding_bytes
from tools.tuning.recipe import Recipe
from tools.tuning.trainer import IGNORED, load_quantised, make_trainer

SHARD_BYTES = 2_000_000_000
WARM_UP, STEPS = 2, 4
ANSWER_TOKENS = 16


@dataclass(frozen=True)
class Shape:
    """The widths of a Llama-type model."""

    hidden: int
    inner: int
    layers: int
    heads: int
    key_heads: int
    vocabulary: int


SHAPES = {
    "8b": Shape(4096, 14336, 32, 32, 8, 128256),
    "1b": Shape(2048, 8192, 16, 32, 8, 128256),
    "tiny": Shape(64, 128, 2, 4, 2, 49152),
}


def write_random_model(folder: Path, shape: Shape, tokenizer: Any) -> None:
    """A model folder with random bf16 weights, written shard by shard."""
    config = LlamaConfig(
        hidden_size=shape.hidden,
        intermediate_size=shape.inner,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.key_heads,
        vocab_size=shape.vocabulary,
        dtype="bfloat16",
        tie_word_embeddings=False,
    )
    config.architectures = ["LlamaForCausalLM"]
    folder.mkdir(parents=True)
    tokenizer.save_pretrained(folder)
    config.save_pretrained(folder)
    with torch.device("meta"):
        shapes = {name: t.shape for name, t in LlamaForCausalLM(config).state_dict().items()}
    device = "cuda" if torch.cuda.is_available() else "cpu"
    shard: dict[str, torch.Tensor] = {}
    places: dict[str, str] = {}

    def write() -> None:
        file = f"model-{len(set(places.values())) + 1:05}.safetensors"
        save_file(shard, folder / file, metadata={"format": "pt"})
        places.update(dict.fromkeys(shard, file))
        shard.clear()

    for name, size in shapes.items():
        tensor = torch.empty(size, dtype=torch.bfloat16, device=device)
        shard[name] = (tensor.fill_(1) if "norm" in name else tensor.normal_(0, 0.02)).cpu()
        if sum(t.nbytes for t in shard.values()) > SHARD_BYTES:
            write()
    write()
    index = {"metadata": {}, "weight_map": places}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")


def random_rows(tokenizer: Any, count: int, tokens: int) -> Dataset:
    """Chats of about so many tokens each that have nothing in common."""
    generator = torch.Generator().manual_seed(0)

    def text(length: int) -> str:
        ids = torch.randint(1000, 40000, (length,), generator=generator)
        return str(tokenizer.decode(ids.tolist()))

    def row() -> dict[str, Any]:
        words = tokenizer.encode(text(tokens), add_special_tokens=False)
        asked = tokenizer.decode(words[: tokens - ANSWER_TOKENS - 40])
        answer = tokenizer.decode(words[-ANSWER_TOKENS:])
        return {
            "prompt": [{"role": "user", "content": asked}],
            "completion": [{"role": "assistant", "content": answer}],
        }

    return Dataset.from_list([row() for _ in range(count)])


def random_batch(trainer: Any, count: int, tokens: int) -> Any:
    """Rows of so many random tokens with loss on the last ones only, as in a tune."""
    generator = torch.Generator().manual_seed(1)
    ids = torch.randint(1000, 40000, (count, tokens), generator=generator).tolist()
    inputs = trainer.data_collator([{"input_ids": row, "labels": row} for row in ids])
    inputs["labels"][:, :-ANSWER_TOKENS] = IGNORED
    return trainer._prepare_inputs(inputs)


def measure(trainer: Any, inputs: Any) -> str:
    """Seconds and memory of a few steps on one batch, in words; or that it does not fit."""
    on_gpu = trainer.model.device.type == "cuda"
    if on_gpu:
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    times = []
    try:
        for _ in range(WARM_UP + STEPS):
            started = time.perf_counter()
            trainer.training_step(trainer.model, dict(inputs))
            trainer.optimizer.step()
            if trainer.folded is not None:
                trainer.folded.adapters_changed()
            trainer.optimizer.zero_grad()
            if on_gpu:
                torch.cuda.synchronize()
            times.append(time.perf_counter() - started)
    except torch.OutOfMemoryError:
        trainer.optimizer.zero_grad()
        return "does not fit"
    seconds = sorted(times[WARM_UP:])[STEPS // 2]
    rate = int(inputs["attention_mask"].sum()) / seconds
    peak = torch.cuda.max_memory_allocated() / GIGABYTE if on_gpu else float("nan")
    held = torch.cuda.max_memory_reserved() / GIGABYTE if on_gpu else float("nan")
    return f"{seconds:.3f} s a step, {rate:,.0f} tokens/s, {peak:.2f} GB used, {held:.2f} GB held"


def limit_memory(gigabytes: float) -> None:
    """Let this process have no more of the GPU than a smaller one would give."""
    if torch.cuda.is_available():
        total = torch.cuda.get_device_properties(0).total_memory
        torch.cuda.set_per_process_memory_fraction(min(1.0, gigabytes * GIGABYTE / total))


def main(
    folder: Annotated[Path, typer.Argument(help="Where the model is, or is to be written.")],
    tokenizer: Annotated[Path, typer.Option(help="A model folder whose tokenizer is taken.")],
    shape: Annotated[str, typer.Option(help="8b, 1b or tiny.")] = "8b",
    gigabytes: Annotated[float, typer.Option(help="Memory of the GPU to fit.")] = 24.0,
    tokens: Annotated[str, typer.Option(help="Tokens of a row; several with commas.")] = "256,1024",
    batch: Annotated[int, typer.Option(help="Rows a step.")] = 8,
) -> None:
    """Measure a tune's steps on a share of the GPU, and each way to keep more or less."""
    disable_progress_bars()
    words = AutoTokenizer.from_pretrained(tokenizer)
    clock = time.perf_counter()
    if not folder.exists():
        write_random_model(folder, SHAPES[shape], words)
        print(f"written in {time.perf_counter() - clock:.0f} s", flush=True)
    lengths = [int(n) for n in tokens.split(",")]
    limit_memory(gigabytes)
    recipe = Recipe(learning_rate=2e-4, judged=False, batch_size=batch)
    clock = time.perf_counter()
    model = load_quantised(str(folder), recipe)
    print(f"loaded in {time.perf_counter() - clock:.0f} s", flush=True)
    longest = random_rows(words, batch, max(lengths))
    trainer = make_trainer(model, None, words, longest, longest, recipe, folder / "checkpoints")
    print(f"own choice: {trainer.keeping.reason}", flush=True)
    trainer.args.max_steps, trainer.args.save_strategy = 1, "no"
    trainer.train()
    print("trained a step", flush=True)
    batches = {n: random_batch(trainer, batch, n) for n in lengths}
    for n in batches:
        size = batch * n
        print(
            f"{n} tokens a row, {size} in all: estimated activations "
            f"{activation_bytes(model, size) / GIGABYTE:.2f} GB, "
            f"folding {folding_bytes(model) / GIGABYTE:.2f} GB"
        )

    def compare(title: str) -> None:
        for kept in (False, True):
            core = trainer.model.get_base_model()
            if kept:
                core.activation_checkpointing_disable()
            else:
                core.activation_checkpointing_enable()
            way = "activations kept" if kept else "activations computed twice"
            for n, inputs in batches.items():
                print(f"{title}, {way}, {n} tokens a row: {measure(trainer, inputs)}", flush=True)
                gc.collect()

    compare("folded" if trainer.keeping.folded else "not folded")
    if not trainer.keeping.folded:
        limit_memory(1e6)
        trainer.folded = fold_adapters(trainer.model)
        compare("folded (whole GPU)")


if __name__ == "__main__":
    typer.run(main)
