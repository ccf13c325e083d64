"""A tuned model has the choices that prompts had, and the best prompt besides."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from policies.brief import Metric, TaskType
from tools.intake.examples import Example
from tools.models.protocol import Chat, Likelihoods, Limits, Reply, Traits
from tools.progress import Watch
from tools.trials.plan import Plan
from tools.trials.task import make_task
from tools.tuning.asking import best_asked

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
            right = self.answers.get(chat[-1].content, "red")  # none to the blank of a calibration
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
    trial = best_asked(task, model, rows, Watch())
    assert trial.plan.decoding == ("free" if free else held)
    assert trial.plan.family == "tuned"


class Helped:
    """Right for a share of rows when asked briefly, and for another when shown an example."""

    name = fingerprint = "helped"
    traits = Traits(4096, True)

    def __init__(self, brief: float, shown: float) -> None:
        self.brief, self.shown = brief, shown
        self.asked: list[Chat] = []

    def complete(self, chats: Sequence[Chat], limits: Limits) -> Iterator[tuple[int, Reply]]:
        for index, chat in enumerate(chats):
            self.asked.append(chat)
            row = int(chat[-1].content.split()[-1])
            share = self.brief if len(chat) <= 2 else self.shown
            text = "A lamp." if row % 10 < 10 * share else "Something else entirely"
            yield index, Reply(text=text, prompt_tokens=9, completion_tokens=1, seconds=0.1)


@pytest.mark.parametrize(
    ("brief", "shown", "long_wins", "asked"),
    [
        (0.5, 0.8, True, 40),
        (0.5, 0.5, False, 40),  # no better for all its length
        (0.8, 0.5, False, 30),  # behind on the first rows: not asked on the others
        (0.8, 0.8, False, 40),
    ],
)
def test_the_best_prompt_is_taken_where_it_is_better_by_the_margin(
    brief: float, shown: float, long_wins: bool, asked: int
) -> None:
    rows = [Example(n, f"about {n}", "A lamp.") for n in range(40)]
    task = make_task("text", "chrf", "", None, [Example(90, "about x", "A lamp.")])
    model: Any = Helped(brief, shown)
    prompt = Plan(name="1 example", family="few-shot", shots="balanced", shot_count=1)
    trial = best_asked(task, model, rows, Watch(), prompt, 0.02)
    assert trial.plan.family == "tuned" and len(trial.answers) == 40
    assert trial.plan.name == ("best prompt: 1 example" if long_wins else "short prompt")
    assert sum(len(chat) > 2 for chat in model.asked) == asked
    assert [answer.row for answer in trial.answers] == [row.row for row in rows]


class Fading(Helped):
    """Better when shown an example, but only on the first thirty rows."""

    def complete(self, chats: Sequence[Chat], limits: Limits) -> Iterator[tuple[int, Reply]]:
        for index, chat in enumerate(chats):
            self.asked.append(chat)
            is_shown, row = len(chat) > 2, int(chat[-1].content.split()[-1])
            text = "A lamp." if is_shown == (row < 30) else "Something else entirely"
            yield index, Reply(text=text, prompt_tokens=9, completion_tokens=1, seconds=0.1)


def test_a_prompt_that_falls_behind_later_is_dropped_then() -> None:
    rows = [Example(n, f"about {n}", "A lamp.") for n in range(120)]
    task = make_task("text", "chrf", "", None, [Example(990, "about x", "A lamp.")])
    model: Any = Fading(0, 0)
    prompt = Plan(name="1 example", family="few-shot", shots="balanced", shot_count=1)
    trial = best_asked(task, model, rows, Watch(), prompt, 0.02)
    assert trial.plan.name == "short prompt" and len(trial.answers) == 120
    # Level after 60 rows is not behind, so this one is asked to the end ...
    assert sum(len(chat) > 2 for chat in model.asked) == 120
    # ... and this one, which has one row less of its lead, is not.
    model = Fading(0, 0)
    rows = rows[1:]
    assert best_asked(task, model, rows, Watch(), prompt, 0.02).plan.name == "short prompt"
    assert sum(len(chat) > 2 for chat in model.asked) == 60
