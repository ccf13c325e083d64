"""The report as PDF, by reportlab's platypus: contents, bookmarks, page numbers, embedded fonts."""

import io
import re
from collections.abc import Sequence
from functools import singledispatch
from typing import Any

from reportlab.platypus import (
    Flowable,
    Image,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)
from reportlab.platypus.tableofcontents import TableOfContents

from tools.report import document as content
from tools.report.letters import BODY, BOLD, CODE, known_letters, marked_up, outline, shown_plain
from tools.report.pages import WIDE, Pages
from tools.report.prose import all_words
from tools.report.sheet import (
    ACCENT,
    INK,
    LINE,
    QUIET,
    STYLES,
    style,
)

PICTURE = 338.0  # points that a picture is wide
HEX = {color: f"#{color.hexval()[2:]}" for color in (QUIET, ACCENT)}
_SPANS = {
    "strong": f'<font name="{BOLD}">{{}}</font>',
    "quiet": f'<font color="{HEX[QUIET]}">{{}}</font>',
    "code": f'<font name="{CODE}" size="8">{{}}</font>',
    "name": "{}",
    "data": "{}",
}
_FONTS = {"strong": BOLD, "code": CODE}


def as_pdf(document: content.Document, created: str) -> bytes:
    """Draw a document as a PDF file; every string in it is shown as text.

    Letters that no font at hand has are shown as empty boxes, and the last page says so.

    Args:
        document: The report.
        created: When the run was made, for the foot of each page.
    """
    known_letters()
    file = io.BytesIO()
    template = Pages(file, document.title, created[:10])
    contents = TableOfContents(dotsMinLevel=0, levelStyles=[STYLES["contents"]])
    story: list[Flowable] = [
        Paragraph(_text(document.question), STYLES["question"]),
        _titled(document.title, "title", 0),
        *_all(document.answer),
        Paragraph("Contents", STYLES["heading"]),
        contents,
    ]
    for section in document.sections:
        story += [_titled(section.title, "heading", 0), *_all(section.blocks)]
    story += [Spacer(0, 18), Paragraph(marked_up(document.closing), STYLES["quiet"])]
    if _has_boxes(document):
        story.append(Paragraph(_BOXES, STYLES["quiet"]))
    template.multiBuild([*story, template.count])
    return file.getvalue()


_BOXES = "Letters that no font of this machine has are shown as □; the HTML report has them all."


def _has_boxes(document: content.Document) -> bool:
    """Whether a letter of the document is in no font at hand."""
    known = frozenset().union(*known_letters().values())
    words = shown_plain("".join(all_words(document)))
    return any(ord(letter) not in known and letter not in "\n\t" for letter in words)


def _titled(text: str, kind: str, level: int) -> Any:
    """A heading that becomes a bookmark."""
    font = STYLES[kind].fontName
    heading: Any = Paragraph(marked_up(text, font), STYLES[kind])
    heading.entry = (outline(text), level, f"{kind}-{id(heading)}")
    return heading


def _all(blocks: Sequence[content.Block]) -> list[Flowable]:
    return [flowable for block in blocks for flowable in _drawn(block)]


def _text(text: content.Text, font: str = BODY) -> str:
    parts = []
    for part in content.spans(text):
        if isinstance(part, str):
            parts.append(marked_up(part, font))
        else:
            shown = marked_up(part.text, _FONTS.get(part.kind, font))
            parts.append(_SPANS[part.kind].format(shown))
    return "".join(parts)


@singledispatch
def _drawn(block: object) -> list[Flowable]:
    raise TypeError(f"{type(block).__name__} is no block of a report")


@_drawn.register
def _(block: content.Paragraph) -> list[Flowable]:
    return [Paragraph(_text(block.text), STYLES[block.role])]


@_drawn.register
def _(block: content.Subheading) -> list[Flowable]:
    note = f' <font name="{BODY}" color="{HEX[QUIET]}">{marked_up(block.note)}</font>'
    heading: Any = Paragraph(
        _text(block.text, BOLD) + (note if block.note else ""), STYLES["subheading"]
    )
    words = outline(content.words_of(block.text))
    heading.entry = (words, 1, f"sub-{id(heading)}")
    return [heading]


@_drawn.register
def _(block: content.Bullets) -> list[Flowable]:
    marks = [f"{place}." if block.numbered else "•" for place in range(1, len(block.items) + 1)]
    return [
        Paragraph(_text(item), STYLES["item"], bulletText=mark)
        for mark, item in zip(marks, block.items, strict=True)
    ]


@_drawn.register
def _(block: content.KeyFigures) -> list[Flowable]:
    cells = []
    for each in block.figures:
        large = "number" if each.value[0].isdigit() else "word"
        cells.append(
            [
                Paragraph(marked_up(each.label), STYLES["small"]),
                Paragraph(marked_up(each.value, BOLD), STYLES[large]),
                Paragraph(marked_up(each.note), STYLES["small"]),
            ]
        )
    gap, columns = 18.0, len(cells)
    wide = (WIDE - gap * (columns - 1)) / columns
    spaced: list[Any] = []
    widths: list[float] = []
    for cell in cells:
        spaced += [cell, ""]
        widths += [wide, gap]
    look = [("LINEABOVE", (at, 0), (at, 0), 1.2, INK) for at in range(0, 2 * columns, 2)]
    return [Spacer(0, 6), _table([spaced[:-1]], widths[:-1], look), Spacer(0, 12)]


@_drawn.register
def _(block: content.Facts) -> list[Flowable]:
    cells = [
        [
            Paragraph(marked_up(label), STYLES["small"]),
            Paragraph(marked_up(value, BOLD), STYLES["fact"]),
        ]
        for label, value in block.facts
    ]
    look = [("RIGHTPADDING", (0, 0), (-1, -1), 8)]
    return [_table([cells], [WIDE / max(1, len(cells))] * len(cells), look), Spacer(0, 8)]


