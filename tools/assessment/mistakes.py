"""What an assessment says of mistakes: their kinds with examples, and what came out as what."""

from policies.brief import TaskType
from tools.assessment.part import Part


class Mistake(Part):
    """One kind of error on dev, with a few examples (never from the test part)."""

    kind: str
    count: int
    examples: tuple[dict[str, str], ...]


class ErrorCell(Part):
    """How often something right came out as something on dev, right or not.

    Attributes:
        right: The right label, or the field that was asked for; fields that no answer to learn from
            has are counted together.
        given: The label that the model gave; for a field "right", "wrong", "missing" or
            "invented"; "" where there was no valid answer.
        count: Rows.
    """

    right: str
    given: str
    count: int

    def is_right(self, kind: TaskType) -> bool:
        """Whether it counts right answers: a label may be called “right”, and a field “wrong”."""
        return self.given == (self.right if kind == "labels" else "right")


class MistakesPart(Part):
    """What one way of working got wrong on dev.

    Attributes:
        name: The way, as an arm.
        kinds: Kinds of errors, most frequent first.
        cells: What came out as what.
    """

    name: str
    kinds: tuple[Mistake, ...] = ()
    cells: tuple[ErrorCell, ...] = ()


class WeighedWay(Part):
    """The mistakes of one way of working under what they cost.

    Attributes:
        name: The way, as an arm.
        wrong: Dev rows that it got wrong.
        weight: What these mistakes count together, in usual mistakes.
    """

    name: str
    wrong: int
    weight: float


class Weighing(Part):
    """Mistakes weighed in the talk by what the team said of their cost; no verdict rests on it.

    Attributes:
        supposed: Which mistakes count how much, in words.
        rows: Dev rows that were counted.
        ways: The ways of working, the cheapest mistakes first.
        notes: What that says, and how far it can be trusted.
    """

    supposed: str
    rows: int
    ways: tuple[WeighedWay, ...]
    notes: tuple[str, ...]
