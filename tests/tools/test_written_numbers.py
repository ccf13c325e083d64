from collections.abc import Sequence
from decimal import Decimal

import pytest

from tools.written_numbers import Convention, convention_of, numbers_in, plain_number, plainly


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", "7"),
        ("7.0", "7"),
        ("€9,009.00", "9009"),
        ("-0.25", "-0.25"),
        ("-0", "0"),
        ("007", "7"),
        ("3,10 €", "3.1"),
        ("1.037,50 €", "1037.5"),
        ("1 234", "1234"),
        ("14\u202f563", "14563"),
        ("14\u2009563,5", "14563.5"),
        ("14\u00a0563", "14563"),
        ("1'234.50", "1234.5"),
        ("1’234", "1234"),
        ("1.234.567", "1234567"),
        ("12,34,567", "1234567"),
        ("-€ 5", "-5"),
        ("-$ 5", "-5"),
        ("-USD 5", "-5"),
        ("$-5", "-5"),
        ("–5", "-5"),
        ("- 5", "-5"),
        ("− 5", "-5"),
        ("+5", "5"),
        ("40 %", "40"),
        ("3 USD", "3"),
        (",5", "0.5"),
        ("1e5", "100000"),
        ("12345678901234567890123456789012345", "12345678901234567890123456789012345"),
        ("3/4", None),
        ("2024-05-06", None),
        ("n/a (3 missing)", None),
        ("$1,200.50 net of 3", None),
        ("1,234 567", None),
        ("5-", None),
        ("--5", None),
        ("1e999", None),
        ("9" * 400, None),
        ("n/a", None),
        ("€", None),
        ("", None),
    ],
)
def test_a_text_that_is_one_number_is_written_plainly(text: str, number: str | None) -> None:
    assert plain_number(text) == number


@pytest.mark.parametrize(
    ("text", "point", "comma"),
    [
        ("1.234", "1.234", "1234"),
        ("1,234", "1234", "1.234"),
        ("0.123", "0.123", "0.123"),
        ("3,10", "3.1", "3.1"),
        ("3.10", "3.1", "3.1"),
        ("1.234,5", "1234.5", "1234.5"),
    ],
)
def test_the_convention_decides_what_could_be_both(text: str, point: str, comma: str) -> None:
    assert (plain_number(text), plain_number(text, "comma")) == (point, comma)


@pytest.mark.parametrize(
    ("texts", "otherwise", "convention"),
    [
        (["1.234", "3,10"], "point", "comma"),
        (["1.037,50 €", "5"], "point", "comma"),
        (["1.234.567", "5"], "point", "comma"),
        (["1.234", "1,234", "5", "words"], "point", "point"),
        (["1.234", "1,234", "5", "words"], "comma", "comma"),
        (["3,10", "3.10"], "point", "point"),
        (["3.10", "0.123", "3,10"], "comma", "point"),
        ([], "point", "point"),
    ],
)
def test_a_column_has_one_convention(
    texts: Sequence[str], otherwise: Convention, convention: Convention
) -> None:
    assert convention_of(texts, otherwise) == convention


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("3, 4 and 5.", ["3", "4", "5"]),
        ("(3),5 or a,5", ["3", "5", "5"]),
        ("1,2345 and 1,234", ["1,2345", "1,234"]),
        ("10–12, COVID-19, m2, H2O, x^2", ["10", "12", "19"]),
        ("1.2.3 and 3,4,5", []),
        ("9" * 5000 + "^", []),
    ],
)
def test_numbers_in_running_text(text: str, found: Sequence[str]) -> None:
    assert numbers_in(text) == found


@pytest.mark.parametrize(
    ("value", "text"),
    [("1E+300", "1E+300"), ("1E-300", "1E-300"), ("0.000010", "0.00001"), ("NaN", "NaN")],
)
def test_very_large_and_small_numbers_keep_their_exponent(value: str, text: str) -> None:
    assert plainly(Decimal(value)) == text
