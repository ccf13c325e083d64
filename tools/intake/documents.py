"""The team's own documents: text, Markdown and PDF files, cut into passages to look facts up in."""

import logging
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from policies.evidence import Frozen
from tools.errors import DataError
from tools.intake.encoding import likely_encoding
from tools.intake.read import shown_name

TEXTS, PDFS = (".txt", ".md", ".markdown"), (".pdf",)
MOST_FILES = 500
MOST_BYTES = 20_000_000  # a file
MOST_PAGES = 500  # a PDF
MOST_CHARACTERS = 5_000_000  # all documents together
# Characters: one or two sentences. A small model finds a fact in these, and not in a page: 44 % of
# the depots at 320, 60 % at 130, four examples each (docs/log.md).
LONGEST_PASSAGE = 130
LONGEST_TITLE = 80

HEADING = re.compile(r"(#{1,6})\s+(.+?)\s*#*\s*")
BINARY = re.compile(r"[\0-\x06]")
SENTENCE_END = re.compile(r"(?<=[.!?;])\s+")

logging.getLogger("pypdf").setLevel(logging.ERROR)  # it reports every oddity that it mends


class Passage(Frozen):
    """A piece of a document that is looked up and sent as a whole.

    Attributes:
        document: The document's name, for people.
        text: Its headings on the first line, then the text.
    """

    document: str
    text: str


def read_documents(folder: Path) -> tuple[Passage, ...]:
    """Read all documents of a folder and its subfolders, in the order of their names.

    Hidden files, links that lead out of the folder and files of other kinds are passed over.

    Raises:
        DataError: There is no such folder, nothing in it can be read, or it is too much.
    """
    if not folder.is_dir():
        raise DataError(f"There is no folder {shown_name(folder)} of documents; name a folder.")
    files = _files(folder)
    if not files:
        raise DataError(
            f"The folder {shown_name(folder)} holds no document: put text (.txt), Markdown (.md) "
            "or PDF files into it."
        )
    if len(files) > MOST_FILES:
        raise DataError(
            f"The folder {shown_name(folder)} holds {len(files)} documents; at most {MOST_FILES} "
            "can be read."
        )
    passages: list[Passage] = []
    left = MOST_CHARACTERS
    for file in files:
        text, remark = _text(file)
        left -= len(text)
        if left < 0:
            raise DataError(
                f"The documents are too long: together over {MOST_CHARACTERS:,} characters, "
                f"reached in {shown_name(file)}. Leave out what the answers do not need."
            )
        name = shown_name(file).strip("“”") + remark
        passages += [Passage(document=name, text=passage) for passage in split_passages(text)]
    return tuple(passages)


def split_passages(text: str) -> list[str]:
    """Cut a text at its headings and paragraphs into pieces of about `LONGEST_PASSAGE` characters.

    Every piece begins with the headings above it: a paragraph seldom says what it is about.
    """
    found: list[str] = []
    for title, paragraphs in _sections(text):
        room = max(LONGEST_PASSAGE // 2, LONGEST_PASSAGE - len(title))
        piece = ""
        for part in (part for whole in paragraphs for part in _cut(whole, room)):
            if piece and len(piece) + len(part) > room:
                found.append(f"{title}\n{piece}".strip())
                piece = ""
            piece = f"{piece}\n{part}" if piece else part
        if piece:
            found.append(f"{title}\n{piece}".strip())
    return found


def _files(folder: Path) -> list[Path]:
    inside = folder.resolve()
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in TEXTS + PDFS
        and path.is_file()
        and path.resolve().is_relative_to(inside)
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def _text(file: Path) -> tuple[str, str]:
    """The text of a file, and a remark for its name if the encoding is doubtful."""
    name = shown_name(file)
    try:
        if file.stat().st_size > MOST_BYTES:
            raise DataError(
                f"The document {name} is larger than {MOST_BYTES // 1_000_000} MB; split it or "
                "leave it out."
            )
        is_pdf = file.suffix.lower() in PDFS
        text, remark = (_pdf_text(file), "") if is_pdf else _decoded(file.read_bytes(), name)
    except OSError as error:
        raise DataError(f"The document {name} cannot be opened: {error.strerror}.") from error
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c)[0] != "C")
    if not text.strip():
        scan = " (a scan needs text recognition first)" if is_pdf else ""
        raise DataError(f"The document {name} holds no text{scan}; take it out of the folder.")
    return text, remark


