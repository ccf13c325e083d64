"""The local engine: a Hugging Face model in this process, prompts sharing their prefix.

Trials send the same instructions and examples hundreds of times. Here a shared prefix is run once
and its key/value cache is reused, suffixes are batched by length, all rows of a batch are written
together, and continuations are scored as one trie in a single pass.
"""

import logging
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging as transformers_logging

from tools.errors import ModelError, PromptTooLong
from tools.jsontext import first_object
from tools.models import attention, numbers
from tools.models.adapter import read_seal
from tools.models.batches import Trie, by_length, common_prefix, little_padding
from tools.models.choose import Chooser, Forms
from tools.models.fewrows import favour_few_rows
from tools.models.folder import damaged, local_traits, model_fingerprint
from tools.models.folding import with_adapter
from tools.models.lean import make_lean
from tools.models.protocol import Chat, Likelihoods, Limits, Reply, States
from tools.models.reader import BATCH_TOKENS, ROOM, Reader
from tools.models.writing import Writing

log = logging.getLogger(__name__)
transformers_logging.disable_progress_bar()  # the run's own progress line says what happens
logging.getLogger("bitsandbytes").setLevel(logging.ERROR)  # advertises a package we do not need
# peft 0.21 still asks transformers for the old name when it loads an adapter.
warnings.filterwarnings("ignore", "`is_gradient_checkpointing` is deprecated", FutureWarning)

MOST_ROWS = 64
CACHE_BYTES = 500_000_000  # keys and values of one batch
ASKED, ANSWERED = "Which colour?", "ultramarine"  # a chat that shows how a turn ends
SHORTEST_PREFIX = 16  # below this, sharing costs more than it saves
# While transformers loads a model it changes torch for the whole process: of two that are loaded at
# once, neither got its weights (docs/log.md).
_LOADING = threading.Lock()
KEPT_DEPTHS = (0.33, 0.5, 0.67, 1.0)  # shares of the depth whose hidden states are kept


def load_weights(folder: Path, name: str, adapter: Path | None = None) -> tuple[Any, Any]:
    """A model as transformers has it, and its tokenizer; nothing is made faster yet.

    Args:
        folder: Hugging Face model folder with tokenizer and safetensors weights.
        name: What people call it.
        adapter: PEFT adapter folder to fold in, or None.

    Raises:
        ModelError: The folder is not a model, or the adapter none that fits it.
    """
    dtype, _ = numbers.compute_dtype()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        with _LOADING:
            tokenizer: Any = AutoTokenizer.from_pretrained(folder)
            model: Any = AutoModelForCausalLM.from_pretrained(
                folder,
                dtype=dtype,
                device_map={"": device},
                use_safetensors=True,
                attn_implementation=attention.NAME,
            )
            if adapter is not None:
                model = with_adapter(model, adapter, read_seal(adapter).parts)
    except (OSError, ValueError, SafetensorError) as error:
        raise damaged(name, adapter or folder, error) from error
    if tokenizer.chat_template is None:
        raise ModelError(f"The model {name!r} has no chat template; use an instruct model.")
    return model.eval(), tokenizer


def turn_end(tokenizer: Any) -> int | None:
    """The token that the chat template puts after an answer, else the tokenizer's own end.

    They differ in some families: Gemma ends a turn with `<end_of_turn>` and a text with `<eos>`.
    A tune learns what the template has.
    """
    chat = [{"role": "user", "content": ASKED}, {"role": "assistant", "content": ANSWERED}]
    written: str = tokenizer.apply_chat_template(chat, tokenize=False)
    _, found, after = written.rpartition(ANSWERED)
    added = tokenizer.added_tokens_decoder
    ids = tokenizer.encode(after, add_special_tokens=False) if found else []
    own: int | None = tokenizer.eos_token_id
    return next((token for token in ids if token in added and added[token].special), own)


