"""A tiny model whose answers follow from the prompt, and tasks to ask it about."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from policies.brief import Metric, TaskType
from tools.errors import ModelError
from tools.intake.examples import Example
from tools.models.protocol import Ability, Chat, Likelihoods, Limits, Reply, Traits
from tools.trials.task import Task, make_task

COLOURS = ("red", "blue")


@dataclass
class Pupil:
    """Answers the n-th row rightly if its prompt's skill reaches so far.

    Attributes:
        skills: By a word of the system prompt, the share of rows that are answered rightly.
        too_long: A word of the system prompt, or of an input, that does not fit.
        overflow: A word of the system prompt and one of an input that together do not fit.
        window: What it says it reads at once.
        asked: How many chats each skill has answered.
    """

    skills: dict[str, float]
    too_long: str = "\0"
    name: str = "pupil"
    fingerprint: str = "pupil"
    is_local: bool = True
    abilities: frozenset[Ability] = frozenset({"log-probabilities"})
    overflow: tuple[str, str] = ("\0", "\0")
    window: int = 10**6
    asked: dict[str, int] = field(default_factory=dict)

    @property
    def traits(self) -> Traits:
        return Traits(self.window, self.is_local, self.abilities)

    def complete(self, chats: Sequence[Chat], limits: Limits) -> Iterator[tuple[int, Reply]]:
        for index, chat in reversed(list(enumerate(chats))):
            yield (
                index,
                Reply(
                    text=self._colour(chat, "not sure"),
                    prompt_tokens=sum(len(message.content) for message in chat),
                    completion_tokens=1,
                    seconds=0.25,
                ),
            )

    def score(
        self, chats: Sequence[Chat], continuations: Sequence[str]
    ) -> Iterator[tuple[int, Likelihoods]]:
        for index, chat in enumerate(chats):
            colour = self._colour(chat, continuations[0])
            values = tuple(0.0 if colour == c else -1.0 for c in continuations)
            yield (
                index,
                Likelihoods(
                    values=values, greedy=values.index(max(values)), prompt_tokens=9, seconds=0.5
                ),
            )

    def _colour(self, chat: Chat, otherwise: str) -> str:
        system, row = chat[0].content, chat[-1].content
        together = self.overflow[0] in system and self.overflow[1] in row
        if together or self.too_long in system + row:
            raise ModelError("A prompt of 101 tokens does not fit pupil.")
        word = next(word for word in self.skills if word in system)
        self.asked[word] = self.asked.get(word, 0) + 1
        number = int(row.split("\n\n")[-1].split()[0])  # after an instruction in the user turn
        return COLOURS[number % 2] if number * 37 % 100 < 100 * self.skills[word] else otherwise


def rows(count: int) -> list[Example]:
    return [Example(n, f"{n} of many", COLOURS[n % 2]) for n in range(1, count + 1)]


def made_task(task_type: TaskType = "labels", metric: Metric = "accuracy", **changes: Any) -> Task:
    given: dict[str, Any] = {"description": "", "prompt": None, "train": rows(12)} | changes
    return make_task(task_type, metric, **given)


@pytest.fixture(name="Pupil", scope="session")
def _pupil() -> type[Pupil]:
    return Pupil


@pytest.fixture(name="rows")
def _rows() -> Any:
    return rows


@pytest.fixture(name="made_task")
def _made_task() -> Any:
    return made_task
