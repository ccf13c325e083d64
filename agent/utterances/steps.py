"""A target told by a step from the present one: '5 points lower', 'accept 3 points less quality'.

A step in percent is taken for points, and said so: 5 % less of 90 % would be 85.5, and whoever says
it means 85 far more often. Before any target was told no step is read; see `relatives` for those.
"""

import re

from agent.utterances.figures import MEASURE, NUMBER, figures_of, plain_of

_POINTS = r"(?:(?:percentage |per ?cent )?points?|pts?|pp)\b"
_PERCENT = r"(?:%|percent\b|per cent\b)"
_SCORE = (
    r"\b(?:target(?! (?:latency|volume|budget))|quality|accura\w+|goal|bar|threshold|standard)\b"
)
_UP = r"(?:more|higher|better|up|above|stricter)\b"
_DOWN = r"(?:less|lower|worse|fewer|down|below|under)\b"
_RAISED = r"\b(?:rais(?:e[ds]?|ing)|increas(?:e[ds]?|ing)|lift(?:ed)?|upped|up)\b"
_LOWERED = (
    r"\b(?:lower(?:ed|ing|s)?|reduc(?:e[ds]?|ing)|decreas(?:e[ds]?|ing)|drop(?:ped|s)?|cut"
    r"|fell|falls?|sank|sinks?)\b"
)
_AMOUNT = rf"{NUMBER} ?(?P<unit>{_POINTS}|{_PERCENT})"
_STEP = re.compile(rf"{_AMOUNT} (?:(?P<up>{_UP})|(?P<down>{_DOWN}))")
_BY = re.compile(rf"(?:(?P<up>{_RAISED})|(?P<down>{_LOWERED}))[^.?!]*\bby {_AMOUNT}")
_ORDER = re.compile(
    r"(?:(?:please|ok(?:ay)?|so|then|now|we|i|let's|let us|can|could|would|will|you)\W+)*"
    r"(?:lower|raise|reduce|increase|decrease|drop|lift|cut|make|set|change|move|accept|settle for)"
    r"\b"
)


def read_step(text: str, target: float) -> float | None:
    """The target that a message makes of the present one by a step, or None.

    Args:
        text: What the person wrote.
        target: The target so far, 0 to 1.
    """
    step = _step_in(text)
    moved = None if step is None else round(target + step[0], 9)
    return moved if moved is not None and 0 < moved <= 1 else None


def orders_step(text: str) -> bool:
    """Whether the wording orders a step: 'lower the target by 5 points'."""
    return bool(_ORDER.match(plain_of(text)))


def taken_for_points(text: str) -> str:
    """The sentence that says how a step in percent was read; "" where it was told in points."""
    step = _step_in(text)
    if step is None or not step[1]:
        return ""
    size = f"{abs(100 * step[0]):.3g}"
    return f"(I took {size} % to be {size} points of the target.)"


def _step_in(text: str) -> tuple[float, bool] | None:
    """How far a target moves, in shares of 1, and whether that was told in percent."""
    plain = plain_of(text)
    if not re.search(_SCORE, plain):
        return None
    figures = figures_of(plain, MEASURE)
    found = _STEP.search(figures) or _BY.search(figures)
    if found is None:
        return None
    amount = next(float(number) for number in re.findall(NUMBER, found[0]))
    sign = 1 if found["up"] else -1
    return sign * amount / 100, bool(re.fullmatch(_PERCENT, found["unit"]))
