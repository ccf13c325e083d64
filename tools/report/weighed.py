"""The mistakes weighed by what they cost, where the team said that some hurt more."""

from tools.assessment import Assessment, WeighedWay
from tools.report import words
from tools.report.document import Block, Bullets, Paragraph, Subheading, data

CELL = 600  # most characters of a sentence
UNCHANGED = "The verdict is not changed by this: it rests on the plain score."


def weighed_mistakes(a: Assessment) -> tuple[Block, ...]:
    """The last weighing of the talk: what was supposed, each way under it, and what that says."""
    found = a.weighing
    if found is None:
        return ()
    supposed = f"Suppose {found.supposed}. Counted on {found.rows} dev examples:"
    return (
        Subheading("Weighed by what mistakes cost"),
        Paragraph((data(supposed, CELL),)),
        Bullets(tuple((data(line_of(way, found.rows), CELL),) for way in found.ways)),
        *(Paragraph((data(note, CELL),)) for note in found.notes),
        Paragraph(UNCHANGED, "quiet"),
    )


def line_of(way: WeighedWay, rows: int) -> str:
    """A way of working with its plain score and its mistakes as they count."""
    mistakes = f"{way.wrong} mistake{'s' if way.wrong != 1 else ''}"
    share = words.percent(1 - way.wrong / rows)
    return f"{way.name}: {share} right; {mistakes}, counting as {way.weight:g}"
