"""Contrast of the page's colours, by the formula of WCAG 2.2 (relative luminance)."""

import re

import pytest

from ui.theme import CSS

TEXT, GRAPHIC = 4.5, 3.0  # WCAG AA: 1.4.3 text, 1.4.11 edges of controls
SURFACES = ("paper", "wash", "field")
PAIRS = [
    *((ink, surface, TEXT) for ink in ("ink", "quiet", "accent", "alarm") for surface in SURFACES),
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-strong", TEXT),
    *(("edge", surface, GRAPHIC) for surface in ("paper", "field")),
    ("accent", "line", GRAPHIC),  # progress and score bars on their track
    ("second", "paper", GRAPHIC),
]


def _colours(selector: str) -> dict[str, str]:
    css = CSS.read_text(encoding="utf-8")
    block = re.search(rf"^{re.escape(selector)} {{(.*?)}}", css, re.DOTALL | re.MULTILINE)
    assert block
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+);", block[1]))


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_formula_knows_black_and_white() -> None:
    assert _contrast("#000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("selector", [":root", ".dark"])
@pytest.mark.parametrize(("ink", "surface", "least"), PAIRS)
def test_colours_stand_out(selector: str, ink: str, surface: str, least: float) -> None:
    colours = _colours(selector)
    assert _contrast(colours[ink], colours[surface]) >= least
