"""The task's own metric on dev while a model trains: the adapter that answers best is kept."""

from pathlib import Path
from typing import Any

import numpy as np

from tools.measure.metrics import overall
from tools.models.local import LocalModel
from tools.models.protocol import Chat, Limits, Message
from tools.trials.parse import parse_answer
from tools.tuning.job import Scoring


class Judge:
    """Scores a model in training by what it would answer when it is served.

    It asks the serving engine, around the model in training: with adapters folded in as they are
    when served, its answers are the served ones (docs/log.md).
    """

    def __init__(
        self, tokenizer: Any, folder: Path, rows: list[dict[str, Any]], scoring: Scoring
    ) -> None:
        """Judge on these rows.

        Args:
            tokenizer: The model's tokenizer.
            folder: The base model's folder.
            rows: Rows of a job file, with `prompt` and `completion`.
            scoring: How answers are found, read and scored.
        """
        self.tokenizer, self.folder, self.scoring = tokenizer, folder, scoring
        self.chats: list[Chat] = [tuple(map(Message.model_validate, r["prompt"])) for r in rows]
        self.expected: list[str] = [row["completion"][0]["content"] for row in rows]

    def score(self, model: Any) -> float:
        """Score from 0 to 1; leaves the model in eval mode."""
        engine = LocalModel.around(model.eval(), self.tokenizer, self.folder)
        answer = self._likeliest if self.scoring.type == "labels" else self._written
        return overall(self.scoring.metric, self.expected, answer(engine))

    def _likeliest(self, engine: LocalModel) -> list[str | None]:
        labels = self.scoring.labels
        found = dict(engine.score(self.chats, labels))
        return [labels[int(np.argmax(found[n].values))] for n in range(len(found))]

    def _written(self, engine: LocalModel) -> list[str | None]:
        kind = self.scoring.type
        limits = Limits(self.scoring.answer_tokens, until_json=kind == "fields")
        found = dict(engine.complete(self.chats, limits))
        return [parse_answer(kind, found[n].text) for n in range(len(found))]
