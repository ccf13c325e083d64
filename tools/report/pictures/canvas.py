"""A picture on its way: drawn by matplotlib once, written as SVG for pages and as PNG for PDF.

Every picture scales with the column it stands in and takes its ink from the surrounding text
(`currentColor`), so that it fits light and dark pages. Colours are Okabe and Ito's; shapes, dashes
and words repeat what the colours say.
"""

import io
import re
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import matplotlib
from markupsafe import escape
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from tools.report.fonts import FAMILIES
from tools.report.words import plain

INK, QUIET = "#010101", "#8a8a8a"
BLUE, ORANGE, GREEN, PURPLE = "#0072b2", "#d55e00", "#009e73", "#aa5a8c"
WIDTH, MARGIN, BOTTOM = 4.7, 0.02, 0.42  # inches
TEXT: dict[str, Any] = {"fontsize": 10, "color": INK}
DOTS_PER_INCH = 220  # sharp in print, and a picture stays under 100 kB
_RENDERING = threading.Lock()  # matplotlib's settings are global


@dataclass(frozen=True)
class Picture:
    """A finished picture.

    Attributes:
        title: What it shows, in a few words.
        details: What it says, in words.
        size: Width and height in inches.
    """

    title: str
    details: str
    size: tuple[float, float]
    _figure: Figure = field(repr=False, compare=False)
    _words: tuple[str, ...] = field(repr=False, compare=False)

    @property
    def alt(self) -> str:
        """The picture in words, for those who do not see it."""
        return f"{self.title}: {self.details}"

    def svg(self) -> str:
        """The picture as one `<svg>` element, the same for the same content."""
        text = io.StringIO()
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        with _settings({"svg.hashsalt": self.title, "svg.fonttype": "none"}):
            self._figure.savefig(text, format="svg", transparent=True, metadata=nothing)
        svg = _embeddable(text.getvalue())
        svg = re.sub(r"@(\d+)@", lambda match: str(escape(self._words[int(match[1])])), svg)
        svg = svg.replace('aria-label=""', f'aria-label="{escape(self.alt)}"', 1)
        return svg.replace("<title></title>", f"<title>{escape(self.title)}</title>", 1)

    def png(self) -> bytes:
        """The picture as a PNG file on white."""
        file = io.BytesIO()
        with _settings({"font.family": FAMILIES}), self._worded():
            self._figure.savefig(file, format="png", dpi=DOTS_PER_INCH, facecolor="white")
        return file.getvalue()

    @contextmanager
    def _worded(self) -> Iterator[None]:
        """The figure with its words in place of their marks."""
        texts = self._figure.findobj(Text)
        marked = [text.get_text() for text in texts]
        for text in texts:
            text.set_parse_math(False)
            text.set_text(re.sub(r"@(\d+)@", lambda m: self._words[int(m[1])], text.get_text()))
        try:
            yield
        finally:
            for text, mark in zip(texts, marked, strict=True):
                text.set_text(mark)


class Canvas:
    """A figure whose words are written after it is drawn.

    Matplotlib would read "$" as mathematics and warn about each letter that its own font lacks.
    """

    def __init__(self, height: float) -> None:
        """An empty figure.

        Args:
            height: Its height in inches.
        """
        self.height = height
        self.figure = Figure(figsize=(WIDTH, height))
        self._words: list[str] = []

    def word(self, text: str, limit: int | None = None) -> str:
        """A placeholder for the text, to be drawn in its place."""
        self._words.append(plain(" ".join(text.split()), limit))
        return f"@{len(self._words) - 1}@"

    def axes(self, top: float, left: float = MARGIN, right: float = MARGIN) -> Axes:
        """Axes below a head of `top` inches, with nothing but a quiet grid and labels."""
        width, height = WIDTH - left - right, self.height - top - BOTTOM
        ax = self.figure.add_axes(
            (left / WIDTH, BOTTOM / self.height, width / WIDTH, height / self.height)
        )
        ax.spines[:].set_visible(False)
        ax.tick_params(which="both", length=0, labelsize=10, labelcolor=INK)
        ax.grid(color=QUIET, alpha=0.3, linewidth=0.6)
        return ax

    def legend(self, columns: int = 1) -> None:
        """The names of the lines, at the head of the picture."""
        self.figure.legend(
            loc="upper left",
            bbox_to_anchor=(0, 1),
            frameon=False,
            fontsize=10,
            labelcolor=INK,
            ncols=columns,
        )

    def finished(self, title: str, details: str) -> Picture:
        """The picture, with what it says in words."""
        words = plain(title), plain(" ".join(details.split()))
        return Picture(*words, (WIDTH, self.height), self.figure, tuple(self._words))


@contextmanager
def _settings(settings: dict[str, Any]) -> Iterator[None]:
    chosen: Any = settings  # the stubs want each name spelled out
    with _RENDERING, warnings.catch_warnings(), matplotlib.rc_context(chosen):
        warnings.filterwarnings("ignore", message=r"Glyph \d+|findfont")  # an empty box is drawn
        yield


def _embeddable(svg: str) -> str:
    """Matplotlib's document as an element that inherits the font and ink of its page."""
    svg = re.sub(r"<style.*?</style>|font-family: [^;\"]*; ", "", svg[svg.index("<svg") :])
    svg = re.sub(r'<g id="[^"]*"', "<g", svg).replace(INK, "currentColor")
    head = (
        r'<svg \1role="img" aria-label="" font-family="system-ui, sans-serif" '
        r'stroke-linejoin="round" style="width:100%;max-width:40rem;height:auto"\2>'
    )
    size = r'<svg (.*?)width="[^"]*" height="[^"]*"(.*?)>'
    return re.sub(size, f"{head}<title></title>", svg, count=1)
