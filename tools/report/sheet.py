"""The look of the PDF: margins, colours and the styles of its paragraphs."""

from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm

from tools.report.letters import BODY, BOLD, CODE, known_letters

INK, QUIET = HexColor("#1c1d20"), HexColor("#5c5f65")
LINE, WASH, ACCENT = HexColor("#d9d6cf"), HexColor("#f4f2ed"), HexColor("#00619a")
SIDE, TOP, BOTTOM = 19 * mm, 17 * mm, 20 * mm

known_letters()  # styles name fonts, which have to be registered before


def _style(name: str, size: float, leading: float, font: str = BODY, **more: Any) -> ParagraphStyle:
    look = {"textColor": INK, **more}
    return ParagraphStyle(name, fontName=font, fontSize=size, leading=leading, **look)


STYLES = {
    made.name: made
    for made in (
        _style("question", 10, 14, textColor=QUIET),
        _style("title", 24, 29, BOLD, spaceBefore=2, spaceAfter=10),
        _style("lead", 12, 17, spaceAfter=8),
        _style("plain", 9.5, 14, spaceAfter=7),
        _style("quiet", 8.5, 12, textColor=QUIET, spaceAfter=6),
        _style("notice", 9.5, 14, leftIndent=8, borderPadding=6, backColor=WASH, spaceAfter=12),
        _style("heading", 15, 19, BOLD, spaceBefore=20, spaceAfter=8, keepWithNext=1),
        _style("subheading", 10.5, 14, BOLD, spaceBefore=10, spaceAfter=5, keepWithNext=1),
        _style("item", 9.5, 13.5, leftIndent=15, bulletIndent=1, spaceAfter=4),
        _style("caption", 8.5, 12, spaceBefore=4, spaceAfter=5, keepWithNext=1),
        _style("small", 7.8, 10.5, textColor=QUIET),
        _style("number", 20, 26, BOLD),
        _style("word", 13, 26, BOLD),
        _style("fact", 9.5, 14, BOLD),
        _style("head", 7.8, 10.5, textColor=QUIET),
        _style("cell", 8.5, 11.5),
        _style("label", 8, 11.5, textColor=QUIET, spaceBefore=3),
        _style(
            "code", 7.8, 11, CODE, backColor=WASH, borderPadding=(6, 8, 6, 8), leftIndent=8,
            rightIndent=8, spaceBefore=8, spaceAfter=14,
        ),
        _style("contents", 9.5, 15),
    )
}  # fmt: skip


def style(name: str, numeric: bool) -> ParagraphStyle:
    """A style of cells; figures stand at the right."""
    if not numeric:
        return STYLES[name]
    return ParagraphStyle(f"{name}-right", STYLES[name], alignment=TA_RIGHT)
