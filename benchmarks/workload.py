"""What is measured: rows, labels and plans, and how many tokens they cannot do without."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from tools.intake.examples import Example
from tools.intake.read import read_table
from tools.models.batches import Trie
from tools.models.protocol import Chat
from tools.trials.plan import Plan
from tools.trials.task import Task

SHORTEST_WORD = 5  # letters; shorter ones are seldom names of anything


@dataclass(frozen=True)
class Rows:
    """Rows of a file, every second one to take examples from."""

    train: tuple[Example, ...]
    others: tuple[Example, ...]

    @classmethod
    def read(cls, path: Path, input_column: str, answer_column: str) -> "Rows":
        """Read a file."""
        frame = read_table(path).frame
        found = [
            Example(number, text, answer)
            for number, (text, answer) in enumerate(
                zip(frame[input_column], frame[answer_column], strict=True), 1
            )
        ]
        return cls(tuple(found[::2]), tuple(found[1::2]))

    def inputs(self, count: int) -> list[str]:
        """So many different inputs; where rows run out, two are joined to a longer one.

        Raises:
            ValueError: The file is too short even so.
        """
        texts = [row.input for row in self.others]
        joined = (
            f"{one} {other}"
            for step in range(1, len(texts))
            for one, other in zip(texts, texts[step:], strict=False)
        )
        chosen = [text for text, _ in zip(chain(texts, joined), range(count), strict=False)]
        if len(chosen) < count:
            raise ValueError(f"The file has too few rows for {count} inputs.")
        return chosen

    def task(self, label_count: int) -> Task:
        """A task of so many labels: the file's own, then pairs of words that occur in its rows."""
        own = [label for label, _ in Counter(row.answer for row in self.train).most_common()]
        labels = [
            label for label, _ in zip(chain(own, self._made()), range(label_count), strict=False)
        ]
        train = tuple(row for row in self.train if row.answer in labels)
        return Task("labels", "accuracy", "", None, train, tuple(labels))

    def _made(self) -> Iterator[str]:
        words = (word for row in self.train for word in row.input.lower().split())
        telling = list(dict.fromkeys(w for w in words if w.isalpha() and len(w) >= SHORTEST_WORD))
        return (f"{one} {other}" for one, other in zip(telling[::2], telling[1::2], strict=False))


@dataclass(frozen=True)
class Workload:
    """One plan over some inputs."""

    plan: Plan
    task: Task
    inputs: tuple[str, ...]

    def chats(self) -> list[Chat]:
        """The chats that the plan sends."""
        return [self.plan.chat(self.task, text) for text in self.inputs]


def plan(shots: int, *, nearest: bool = False, scored: bool = True) -> Plan:
    """A plan of the ladder's kinds with so many examples, the same or nearest ones."""
    kind = "nearest" if nearest else "fixed"
    return Plan(
        name=f"{shots} {kind} examples, {'labels scored' if scored else 'written'}",
        family=kind,
        contract=not nearest,
        shots=("nearest" if nearest else "balanced") if shots else "none",
        shot_count=shots,
        decoding="scored" if scored else "free",
    )


def unique_tokens(prompts: Sequence[list[int]], continuations: Sequence[list[list[int]]]) -> int:
    """Size of the prefix tree of all prompts, each with its own continuations, in tokens.

    No prompt is the beginning of another, since each ends with the start of an answer.
    """
    own = {tuple(p): tuple(map(tuple, c)) for p, c in zip(prompts, continuations, strict=True)}
    sizes = {answers: len(Trie.of(answers).tokens) for answers in set(own.values()) if answers}
    return len(Trie.of(list(own)).tokens) + sum(sizes.get(answers, 0) for answers in own.values())
