"""Letters for PDF: text as reportlab's markup, each run in a font that has its letters."""

import re
from functools import lru_cache
from itertools import groupby
from xml.sax.saxutils import escape

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from tools.report.fonts import FILES, stand_ins
from tools.report.words import plain

BODY, BOLD, CODE = FILES
SPACES = " \n\t\u00a0"
MISSING = "□"  # stands for a letter that no font at hand has


@lru_cache(maxsize=1)
def known_letters() -> dict[str, frozenset[int]]:
    """The fonts that are registered, first to last, with the letters that each has."""
    fonts = [TTFont(name, str(file)) for name, file in FILES.items()]
    for number, file in enumerate(stand_ins()):
        try:
            fonts.append(TTFont(f"Stand-in-{number}", str(file)))
        except (TTFError, OSError):  # an OpenType font with other outlines, say
            continue
    for font in fonts:
        pdfmetrics.registerFont(font)
    pdfmetrics.registerFontFamily(BODY, BODY, BOLD, BODY, BOLD)
    return {font.fontName: frozenset(font.face.charToGlyph) for font in fonts}


def shown_plain(text: str) -> str:
    """Text with control characters by their numbers; the fonts have no pictures of them."""
    return re.sub("[\u2400-\u2420]", lambda m: f"[U+{ord(m[0]) - 0x2400:04X}]", plain(text))


def marked_up(text: str, font: str = BODY) -> str:
    """Text from anywhere as markup of a paragraph that shows it.

    Args:
        text: The text.
        font: The font of the paragraph around it.
    """
    known = known_letters()

    def font_of(letter: str) -> str:
        order = (font, *known)
        return next((name for name in order if ord(letter) in known[name]), "")

    parts = []
    shown = re.sub(r"(?<=\d) (?=%)", "\u00a0", shown_plain(text))  # no figure parts from its sign
    for name, letters in groupby(shown, key=lambda c: font if c in SPACES else font_of(c)):
        run = "".join(letters)
        run = escape(run if name else MISSING * len(run))
        run = run.replace("\t", "    ").replace("\n", "<br/>")
        parts.append(run if name in (font, "") else f'<font name="{name}">{run}</font>')
    return "".join(parts)


def outline(text: str) -> str:
    """Text for a bookmark."""
    return " ".join(shown_plain(text).split())
