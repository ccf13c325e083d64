"""Which token comes next: the likeliest, a drawn one, or the likeliest that a form allows."""

import json
from collections.abc import Sequence
from typing import Any

import torch
from llguidance import LLMatcher
from llguidance.hf import from_tokenizer
from llguidance.numpy import (
    allocate_token_bitmask,
    apply_token_bitmask_inplace,
    fill_next_token_bitmask,
)

from tools.errors import ModelError
from tools.models.copied import Schema, is_marked, marked_for, unmarked
from tools.models.protocol import Form, Limits

# Written without line breaks, as the answers of the examples are.
COMPACT = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}


class Forms:
    """Makes matchers of forms for one tokenizer."""

    def __init__(self, tokenizer: Any, vocabulary: int, end: int) -> None:
        """Read the tokenizer, which takes about a second.

        Args:
            tokenizer: A fast Hugging Face tokenizer.
            vocabulary: Number of logits.
            end: Token that ends an answer.
        """
        self.vocabulary = vocabulary
        self._tokenizer = from_tokenizer(tokenizer, n_vocab=vocabulary, eos_token=end)

    def matchers(self, form: Form, texts: Sequence[str]) -> list[LLMatcher]:
        """What follows the answer to each text in that form.

        Raises:
            ModelError: The form cannot be followed.
        """
        if form.kind == "regex":
            first = self._matcher(LLMatcher.grammar_from_regex(form.text))
        else:
            schema = json.loads(form.text)
            if is_marked(schema):
                return [self._copying(schema, text) for text in texts]
            first = self._of_schema(schema)
        return [first.deep_copy() for _ in texts]

    def _copying(self, schema: Schema, text: str) -> LLMatcher:
        """What follows the answer to one text; any text, where that one gives no pattern."""
        try:
            return self._of_schema(marked_for(schema, text))
        except ModelError:
            return self._of_schema(unmarked(schema))

    def _of_schema(self, schema: Schema) -> LLMatcher:
        compact = json.dumps({**schema, "x-guidance": COMPACT})
        return self._matcher(LLMatcher.grammar_from_json_schema(compact))

    def _matcher(self, grammar: str) -> LLMatcher:
        matcher = LLMatcher(self._tokenizer, grammar, log_level=0)
        if matcher.is_error():
            raise ModelError("The form of the answers is one that no model can be held to.")
        return matcher


class Chooser:
    """Chooses the next tokens of a batch of answers."""

    def __init__(
        self,
        limits: Limits,
        prompts: Sequence[Sequence[int]],
        forms: Forms | None = None,
        texts: Sequence[str] = (),
    ) -> None:
        """Begin a batch.

        Args:
            limits: How answers are chosen.
            prompts: Token ids of the prompts; a draw depends on its own prompt alone.
            forms: Needed where the limits ask for a form.
            texts: What is answered, where the limits ask for a form.
        """
        self.temperature = limits.temperature
        self._draws = [
            torch.Generator().manual_seed(hash((limits.seed, *prompt)) % 2**63)
            for prompt in (prompts if limits.temperature else ())
        ]
        self._matchers: list[LLMatcher] = []
        if limits.form is not None and forms is not None:
            self._matchers = forms.matchers(limits.form, texts)
            self._bits = allocate_token_bitmask(len(prompts), forms.vocabulary)

    def choose(self, logits: torch.Tensor, rows: Sequence[int]) -> list[int]:
        """The next token of some rows, logits of shape (those rows, vocabulary)."""
        values = logits.float()  # a CPU finds the largest of them three times as fast as in bf16
        if self._matchers:
            values = self._allowed(values, rows)
        chosen: list[int]
        chosen = self._drawn(values, rows) if self.temperature else values.argmax(-1).tolist()
        if self._matchers:
            for token, row in zip(chosen, rows, strict=True):
                self._matchers[row].consume_token(token)
        return chosen

    def _allowed(self, values: torch.Tensor, rows: Sequence[int]) -> torch.Tensor:
        """The values with minus infinity for what a form does not allow."""
        found = values.cpu().numpy().copy()  # the logits may be asked for again
        for at, row in enumerate(rows):
            fill_next_token_bitmask(self._matchers[row], self._bits, at)
        apply_token_bitmask_inplace(found, self._bits[: len(rows)])
        return torch.from_numpy(found)

    def _drawn(self, values: torch.Tensor, rows: Sequence[int]) -> list[int]:
        """A token of each row by its odds: where the sum of the odds passes a random share."""
        sums = (values.cpu() / self.temperature).softmax(-1).cumsum(-1)
        shares = torch.stack([torch.rand(1, generator=self._draws[row]) for row in rows])
        places = torch.searchsorted(sums, shares * sums[:, -1:], right=True)
        drawn: list[int] = places.clamp_(max=sums.shape[-1] - 1).flatten().tolist()
        return drawn
