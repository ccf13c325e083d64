"""trl's trainer as a tune uses it: packed batches, folded adapters, judged by the task's metric."""

import math
import time
from pathlib import Path
from typing import Any

import bitsandbytes as bnb
import torch
from datasets import Dataset
from peft import LoraConfig
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    BitsAndBytesConfig,
    TrainerCallback,
)
from transformers.trainer_utils import EvalLoopOutput
from trl import SFTConfig, SFTTrainer

from tools.models import attention
from tools.models.numbers import compute_dtype
from tools.tuning import job as files
from tools.tuning.checkpoints import seal
from tools.tuning.choice import Choice
from tools.tuning.endings import NotANumber
from tools.tuning.folded import FoldedLayers, fold_adapters
from tools.tuning.frozen import Halves
from tools.tuning.job import TrainingStep
from tools.tuning.judge import Judge
from tools.tuning.memory import Keeping, keeping_on
from tools.tuning.recipe import Recipe, adapted_modules, frozen_layers
from tools.tuning.replay import Replay

CHECKPOINTS = "checkpoints"
TIE = 1e-3  # of a nat: less than one row of dev counts
# Scored labels tell their loss for all of dev, and a score on a hundred rows is known to three
# points only. Chosen by both, the kept epoch was no worse on test, 0.2 points better on average
# over 24 tunes (docs/log.md).
SURE = 1.0
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
            control.should_evaluate = args.eval_strategy != "no"
            control.should_save = control.should_training_stop = True

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Mark the checkpoint as complete, last of all."""
        seal(self.folder / CHECKPOINTS / f"checkpoint-{state.global_step}")


class Refold(TrainerCallback):  # type: ignore[misc]
    """Folds the adapters anew after each step, whichever optimiser made it."""

    def __init__(self, folded: FoldedLayers) -> None:
        """Of these layers."""
        self.folded = folded

    def on_optimizer_step(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Tell the layers that their adapters changed."""
        self.folded.adapters_changed()


class CompletionTrainer(SFTTrainer):  # type: ignore[misc]
    """trl's trainer with loss at the answers' tokens only, evaluated by the task's own metric.

    Rows of a batch are packed: what they all begin with is read once, nothing is padded, and the
    vocabulary is projected to only where an answer's token is predicted (docs/log.md).
    """

    recipe: Recipe
    keeping: Keeping
    halves: Halves
    folded: FoldedLayers | None = None
    judge: Judge | None = None
    choice: Choice | None = None
    replay: Replay | None = None

    def compute_loss(
        self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """Mean cross-entropy over the answers' tokens of a batch; in training also the others."""
        ids, labels = inputs["input_ids"], inputs["labels"]
        lengths = inputs["attention_mask"].sum(1).tolist()  # padding is on the right
        rows = [row[:n].tolist() for row, n in zip(ids, lengths, strict=True)]
        before = [(row, token - 1) for row, token in (labels != IGNORED).nonzero().tolist()]
        logits = self.halves.logits(rows, before)
        loss = torch.nn.functional.cross_entropy(logits.float(), labels[labels != IGNORED])
        if self.choice is not None and model.training:
            answers = [row[row != IGNORED].tolist() for row in labels]
            loss = loss + self.recipe.choice * self.choice.loss(logits, answers)
        if self.replay is not None and model.training:
            kept = self.replay.loss(self.halves, self.state.global_step, self.recipe.replay_rows)
            loss = loss + self.recipe.replay * kept
        return (loss, {"logits": logits}) if return_outputs else loss

    def evaluation_loop(self, *args: Any, **kwargs: Any) -> Any:
        """Loss and score on dev; quality is the score, less the loss of scored labels.

        Scored labels have told their loss, so dev is not read for it again. In other tasks the loss
        only breaks ties.
        """
        if self.judge is None:
            return super().evaluation_loop(*args, **kwargs)
        judged = self.judge.judge(self.model.get_base_model())
        if judged.loss is None:
            output, weight = super().evaluation_loop(*args, **kwargs), TIE
        else:
            rows, weight = len(self.judge.expected), SURE
            output = EvalLoopOutput(None, None, {"eval_loss": judged.loss}, rows)
        output.metrics["eval_score"] = judged.score
        output.metrics["eval_quality"] = judged.score - weight * output.metrics["eval_loss"]
        return output


def load_quantised(folder: str, recipe: Recipe) -> Any:
    """The model in 4-bit NF4 with double quantisation, safe to evaluate and train in turn.

    Layers that the recipe freezes stay as they are: no adapter would make up for their rounding.

    bitsandbytes 0.50 on CPUs with avx512_bf16 repacks weights in an eval forward, after which
    training gradients are silently wrong; switching that path off avoids it.
    """
    dtype, _ = compute_dtype()
    frozen = range(frozen_layers(recipe, AutoConfig.from_pretrained(folder).num_hidden_layers))
    kept = ["lm_head", *(f"model.layers.{at}" for at in frozen)] if frozen else None
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model: Any = AutoModelForCausalLM.from_pretrained(
        folder,
        dtype=dtype,
        device_map={"": device},
        use_safetensors=True,
        attn_implementation=attention.NAME,
        quantization_config=BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=dtype,
            llm_int8_skip_modules=kept,
        ),
    )
    for module in model.modules():
        if isinstance(module, bnb.nn.Linear4bit):
            module.support_avx512bf16_for_cpu = False
    return model


