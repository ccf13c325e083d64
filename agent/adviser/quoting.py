"""Figures that an adviser's words may hold: those it was told, and no others."""

import re

from agent.utterances.figures import MEASURE, in_digits

_FIGURE = re.compile(r"\d+(?:\.\d+)?")


def quotes_only(text: str, evidence: str) -> bool:
    """Whether every figure of a text is in the evidence, as it stands, in percent or rounded."""
    known = [float(found) for found in _FIGURE.findall(evidence)]
    values = [*known, *(100 * value for value in known)]
    said = _FIGURE.findall(in_digits(text, MEASURE))
    return all(any(_rounds_to(value, figure) for value in values) for figure in said)


def _rounds_to(value: float, figure: str) -> bool:
    decimals = len(figure.partition(".")[2])
    return abs(value - float(figure)) <= 0.5000001 / 10.0**decimals
