"""The report as content without a form: blocks that HTML, PDF and Markdown draw, each in its way.

A text is a string, or a tuple of strings and spans. Strings may hold data from outside; it is each
form's duty to show them as text.
"""

from dataclasses import dataclass
from typing import Literal

from tools.report.pictures import Picture
from tools.report.words import plain

SpanKind = Literal["strong", "quiet", "code", "name", "data"]


@dataclass(frozen=True)
class Span:
    """Words that stand out: by weight, or since they come from elsewhere.

    Attributes:
        text: The words.
        kind: "name" is a name that this product gave, "data" is text from outside.
    """

    text: str
    kind: SpanKind


Text = str | tuple["str | Span", ...]


def in_words(text: Text) -> str:
    """A text without what makes some of its words stand out."""
    parts = (text,) if isinstance(text, str) else text
    return "".join(part.text if isinstance(part, Span) else part for part in parts)


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; a notice is one that must not be missed."""

    text: Text
    role: Literal["plain", "lead", "notice", "quiet"] = "plain"


@dataclass(frozen=True)
class Subheading:
    """A heading inside a section, with a quiet note beside it."""

    text: Text
    note: str = ""


@dataclass(frozen=True)
class Bullets:
    """A list; numbered where the order counts."""

    items: tuple[Text, ...]
    numbered: bool = False


@dataclass(frozen=True)
class KeyFigure:
    """One of the three figures of the first screen."""

    label: str
    value: str
    note: str


@dataclass(frozen=True)
class KeyFigures:
    """The figures of the first screen."""

    figures: tuple[KeyFigure, ...]


@dataclass(frozen=True)
class Facts:
    """Short facts: name and value."""

    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Counts:
    """Names from outside with how often each occurs."""

    counts: tuple[tuple[str, int], ...]
    left_out: int = 0


@dataclass(frozen=True)
class Cell:
    """A cell of a table, with small words below."""

    text: Text
    small: Text = ""


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        title: Its heading; the first column names the rows.
        numeric: Whether it holds figures.
        weight: Its share of the width, where widths have to be given.
    """

    title: str
    numeric: bool = False
    weight: float = 1.0


@dataclass(frozen=True)
class Row:
    """A row of a table; the one that matters most is strong."""

    cells: tuple[Cell, ...]
    strong: bool = False


@dataclass(frozen=True)
class Table:
    """A table."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Quoted:
    """An example from outside: names and what was there."""

    parts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Entry:
    """A term or a rule with what is said about it."""

    term: str
    text: str
    note: str = ""
    strong: bool = False


@dataclass(frozen=True)
class Entries:
    """Terms or rules."""

    entries: tuple[Entry, ...]
    kind: Literal["rules", "terms"]


@dataclass(frozen=True)
class Verbatim:
    """Text that has to stay as it is, with its name above.

    `ours` tells the glossary that its words are this product's and not the team's.
    """

    text: str
    label: str = ""
    ours: bool = False


@dataclass(frozen=True)
class Illustration:
    """A picture with its caption."""

    picture: Picture
    caption: str
    note: str = ""


@dataclass(frozen=True)
class Beside:
    """Two groups of blocks side by side where there is room."""

    left: tuple["Block", ...]
    right: tuple["Block", ...]


Block = (
    Paragraph
    | Subheading
    | Bullets
    | KeyFigures
    | Facts
    | Counts
    | Table
    | Quoted
    | Entries
    | Verbatim
    | Illustration
    | Beside
)


@dataclass(frozen=True)
class Section:
    """A part of the report with a title of its own."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """A report.

    Attributes:
        question: What was asked.
        title: The answer in a few words.
        answer: What stands on the first screen.
        sections: The evidence.
        closing: The last line.
    """

    question: Text
    title: str
    answer: tuple[Block, ...]
    sections: tuple[Section, ...]
    closing: str = ""


def strong(text: str) -> Span:
    """Words in bold."""
    return Span(text, "strong")


def quiet(text: str) -> Span:
    """Words in grey."""
    return Span(text, "quiet")


def code(text: str) -> Span:
    """A name of a file."""
    return Span(text, "code")


def name(text: str, limit: int) -> Span:
    """A name that this product gave, of at most `limit` characters."""
    return Span(plain(text, limit), "name")


def data(text: str, limit: int) -> Span:
    """Text from outside, of at most `limit` characters."""
    return Span(plain(text, limit), "data")


def spans(text: Text) -> tuple[str | Span, ...]:
    """A text as a tuple."""
    return (text,) if isinstance(text, str) else text


def words_of(text: Text) -> str:
    """A text without its marks."""
    return "".join(part if isinstance(part, str) else part.text for part in spans(text))
