"""The training process: QLoRA by trl on one job folder, read from top to bottom.

Run as `python -m tools.tuning.train FOLDER`. It resumes from its last checkpoint, stops within a
step when a file named `stop` appears, and writes `done.json` or `failed.json` last.
"""

import json
import math
import resource
import shutil
import sys
import time
from pathlib import Path
from typing import Any

import bitsandbytes as bnb
import torch
from datasets import Dataset
from peft import LoraConfig
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    BitsAndBytesConfig,
    EarlyStoppingCallback,
    TrainerCallback,
    set_seed,
)
from trl import SFTConfig, SFTTrainer

from tools.files import write_json
from tools.models.adapter import seal_adapter
from tools.models.numbers import compute_dtype
from tools.tuning import job as files
from tools.tuning.checkpoints import newest_complete, seal
from tools.tuning.endings import DISK, NotANumber, NothingFits, reason_of
from tools.tuning.job import Job, TrainingResult, TrainingStep
from tools.tuning.judge import Judge
from tools.tuning.recipe import PATIENCE

CHECKPOINTS = "checkpoints"
TIE = 1e-3  # of a nat: less than one row of dev counts
IGNORED = -100  # label of a token that is not learned


class Reporter(TrainerCallback):  # type: ignore[misc]
    """Writes progress lines, obeys the stop file, ends a training whose loss is no number."""

    def __init__(self, folder: Path) -> None:
        """Report into this job folder."""
        self.folder = folder

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
        """Append a progress line for a training or an evaluation."""
        loss, dev_loss = (logs or {}).get("loss"), (logs or {}).get("eval_loss")
        if any(value is not None and not math.isfinite(value) for value in (loss, dev_loss)):
            raise NotANumber
        if loss is None and dev_loss is None:
            return
        step = TrainingStep(
            step=state.global_step,
            steps=state.max_steps,
            epoch=state.epoch or 0.0,
            loss=loss,
            dev_loss=dev_loss,
            dev_score=logs.get("eval_score"),
            time=time.time(),
        )
        with (self.folder / files.PROGRESS).open("a", encoding="utf-8") as stream:
            stream.write(step.model_dump_json() + "\n")

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Stop after this step, keeping it, if the stop file is there."""
        if (self.folder / files.STOP).exists():
            control.should_evaluate = control.should_save = control.should_training_stop = True

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Mark the checkpoint as complete, last of all."""
        seal(self.folder / CHECKPOINTS / f"checkpoint-{state.global_step}")


class CompletionTrainer(SFTTrainer):  # type: ignore[misc]
    """trl's trainer with loss at the answers' tokens only, evaluated by the task's own metric.

    Rows are padded on the right and end with the answer, so most columns of a batch hold prompt
    alone; leaving them out of the vocabulary projection halves a step (docs/log.md).
    """

    judge: Judge

    def compute_loss(
        self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """Mean cross-entropy over the answers' tokens of a batch."""
        labels = inputs.pop("labels")[:, 1:]
        columns = (labels != IGNORED).any(0).nonzero().squeeze(1)
        outputs = model(**inputs, logits_to_keep=columns, use_cache=False)
        loss = torch.nn.functional.cross_entropy(
            outputs.logits.float().flatten(0, 1), labels[:, columns].flatten(), ignore_index=IGNORED
        )
        return (loss, outputs) if return_outputs else loss

    def evaluation_loop(self, *args: Any, **kwargs: Any) -> Any:
        """Loss and score on dev; quality is the score, ties broken by the loss."""
        output = super().evaluation_loop(*args, **kwargs)
        score = self.judge.score(self.model)
        output.metrics["eval_score"] = score
        output.metrics["eval_quality"] = score - TIE * output.metrics["eval_loss"]
        return output


def load_quantised(folder: str) -> Any:
    """The model in 4-bit NF4 with double quantisation, safe to evaluate and train in turn.

    bitsandbytes 0.50 on CPUs with avx512_bf16 repacks weights in an eval forward, after which
    training gradients are silently wrong; switching that path off avoids it.
    """
    dtype, reason = compute_dtype()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    say(f"compute format {reason}; device {device}")
    model: Any = AutoModelForCausalLM.from_pretrained(
        folder,
        dtype=dtype,
        device_map={"": device},
        use_safetensors=True,
        quantization_config=BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=dtype,
        ),
    )
    for module in model.modules():
        if isinstance(module, bnb.nn.Linear4bit):
            module.support_avx512bf16_for_cpu = False
    return model


