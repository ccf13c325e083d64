"""How fast a tune trains: ours beside trl's plain SFTTrainer, same 4-bit model, rows, batch, steps.

    python -m benchmarks.tuning            python -m benchmarks.tuning --steps 60 --our-steps 90

On a GPU, where torch finds one, both train there, with torch's fused optimiser.
Both are without replay and have one 4-bit part, since trl has neither. Ours freezes the lower half
of the layers, as its recipe does; with `--frozen 0` both start from the same adapter. A frozen half
takes more steps to the same loss, so ours may be given more: then the seconds tell, not the tokens.
Loading and evaluation are outside of the seconds. Tokens are those of the rows, each counted as
often as it is trained on, whatever was computed for them.
"""

import gc
import os
import resource
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import torch
import typer
from datasets import Dataset, disable_progress_bars
from transformers import AutoTokenizer, set_seed
from trl import SFTConfig, SFTTrainer

from policies.brief import Brief
from tools.intake.dataset import load_dataset
from tools.intake.samples import SAMPLES
from tools.models.embedded import embedded_folder
from tools.settings import home_folder
from tools.trials.stage import task_of
from tools.tuning.asking import SHORT
from tools.tuning.job import chat_row
from tools.tuning.recipe import FROZEN, Recipe
from tools.tuning.trainer import IGNORED, adapter_settings, load_quantised, make_trainer

WARM_UP = 1  # steps whose seconds do not count


@dataclass(frozen=True)
class Run:
    """What one trainer did.

    Attributes:
        tokens: Tokens of the rows that were trained on in the steps that count.
        seconds: Wall-clock seconds of these steps.
        processor: Processor seconds of them, over all threads.
        dev_loss: Mean loss of the answers' tokens on dev after the last step, nats.
    """

    tokens: int
    seconds: float
    processor: float
    dev_loss: float

    @property
    def rate(self) -> float:
        """Tokens a second."""
        return self.tokens / self.seconds


def ours(folder: Path, rows: Dataset, dev: Dataset, recipe: Recipe, out: Path) -> Any:
    """Our trainer."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    return make_trainer(
        load_quantised(str(folder), recipe), None, tokenizer, rows, dev, recipe, out
    )


def plain(folder: Path, rows: Dataset, recipe: Recipe, out: Path) -> Any:
    """Plain SFTTrainer, with the settings that the device needs."""
    recipe = recipe.model_copy(update={"frozen": 0.0})
    model = load_quantised(str(folder), recipe)
    on_cpu = model.device.type == "cpu"
    model.set_attn_implementation("sdpa")
    return SFTTrainer(
        model=model,
        processing_class=AutoTokenizer.from_pretrained(folder),
        train_dataset=rows,
        peft_config=adapter_settings(recipe, model.config.num_hidden_layers),
        args=SFTConfig(
            output_dir=str(out),
            use_cpu=on_cpu,
            bf16=model.dtype == torch.bfloat16,
            activation_checkpointing=False,
            dataloader_pin_memory=not on_cpu,
            optim="adamw_torch" if on_cpu else "adamw_torch_fused",  # what ours has with room
            learning_rate=recipe.learning_rate,
            lr_scheduler_type="cosine",
            warmup_steps=1,
            num_train_epochs=recipe.epochs,
            per_device_train_batch_size=recipe.batch_size,
            completion_only_loss=True,
            max_length=recipe.max_length,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            seed=recipe.seed,
            data_seed=recipe.seed,
        ),
    )


def measure(trainer: Any, steps: int, dev: Dataset) -> Run:
    """Train so many steps and measure; the loss on dev is computed alike for both trainers."""
    tokens: list[int] = []
    started = [0.0, 0.0]
    inner = trainer.training_step

    def counted(model: Any, inputs: Any, *rest: Any) -> Any:
        if len(tokens) == WARM_UP:
            wait_for_gpu()
            started[:] = time.perf_counter(), time.process_time()
        tokens.append(int(inputs["attention_mask"].sum()))
        return inner(model, inputs, *rest)

    trainer.training_step = counted
    trainer.args.max_steps = steps
    trainer.args.eval_strategy = trainer.args.save_strategy = "no"
    trainer.args.load_best_model_at_end = False
    trainer.train()
    wait_for_gpu()
    ended = time.perf_counter(), time.process_time()
    return Run(
        tokens=sum(tokens[WARM_UP:]),
        seconds=ended[0] - started[0],
        processor=ended[1] - started[1],
        dev_loss=dev_loss(trainer, dev),
    )


def wait_for_gpu() -> None:
    """Let a GPU, if there is one, finish what it was given."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def peak_megabytes() -> float:
    """Most memory taken so far, on the GPU where there is one."""
    if torch.cuda.is_available():
        return torch.cuda.max_memory_reserved() / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@torch.no_grad()
