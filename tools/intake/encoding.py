"""The encoding of a text file: declared, UTF-8 or guessed, and never one that loses something."""

import io
import re
from collections.abc import Iterator
from itertools import islice

from charset_normalizer import from_bytes

from tools.errors import DataError

SAVE_AS_UTF8 = "please save it as UTF-8 (in Excel: “CSV UTF-8”) and try again"
MARKUP = re.compile(r"\s*<(!--|(!doctype|\?xml|html|head|body|meta|svg|table)\b)", re.IGNORECASE)


def find_encoding(data: bytes, name: str) -> tuple[str, list[str]]:
    """The encoding that decodes all of the data, and a note if it had to be guessed."""
    encoding, notes = _declared_encoding(data), []
    if encoding is None:
        encoding = _guessed_encoding(data)
        notes = [f"The file is not UTF-8; it was read as {encoding}. Please check its accents."]
    try:
        text = data.decode(encoding or "ascii")
    except (UnicodeDecodeError, LookupError) as error:
        raise DataError(f"{name} has an unknown text encoding: {SAVE_AS_UTF8}.") from error
    if "\0" in text:
        raise DataError(f"{name} holds NUL bytes, which no text has: {SAVE_AS_UTF8}.")
    if MARKUP.match(text):
        raise DataError(f"{name} is a web page or XML and not a table: please save it as CSV.")
    return encoding or "ascii", notes


def decoded_lines(data: bytes, encoding: str) -> Iterator[str]:
    """Lines with their own endings, decoded as they are needed."""
    return iter(io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline=""))


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
        if tied and "cp1252" in (match.encoding, *match.could_be_from_charset):
            return "cp1252"
    return best.encoding