def say(text: str) -> None:
    """Write a line for the job's log."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def read_rows(path: Path, tokenizer: Any, max_length: int) -> tuple[Dataset, int]:
    """Rows of a job file that fit the length, and how many did not."""
    with path.open(encoding="utf-8") as lines:  # splitlines would cut at U+2028 in a row as well
        rows = [json.loads(line) for line in lines]
    kept = [
        row
        for row in rows
        if len(tokenizer.apply_chat_template(row["prompt"] + row["completion"], return_dict=False))
        <= max_length
    ]
    return Dataset.from_list(kept), len(rows) - len(kept)


def train(folder: Path) -> TrainingResult:
    """Train the job's adapter and write it to the folder.

    Raises:
        NotANumber: The loss is no longer a number.
        NothingFits: Every row is too long.
    """
    started = time.perf_counter()
    job = Job.model_validate_json((folder / files.JOB).read_text(encoding="utf-8"))
    recipe = job.recipe
    for name, reason in recipe.reasons.items():
        say(f"{name}: {reason}")
    set_seed(recipe.seed)

    tokenizer: Any = AutoTokenizer.from_pretrained(job.model_folder)
    rows, dropped = read_rows(folder / files.TRAIN, tokenizer, recipe.max_length)
    dev, _ = read_rows(folder / files.DEV, tokenizer, recipe.max_length)
    model = load_quantised(job.model_folder)
    if not len(rows) or not len(dev):
        raise NothingFits
    on_cpu = model.device.type == "cpu"
    bf16 = model.dtype == torch.bfloat16
    steps = math.ceil(len(rows) / recipe.batch_size) * recipe.epochs

    trainer = CompletionTrainer(
        model=model,
        processing_class=tokenizer,
        train_dataset=rows,
        eval_dataset=dev,
        peft_config=LoraConfig(
            r=recipe.rank,
            lora_alpha=2 * recipe.rank,
            lora_dropout=recipe.dropout,
            target_modules="all-linear",
            task_type="CAUSAL_LM",
        ),
        args=SFTConfig(
            output_dir=str(folder / CHECKPOINTS),
            use_cpu=on_cpu,
            bf16=bf16,
            activation_checkpointing=not on_cpu,
            dataloader_pin_memory=not on_cpu,
            optim="adamw_torch" if on_cpu else "paged_adamw_8bit",
            learning_rate=recipe.learning_rate,
            lr_scheduler_type="cosine",
            warmup_steps=max(1, steps // 20),
            num_train_epochs=recipe.epochs,
            per_device_train_batch_size=recipe.batch_size,
            per_device_eval_batch_size=2 * recipe.batch_size,
            completion_only_loss=True,
            max_length=recipe.max_length,
            train_sampling_strategy="group_by_length",
            eval_strategy="epoch",
            save_strategy="epoch",
            save_total_limit=2,
            load_best_model_at_end=True,
            metric_for_best_model="eval_quality",
            greater_is_better=True,
            prediction_loss_only=True,
            logging_steps=1,
            logging_nan_inf_filter=False,
            report_to="none",
            disable_tqdm=True,
            seed=recipe.seed,
            data_seed=recipe.seed,
        ),
        callbacks=[Reporter(folder), EarlyStoppingCallback(PATIENCE)],
    )
    trainer.judge = Judge(tokenizer, list(dev), job.scoring)
    # trl casts adapters to bf16 but resumes them as fp32; fp32 throughout makes both alike.
    for parameter in trainer.model.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.float()

    saved = newest_complete(folder / CHECKPOINTS)
    say(f"{len(rows)} rows, {dropped} too long; {'resuming' if saved else 'starting'}")
    trainer.train(resume_from_checkpoint=str(saved) if saved else None)

    draft = folder / (files.ADAPTER + ".tmp")
    shutil.rmtree(draft, ignore_errors=True)
    trainer.model.save_pretrained(draft, safe_serialization=True)
    write_json(draft / files.RECIPE, recipe.model_dump_json(indent=1))
    seal_adapter(draft, Path(job.model_folder))
    shutil.rmtree(folder / files.ADAPTER, ignore_errors=True)
    draft.rename(folder / files.ADAPTER)
    stopped = (folder / files.STOP).exists() and trainer.state.global_step < trainer.state.max_steps
    if not stopped:
        shutil.rmtree(folder / CHECKPOINTS, ignore_errors=True)
    best = best_evaluation(trainer.state)
    return TrainingResult(
        steps=trainer.state.global_step,
        seconds=time.perf_counter() - started,
        dev_loss=best.get("eval_loss"),
        peak_megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        stopped=stopped,
        dropped=dropped,
        dev_score=best.get("eval_score"),
        best_step=best.get("step", trainer.state.global_step),
    )


def best_evaluation(state: Any) -> dict[str, Any]:
    """The evaluation that the kept adapter is from."""
    found = [line for line in state.log_history if "eval_quality" in line]
    return max(found, key=lambda line: line["eval_quality"], default={})


def main() -> int:
    """Train the job in the folder named on the command line."""
    folder = Path(sys.argv[1])
    try:
        result = train(folder)
        write_json(folder / files.DONE, result.model_dump_json())
    except Exception as error:
        reason = reason_of(error)
        if reason is None:
            raise
        say(reason)
        try:
            write_json(folder / files.FAILED, json.dumps({"reason": reason}))
        except OSError:  # the disk is full: the exit code has to tell
            return DISK
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