def dev_loss(trainer: Any, dev: Dataset) -> float:
    """Mean loss of the answers' tokens, one row at a time."""
    model, tokenizer = trainer.model.eval(), trainer.processing_class
    total, count = 0.0, 0
    for row in dev:
        asked = tokenizer.apply_chat_template(
            row["prompt"], add_generation_prompt=True, return_dict=False
        )
        whole = tokenizer.apply_chat_template(row["prompt"] + row["completion"], return_dict=False)
        ids = torch.tensor([whole], device=model.device)
        targets = ids.clone()
        targets[:, : len(asked)] = IGNORED
        logits = model(input_ids=ids, use_cache=False).logits[0, :-1].float()
        total += float(
            torch.nn.functional.cross_entropy(
                logits, targets[0, 1:], ignore_index=IGNORED, reduction="sum"
            )
        )
        count += len(whole) - len(asked)
    return total / count


def main(
    data: Annotated[Path | None, typer.Option(help="A file of examples.")] = None,
    input_column: Annotated[str | None, typer.Option("--input")] = None,
    answer_column: Annotated[str | None, typer.Option("--answer")] = None,
    steps: Annotated[int, typer.Option(help="Steps of each trainer.")] = 30,
    our_steps: Annotated[int | None, typer.Option(help="Steps of ours, if others.")] = None,
    model: Annotated[Path | None, typer.Option(help="A model folder, else the embedded.")] = None,
    dev_rows: Annotated[int, typer.Option(help="Rows for the loss on dev.")] = 40,
    frozen: Annotated[float, typer.Option(help="Share of our layers without adapter.")] = FROZEN,
) -> None:
    """Measure both trainers in one run and print them side by side."""
    disable_progress_bars()
    found = load_dataset(
        data or SAMPLES[0].path, Brief(input_column=input_column, answer_column=answer_column)
    )
    task = task_of(found, Brief())
    rows, dev = (
        Dataset.from_list(
            [chat_row(SHORT.chat(task, each.input), each.answer) for each in examples]
        )
        for examples in (found.parts.train, found.parts.dev[:dev_rows])
    )
    folder = model or embedded_folder(home_folder())
    batch = 8
    taken = {"trl": steps, "ours": our_steps or steps}
    print(f"{torch.get_num_threads()} threads, load before {os.getloadavg()[0]:.1f}")
    runs = {}
    with tempfile.TemporaryDirectory() as out:
        for name in ("trl", "ours"):
            set_seed(0)
            at = Path(out) / name
            epochs = -(-taken[name] * batch // len(rows))
            recipe = Recipe(learning_rate=5e-4, epochs=epochs, batch_size=batch, frozen=frozen)
            trainer = (
                plain(folder, rows, recipe, at)
                if name == "trl"
                else ours(folder, rows, dev, recipe, at)
            )
            runs[name] = run = measure(trainer, taken[name], dev)
            print(
                f"{name:5} {run.rate:6.0f} tokens a second, {run.tokens / run.processor:6.0f} a "
                f"processor second; {run.tokens:,} tokens in {run.seconds:.1f} s; loss on dev "
                f"{run.dev_loss:.4f}; peak so far {peak_megabytes():,.0f} MB"
            )
            del trainer
            gc.collect()
            if torch.cuda.is_available():
                torch.cuda.empty_cache()
                torch.cuda.reset_peak_memory_stats()
    one, other = runs["ours"], runs["trl"]
    by_processor = one.tokens / one.processor * other.processor / other.tokens
    print(f"ratio {one.rate / other.rate:.2f} by the clock, {by_processor:.2f} by processor time")
    print(
        f"all steps {other.seconds / one.seconds:.2f} times as fast, loss {one.dev_loss:.4f} and "
        f"{other.dev_loss:.4f}"
    )
    print(f"load after {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    typer.run(main)
