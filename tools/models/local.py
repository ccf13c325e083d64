"""The local engine: a Hugging Face model in this process, prompts sharing their prefix.

Trials send the same instructions and examples hundreds of times. Here a shared prefix is run once
and its key/value cache is reused, suffixes are batched by length, and continuations are scored as
one trie in a single forward pass (every node attends to the prompt and to its own ancestors only).
"""

import hashlib
import threading
import time
from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging as transformers_logging

from tools.errors import ModelError
from tools.jsontext import first_object
from tools.models import attention
from tools.models.attention import RowsCache
from tools.models.batches import Trie, by_length, common_prefix
from tools.models.protocol import Chat, Likelihoods, Limits, Reply, States

transformers_logging.disable_progress_bar()  # the run's own progress line says what happens

BATCH_TOKENS = 4096  # in one forward pass
MOST_ROWS = 64
CACHE_BYTES = 1_000_000_000  # keys and values of one batch
SHORTEST_PREFIX = 16  # below this, sharing costs more than it saves
FEW_ROWS = 48
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
        digest.update(weights_hash(part).encode())
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
                folder,
                dtype=self.dtype,
                device_map={"": device},
                use_safetensors=True,
                attn_implementation=attention.NAME,
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
        if device == "cpu" and self.dtype == torch.float32:
            _favour_few_rows(self.model)
        self.device = device
        self.context_window = int(self.model.config.max_position_embeddings)
        self.fingerprint = model_fingerprint(folder, adapter)
        self._end = self._end_tokens()
        self._lock = threading.Lock()
        self._prefix: tuple[tuple[int, ...], RowsCache] | None = None

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
        for batch in by_length(lengths, CACHE_BYTES // self._token_bytes(), MOST_ROWS):
            started = time.perf_counter()
            with self._lock, torch.inference_mode():
                answers = self._generate([sequences[i] for i in batch], shared, limits)
            seconds = (time.perf_counter() - started) / len(batch)
            for index, (ids, ended) in zip(batch, answers, strict=True):
                text = self._text(ids).strip()
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
        for batch in by_length(lengths, BATCH_TOKENS, most):
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

    def _token_bytes(self) -> int:
        """Bytes that the keys and values of one token take."""
        config = self.model.config
        heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
        width = (
            getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        )
        return 2 * int(config.num_hidden_layers) * int(heads) * int(width) * self.dtype.itemsize

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

    def _prefix_cache(self, prefix: tuple[int, ...]) -> RowsCache:
        """Key/value cache of the prefix, kept until another prefix is asked for."""
        if self._prefix is None or self._prefix[0] != prefix:
            cache = RowsCache(self.model.config.num_hidden_layers, len(prefix))
            ids = torch.tensor([prefix], device=self.device)
            self.model(input_ids=ids, cache=cache, logits_to_keep=1)
            self._prefix = (prefix, cache)
        return self._prefix[1]

    def _begin(self, sequences: list[list[int]], shared: int, further: int) -> RowsCache:
        """Cache for a batch with room for the rows' own tokens and so many further ones."""
        capacity = max(map(len, sequences)) - shared + further
        prefix = self._prefix_cache(tuple(sequences[0][:shared])) if shared else None
        return RowsCache(self.model.config.num_hidden_layers, capacity, prefix)

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
        """Greedy answers of one batch: (tokens without the end, whether it ended in time)."""
        best, cache, mask, positions = self._read(sequences, shared, limits.max_new_tokens)
        answers: list[list[int]] = [[] for _ in sequences]
        ended = [False] * len(sequences)
        active = list(range(len(sequences)))
        for left in range(limits.max_new_tokens, 0, -1):
            keep = []
            for at, row in enumerate(active):
                if best[at] in self._end:
                    ended[row] = True
                else:
                    answers[row].append(best[at])
                    ended[row] = limits.until_json and self._ends_json(answers[row])
                    if not ended[row]:
                        keep.append(at)
            if not keep:
                break
            if len(keep) < len(active):
                cache.keep(torch.tensor(keep, device=self.device))
                active = [active[at] for at in keep]
            if left == 1:
                break
            mask = torch.nn.functional.pad(mask[keep], (0, 1))
            positions = positions[keep] + 1
            best = self._next(torch.tensor([[best[at]] for at in keep]), mask, positions, cache)
        return list(zip(answers, ended, strict=True))

    def _text(self, ids: list[int]) -> str:
        return str(self.tokenizer.decode(ids, skip_special_tokens=True))

    def _ends_json(self, answer: list[int]) -> bool:
        """Whether the last token completes a JSON object."""
        return "}" in self._text(answer[-1:]) and first_object(self._text(answer)) is not None

    def _read(
        self, sequences: list[list[int]], shared: int, further: int
    ) -> tuple[list[int], RowsCache, torch.Tensor, torch.Tensor]:
        """Read prompts: first tokens of the answers, cache, mask and positions to go on from.

        Reading is bound by computation, writing by the number of passes: so prompts are read in
        parts that fit into memory, and all rows are written together.
        """
        own = [sequence[shared:] for sequence in sequences]
        longest = max(map(len, own))
        step = max(1, BATCH_TOKENS // longest)
        best: list[int] = []
        caches, masks, ends = [], [], []
        for start in range(0, len(own), step):
            ids, padding = self._padded(own[start : start + step], left=True)
            mask = self._added(_causal(padding.bool()))
            positions = shared + (padding.cumsum(1) - 1).clamp(min=0)
            cache = self._begin(sequences[start : start + step], shared, further)
            best += self._next(ids, mask, positions, cache)
            caches.append(cache)
            blocked = torch.finfo(self.dtype).min  # beside a longer row of another part
            masks.append(
                torch.nn.functional.pad(mask[:, :, -1:], (longest - ids.shape[1], 0), value=blocked)
            )
            ends.append(positions[:, -1:])
        return best, RowsCache.joined(caches, further), torch.cat(masks), torch.cat(ends)

    def _next(
        self, ids: torch.Tensor, mask: torch.Tensor, positions: torch.Tensor, cache: RowsCache
    ) -> list[int]:
        """The likeliest next token of each row."""
        logits = self.model(
            input_ids=ids.to(self.device),
            attention_mask=mask,
            position_ids=positions,
            cache=cache,
            prefixes=cache.prefixes,
            logits_to_keep=1,
        ).logits
        best: list[int] = logits[:, -1].argmax(-1).tolist()
        return best

    def _score_trie(
        self, sequences: list[list[int]], shared: int, trie: Trie
    ) -> NDArray[np.float64]:
        """Log-probability of every trie node given its path, shape (rows, nodes)."""
        cache = self._begin(sequences, shared, len(trie.tokens))
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
            attention_mask=self._added(_tree(padding.bool(), trie)),
            position_ids=positions,
            cache=cache,
            prefixes=cache.prefixes,
            logits_to_keep=nodes + 1,
        ).logits.float()
        # Row 0 of the kept logits is the last prompt token, row k + 1 is node k.
        parents = torch.tensor(trie.parents, device=self.device) + 1
        chosen = logits[:, parents, node_tokens] - logits.logsumexp(-1)[:, parents]
        values: NDArray[np.float64] = chosen.double().cpu().numpy()
        return values

    def _added(self, sees: torch.Tensor) -> torch.Tensor:
        """What is added to attention scores, zero where `sees` of shape (rows, queries, keys)."""
        blocked = torch.zeros(sees.shape, dtype=self.dtype, device=self.device)
        return blocked.masked_fill_(~sees, torch.finfo(self.dtype).min)[:, None]


def _favour_few_rows(model: torch.nn.Module) -> None:
    """Make products with few rows faster: the weights times the rows, not the other way round.

    With up to some fifty rows, as in writing, the BLAS of torch's CPU builds is up to twice as fast
    that way (docs/log.md); the result is the same but for rounding.
    """
    for module in model.modules():
        if type(module) is torch.nn.Linear:
            module.forward = partial(_linear, module)  # type: ignore[method-assign]


def _linear(module: torch.nn.Linear, rows: torch.Tensor) -> torch.Tensor:
    if rows.numel() > FEW_ROWS * module.in_features:
        return torch.nn.functional.linear(rows, module.weight, module.bias)
    product = (module.weight @ rows.flatten(0, -2).t()).t().reshape(*rows.shape[:-1], -1)
    return product if module.bias is None else product + module.bias


def _causal(real: torch.Tensor) -> torch.Tensor:
    """Which token sees which, shape (rows, width, width), for rows padded on the left."""
    width = real.shape[1]
    order = torch.ones(width, width, dtype=torch.bool, device=real.device).tril()
    # A padding position sees itself: a row that sees nothing would turn into NaN.
    itself = torch.eye(width, dtype=torch.bool, device=real.device)
    return order & real[:, None, :] | itself


def _tree(real: torch.Tensor, trie: Trie) -> torch.Tensor:
    """The same for prompts followed by the nodes of a trie, each seeing its own ancestors."""
    rows, width = real.shape
    nodes = len(trie.tokens)
    sees = torch.zeros(rows, width + nodes, width + nodes, dtype=torch.bool, device=real.device)
    sees[:, :width, :width] = _causal(real)
    sees[:, width:, :width] = real[:, None, :]
    sees[:, width:, width:] = torch.tensor(trie.ancestry(), device=real.device)
    return sees
