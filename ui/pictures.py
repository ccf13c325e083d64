"""The report's pictures as the page shows them, each with its words."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tools.assessment import Assessment
from tools.report.contents import conclusion, gap_illustration
from tools.report.document import Block, Illustration, in_words
from tools.report.tried import failures, what_was_tried
from tools.report.worth import what_it_costs, what_tuning_brings


@dataclass(frozen=True)
class Drawn:
    """A picture, drawn.

    Attributes:
        caption: What it shows.
        note: How to read it, or "".
        alt: What it says, for those who do not see it.
        svg: The picture.
        says: What follows from it, in one sentence, or "".
    """

    caption: str
    note: str
    alt: str
    svg: str
    says: str = ""


@dataclass(frozen=True)
class Further:
    """Pictures beside the one of the gap.

    Attributes:
        costs: Cost against volume, where prices are known.
        others: The race, the errors, the learning curve, what a tune changed and forgot; those
            that the run has data for.
    """

    costs: tuple[Drawn, ...] = ()
    others: tuple[Drawn, ...] = ()


def drawn_gap(a: Assessment) -> Drawn | None:
    """Every way of working against the target, or None if nothing was measured."""
    found = gap_illustration(a)
    return replace(_drawn(found), says=in_words(conclusion(a))) if found else None


def drawn_further(a: Assessment) -> Further:
    """All other pictures; they take a second or more."""
    sections = (what_was_tried(a), failures(a, examples=False), what_tuning_brings(a))
    others = [block for section in sections for block in section.blocks]
    return Further(_all_drawn(what_it_costs(a).blocks), _all_drawn(others))


def _all_drawn(blocks: Iterable[Block]) -> tuple[Drawn, ...]:
    return tuple(_drawn(block) for block in blocks if isinstance(block, Illustration))


def _drawn(found: Illustration) -> Drawn:
    picture = found.picture
    return Drawn(found.caption, found.note, picture.alt, picture.svg())
