"""Numbers as people write them: signs, currencies, thousands, decimal points and commas."""

import math
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

Convention = Literal["point", "comma"]  # the decimal sign

_MINUS = "-−–"  # the hyphen first, for classes of characters
_CODES = "USD|EUR|GBP|CHF"
_CURRENCY = rf"(?:[$€£¥₹]|{_CODES})"
# Spaces are bounded: a reply may be a thousand of them.
_UNIT = re.compile(rf"^([{_MINUS}+]?)\s{{0,3}}{_CURRENCY}\s{{0,3}}|\s{{0,3}}(?:{_CURRENCY}|[%‰])$")
_TIGHT = "'’\u00a0\u202f\u2009"  # between thousands; a plain space parts words in running text
_LONGEST_ZEROS = 40  # digits; what is larger or smaller is written with an exponent


def _unsigned(decimal: str, thousands: str, spaces: str = "") -> str:
    """Pattern of a number without sign; all its thousands are parted by the same sign."""
    parted = "|".join(rf"(?:{re.escape(sign)}\d{{3}})+" for sign in thousands + _TIGHT + spaces)
    lakhs = r"[1-9]\d?(?:,\d{2})+,\d{3}|" if thousands == "," else ""  # 12,34,567
    whole = rf"(?:[1-9]\d{{0,2}}(?:{parted})|{lakhs}\d+)"
    part = rf"{re.escape(decimal)}\d+"
    return rf"(?:{whole}(?:{part})?|{part})(?:[eE][-+]?\d{{1,3}})?"


_SIGNS: dict[Convention, tuple[str, str]] = {"point": (".", ","), "comma": (",", ".")}
_WHOLE = {
    convention: re.compile(rf"([{_MINUS}+]?)\s*({_unsigned(*signs, ' ')})")
    for convention, signs in _SIGNS.items()
}
# A minus after a letter or digit joins words or ranges; digits after a letter or at "^" are part
# of a name or a unit (m2); 06.05.2024 is no number, nor is its end.
_SIGNED = rf"(?<![\w^])[{_MINUS}](?:{_CURRENCY}\s?)?"
_BARE = rf"(?<![^\W_])(?<!\^)(?<!\^[{_MINUS}])(?<!\d[.,])(?:(?:{_CODES})\s?)?"
_IN_TEXT = re.compile(
    rf"(?:{_SIGNED}|{_BARE})(?!,|(?<=\.)\.)(?:{_unsigned('.', ',')}|{_unsigned(',', '.')})"
    r"(?![.,]?\d|\^|[eE][-+]?\d)"
)


def convention_of(texts: Iterable[str], otherwise: Convention = "point") -> Convention:
    """Whether the numbers of a column have a decimal point or a decimal comma.

    Only texts that cannot be read the other way count: `3,10`, `1.037,50` and `1.234.567` speak
    for the comma, `1,234` and `1.234` for neither.

    Args:
        texts: The column.
        otherwise: What holds if neither has more texts for it.
    """
    points = commas = 0
    for text in texts:
        point, comma = (_read(text, convention) is not None for convention in _WHOLE)
        points += point and not comma
        commas += comma and not point
    if points == commas:
        return otherwise
    return "comma" if commas > points else "point"


def read_number(text: str, convention: Convention = "point") -> Decimal | None:
    """A text that is wholly one number, or None.

    Args:
        text: The number, with or without its currency, percent sign and spaces around.
        convention: How to read what both could be, such as `1.234`.
    """
    other: Convention = "comma" if convention == "point" else "point"
    value = _read(text, convention)
    if value is None:
        value = _read(text, other)
    return value if value is not None and math.isfinite(float(value)) else None


def plain_number(text: str, convention: Convention = "point") -> str | None:
    """A text that is wholly one number, written plainly; see `read_number`."""
    value = read_number(text, convention)
    return None if value is None else plainly(value)


def plainly(value: Decimal) -> str:
    """A number with all its digits and no more: "7", as people write it, and not "7.0"."""
    if not value:
        return "0"
    if not value.is_finite() or abs(value.adjusted()) > _LONGEST_ZEROS:
        return str(value)
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def numbers_in(text: str) -> list[str]:
    """The numbers in running text, as they are written there."""
    return [found.group() for found in _IN_TEXT.finditer(text)]


def _read(text: str, convention: Convention) -> Decimal | None:
    found = _WHOLE[convention].fullmatch(_UNIT.sub(r"\1", text.strip()))
    if found is None:
        return None
    sign, digits = found.groups()
    decimal, thousands = _SIGNS[convention]
    bare = re.sub(rf"[{thousands}{_TIGHT} ]", "", digits).replace(decimal, ".")
    return Decimal(f"{'-' if sign and sign in _MINUS else ''}{bare}")
