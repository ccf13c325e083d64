"""The report as one HTML file that loads nothing and runs nothing."""

import re
from collections.abc import Iterable
from functools import singledispatch
from importlib.resources import files

from markupsafe import Markup

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

_PAGE = Markup(
    """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>{title} · Tuneworthy</title>
<style>
{style}
</style>
</head>
<body>
<header class="first">
<p class="question">{question}</p>
<h1>{title}</h1>
{answer}
</header>
<nav aria-label="Contents"><ol>
{contents}
</ol></nav>
<main>
{sections}
</main>
<footer>{closing}</footer>
</body>
</html>
"""
)
_SPANS = {
    "strong": Markup("<b>{}</b>"),
    "quiet": Markup('<span class="quiet">{}</span>'),
    "code": Markup("<code>{}</code>"),
    "name": Markup("<bdi>{}</bdi>"),
    "data": Markup("<bdi>{}</bdi>"),
}


def as_html(document: Document) -> str:
    """Draw a document as HTML; every string in it is shown as text.

    Args:
        document: The report.
    """
    style = (files("tools.report") / "templates" / "report.css").read_text(encoding="utf-8")
    return str(
        _PAGE.format(
            title=_shown(document.title),
            style=Markup(style),
            question=_text(document.question),
            answer=_joined(map(_drawn, document.answer)),
            contents=_joined(map(_entry, document.sections)),
            sections=_joined(map(_section, document.sections)),
            closing=_shown(document.closing),
        )
    )


def _section(section: Section) -> Markup:
    return Markup('<section id="{}">\n<h2>{}</h2>\n{}\n</section>').format(
        _anchor(section), _shown(section.title), _joined(map(_drawn, section.blocks))
    )


def _entry(section: Section) -> Markup:
    return Markup('<li><a href="#{}">{}</a></li>').format(_anchor(section), _shown(section.title))


def _anchor(section: Section) -> str:
    """Titles of sections are our own words."""
    return re.sub(r"[^a-z]+", "-", section.title.lower())


def _shown(text: str) -> Markup:
    """Text as HTML that shows it; no figure parts from its sign."""
    return Markup("{}").format(re.sub(r"(?<=\d) (?=%)", "\u00a0", plain(text)))


def _text(text: Text) -> Markup:
    return Markup().join(
        _SPANS[part.kind].format(_shown(part.text)) if isinstance(part, Span) else _shown(part)
        for part in spans(text)
    )


def _joined(parts: Iterable[Markup]) -> Markup:
    return Markup("\n").join(parts)


@singledispatch
def _drawn(block: object) -> Markup:
    raise TypeError(f"{type(block).__name__} is no block of a report")


@_drawn.register
def _(block: Paragraph) -> Markup:
    kind = Markup(' class="{}"').format(block.role) if block.role != "plain" else Markup()
    return Markup("<p{}>{}</p>").format(kind, _text(block.text))


@_drawn.register
def _(block: Subheading) -> Markup:
    note = Markup(' <span class="quiet">{}</span>').format(_shown(block.note))
    return Markup("<h3>{}{}</h3>").format(_text(block.text), note if block.note else "")


@_drawn.register
def _(block: Bullets) -> Markup:
    items = _joined(Markup("<li>{}</li>").format(_text(item)) for item in block.items)
    if block.numbered:
        return Markup('<ol class="steps">{}</ol>').format(items)
    return Markup("<ul>{}</ul>").format(items)


@_drawn.register
def _(block: KeyFigures) -> Markup:
    figures = _joined(
        Markup("<div><dt>{}</dt><dd><strong{}>{}</strong><span>{}</span></dd></div>").format(
            _shown(each.label),
            Markup("" if each.value[0].isdigit() else ' class="words"'),
            _shown(each.value),
            _shown(each.note),
        )
        for each in block.figures
    )
    return Markup('<dl class="figures">{}</dl>').format(figures)


@_drawn.register
def _(block: Facts) -> Markup:
    facts = _joined(
        Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(_shown(label), _shown(value))
        for label, value in block.facts
    )
    return Markup('<dl class="facts">{}</dl>').format(facts)


@_drawn.register
def _(block: Counts) -> Markup:
    chips = [
        Markup("<span><bdi>{}</bdi> {}</span>").format(_shown(label), f"{count:,}")
        for label, count in block.counts
    ]
    chips += [Markup("<span>and {} more</span>").format(block.left_out)] if block.left_out else []
    return Markup('<p class="labels">{}</p>').format(_joined(chips))


@_drawn.register
def _(block: Table) -> Markup:
    heads = Markup().join(
        Markup('<th scope="col"{}>{}</th>').format(_numeric(column.numeric), _shown(column.title))
        for column in block.columns
    )
    rows = _joined(
        Markup('<tr{}><th scope="row">{}</th>{}</tr>').format(
            Markup(' class="best"' if row.strong else ""),
            _cell(row.cells[0]),
            Markup().join(
                Markup('<td data-label="{}"{}><div>{}</div></td>').format(
                    _shown(column.title), _numeric(column.numeric), _cell(cell)
                )
                for column, cell in zip(block.columns[1:], row.cells[1:], strict=True)
            ),
        )
        for row in block.rows
    )
    table = '<table class="stack"><thead><tr>{}</tr></thead><tbody>\n{}\n</tbody></table>'
    return Markup(table).format(heads, rows)


@_drawn.register
def _(block: Quoted) -> Markup:
    parts = _joined(
        Markup('<div><dt>{}</dt><dd dir="auto">{}</dd></div>').format(_shown(label), _shown(text))
        for label, text in block.parts
    )
    return Markup('<dl class="example">{}</dl>').format(parts)


@_drawn.register
def _(block: Entries) -> Markup:
    entries = _joined(
        Markup("<div{}><dt>{}{}</dt><dd>{}</dd></div>").format(
            Markup(' class="decided"' if each.strong else ""),
            _shown(each.term),
            Markup("<small>{}</small>").format(_shown(each.note)) if each.note else "",
            _shown(each.text),
        )
        for each in block.entries
    )
    return Markup('<dl class="{}">{}</dl>').format(block.kind, entries)


@_drawn.register
def _(block: Verbatim) -> Markup:
    label = Markup('<p class="role">{}</p>\n').format(_shown(block.label))
    shown = Markup('<pre dir="auto">{}</pre>').format(_shown(block.text))
    return label + shown if block.label else shown


@_drawn.register
def _(block: Illustration) -> Markup:
    note = Markup(' <span class="quiet">({})</span>').format(_shown(block.note))
    return Markup("<figure><figcaption>{}{}</figcaption>\n{}</figure>").format(
        _shown(block.caption), note if block.note else "", Markup(block.picture.svg())
    )


@_drawn.register
def _(block: Beside) -> Markup:
    left, right = (_joined(map(_drawn, side)) for side in (block.left, block.right))
    return Markup('<div class="split"><div>{}</div><div>{}</div></div>').format(left, right)


def _cell(cell: Cell) -> Markup:
    small = Markup("<small>{}</small>").format(_text(cell.small))
    return _text(cell.text) + (small if words_of(cell.small) else "")


def _numeric(numeric: bool) -> Markup:
    return Markup(' class="n"' if numeric else "")
