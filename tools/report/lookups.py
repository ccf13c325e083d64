"""What passages of the team's documents changed, with the rows they put right."""

from tools.assessment import Assessment, LookedUp
from tools.report import words
from tools.report.answer import NAME
from tools.report.document import Block, Paragraph, Quoted, Section, name
from tools.report.tried import CELL, EXAMPLES_EACH


def what_documents_change(a: Assessment, examples: bool) -> Section:
    """The measured gain of looking things up; empty where there were no documents."""
    found, title = a.retrieval, "What your documents change"
    if found is None:
        return Section(title, ())
    told = (
        f"{found.documents:,} documents were cut into {found.passages:,} passages. With those "
        "nearest to each input, ",
        name(found.arm, NAME),
        f" reaches {words.percent(found.score)} on {found.rows} dev rows; without any, ",
        name(found.without, NAME),
        f" reaches {words.percent(found.score_without)} on the same rows: "
        f"{words.gain(found.gain)}. {found.gain.fixed} "
        f"{'row is' if found.gain.fixed == 1 else 'rows are'} better with them, "
        f"{found.gain.broken} worse.",
    )
    blocks: list[Block] = [Paragraph(told)]
    if examples:
        blocks += [_put_right(row) for row in a.looked_up[:EXAMPLES_EACH]]
    return Section(title, tuple(blocks))


def _put_right(row: LookedUp) -> Quoted:
    parts = (
        ("Input", row.input),
        ("Right answer", row.expected),
        ("Without passages", row.without),
        ("With passages", row.given),
        (f"From {words.plain(row.document, NAME)}", row.passage),
    )
    return Quoted(tuple((label, words.plain(text, CELL)) for label, text in parts))
