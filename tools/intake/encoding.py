"""The encoding of a text file: declared, UTF-8 or guessed, and never one that loses something."""

import io
import re
from collections.abc import Iterator
from itertools import islice

from charset_normalizer import CharsetMatch, CharsetMatches, from_bytes

from tools.errors import DataError

SAVE_AS_UTF8 = "please save it as UTF-8 (in Excel: “CSV UTF-8”) and try again"
# Code pages of old Macs and of DOS, and those of Windows for the same letters: with few accents
# both fit, and files from Windows are far more frequent.
WINDOWS = {
    re.compile(r"mac_(roman|iceland|turkish)|cp(437|775|85[0278]|86[0135])"): ("cp1252", "cp1250"),
    re.compile("mac_(latin2|croatian|romanian)"): ("cp1250", "cp1252"),
    re.compile("mac_cyrillic|cp(855|866|1125)"): ("cp1251",),
    re.compile("mac_greek|cp(737|869)"): ("cp1253",),
}
MESSIER = 0.1  # of charset-normalizer's chaos; what is messier still is not what was meant
MOST_NAMED = 3  # lines
MARKUP = re.compile(r"\s*<(!--|(!doctype|\?xml|html|head|body|meta|svg|table)\b)", re.IGNORECASE)


def find_encoding(data: bytes, name: str) -> tuple[str, list[str]]:
    """The encoding of the data, and a note if it had to be guessed or lines break it.

    Raises:
        DataError: The data are no text, a web page or of an unknown encoding.
    """
    encoding, notes = likely_encoding(data)
    if encoding is None:
        raise DataError(f"{name} has an unknown text encoding: {SAVE_AS_UTF8}.")
    text = data.decode(encoding, "replace")
    if "\0" in text:
        raise DataError(f"{name} holds NUL bytes, which no text has: {SAVE_AS_UTF8}.")
    if MARKUP.match(text):
        raise DataError(f"{name} is a web page or XML and not a table: please save it as CSV.")
    return encoding, notes


def likely_encoding(data: bytes) -> tuple[str | None, list[str]]:
    """The encoding that reads the data, or None, and a note if there is something to check."""
    encoding = _declared_encoding(data)
    if encoding is not None:
        return (encoding if _decodes(data, encoding) else None), []
    broken = _broken_lines(data)
    if broken:
        return "utf-8-sig", [_broken_note(broken)]
    encoding = _guessed_encoding(data)
    if encoding is None or not _decodes(data, encoding):
        return None, []
    said = f"The file is not UTF-8; it was read as {encoding}. Please check its accents."
    return encoding, [said]


def decoded_lines(data: bytes, encoding: str) -> Iterator[str]:
    """Lines with their own endings, decoded as they are needed; what breaks UTF-8 is replaced."""
    stream = io.BytesIO(data)
    return iter(io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline=""))


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _broken_lines(data: bytes) -> list[int]:
    """Numbers of the lines that are not UTF-8, where twice as many with accents are."""
    accented = [(n, line) for n, line in enumerate(data.splitlines(), 1) if not line.isascii()]
    broken = [number for number, line in accented if not _decodes(line, "utf-8")]
    return broken if 3 * len(broken) <= len(accented) else []


def _broken_note(lines: list[int]) -> str:
    named = ", ".join(str(line) for line in lines[:MOST_NAMED])
    more = f" and {len(lines) - MOST_NAMED} more" if len(lines) > MOST_NAMED else ""
    return (
        f"The file is UTF-8, but line{'s' if len(lines) > 1 else ''} {named}{more} "
        f"hold{'s' if len(lines) == 1 else ''} characters that are not; they were replaced by “�”."
    )


def _declared_encoding(data: bytes) -> str | None:
    if data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "utf-32"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    start = data[:4096]
    if start.count(0) > len(start) * 0.3:  # UTF-16 without a mark: every other byte is NUL
        return "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8-sig"


def _guessed_encoding(data: bytes) -> str | None:
    telling = (line for line in data.split(b"\n") if not line.isascii())
    # UTF-16 and UTF-32 were seen by their NUL bytes; lines full of accents look messy (0.2 fails).
    wide = ["utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_32_be", "utf_32_le"]
    sample = b"\n".join(islice(telling, 500))
    matches = from_bytes(sample, threshold=0.4, cp_exclusion=wide)
    best = matches.best()
    if best is None:
        return None
    for match in matches:
        # On a tie charset-normalizer names the alphabetically first, mostly cp1250.
        tied = (match.chaos, match.coherence) == (best.chaos, best.coherence)
        if tied and "cp1252" in _names(match):
            return "cp1252"
    return _windows_page(best, matches) or best.encoding


def _windows_page(best: CharsetMatch, matches: CharsetMatches) -> str | None:
    """The code page of Windows to take instead of one of old Macs or DOS, or None."""
    pages = next((p for old, p in WINDOWS.items() if old.fullmatch(best.encoding)), ())
    near = [match for match in matches if match.chaos <= best.chaos + MESSIER]
    return next((page for match in near for page in pages if page in _names(match)), None)


def _names(match: CharsetMatch) -> tuple[str, ...]:
    return (match.encoding, *match.could_be_from_charset)
