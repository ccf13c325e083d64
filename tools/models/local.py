"""The local engine: a Hugging Face model in this process, prompts sharing their prefix.

Trials send the same instructions and examples hundreds of times. Here a shared prefix is run once
and its key/value cache is reused, suffixes are batched by length, and continuations are scored as
one trie in a single forward pass (every node attends to the prompt and to its own ancestors only).
"""

import hashlib
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from transformers import AutoModelForCausalLM, AutoTokenizer, DynamicCache
from transformers.utils import logging as transformers_logging

from tools.errors import ModelError
from tools.models.batches import Trie, by_length, common_prefix
from tools.models.protocol import Chat, Likelihoods, Limits, Reply, States

transformers_logging.disable_progress_bar()  # the run's own progress line says what happens

BATCH_TOKENS = 4096
MOST_ROWS = 32
SHORTEST_PREFIX = 16  # below this, sharing costs more than it saves
LOGIT_BYTES = 400_000_000
KEPT_DEPTHS = (0.33, 0.5, 0.67, 1.0)  # shares of the depth whose hidden states are kept


def compute_dtype() -> tuple[torch.dtype, str]:
    """The number format to compute in, and why.

    A CPU without bf16 instructions emulates them: bf16 prefill measured 86 tokens a second there
    against 544 in fp32 (docs/log.md).
    """
    if torch.cuda.is_available():
        return torch.bfloat16, "bf16: a CUDA device is present"
    able = torch.cpu.get_capabilities()
    if able.get("avx512_bf16") or able.get("amx_bf16"):
        return torch.bfloat16, "bf16: the processor has bf16 instructions"
    return torch.float32, "fp32: the processor has no bf16 instructions"


def model_fingerprint(folder: Path, adapter: Path | None = None) -> str:
    """Hash of what decides a local model's answers: weights, adapter and number format."""
    digest = hashlib.sha256(str(compute_dtype()[0]).encode())
    for part in filter(None, (folder, adapter)):
        for file in sorted(part.glob("*.json")):
            digest.update(file.read_bytes())
        for file in sorted(part.glob("*.safetensors")):
            digest.update(f"{file.name}:{file.stat().st_size}".encode())
            with file.open("rb") as stream:  # the first weights tell two tunes of a base apart
                digest.update(stream.read(4_000_000))
    return digest.hexdigest()[:16]


