"""The task's own metric on dev while a model trains: the adapter that answers best is kept."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tools.measure.metrics import overall
from tools.models.local import LocalModel
from tools.models.protocol import Chat, Limits, Message
from tools.trials.parse import parse_answer
from tools.tuning.job import Scoring


@dataclass(frozen=True)
class Judgement:
    """What a model in training is worth on dev.

    Attributes:
        score: From 0 to 1, by the task's metric.
        loss: Mean surprise at the right answers, in nats a token, where the score came with it,
            else None.
    """

    score: float
    loss: float | None = None


class Judge:
    """Scores a model in training by what it would answer when it is served.

    It asks the serving engine, around the model in training: with adapters folded in as they are
    when served, its answers are the served ones but for rounding (docs/log.md).
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

    def judge(self, model: Any) -> Judgement:
        """Score a model on dev; leaves it in eval mode."""
        engine = LocalModel.around(model.eval(), self.tokenizer, self.folder)
        return self._likeliest(engine) if self.scoring.type == "labels" else self._written(engine)

    def _likeliest(self, engine: LocalModel) -> Judgement:
        labels = self.scoring.labels
        found = dict(engine.score(self.chats, labels))
        values = np.array([found[n].values for n in range(len(found))])
        score = self._score([labels[at] for at in values.argmax(1)])
        # A rare label may have no row in train.
        known = [(at, label) for at, label in enumerate(self.expected) if label in labels]
        if not known:
            return Judgement(score)
        nats = sum(-values[at, labels.index(label)] for at, label in known)
        return Judgement(score, nats / sum(self._tokens(label) for _, label in known))

    def _written(self, engine: LocalModel) -> Judgement:
        kind = self.scoring.type
        limits = Limits(self.scoring.answer_tokens, until_json=kind == "fields")
        found = dict(engine.complete(self.chats, limits))
        return Judgement(
            self._score([parse_answer(kind, found[n].text) for n in range(len(found))])
        )

    def _tokens(self, answer: str) -> int:
        """Tokens of an answer and of the end of the turn."""
        return len(self.tokenizer.encode(answer, add_special_tokens=False)) + 1

    def _score(self, answers: list[str | None]) -> float:
        return overall(self.scoring.metric, self.expected, answers)
