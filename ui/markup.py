"""Text from outside as HTML that shows it and nothing else, and times as people say them.

All markup is on one line: Markdown takes an unbroken block of HTML as it is and reads nothing into
it.
"""

from collections.abc import Iterable

from markupsafe import Markup, escape

from tools.report import words

NAME, CELL, LONG = 80, 600, 6000  # most characters of a name, a sentence, an answer


def shown(text: str, limit: int = CELL) -> Markup:
    """Text from outside as HTML that shows it, hidden characters and line breaks included."""
    text = words.plain(text, limit).replace(" %", "\u00a0%")  # no figure parts from its sign
    return Markup(str(escape(text)).replace("\n", "&#10;"))


def to_copy(text: str, limit: int = LONG) -> Markup:
    """Text that a click selects as a whole, letter by letter what it is."""
    exact = str(escape(words.plain(text, limit))).replace("\n", "&#10;")
    return Markup('<pre class="copy" dir="auto">{}</pre>').format(Markup(exact))


def about(seconds: float) -> str:
    """A time as people say it."""
    if seconds < 50:
        return f"about {max(5, 5 * round(seconds / 5))} seconds"
    minutes = max(1, round(seconds / 60))
    return f"about {minutes} minute{'s' if minutes > 1 else ''}"


def join(parts: Iterable[Markup]) -> Markup:
    """Pieces of HTML, one after another."""
    return Markup().join(parts)
