"""The task's own metric on dev while a model trains: the adapter that answers best is kept."""

from typing import Any

import torch

from tools.measure.metrics import overall
from tools.models.batches import by_length
from tools.trials.parse import parse_answer
from tools.tuning.job import Scoring

BATCH_TOKENS = 4096
MOST_ROWS = 64


class Judge:
    """Scores a model in training on dev rows, greedily and by the one rule that reads replies."""

    def __init__(self, tokenizer: Any, rows: list[dict[str, Any]], scoring: Scoring) -> None:
        """Judge on these rows.

        Args:
            tokenizer: The model's tokenizer.
            rows: Rows of a job file, with `prompt` and `completion`.
            scoring: How answers are read and scored.
        """
        self.tokenizer, self.scoring = tokenizer, scoring
        self.prompts: list[list[int]] = [
            tokenizer.apply_chat_template(
                row["prompt"], add_generation_prompt=True, return_dict=False
            )
            for row in rows
        ]
        self.expected = [row["completion"][0]["content"] for row in rows]

    def score(self, model: Any) -> float:
        """Score from 0 to 1; leaves the model in eval mode."""
        model.eval()
        room = self.scoring.answer_tokens
        given: list[str | None] = [None] * len(self.prompts)
        lengths = [len(ids) + room for ids in self.prompts]
        for batch in by_length(lengths, BATCH_TOKENS, MOST_ROWS):
            asked = self.tokenizer.pad(
                {"input_ids": [self.prompts[index] for index in batch]},
                padding_side="left",
                return_tensors="pt",
            ).to(model.device)
            with torch.inference_mode():
                written = model.generate(
                    **asked,
                    max_new_tokens=room,
                    do_sample=False,
                    use_cache=True,
                    pad_token_id=self.tokenizer.pad_token_id,
                )
            replies = self.tokenizer.batch_decode(
                written[:, asked["input_ids"].shape[1] :], skip_special_tokens=True
            )
            for index, reply in zip(batch, replies, strict=True):
                given[index] = parse_answer(self.scoring.type, reply, self.scoring.labels)
        return overall(self.scoring.metric, self.expected, given)
