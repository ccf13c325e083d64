"""Other ways to the same answers: plain loops over transformers, and lm-evaluation-harness."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import AutoModelForCausalLM

Result = TypeVar("Result")
LogProbs = NDArray[np.float64]  # shape (items, labels), in nats
SHAPES = ((32, 64), (16, 128), (8, 256), (4, 512), (8, 512))  # of batches, for the prefill rate
WRITTEN_TOGETHER = 16


@dataclass(frozen=True)
class Timed(Generic[Result]):
    """A result and the seconds it took."""

    value: Result
    seconds: float


def timed(work: Callable[[], Result]) -> Timed[Result]:
    """Do some work and take the time."""
    started = time.perf_counter()
    value = work()
    return Timed(value, time.perf_counter() - started)


class Plain:
    """The model as transformers gives it."""

    def __init__(self, folder: Path, dtype: torch.dtype, ends: Sequence[int]) -> None:
        """Load the model; `ends` are the tokens that end an answer."""
        self.model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype).eval()
        self.ends = list(ends)

    @torch.inference_mode()
    def prefill_rate(self, repeats: int) -> float:
        """Tokens a second that the machine reads at best, over a few shapes of batches."""
        drawn = torch.Generator().manual_seed(0)
        rates = []
        for shape in SHAPES:
            if shape[1] > self.model.config.max_position_embeddings:
                continue
            ids = torch.randint(3, self.model.config.vocab_size, shape, generator=drawn)
            for _ in range(repeats):
                reading = timed(partial(self.model, ids, logits_to_keep=1, use_cache=False))
                rates.append(ids.numel() / reading.seconds)
        return max(rates)

    @torch.inference_mode()
    def each_label(self, prompts: Sequence[list[int]], labels: Sequence[list[int]]) -> LogProbs:
        """A forward pass over prompt and label for every label, those of an item in one batch."""
        ids, mask, longest = _padded(labels)
        rows = []
        for prompt in prompts:
            head = torch.tensor([prompt]).expand(len(labels), -1)
            logits = self.model(
                torch.cat([head, ids], 1),
                attention_mask=torch.cat([torch.ones_like(head), mask], 1),
                logits_to_keep=longest + 1,
                use_cache=False,
            ).logits
            rows.append(_summed(logits[:, :-1], ids, mask))
        return np.stack(rows)

    @torch.inference_mode()
    def each_prompt(self, prompts: Sequence[list[int]], labels: Sequence[list[int]]) -> LogProbs:
        """Every prompt read once, then its labels in one batch on transformers' own cache."""
        ids, mask, _ = _padded(labels)
        rows = []
        for prompt in prompts:
            head = torch.tensor([prompt])
            read = self.model(head, logits_to_keep=1, use_cache=True)
            read.cache.batch_repeat_interleave(len(labels))
            whole = torch.cat([torch.ones(len(labels), len(prompt), dtype=torch.long), mask], 1)
            after = self.model(ids, attention_mask=whole, cache=read.cache).logits
            first = read.logits.expand(len(labels), -1, -1)
            rows.append(_summed(torch.cat([first, after[:, :-1]], 1), ids, mask))
        return np.stack(rows)

    @torch.inference_mode()
    def write(self, prompts: Sequence[list[int]], most: int) -> list[list[int]]:
        """Answers by `generate`, in batches of similar length."""
        answers: list[list[int]] = [[] for _ in prompts]
        order = sorted(range(len(prompts)), key=lambda at: -len(prompts[at]))
        for start in range(0, len(order), WRITTEN_TOGETHER):
            batch = order[start : start + WRITTEN_TOGETHER]
            ids, mask, longest = _padded([prompts[at] for at in batch], left=True)
            made = self.model.generate(
                ids,
                attention_mask=mask,
                max_new_tokens=most,
                do_sample=False,
                eos_token_id=self.ends,
                pad_token_id=self.ends[0],
            )
            for at, row in zip(batch, made[:, longest:].tolist(), strict=True):
                stop = next((i for i, token in enumerate(row) if token in self.ends), len(row))
                answers[at] = row[:stop]
        return answers


class Harness:
    """lm-evaluation-harness' backend for Hugging Face models."""

    def __init__(self, folder: Path, dtype: torch.dtype, batch: int) -> None:
        """Load the model.

        Raises:
            ImportError: lm-eval is not installed.
        """
        from lm_eval.models.huggingface import HFLM

        name = str(dtype).removeprefix("torch.")
        self.model: Any = HFLM(str(folder), device="cpu", dtype=name, batch_size=batch)

    def each_label(self, prompts: Sequence[str], labels: Sequence[str]) -> LogProbs:
        """Log-probabilities of all labels.

        The harness counts the white space at the end of a prompt as part of the continuation, so
        all values of an item differ from others' by the same amount.
        """
        from lm_eval.api.instance import Instance

        asked = [
            Instance("loglikelihood", {}, (prompt, label), at)
            for at, prompt in enumerate(prompts)
            for label in labels
        ]
        found = self.model.loglikelihood(asked, disable_tqdm=True)
        return np.array([value for value, _ in found]).reshape(len(prompts), len(labels))


def _padded(
    sequences: Sequence[list[int]], *, left: bool = False
) -> tuple[torch.Tensor, torch.Tensor, int]:
    longest = max(map(len, sequences))
    blanks = [[0] * (longest - len(sequence)) for sequence in sequences]
    ones = [[1] * len(sequence) for sequence in sequences]
    ids, mask = (
        torch.tensor([b + r if left else r + b for b, r in zip(blanks, rows, strict=True)])
        for rows in (sequences, ones)
    )
    return ids, mask, longest


def _summed(logits: torch.Tensor, ids: torch.Tensor, mask: torch.Tensor) -> LogProbs:
    """Log-probability of each row's tokens, logits of shape (rows, tokens, vocabulary)."""
    each = logits.float().log_softmax(-1).gather(-1, ids[..., None])[..., 0]
    summed: LogProbs = (each * mask).sum(1).double().numpy()
    return summed