class LocalModel:
    """A causal language model from a local folder, optionally with a LoRA adapter."""

    is_local = True

    def __init__(self, folder: Path, name: str, adapter: Path | None = None) -> None:
        """Load the model.

        Args:
            folder: Hugging Face model folder with tokenizer and safetensors weights.
            name: What people call it.
            adapter: PEFT adapter folder to apply, or None.

        Raises:
            ModelError: The folder is not a model, or the adapter none that fits it.
        """
        self.name = name
        self.dtype, self.dtype_reason = compute_dtype()
        device = "cuda" if torch.cuda.is_available() else "cpu"
        try:
            self.tokenizer: Any = AutoTokenizer.from_pretrained(folder)
            model: Any = AutoModelForCausalLM.from_pretrained(
                folder, dtype=self.dtype, device_map={"": device}, use_safetensors=True
            )
            if adapter is not None:
                from peft import PeftModel  # costs 2 s of start-up, and most runs load no adapter

                # Merged: the adapter's extra products cost a third of a small model's time.
                model = PeftModel.from_pretrained(model, adapter).merge_and_unload(safe_merge=True)
        except (OSError, ValueError, SafetensorError) as error:
            raise ModelError(
                f"The model folder {(adapter or folder).name!r} cannot be loaded: {error}"
            ) from error
        if self.tokenizer.chat_template is None:
            raise ModelError(f"The model {name!r} has no chat template; use an instruct model.")
        self.model: Any = model.eval()
        self.device = device
        self.context_window = int(self.model.config.max_position_embeddings)
        self.fingerprint = model_fingerprint(folder, adapter)
        self._end = self._end_tokens()
        self._lock = threading.Lock()
        self._prefix: tuple[tuple[int, ...], DynamicCache] | None = None

    def tokens(self, chat: Chat) -> list[int]:
        """Token ids of a chat up to the point where the answer begins."""
        ids: list[int] = self.tokenizer.apply_chat_template(
            [message.model_dump() for message in chat],
            add_generation_prompt=True,
            return_dict=False,
        )
        return ids

    def complete(self, chats: Sequence[Chat], limits: Limits) -> Iterator[tuple[int, Reply]]:
        """Answer chats greedily, batch by batch; see `LanguageModel.complete`."""
        sequences = [self.tokens(chat) for chat in chats]
        shared = self._shared(sequences, limits.max_new_tokens)
        lengths = [len(ids) - shared + limits.max_new_tokens for ids in sequences]
        for batch in by_length(lengths, self._budget(shared), MOST_ROWS):
            started = time.perf_counter()
            with self._lock, torch.inference_mode():
                answers = self._generate([sequences[i] for i in batch], shared, limits)
            seconds = (time.perf_counter() - started) / len(batch)
            for index, (ids, ended) in zip(batch, answers, strict=True):
                text = self.tokenizer.decode(ids, skip_special_tokens=True).strip()
                yield (
                    index,
                    Reply(
                        text=text,
                        prompt_tokens=len(sequences[index]),
                        completion_tokens=len(ids) + ended,
                        seconds=seconds,
                        finish="stop" if ended else "length",
                    ),
                )

    def score(
        self, chats: Sequence[Chat], continuations: Sequence[str]
    ) -> Iterator[tuple[int, Likelihoods]]:
        """Log-probability of each continuation and the end of turn after each chat."""
        sequences = [self.tokens(chat) for chat in chats]
        end = [self._end[0]]
        trie = Trie.of(
            [self.tokenizer.encode(c, add_special_tokens=False) + end for c in continuations]
        )
        shared = self._shared(sequences, max(map(len, trie.paths)))
        lengths = [len(ids) - shared + len(trie.tokens) for ids in sequences]
        logit_rows = LOGIT_BYTES // (4 * self.model.config.vocab_size * (len(trie.tokens) + 1))
        most = max(1, min(MOST_ROWS, logit_rows))
        for batch in by_length(lengths, self._budget(shared), most):
            started = time.perf_counter()
            with self._lock, torch.inference_mode():
                values = self._score_trie([sequences[i] for i in batch], shared, trie)
            seconds = (time.perf_counter() - started) / len(batch)
            for row, index in enumerate(batch):
                paths = [float(values[row, path].sum()) for path in trie.paths]
                yield (
                    index,
                    Likelihoods(
                        values=tuple(paths),
                        prompt_tokens=len(sequences[index]),
                        seconds=seconds,
                    ),
                )

    def hidden(self, texts: Sequence[str]) -> States:
        """Mean-pooled hidden states; see `Embedder.hidden`."""
        sequences = [self.tokenizer.encode(text)[: self.context_window] or [0] for text in texts]
        depth = self.model.config.num_hidden_layers
        layers = [round(part * depth) for part in KEPT_DEPTHS]
        rows: list[NDArray[np.float32]] = [np.empty(0, np.float32)] * len(texts)
        started = time.perf_counter()
        for batch in by_length([len(ids) for ids in sequences], BATCH_TOKENS, MOST_ROWS):
            with self._lock, torch.inference_mode():
                ids, mask = self._padded([sequences[i] for i in batch], left=False)
                states = self.model(
                    input_ids=ids, attention_mask=mask, output_hidden_states=True, logits_to_keep=1
                ).hidden_states
                weights = mask[None, :, :, None].to(self.dtype)
                kept = torch.stack([states[layer] for layer in layers])
                pooled = ((kept * weights).sum(2) / weights.sum(2)).float().cpu().numpy()
            for row, index in enumerate(batch):
                rows[index] = pooled[:, row]
        seconds = (time.perf_counter() - started) / max(1, len(texts))
        return States(np.stack(rows, axis=1), seconds)

    def _end_tokens(self) -> list[int]:
        """Tokens that end a turn, the chat template's own first."""
        configured = self.model.generation_config.eos_token_id
        ends = configured if isinstance(configured, list) else [configured]
        return [self.tokenizer.eos_token_id] + [e for e in ends if e is not None]

    def _budget(self, shared: int) -> int:
        """Tokens a batch may hold when each row also carries a copy of the shared prefix.

        The copy costs memory but no computation, so it counts for a sixteenth.
        """
        return max(512, BATCH_TOKENS - MOST_ROWS * shared // 16)

    def _shared(self, sequences: Sequence[list[int]], answer: int) -> int:
        longest = max(map(len, sequences), default=0)
        if longest + answer > self.context_window:
            raise ModelError(
                f"A prompt of {longest} tokens with an answer of up to {answer} does not fit "
                f"{self.name}, which reads at most {self.context_window}; use fewer examples or "
                "shorter rows."
            )
        shared = common_prefix(sequences) if len(sequences) > 1 else 0
        return shared if shared >= SHORTEST_PREFIX else 0

    def _prefix_cache(self, prefix: tuple[int, ...], rows: int) -> DynamicCache:
        """Key/value cache of the prefix, copied for each row of a batch."""
        if self._prefix is None or self._prefix[0] != prefix:
            cache = DynamicCache()
            ids = torch.tensor([prefix], device=self.device)
            self.model(input_ids=ids, cache=cache, logits_to_keep=1)
            self._prefix = (prefix, cache)
        copy = DynamicCache()
        for index, layer in enumerate(self._prefix[1].layers):
            shape = (rows, *layer.keys.shape[1:])
            copy.update(layer.keys.expand(shape), layer.values.expand(shape), index)
        return copy

    def _begin(self, sequences: list[list[int]], shared: int) -> DynamicCache:
        if not shared:
            return DynamicCache()
        return self._prefix_cache(tuple(sequences[0][:shared]), len(sequences))

    def _padded(
        self, sequences: Sequence[Sequence[int]], *, left: bool
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Token ids and mask, both of shape (rows, longest), padded on one side."""
        longest = max(map(len, sequences))
        ids = torch.zeros(len(sequences), longest, dtype=torch.long)
        mask = torch.zeros_like(ids)
        for row, sequence in enumerate(sequences):
            span = slice(longest - len(sequence), longest) if left else slice(0, len(sequence))
            ids[row, span] = torch.tensor(sequence)
            mask[row, span] = 1
        return ids.to(self.device), mask.to(self.device)

    def _generate(
        self, sequences: list[list[int]], shared: int, limits: Limits
    ) -> list[tuple[list[int], bool]]:
        """Greedy answers of one batch: (tokens without the end, whether it ended by itself)."""
        cache = self._begin(sequences, shared)
        ids, padding = self._padded([s[shared:] for s in sequences], left=True)
        prefix_mask = torch.ones(len(sequences), shared, dtype=torch.long, device=self.device)
        mask = torch.cat([prefix_mask, padding], dim=1)
        positions = shared + (padding.cumsum(1) - 1).clamp(min=0)
        answers: list[list[int]] = [[] for _ in sequences]
        ended = [False] * len(sequences)
        active = list(range(len(sequences)))
        for _ in range(limits.max_new_tokens):
            logits = self.model(
                input_ids=ids,
                attention_mask=mask,
                position_ids=positions,
                cache=cache,
                logits_to_keep=1,
            ).logits
            best = logits[:, -1].argmax(-1).tolist()
            keep = []
            for at, row in enumerate(active):
                if best[at] in self._end:
                    ended[row] = True
                else:
                    answers[row].append(best[at])
                    keep.append(at)
            if not keep:
                break
            if len(keep) < len(active):
                cache.batch_select_indices(torch.tensor(keep, device=self.device))
            active = [active[at] for at in keep]
            ids = torch.tensor([[best[at]] for at in keep], device=self.device)
            mask = torch.cat([mask[keep], torch.ones_like(ids)], dim=1)
            positions = positions[keep, -1:] + 1
        return list(zip(answers, ended, strict=True))

    def _score_trie(
        self, sequences: list[list[int]], shared: int, trie: Trie
    ) -> NDArray[np.float64]:
        """Log-probability of every trie node given its path, shape (rows, nodes)."""
        cache = self._begin(sequences, shared)
        prompt, padding = self._padded([s[shared:] for s in sequences], left=True)
        rows, nodes = len(sequences), len(trie.tokens)
        node_tokens = torch.tensor(trie.tokens, device=self.device)
        ids = torch.cat([prompt, node_tokens.expand(rows, nodes)], dim=1)
        start = shared + padding.sum(1, keepdim=True)
        depths = torch.tensor(trie.depths, device=self.device)
        positions = torch.cat(
            [shared + (padding.cumsum(1) - 1).clamp(min=0), start + depths], dim=1
        )
        logits = self.model(
            input_ids=ids,
            attention_mask=self._tree_mask(padding.bool(), shared, trie),
            position_ids=positions,
            cache=cache,
            logits_to_keep=nodes + 1,
        ).logits.float()
        # Row 0 of the kept logits is the last prompt token, row k + 1 is node k.
        parents = torch.tensor(trie.parents, device=self.device) + 1
        chosen = logits[:, parents, node_tokens] - logits.logsumexp(-1)[:, parents]
        values: NDArray[np.float64] = chosen.double().cpu().numpy()
        return values

    def _tree_mask(self, real: torch.Tensor, shared: int, trie: Trie) -> torch.Tensor:
        """Attention mask of shape (rows, 1, width + nodes, shared + width + nodes)."""
        rows, width = real.shape
        nodes = len(trie.tokens)
        sees = torch.zeros(rows, width + nodes, shared + width + nodes, dtype=torch.bool)
        sees[:, :, :shared] = True
        causal = torch.ones(width, width, dtype=torch.bool).tril()
        sees[:, :width, shared : shared + width] = causal & real.cpu()[:, None, :]
        sees[:, width:, shared : shared + width] = real.cpu()[:, None, :]
        sees[:, width:, shared + width :] = torch.tensor(trie.ancestry())
        # A padding position sees itself: a row that sees nothing would turn into NaN.
        diagonal = torch.arange(width + nodes)
        sees[:, diagonal, shared + diagonal] = True
        blocked = torch.zeros(sees.shape, dtype=self.dtype)
        blocked.masked_fill_(~sees, torch.finfo(self.dtype).min)
        return blocked[:, None].to(self.device)
