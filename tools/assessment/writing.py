"""What an assessment says of how texts are written; secondary figures that decide nothing."""

from typing import Literal

from policies.evidence import Score
from tools.assessment.part import Part

OWN = "your own answers"


class Share(Part):
    """A share from 0 to 1 with its 95 % interval."""

    value: float
    low: float
    high: float


class WritingFigures(Part):
    """How one arm writes, on the rows of one part of the split.

    Attributes:
        arm: Name of the arm; `OWN` are the right answers of the file.
        part: The part of the split.
        texts: How many texts were measured.
        facts: Facts of the inputs that were looked for in them; 0 where inputs are no lists.
        left_out: Share of these facts that the texts do not state.
        inventing: Share of the texts that state a value, a number or a name that their input lacks.
        invented: How many such things there are in all texts.
        left_out_keys: How often a fact of each key was left out, most often first.
        terms: House terms a text, on average.
        terms_used: How many of the house terms occur in at least one text.
    """

    arm: str
    part: Literal["dev", "test"]
    texts: int
    facts: int = 0
    left_out: Share | None = None
    inventing: Share | None = None
    invented: int = 0
    left_out_keys: dict[str, int] = {}
    terms: float | None = None
    terms_used: int = 0


class FactsPart(Part):
    """How the facts of the inputs are read and looked for in texts.

    Attributes:
        form: The form of list that the inputs have.
        keys: Keys of the facts, most frequent first.
        learned: Values that are known by turns of phrase from train answers, with these.
        uncounted: Keys and values that are not looked for, since nothing tells their wording.
        names: Whether names that the input lacks can be told by their capitals.
    """

    form: str
    keys: tuple[str, ...]
    learned: dict[str, tuple[str, ...]] = {}
    uncounted: tuple[str, ...] = ()
    names: bool = True


class Preference(Part):
    """What blind pairs of texts came to.

    Attributes:
        one: Whose texts were compared.
        other: With whose.
        wins: Pairs in which the first was called better.
        losses: Pairs in which the other was.
        ties: Pairs without a difference.
        share: Share of the decided pairs that the first won.
        low: Lower end of its 95 % interval (Wilson).
        high: Upper end.
        p_value: Two-sided sign test over the decided pairs.
        judge: The model that judged each pair in both orders; "" for a person.
    """

    one: str
    other: str
    wins: int
    losses: int
    ties: int
    share: float
    low: float
    high: float
    p_value: float
    judge: str = ""


class WritingPart(Part):
    """How texts are written, the team's own beside those of the arms.

    Attributes:
        text: The finding in one plain sentence.
        facts: How facts were read; None where the inputs are no lists of facts.
        terms: The house terms, most typical first; empty where too few are typical.
        figures: Figures of the team's answers and of the arms.
        several: Inputs that have several answers in the file.
        agreement: chrF of one of the team's answers against the others to the same input; None
            where no input has several.
    """

    text: str
    facts: FactsPart | None = None
    terms: tuple[str, ...] = ()
    figures: tuple[WritingFigures, ...] = ()
    several: int = 0
    agreement: Score | None = None

    def of(self, arm: str, part: Literal["dev", "test"]) -> WritingFigures | None:
        """The figures of an arm on a part, or None."""
        return next((f for f in self.figures if f.arm == arm and f.part == part), None)
