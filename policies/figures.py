"""Figures as people read them."""

import math

from policies.evidence import Prices, Retrieval


def gain_in_words(found: Retrieval) -> str:
    """What passages gained, with the figures it rests on."""
    gain = found.gain
    return (
        f"With passages of {found.documents:,} documents “{found.arm}” reaches "
        f"{percent(found.score)} on {found.rows:,} dev rows, without them “{found.without}” "
        f"{percent(found.score_without)}: {points(gain.value)} (95 % interval {signed(gain.low)} "
        f"to {signed(gain.high)}); {gain.fixed:,} rows are better with them and "
        f"{gain.broken:,} worse."
    )


def signed(difference: float) -> str:
    """A difference of shares in points, with its sign: "+3.5", "−25", "0"."""
    text = tenths(100 * abs(difference))
    return text if text == "0" else f"{'+' if difference > 0 else '−'}{text}"


def points(difference: float) -> str:
    """The same with its unit: "+3.5 points", "−1 point"."""
    text = signed(difference)
    return f"{text} {'point' if text.lstrip('+−') == '1' else 'points'}"


def apart_by(difference: float) -> str:
    """How far two shares lie apart, without a sign: "1.7 points"."""
    return points(abs(difference)).lstrip("+")


def span(low: float, high: float) -> str:
    """An interval of shares in whole percent, as "83–91 %"; with a decimal where it is narrow.

    Rounded outwards: 89.5 % must not become the target of 90.
    """
    if high - low < 0.02:
        return f"{100 * low:.1f}–{100 * high:.1f} %"
    return f"{math.floor(round(100 * low, 6))}–{math.ceil(round(100 * high, 6))} %"


def tenths(value: float) -> str:
    """A number with one decimal at most: "2.5", "25"."""
    return f"{value:.1f}".removesuffix(".0")


def percent(share: float) -> str:
    """A score as text, "87.5 %"; only all is 100 % and only nothing is 0 %."""
    shown = f"{100 * share:.1f}".removesuffix(".0")
    if shown == "100" and share < 1:
        shown = "99.9"
    if shown in ("0", "-0"):
        shown = "0.1" if share > 0 else "0"
    return shown + " %"


def number(value: float) -> str:
    """A time or an amount as text: whole from 10 on, two significant digits below."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def amount(value: float, prices: Prices | None) -> str:
    """An amount of money as text, with its currency where that is known."""
    return f"{number(value)} {prices.currency if prices else ''}".strip()


def apart(value: float, other: float) -> tuple[str, str]:
    """Two amounts as text, with as many digits as it takes to see that they differ."""
    pairs = [(number(value), number(other))]
    pairs += [(f"{value:,.{digits}f}", f"{other:,.{digits}f}") for digits in range(1, 7)]
    return next((pair for pair in pairs if pair[0] != pair[1]), pairs[0])
