"""A tuned model has the choices of decoding that prompts had."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from policies.brief import Metric, TaskType
from tools.intake.examples import Example
from tools.models.protocol import Chat, Likelihoods, Limits, Reply, Traits
from tools.progress import Watch
from tools.trials.task import make_task
from tools.tuning.tune import best_decoding

ROWS = {
    "labels": [Example(n, f"car {n}", ("red", "blue")[n % 2]) for n in range(6)],
    "fields": [Example(n, f"to Rome at {n}", json.dumps({"to": "Rome"})) for n in range(6)],
    "number": [Example(n, f"{n} and 1", str(n + 1)) for n in range(6)],
    "text": [Example(n, f"about {n}", "A lamp.") for n in range(6)],
}


class Held:
    """Right where it is held to a form or to labels, else as it likes."""

    name = fingerprint = "held"
    traits = Traits(100, True)

    def __init__(self, rows: Sequence[Example], free: bool) -> None:
        self.answers = {row.input: row.answer for row in rows}
        self.free = free

    def complete(self, chats: Sequence[Chat], limits: Limits) -> Iterator[tuple[int, Reply]]:
        for index, chat in enumerate(chats):
            right = self.free or limits.form is not None
            text = self.answers[chat[-1].content] if right else "I do not know"
            yield index, Reply(text=text, prompt_tokens=9, completion_tokens=1, seconds=0.1)

    def score(
        self, chats: Sequence[Chat], continuations: Sequence[str]
    ) -> Iterator[tuple[int, Likelihoods]]:
        for index, chat in enumerate(chats):
            right = self.answers[chat[-1].content]
            values = tuple(0.0 if each == right else -1.0 for each in continuations)
            greedy = continuations.index(right)
            yield index, Likelihoods(values=values, greedy=greedy, prompt_tokens=9, seconds=0.1)


@pytest.mark.parametrize("free", [False, True])
@pytest.mark.parametrize(
    ("kind", "metric", "held"),
    [
        ("labels", "accuracy", "scored"),
        ("fields", "field_f1", "constrained"),
        ("number", "numeric_match", "constrained"),
        ("text", "chrf", "free"),
    ],
)
def test_the_better_decoding_is_taken_and_on_a_tie_the_plain_one(
    kind: TaskType, metric: Metric, held: str, free: bool
) -> None:
    rows = ROWS[kind]
    task = make_task(kind, metric, "", None, rows)
    model: Any = Held(rows, free)
    trial = best_decoding(task, model, rows, Watch())
    assert trial.plan.decoding == ("free" if free else held)
    assert trial.plan.family == "tuned"
