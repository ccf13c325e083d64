"""One example, and the parts a data set is divided into."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """One input with its right answer.

    Attributes:
        row: Row number in the uploaded file, counted from 1 without the header.
        input: What the model is given.
        answer: The right answer, as text.
        current: The answer the team gets today, or None if there is no such column.
        also: Further right answers, where the same input has several texts in the file.
    """

    row: int
    input: str
    answer: str
    current: str | None = None
    also: tuple[str, ...] = ()

    @property
    def right(self) -> str | tuple[str, ...]:
        """What an answer is scored against: the right answer, or all of several."""
        return (self.answer, *self.also) if self.also else self.answer


@dataclass(frozen=True)
class Parts:
    """The split of a data set: train to learn from, dev to choose on, test to confirm once."""

    train: tuple[Example, ...]
    dev: tuple[Example, ...]
    test: tuple[Example, ...]