class LocalModel:
    """A causal language model from a local folder, optionally with a LoRA adapter."""

    def __init__(self, folder: Path, name: str, adapter: Path | None = None) -> None:
        """Load the model.

        Args:
            folder: Hugging Face model folder with tokenizer and safetensors weights.
            name: What people call it.
            adapter: PEFT adapter folder to apply, or None.

        Raises:
            ModelError: The folder is not a model, or the adapter none that fits it.
        """
        model, tokenizer = load_weights(folder, name, adapter)
        if model.device.type == "cpu":
            favour_few_rows(model)
            if model.dtype == torch.float32:
                make_lean(model)
        self._take(model, tokenizer, folder, name, adapter)

    @classmethod
    def around(cls, model: Any, tokenizer: Any, folder: Path) -> "LocalModel":
        """The engine around a model that is already there, as it is at this moment.

        Args:
            model: A causal model in eval mode that attends by `attention.attend`.
            tokenizer: Its tokenizer.
            folder: The folder that it was loaded from.
        """
        engine = cls.__new__(cls)
        engine._take(model, tokenizer, folder, folder.name, None)
        return engine

    def _take(
        self, model: Any, tokenizer: Any, folder: Path, name: str, adapter: Path | None
    ) -> None:
        self.name = name
        self.dtype, self.dtype_reason = numbers.compute_dtype()
        self.tokenizer, self.model = tokenizer, model
        self.device = model.device.type
        self.traits = local_traits(folder)
        self.fingerprint = model_fingerprint(folder, adapter)
        self._end = self._end_tokens()
        self._lock = threading.Lock()
        self._reader = Reader(self.model, self.device)

    def tokens(self, chat: Chat) -> list[int]:
        """Token ids of a chat up to the point where the answer begins."""
        ids: list[int] = self.tokenizer.apply_chat_template(
            [message.model_dump() for message in chat],
            add_generation_prompt=True,
            return_dict=False,
        )
        return ids

    def complete(self, chats: Sequence[Chat], limits: Limits) -> Iterator[tuple[int, Reply]]:
        """Answer chats batch by batch; see `LanguageModel.complete`."""
        return self._answered(chats, limits)

    def write(self, chat: Chat, limits: Limits, tell: Callable[[str], None]) -> Reply:
        """Answer one chat and tell the answer as it is written; see `Writer.write`."""
        ((_, reply),) = self._answered([chat], limits, tell)
        return reply

    def _answered(
        self, chats: Sequence[Chat], limits: Limits, tell: Callable[[str], None] | None = None
    ) -> Iterator[tuple[int, Reply]]:
        sequences = [self.tokens(chat) for chat in chats]
        shared = self._shared(sequences, limits.max_new_tokens)
        for batch in self._batches(sequences, shared):
            started = time.perf_counter()
            with self._lock, torch.inference_mode():
                texts = [chats[i][-1].content for i in batch]
                answers = self._generate([sequences[i] for i in batch], texts, shared, limits, tell)
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
        return self.score_each(chats, [continuations] * len(chats))

    def score_each(
        self, chats: Sequence[Chat], continuations: Sequence[Sequence[str]]
    ) -> Iterator[tuple[int, Likelihoods]]:
        """The same where every chat has continuations of its own."""
        sequences = [self.tokens(chat) for chat in chats]
        made = {own: self._trie(own) for own in set(map(tuple, continuations))}
        tries = [made[tuple(own)] for own in continuations]
        deepest = max((len(path) for trie in made.values() for path in trie.paths), default=0)
        shared = self._shared(sequences, deepest)
        sizes = [len(trie.inner) for trie in tries] if len(made) > 1 else None
        for batch in self._batches(sequences, shared, sizes):
            started = time.perf_counter()
            own = [tries[index] for index in batch]
            with self._lock, torch.inference_mode():
                further = max(len(trie.inner) for trie in own)
                reading = self._reader.read([sequences[i] for i in batch], shared, further)
                values = self._reader.trie_logprobs(reading, own)
            seconds = (time.perf_counter() - started) / len(batch)
            for index, trie, found in zip(batch, own, values, strict=True):
                paths = [float(found[path].sum()) for path in trie.paths]
                yield (
                    index,
                    Likelihoods(
                        values=tuple(paths),
                        greedy=trie.greedy(found.tolist()),
                        prompt_tokens=len(sequences[index]),
                        seconds=seconds,
                    ),
                )

    def _trie(self, continuations: Sequence[str]) -> Trie:
        end = [self._end[0]]
        return Trie.of(
            [self.tokenizer.encode(c, add_special_tokens=False) + end for c in continuations]
        )

    def hidden(self, texts: Sequence[str]) -> States:
        """Mean-pooled hidden states; see `Embedder.hidden`."""
        sequences = [
            self.tokenizer.encode(text)[: self.traits.context_window] or [0] for text in texts
        ]
        depth = self.model.config.num_hidden_layers
        layers = [round(part * depth) for part in KEPT_DEPTHS]
        rows: list[NDArray[np.float32]] = [np.empty(0, np.float32)] * len(texts)
        started = time.perf_counter()
        order = sorted(range(len(texts)), key=lambda i: len(sequences[i]))
        for part in little_padding([len(sequences[i]) for i in order], BATCH_TOKENS):
            batch = order[part]
            with self._lock, torch.inference_mode():
                ids, mask = self._reader.padded([sequences[i] for i in batch], left=False)
                last = torch.tensor([ids.shape[1] - 1], device=self.device)  # see Reader._logits
                states = self.model(
                    input_ids=ids,
                    attention_mask=mask,
                    output_hidden_states=True,
                    logits_to_keep=last,
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
        own = [turn_end(self.tokenizer), self.tokenizer.eos_token_id]
        return [end for end in own + ends if end is not None]

    def _batches(
        self, sequences: Sequence[list[int]], shared: int, further: Sequence[int] | None = None
    ) -> Iterator[list[int]]:
        """Rows that are read and answered together.

        How long an answer may get plays no part, so plans that send the same prompts have the same
        batches and find them read. Tokens to read after the prompts do, where rows differ in them.
        """
        lengths = [len(ids) - shared + ROOM for ids in sequences]
        if further is not None:
            lengths = [length + own for length, own in zip(lengths, further, strict=True)]
        return by_length(lengths, CACHE_BYTES // self._reader.token_bytes, MOST_ROWS)

    def _shared(self, sequences: Sequence[list[int]], answer: int) -> int:
        room = self.traits.context_window - answer
        if too_long := [at for at, ids in enumerate(sequences) if len(ids) > room]:
            longest = max(map(len, sequences))
            raise PromptTooLong(
                f"A prompt of {longest} tokens with an answer of up to {answer} does not fit "
                f"{self.name}, which reads at most {self.traits.context_window}; use fewer "
                "examples or shorter rows.",
                too_long,
            )
        shared = common_prefix(sequences) if len(sequences) > 1 else 0
        return shared if shared >= SHORTEST_PREFIX else 0

    def _generate(
        self,
        sequences: list[list[int]],
        texts: list[str],
        shared: int,
        limits: Limits,
        tell: Callable[[str], None] | None,
    ) -> list[tuple[list[int], bool]]:
        """Answers of one batch: (tokens without the end, whether it ended in time).

        The first of them is told as it is written.
        """
        chooser = Chooser(limits, sequences, self._forms if limits.form else None, texts)
        writing = Writing(
            self._reader,
            chooser,
            limits,
            self._end[:1] if limits.form else self._end,
            is_whole=lambda ids: limits.until_json and self._ends_json(ids, limits.json_within),
            tell=None if tell is None else lambda ids: tell(self._text(ids).strip()),
        )
        return [(answer.tokens, answer.ended) for answer in writing.write(sequences, shared)]

    @cached_property
    def _forms(self) -> Forms:
        return Forms(self.tokenizer, int(self.model.config.vocab_size), self._end[0])

    def _text(self, ids: list[int]) -> str:
        return str(self.tokenizer.decode(ids, skip_special_tokens=True))

    def _ends_json(self, answer: list[int], within: int) -> bool:
        """Whether the last token completes a JSON object, or none has begun in time."""
        if len(answer) == within:
            return "{" not in self._text(answer)
        return "}" in self._text(answer[-1:]) and first_object(self._text(answer)) is not None
