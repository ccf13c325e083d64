"""The pages of the PDF: their frame and foot, the count of pages, bookmarks and contents."""

import io
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate
from reportlab.platypus.doctemplate import IndexingFlowable

from tools.report.letters import BODY, marked_up, outline
from tools.report.sheet import BOTTOM, QUIET, SIDE, TOP

WIDE = A4[0] - 2 * SIDE  # points between the margins


class PageCount(IndexingFlowable):
    """Counts the pages; the building is repeated until the number on them is right."""

    def __init__(self) -> None:
        super().__init__()
        self.pages = self.last = 0
        self.width = self.height = 0.0

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:
        """Takes no room."""
        return 0, 0

    def draw(self) -> None:
        """Note the number of the last page."""
        self.pages = self.canv.getPageNumber()

    def beforeBuild(self) -> None:
        """Keep what the building before found."""
        self.last = self.pages

    def isSatisfied(self) -> bool:
        """Whether the number is the one that was printed."""
        return self.last == self.pages


class Pages(BaseDocTemplate):
    """A4 pages with the answer and "page x of y" at the foot; headings become bookmarks."""

    def __init__(self, file: io.BytesIO, title: str, day: str) -> None:
        super().__init__(
            file,
            pagesize=A4,
            title=f"{title} · Tuneworthy",
            author="Tuneworthy",
            subject="Should we fine-tune?",
            lang="en",
            invariant=1,  # the same report is the same file
        )
        self.count = PageCount()
        self.foot = f"{title} · {day}" if day else title
        frame = Frame(SIDE, BOTTOM, WIDE, A4[1] - TOP - BOTTOM, 0, 0, 0, 0)
        self.addPageTemplates(PageTemplate(frames=[frame], onPage=self._foot))

    def _foot(self, canvas: Any, _: BaseDocTemplate) -> None:
        canvas.saveState()
        canvas.setFont(BODY, 7.5)
        canvas.setFillColor(QUIET)
        canvas.drawString(SIDE, BOTTOM - 26, outline(self.foot))
        number = f"page {canvas.getPageNumber()} of {self.count.last or '…'}"
        canvas.drawRightString(A4[0] - SIDE, BOTTOM - 26, number)
        canvas.restoreState()

    def afterFlowable(self, flowable: Flowable) -> None:
        """Turn a heading into a bookmark, and one of a section into a line of the contents."""
        entry = getattr(flowable, "entry", None)
        if entry is None:
            return
        text, level, key = entry
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(text, key, level)
        if level == 0 and key.startswith("heading"):
            self.notify("TOCEntry", (0, marked_up(text), self.page, key))