def _pdf_text(file: Path) -> str:
    from pypdf import PdfReader  # only documents need it
    from pypdf.errors import PyPdfError

    try:
        pages = PdfReader(file).pages
        if len(pages) > MOST_PAGES:
            raise DataError(
                f"The document {shown_name(file)} has {len(pages)} pages; at most {MOST_PAGES} can "
                "be read. Split it or leave it out."
            )
        # A PDF does not say where paragraphs end: each page is one; the first line is the title.
        first, _, rest = "\n\n".join(page.extract_text() for page in pages).partition("\n")
        return f"{first}\n\n{rest}"
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise DataError(
            f"The document {shown_name(file)} cannot be read as PDF: it is damaged or locked with "
            "a password. Save it anew or take it out of the folder."
        ) from error


def _decoded(data: bytes, name: str) -> tuple[str, str]:
    encoding, notes = likely_encoding(data)
    text = "" if encoding is None else data.decode(encoding, "replace")
    if encoding is None or BINARY.search(text):
        raise DataError(f"The document {name} is not text; save it as UTF-8 or take it out.")
    remark = f" (read as {encoding.removesuffix('-sig')}, please check)" if notes else ""
    return text.replace("\r\n", "\n").replace("\r", "\n"), remark


def _sections(text: str) -> Iterator[tuple[str, list[str]]]:
    """(headings above, paragraphs) of each section; a plain text's first line is its heading."""
    headings: dict[int, str] = {}
    paragraphs: list[str] = []
    for at, block in enumerate(_blocks(text)):
        heading = HEADING.fullmatch(block)
        title = at == 0 and "\n" not in block and len(block) <= LONGEST_TITLE and block[-1] != "."
        if heading is None and not title:
            paragraphs.append(block)
            continue
        if paragraphs:
            yield _title(headings), paragraphs
            paragraphs = []
        level = len(heading[1]) if heading else 1
        headings = {depth: kept for depth, kept in headings.items() if depth < level}
        headings[level] = heading[2] if heading else block
    if paragraphs:
        yield _title(headings), paragraphs


def _title(headings: dict[int, str]) -> str:
    return " – ".join(headings[level] for level in sorted(headings))[: 2 * LONGEST_TITLE]


def _blocks(text: str) -> Iterator[str]:
    """Headings, each alone, and paragraphs."""
    lines: list[str] = []
    for line in [*(line.strip() for line in text.split("\n")), ""]:
        if line and not HEADING.fullmatch(line):
            lines.append(line)
            continue
        if lines:
            yield "\n".join(lines)
            lines = []
        if line:
            yield line


def _cut(paragraph: str, longest: int) -> Iterator[str]:
    """A paragraph in pieces: at sentence ends where it has any, else between words."""
    piece = ""
    for sentence in SENTENCE_END.split(paragraph) if len(paragraph) > longest else [paragraph]:
        *full, rest = _by_words(sentence, longest)
        if piece and (full or len(piece) + len(rest) >= longest):
            yield piece
            piece = ""
        yield from full
        piece = f"{piece} {rest}".strip()
    if piece:
        yield piece


def _by_words(sentence: str, longest: int) -> Iterator[str]:
    """A sentence in pieces of at most `longest` characters, ending between words if it can."""
    start = 0
    while len(sentence) - start > longest:
        space = sentence.rfind(" ", start + 1, start + longest)
        end = space if space > 0 else start + longest
        if piece := sentence[start:end].strip():
            yield piece
        start = end
    yield sentence[start:].strip()
