"""The words of a report: those of its own, which the glossary explains, and all of them."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import singledispatch

from tools.report.document import (
    Beside,
    Bullets,
    Counts,
    Document,
    Entries,
    Facts,
    Illustration,
    KeyFigures,
    Paragraph,
    Quoted,
    Subheading,
    Table,
    Text,
    Verbatim,
    spans,
    words_of,
)
from tools.report.pictures import Picture


def prose(document: Document) -> str:
    """All words that are this product's own; what comes from outside is left out."""
    blocks = [*document.answer, *(block for part in document.sections for block in part.blocks)]
    titles = [document.title, document.closing, *(part.title for part in document.sections)]
    return "\n".join([*titles, *(line for block in blocks for line in _prose(block))])


def all_words(part: object) -> Iterator[str]:
    """Every string of a report or a part of it, those from outside as well."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, tuple):
        for each in part:
            yield from all_words(each)
    elif is_dataclass(part) and not isinstance(part, Picture):
        for each in fields(part):
            yield from all_words(getattr(part, each.name))


def _own(text: Text) -> str:
    kept = (part for part in spans(text) if isinstance(part, str) or part.kind != "data")
    return words_of(tuple(kept))


@singledispatch
def _prose(block: object) -> Iterator[str]:
    raise TypeError(f"{type(block).__name__} is no block of a report")


@_prose.register
def _(block: Paragraph | Subheading) -> Iterator[str]:
    yield _own(block.text)


@_prose.register
def _(block: Bullets) -> Iterator[str]:
    yield from map(_own, block.items)


@_prose.register
def _(block: KeyFigures) -> Iterator[str]:
    yield from (f"{each.label} {each.value} {each.note}" for each in block.figures)


@_prose.register
def _(block: Facts) -> Iterator[str]:
    yield from (f"{label} {value}" for label, value in block.facts)


@_prose.register
def _(block: Counts) -> Iterator[str]:
    yield from ()


@_prose.register
def _(block: Table) -> Iterator[str]:
    yield from (column.title for column in block.columns)
    for row in block.rows:
        yield from (f"{_own(cell.text)} {_own(cell.small)}" for cell in row.cells)


@_prose.register
def _(block: Quoted) -> Iterator[str]:
    yield from (label for label, _ in block.parts)


@_prose.register
def _(block: Entries) -> Iterator[str]:
    yield from (f"{each.term} {each.note} {each.text}" for each in block.entries)


@_prose.register
def _(block: Verbatim) -> Iterator[str]:
    yield f"{block.label} {block.text if block.ours else ''}"


@_prose.register
def _(block: Illustration) -> Iterator[str]:
    yield f"{block.caption} {block.note} {block.picture.title}"


@_prose.register
def _(block: Beside) -> Iterator[str]:
    for each in (*block.left, *block.right):
        yield from _prose(each)