@_drawn.register
def _(block: content.Counts) -> list[Flowable]:
    each = [f"{marked_up(label)} <b>{count:,}</b>" for label, count in block.counts]
    each += [f"and {block.left_out} more"] if block.left_out else []
    return [Paragraph(" · ".join(each), STYLES["small"]), Spacer(0, 8)]


@_drawn.register
def _(block: content.Table) -> list[Flowable]:
    total = sum(column.weight for column in block.columns)
    widths = [WIDE * column.weight / total for column in block.columns]
    head = [
        Paragraph(marked_up(column.title), style("head", column.numeric))
        for column in block.columns
    ]
    rows = [
        [
            _cell(cell, column.numeric, row.strong and place == 0)
            for place, (column, cell) in enumerate(zip(block.columns, row.cells, strict=True))
        ]
        for row in block.rows
    ]
    look = [
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK),
        ("LINEBELOW", (0, 1), (-1, -1), 0.4, LINE),
        ("LEFTPADDING", (1, 0), (-1, -1), 4),
        ("RIGHTPADDING", (0, 0), (-2, -1), 4),
        ("TOPPADDING", (0, 0), (-1, -1), 4),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
    ]
    return [_table([head, *rows], widths, look, repeated=1), Spacer(0, 12)]


@_drawn.register
def _(block: content.Quoted) -> list[Flowable]:
    rows = [
        [Paragraph(marked_up(label), STYLES["label"]), Paragraph(marked_up(text), STYLES["cell"])]
        for label, text in block.parts
    ]
    if not rows:
        return []
    look = [
        ("LINEBEFORE", (0, 0), (0, -1), 2, LINE),
        ("LEFTPADDING", (0, 0), (0, -1), 9),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ]
    return [_table(rows, [90, WIDE - 90], look), Spacer(0, 8)]


@_drawn.register
def _(block: content.Entries) -> list[Flowable]:
    rows = []
    for each in block.entries:
        term = marked_up(each.term, BOLD)
        note = (
            f'<font color="{HEX[ACCENT if each.strong else QUIET]}">{marked_up(each.note)}</font>'
        )
        shown = f'<font name="{BOLD}">{term}</font>' if each.strong or not each.note else term
        rows.append(
            [
                Paragraph(f"{shown}<br/>{note}" if each.note else shown, STYLES["cell"]),
                Paragraph(marked_up(each.text), STYLES["cell"]),
            ]
        )
    if not rows:
        return []
    look: list[Any] = [("BOTTOMPADDING", (0, 0), (-1, -1), 3), ("TOPPADDING", (0, 0), (-1, -1), 3)]
    if block.kind == "rules":
        look.append(("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE))
    return [_table(rows, [140, WIDE - 140], look), Spacer(0, 8)]


@_drawn.register
def _(block: content.Verbatim) -> list[Flowable]:
    shown = marked_up(block.text, CODE)
    shown = re.sub(r"(?<=<br/>) +|^ +", lambda spaces: "\u00a0" * len(spaces[0]), shown)
    text = Paragraph(shown, STYLES["code"])
    label = Paragraph(marked_up(block.label.capitalize()), STYLES["label"])
    return [label, text] if block.label else [text]


@_drawn.register
def _(block: content.Illustration) -> list[Flowable]:
    note = f' <font color="{HEX[QUIET]}">({marked_up(block.note)})</font>' if block.note else ""
    caption = Paragraph(marked_up(block.caption) + note, STYLES["caption"])
    return [caption, _Drawing(block.picture), Spacer(0, 12)]  # a caption stays with what follows


@_drawn.register
def _(block: content.Beside) -> list[Flowable]:
    left = 175.0
    sides = [[_all(block.left), _fitted(_all(block.right), WIDE - left - 20)]]
    return [_table(sides, [left + 20, WIDE - left - 20], [("RIGHTPADDING", (0, 0), (0, 0), 20)])]


def _fitted(flowables: list[Flowable], width: float) -> list[Flowable]:
    """Pictures made as narrow as their column."""
    parts = [part for each in flowables for part in (getattr(each, "_content", None) or [each])]
    for part in parts:
        if isinstance(part, _Drawing):
            part.drawHeight *= width / part.drawWidth
            part.drawWidth = width
    return flowables


class _Drawing(Image):
    """A picture with its words for those who do not see it (PDF 2.0, 14.9.3)."""

    def __init__(self, picture: Any) -> None:
        wide, high = picture.size
        super().__init__(io.BytesIO(picture.png()), PICTURE, PICTURE * high / wide)
        self.hAlign = "LEFT"
        self.alt = picture.alt

    def draw(self) -> None:
        words = self.alt.encode("utf-16-be").hex()
        marks: list[str] = self.canv._code  # type: ignore[attr-defined]  # no public way
        marks.append(f"/Span <</Alt <FEFF{words}>>> BDC")
        super().draw()
        marks.append("EMC")


def _cell(cell: content.Cell, numeric: bool, strong: bool) -> list[Flowable]:
    text = _text(cell.text, BOLD if strong else BODY)
    shown = f'<font name="{BOLD}">{text}</font>' if strong else text
    parts: list[Flowable] = [Paragraph(shown, style("cell", numeric))]
    if content.words_of(cell.small):
        parts.append(Paragraph(_text(cell.small), STYLES["small"]))
    return parts


def _table(
    rows: list[Any], widths: list[float], look: Sequence[Any] = (), repeated: int = 0
) -> Table:
    bare = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
    ]
    made = Table(rows, widths, repeatRows=repeated, splitInRow=1, hAlign="LEFT")
    made.setStyle(TableStyle([*bare, *look]))
    return made
