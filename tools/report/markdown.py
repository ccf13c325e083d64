"""The report as Markdown; strings from outside are escaped or fenced."""

import re
from functools import singledispatch

from tools.report.document import (
    Beside,
    Bullets,
    Cell,
    Counts,
    Document,
    Entries,
    Facts,
    Illustration,
    KeyFigures,
    Paragraph,
    Quoted,
    Section,
    Span,
    Subheading,
    Table,
    Text,
    Verbatim,
    spans,
    words_of,
)
from tools.report.words import plain


def as_markdown(document: Document) -> str:
    """Write a document as Markdown in which nothing from outside is markup.

    Args:
        document: The report.
    """
    parts = [
        f"# {_inline(document.title)}",
        f"*{_text(document.question)}*",
        *map(_written, document.answer),
        *map(_section, document.sections),
        "---",
        _inline(document.closing),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _section(section: Section) -> str:
    return "\n\n".join([f"## {_inline(section.title)}", *map(_written, section.blocks)])


def _inline(text: str) -> str:
    """One line of text in which Markdown and HTML find nothing to act on."""
    text = re.sub(r"([\\`*_\[\]|~$@])", r"\\\1", " ".join(plain(text).split()))
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = re.sub(r"://|(?<=www)\.", r"\\\g<0>", text, flags=re.IGNORECASE)
    return re.sub(r"^(\d*)(?=[#=]|--|[+.)-]( |$))", r"\1\\", text)


def _text(text: Text) -> str:
    return " ".join("".join(map(_span, spans(text))).split())


def _span(part: str | Span) -> str:
    words = part if isinstance(part, str) else part.text
    before, after = words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :]
    shown = _inline(words)
    if isinstance(part, Span) and part.kind == "strong" and shown:
        shown = f"**{shown}**"
    if isinstance(part, Span) and part.kind == "code" and re.fullmatch(r"[\w. /-]+", words):
        shown = f"`{words}`"
    return f"{before and ' '}{shown}{after and ' '}"


def _fenced(text: str) -> str:
    """A code block whose fence is longer than any run of backticks within."""
    fence = "`" * (max([2, *map(len, re.findall("`+", text))]) + 1)
    return f"{fence}text\n{plain(text)}\n{fence}"


@singledispatch
def _written(block: object) -> str:
    raise TypeError(f"{type(block).__name__} is no block of a report")


@_written.register
def _(block: Paragraph) -> str:
    return _text(block.text)


@_written.register
def _(block: Subheading) -> str:
    return f"### {_text(block.text)}" + (f" ({_inline(block.note)})" if block.note else "")


@_written.register
def _(block: Bullets) -> str:
    return "\n".join(
        f"{f'{place}.' if block.numbered else '-'} {_text(item)}"
        for place, item in enumerate(block.items, start=1)
    )


@_written.register
def _(block: KeyFigures) -> str:
    return "\n".join(
        f"- **{_inline(each.label)}: {_inline(each.value)}** – {_inline(each.note)}"
        for each in block.figures
    )


@_written.register
def _(block: Facts) -> str:
    return " · ".join(f"{_inline(label)}: **{_inline(value)}**" for label, value in block.facts)


@_written.register
def _(block: Counts) -> str:
    each = [f"{_inline(label)}: {count:,}" for label, count in block.counts]
    return " · ".join([*each, *([f"and {block.left_out} more"] if block.left_out else [])])


@_written.register
def _(block: Table) -> str:
    heads = " | ".join(_inline(column.title) or " " for column in block.columns)
    rule = "|".join("---:" if column.numeric else "---" for column in block.columns)
    rows = [" | ".join(map(_cell, row.cells)) for row in block.rows]
    return "\n".join([f"| {heads} |", f"|{rule}|", *(f"| {row} |" for row in rows)])


@_written.register
def _(block: Quoted) -> str:
    return "\n\n".join(f"{_inline(label)}:\n\n{_fenced(text)}" for label, text in block.parts)


@_written.register
def _(block: Entries) -> str:
    return "\n".join(
        f"- **{_inline(each.term)}**{f' ({_inline(each.note)})' if each.note else ''}: "
        f"{_inline(each.text)}"
        for each in block.entries
    )


@_written.register
def _(block: Verbatim) -> str:
    shown = _fenced(block.text)
    return f"{_inline(block.label)}:\n\n{shown}" if block.label else shown


@_written.register
def _(block: Illustration) -> str:
    return f"*{_inline(block.caption)}, in words.* {_inline(block.picture.alt)}."


@_written.register
def _(block: Beside) -> str:
    return "\n\n".join(map(_written, (*block.left, *block.right)))


def _cell(cell: Cell) -> str:
    small = f" ({_text(cell.small)})" if words_of(cell.small) else ""
    return f"{_text(cell.text)}{small}"
