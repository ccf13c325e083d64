"""How the texts are written: facts left out and invented, house terms; for text tasks only."""

from collections.abc import Iterator

from tools.assessment import Assessment, FactsPart, Share, WritingFigures, WritingPart
from tools.assessment.writing import OWN
from tools.report import words
from tools.report.answer import NAME
from tools.report.document import (
    Block,
    Bullets,
    Cell,
    Column,
    Paragraph,
    Row,
    Section,
    Subheading,
    Table,
    Text,
    data,
    name,
)
from tools.writing.blind import in_words

MOST_NAMED = 8
CUES = 3  # turns of phrase that are shown of a value
TITLE = "What the texts leave out and add"
DECIDES_NOTHING = (
    "These figures decide nothing; the score against your own wording does. Facts are found by "
    "rules and not by a reader, who would find some that they miss: compare each figure with that "
    "of your own answers, which the same rules measured."
)


def how_texts_are_written(a: Assessment, examples: bool) -> Section:
    """A sentence, a table of the arms beside the team's own answers, and the limits."""
    found = a.writing
    if found is None or not (found.facts or found.terms or found.agreement or a.preferences):
        return Section(TITLE, ())
    blocks: list[Block] = [Paragraph(found.text)] if found.text else []
    if found.agreement is not None:
        blocks.append(Paragraph(_agreement(found)))
    if found.figures and (found.facts or found.terms):
        blocks += [_table(found), Paragraph(DECIDES_NOTHING, "quiet")]
    lines = (
        *(_read(found.facts, examples) if found.facts else _no_lists()),
        *_terms(found, examples),
    )
    blocks.append(Bullets(lines))
    if a.preferences:
        judged = tuple(in_words(each) for each in a.preferences)
        blocks += [Subheading("Pairs that were judged blind"), Bullets(judged)]
    return Section(TITLE, tuple(blocks))


def _agreement(found: WritingPart) -> str:
    assert found.agreement is not None
    at = found.agreement
    return (
        f"Where an input has several answers of yours, one scores {words.percent(at.score)} "
        f"({words.span(at.low, at.high)}) against the others: nobody writes closer to them."
    )


def _table(found: WritingPart) -> Table:
    columns = [Column("Texts of", weight=2.2), Column("Rows", numeric=True, weight=0.9)]
    if found.facts:
        columns += [
            Column("Facts left out", numeric=True),
            Column("Texts that add something", numeric=True),
        ]
    if found.terms:
        columns.append(Column("House terms a text", numeric=True))
    return Table(tuple(columns), tuple(_row(each, found) for each in found.figures))


def _row(figures: WritingFigures, found: WritingPart) -> Row:
    title = figures.arm[:1].upper() + figures.arm[1:] if figures.arm == OWN else figures.arm
    cells = [Cell((name(title, NAME),)), Cell(f"{figures.texts} {figures.part}")]
    if found.facts:
        cells += [_share(figures.left_out, f"of {figures.facts:,}"), _share(figures.inventing)]
    if found.terms:
        used = f"{figures.terms_used} of {len(found.terms)} at all"
        cells.append(Cell("–" if figures.terms is None else f"{figures.terms:.1f}", used))
    return Row(tuple(cells), strong=figures.arm == OWN)


def _share(share: Share | None, of: str = "") -> Cell:
    if share is None:
        return Cell("–")
    interval = words.span(share.low, share.high)
    return Cell(words.percent(share.value), f"{interval} {of}".strip())


def _no_lists() -> Iterator[Text]:
    yield "The inputs are no lists of facts, so what a text leaves out or invents was not counted."


def _read(facts: FactsPart, examples: bool) -> Iterator[Text]:
    yield (
        "The inputs were read as lists of facts (",
        data(facts.form, NAME),
        "). A fact counts as stated where its value stands in the text, or three quarters of its "
        "words and all of its numbers do.",
    )
    yield (
        "A text adds something if it states a value that other rows have for a key, a number in "
        "digits"
        + (", or a name" if facts.names else "")
        + " that its own input lacks."
        + ("" if facts.names else " Names were not counted: this language writes nouns like them.")
    )
    if not examples:
        yield from _counted_only(facts)
        return
    if facts.learned:
        shown = [f"{value} (“{'”, “'.join(_said(cues))}”)" for value, cues in facts.learned.items()]
        yield ("Known by turns of phrase from your answers: ", data(_listed(shown), NAME * 8), ".")
    if facts.uncounted:
        yield (
            "Not counted, since nothing tells how they are put into words: ",
            data(_listed(facts.uncounted), NAME * 8),
            ".",
        )


def _counted_only(facts: FactsPart) -> Iterator[Text]:
    """What was learned and what is not counted, without the team's own words."""
    known, unknown = len(facts.learned), len(facts.uncounted)
    if known:
        yield f"{known} value{' is' if known == 1 else 's are'} known by turns of phrase of yours."
    if unknown:
        told = "key or value is" if unknown == 1 else "keys and values are"
        yield f"{unknown} {told} not counted, since nothing tells how they are put into words."


def _said(cues: tuple[str, ...]) -> list[str]:
    return [cue.replace("not_", "not … ", 1).replace("not_", "") for cue in cues[:CUES]]


def _terms(found: WritingPart, examples: bool) -> Iterator[Text]:
    if not found.terms:
        yield "Your answers have too few words of their own to count house terms."
    elif examples:
        listed = data(_listed(found.terms, 30), NAME * 8)
        yield ("House terms, far more usual in your answers than elsewhere: ", listed, ".")


def _listed(items: list[str] | tuple[str, ...], most: int = MOST_NAMED) -> str:
    more = f" and {len(items) - most} more" if len(items) > most else ""
    return ", ".join(items[:most]) + more
