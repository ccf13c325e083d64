import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from pypdf import PdfReader

from tools.assessment import Assessment
from tools.report.build import build_pdf
from tools.report.contents import document_of

Build = Callable[..., Assessment]


@pytest.fixture(scope="module")
def pages(request: pytest.FixtureRequest) -> PdfReader:
    from tests.assessments import labels

    return PdfReader(io.BytesIO(build_pdf(labels())))


def test_every_page_has_its_number_and_the_number_of_all(pages: PdfReader) -> None:
    total = len(pages.pages)
    assert total > 5
    for number, page in enumerate(pages.pages, start=1):
        assert f"page {number} of {total}" in page.extract_text()


def test_the_first_page_is_the_answer(pages: PdfReader) -> None:
    text = _flat(pages.pages[0].extract_text())
    for phrase in (
        "Should we fine-tune a model for “sort incoming messages by department”?",
        "Use the fine-tuned model",
        "86.7 %",
        "91.7 %",
        "Cost a month",
        "How sure is this? What the fine-tune gains",
        "What to do next",
        "Run it beside today's answers for a week",
    ):
        assert phrase in text, phrase


def test_contents_and_bookmarks_lead_to_every_section(pages: PdfReader, labels: Build) -> None:
    titles = [section.title for section in document_of(labels()).sections]
    outline = [entry for entry in pages.outline if not isinstance(entry, list)]
    assert [entry["/Title"] for entry in outline][1:] == titles
    places = [pages.get_destination_page_number(entry) for entry in outline[1:]]
    for title, place in zip(titles, places, strict=True):
        assert place is not None and title in _flat(pages.pages[place].extract_text())
    contents = next(text for page in pages.pages if "Contents" in (text := page.extract_text()))
    assert [int(n) - 1 for n in re.findall(r"\. +(\d+)\n", contents)][: len(places)] == places
    nested = [entry for entry in pages.outline if isinstance(entry, list)]
    assert any(e["/Title"] == "What would change it" for group in nested for e in group)


def test_fonts_are_embedded(pages: PdfReader) -> None:
    fonts = {
        str(font["/BaseFont"]): font.get_object()
        for page in pages.pages
        for font in (f.get_object() for f in page["/Resources"]["/Font"].values())
    }
    used = [font for name, font in fonts.items() if "DejaVu" in name]
    assert len(used) >= 3
    assert all("/FontFile2" in font["/FontDescriptor"].get_object() for font in used)
    assert pages.metadata and pages.metadata.title == "Use the fine-tuned model · Tuneworthy"
    assert pages.trailer["/Root"]["/Lang"] == "en"


def test_pictures_have_their_words(pages: PdfReader) -> None:
    content = b"".join(page.get_contents().get_data() for page in pages.pages)  # type: ignore[union-attr]
    found = re.findall(rb"/Alt <FEFF([0-9a-f]+)>", content, re.IGNORECASE)
    alts = [bytes.fromhex(each.decode()).decode("utf-16-be") for each in found]
    assert len(alts) == sum(len(page.images) for page in pages.pages) == 9
    assert any(alt.startswith("Scores against the target: target 90 %") for alt in alts)


def test_the_same_report_is_the_same_file(labels: Build) -> None:
    assert build_pdf(labels(tuned=None)) == build_pdf(labels(tuned=None))


def test_a_partial_run_has_a_report_too(minimal: Build) -> None:
    pages = PdfReader(io.BytesIO(build_pdf(minimal())))
    assert "This run is not complete" in _flat(pages.pages[0].extract_text())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<b>bold</b> & <font color='red'>", "<b>bold</b> & <font color='red'>"),
        ("a\x00b\u202ec\x1b[31m", "a[U+0000]b[U+202E]c[U+001B][31m"),
        ("]]> <para> %(x)s {0}", "]]> <para> %(x)s {0}"),
        ("Ωμέγα привет", "Ωμέγα привет"),
        ("x" * 300, "xxxxxxxxxx"),
        ("<a href='http://evil.example'>go</a>", "<a href='http://evil.example'>go</a>"),
    ],
)
def test_text_from_outside_is_shown_as_text(text: str, shown: str, labels: Build) -> None:
    a = labels()
    data = a.data.model_copy(update={"notes": (text,), "file": text})
    best: Any = a.prompting.best
    prompts = a.prompting.model_copy(
        update={"best": best.model_copy(update={"template": text, "name": text})}
    )
    pages = PdfReader(io.BytesIO(build_pdf(labels(data=data, prompting=prompts, tuned=None))))
    text = _flat("".join(page.extract_text() for page in pages.pages))
    assert shown in text
    targets = [str(a.get_object()) for p in pages.pages for a in p.get("/Annots", [])]
    assert targets and not any("/URI" in target for target in targets)


def test_letters_that_no_font_has_are_boxes_and_the_report_says_so(labels: Build) -> None:
    note = "A letter beyond all fonts: \U0001f9ff"
    data = labels().data.model_copy(update={"notes": (note,)})
    told = "Letters that no font of this machine has are shown as □"
    texts = [
        _flat("".join(p.extract_text() for p in PdfReader(io.BytesIO(build_pdf(a))).pages))
        for a in (labels(tuned=None), labels(data=data, tuned=None))
    ]
    assert told not in texts[0]
    assert told in texts[1] and "beyond all fonts: □" in texts[1]


@pytest.mark.parametrize("length", [10, 3000, 6000])
def test_long_prompts_and_cells_break_across_pages(length: int, labels: Build) -> None:
    a = labels()
    assert a.prompting.best
    long = "word " * (length // 5)
    best = a.prompting.best.model_copy(update={"template": long})
    mistake = a.prompting.mistakes[0].model_copy(
        update={"examples": ({"input": long, "expected": long, "given": "x" * length},)}
    )
    prompts = a.prompting.model_copy(update={"best": best, "mistakes": (mistake,)})
    pages = PdfReader(io.BytesIO(build_pdf(labels(prompting=prompts, tuned=None))))
    assert len(pages.pages) > 5


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\u00a0", " "))
