"""The report of a run, written: one document, three forms."""

import uuid
from pathlib import Path
from typing import Literal, get_args

from tools.assessment import Assessment, load
from tools.errors import RunError
from tools.report.contents import document_of
from tools.report.html import as_html
from tools.report.markdown import as_markdown

Form = Literal["html", "pdf", "md"]
WITHOUT = "without-examples"
FORMS: tuple[Form, ...] = get_args(Form)


def build_html(a: Assessment, examples: bool = True) -> str:
    """The report as one HTML document that loads nothing and runs nothing.

    Args:
        a: The assessment; its strings are data from outside and are shown as text.
        examples: Whether the team's own examples are shown.
    """
    return as_html(document_of(a, examples))


def build_markdown(a: Assessment, examples: bool = True) -> str:
    """The report as Markdown; strings from outside are escaped or fenced.

    Args:
        a: The assessment.
        examples: Whether the team's own examples are shown.
    """
    return as_markdown(document_of(a, examples))


def build_pdf(a: Assessment, examples: bool = True) -> bytes:
    """The report as a PDF file with contents, bookmarks, page numbers and its own fonts.

    Args:
        a: The assessment.
        examples: Whether the team's own examples are shown.
    """
    from tools.report.pdf import as_pdf  # half a second that no other form needs

    return as_pdf(document_of(a, examples), a.created)


def write(folder: Path, form: Form, examples: bool = True) -> Path:
    """Write `report.html`, `report.pdf` or `report.md` beside the assessment of a run.

    Args:
        folder: The run's folder.
        form: Kind of file.
        examples: Whether the team's own examples are shown.

    Returns:
        The path of the report.

    Raises:
        FileNotFoundError: The run has not reached a verdict.
    """
    name = "report" if examples else f"report-{WITHOUT}"
    return write_to(folder / f"{name}.{form}", load(folder), form, examples)


def write_to(path: Path, a: Assessment, form: Form, examples: bool = True) -> Path:
    """Write the report of an assessment to a file.

    Args:
        path: The file.
        a: The assessment.
        form: Kind of file.
        examples: Whether the team's own examples are shown.

    Returns:
        The path.

    Raises:
        RunError: The file cannot be written.
    """
    if form == "pdf":
        content = build_pdf(a, examples)
    else:
        build = build_html if form == "html" else build_markdown
        content = build(a, examples).encode("utf-8")
    unfinished = path.with_name(f".report-{uuid.uuid4().hex}")  # page and shell may write at once
    try:
        unfinished.write_bytes(content)
        return unfinished.replace(path)
    except OSError as error:
        raise RunError(f"The report cannot be written: {error.strerror}.") from error
