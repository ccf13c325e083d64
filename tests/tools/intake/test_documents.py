"""Folders of documents in, passages out; whatever cannot be read is said in one sentence."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tools.errors import DataError
from tools.intake import documents
from tools.intake.documents import LONGEST_PASSAGE, read_documents, split_passages

DEPOTS = Path(__file__).parents[2] / "data" / "depots" / "documents"


def test_text_markdown_and_pdf_are_read() -> None:
    passages = read_documents(DEPOTS)
    assert {Path(p.document).suffix for p in passages} == {".md", ".txt", ".pdf"}
    assert len({p.document for p in passages}) == 12
    lamp = next(p for p in passages if "L-7721" in p.text)
    assert lamp.document == "lamps.pdf" and "Brackley" in lamp.text
    assert all("where they are kept" in p.text for p in passages)  # every piece has its heading


def test_pieces_carry_their_headings_and_are_short() -> None:
    text = "# Shop\n\nOpen daily.\n\n## Winter\nClosed on Sundays.\n\n# Café\n\n" + "One. " * 200
    found = split_passages(text)
    assert found[:2] == ["Shop\nOpen daily.", "Shop – Winter\nClosed on Sundays."]
    assert all(piece.startswith("Café\nOne.") for piece in found[2:]) and len(found) > 3
    assert all(len(piece) <= LONGEST_PASSAGE + 10 for piece in found)


@pytest.mark.parametrize(
    "text", ["x" * 5000, "word " * 2000, "", "# Only a heading", "a\n\nb", "A. " * 999, "##\n#"]
)
def test_no_text_is_lost(text: str) -> None:
    kept = "".join("".join(split_passages(text)).split())
    heading = text.startswith("#")
    assert heading or kept == "".join(text.split())


def bad_pdf(folder: Path) -> None:
    (folder / "a.pdf").write_bytes(b"%PDF-1.7\nbroken")


def not_text(folder: Path) -> None:
    (folder / "a.md").write_bytes(b"\0\1\2\0" * 50)


def blank(folder: Path) -> None:
    (folder / "a.txt").write_text(" \n")


def too_many(folder: Path) -> None:
    for number in range(3):
        (folder / f"{number}.md").write_text("x")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda folder: None, "holds no document"),
        (lambda folder: shutil.rmtree(folder), "There is no folder"),
        (bad_pdf, "cannot be read as PDF"),
        (not_text, "is not text"),
        (blank, "holds no text"),
        (too_many, "at most 2 can"),
        (lambda folder: (folder / "a.md").write_text("x" * 101), "together over 100 characters"),
        (lambda folder: (folder / "a.txt").write_text("x" * 999), "is larger than"),
    ],
)
def test_what_cannot_be_read_is_said(
    make: Any, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "MOST_FILES", 2)
    monkeypatch.setattr(documents, "MOST_CHARACTERS", 100)
    monkeypatch.setattr(documents, "MOST_BYTES", 500)
    folder = tmp_path / "docs"
    folder.mkdir()
    make(folder)
    with pytest.raises(DataError, match=words) as raised:
        read_documents(folder)
    assert str(tmp_path) not in str(raised.value)


def test_other_files_hidden_ones_and_links_out_are_passed_over(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    folder = tmp_path / "docs"
    (folder / "sub").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / ".git" / "notes.txt").write_text("hidden")
    (folder / "link.txt").symlink_to(secret)
    (folder / "photo.png").write_bytes(b"\x89PNG")
    (folder / "sub" / "a.md").write_bytes(b"\xef\xbb\xbfCaf\xc3\xa9\r\n\x07open")
    assert [(p.document, p.text) for p in read_documents(folder)] == [("a.md", "Café\nopen")]


def test_other_encodings_are_read_and_said(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(
        "Öffnungszeiten in Köln: 9–17 Uhr, 30 € Gebühr.".encode("cp1252")
    )
    (found,) = read_documents(tmp_path)
    assert found.document == "a.txt (read as cp1252, please check)"
    assert "30 € Gebühr" in found.text