def adapter_settings(recipe: Recipe, layers: int) -> LoraConfig:
    """The adapter of a recipe for a model of so many layers, as peft has it."""
    return LoraConfig(
        r=recipe.rank,
        lora_alpha=2 * recipe.rank,
        lora_dropout=recipe.dropout,
        target_modules=adapted_modules(recipe, layers),
        task_type="CAUSAL_LM",
    )


def most_tokens(rows: Dataset, tokenizer: Any, count: int) -> int:
    """Tokens of so many of the longest rows: no batch has more."""
    lengths = sorted(
        len(tokenizer.apply_chat_template(row["prompt"] + row["completion"], return_dict=False))
        for row in rows
    )
    return sum(lengths[-count:])


def answers_of(rows: Dataset) -> set[tuple[int, ...]]:
    """The different answers in rows that trl has prepared, as the tokens that are learned."""
    return {tuple(token for token in row if token != IGNORED) for row in rows["labels"]}


def make_trainer(
    model: Any, base: Any, tokenizer: Any, rows: Dataset, dev: Dataset, recipe: Recipe, out: Path
) -> CompletionTrainer:
    """A trainer by the recipe.

    Args:
        model: The model in 4 bits.
        base: The same model before rounding; used only where the recipe keeps the rounding error.
        tokenizer: Its tokenizer.
        rows: Training rows, with `prompt` and `completion`.
        dev: Rows to evaluate on after each epoch.
        recipe: How to train.
        out: Where checkpoints are kept.
    """
    on_cpu = model.device.type == "cpu"
    keeping = keeping_on(model, most_tokens(rows, tokenizer, recipe.batch_size), recipe.parts > 1)
    steps = math.ceil(len(rows) / recipe.batch_size) * recipe.epochs
    trainer = CompletionTrainer(
        model=model,
        processing_class=tokenizer,
        train_dataset=rows,
        eval_dataset=dev,
        peft_config=adapter_settings(recipe, model.config.num_hidden_layers),
        args=SFTConfig(
            output_dir=str(out),
            use_cpu=on_cpu,
            bf16=not on_cpu,  # on a CPU the folded layers see to the number format
            activation_checkpointing=not keeping.activations,
            dataloader_pin_memory=not on_cpu,
            optim=keeping.optimiser,
            learning_rate=recipe.learning_rate,
            lr_scheduler_type="cosine",
            warmup_steps=max(1, steps // 20),
            num_train_epochs=recipe.epochs,
            per_device_train_batch_size=recipe.batch_size,
            per_device_eval_batch_size=2 * recipe.batch_size,
            completion_only_loss=True,
            max_length=recipe.max_length,
            train_sampling_strategy="group_by_length",
            eval_strategy="epoch" if recipe.judged else "no",
            eval_delay=recipe.judged_from,
            save_strategy="epoch",
            save_total_limit=2,
            load_best_model_at_end=recipe.judged,
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
    )
    trainer.recipe, trainer.keeping = recipe, keeping
    if recipe.choice:
        trainer.choice = Choice(answers_of(trainer.train_dataset))
    trainer.halves = Halves(trainer.model, frozen_layers(recipe, model.config.num_hidden_layers))
    # trl casts adapters to bf16 but resumes them as fp32; fp32 throughout makes both alike.
    for parameter in trainer.model.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.float()
    if keeping.folded:
        trainer.folded = fold_adapters(trainer.model, base if recipe.parts > 1 else None)
        trainer.add_callback(Refold(trainer.folded))
    return trainer
