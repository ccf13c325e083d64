"""Changes told by what was said before: 'doubled', '20 % higher', 'drops to a tenth'."""

import re

from agent.utterances.figures import COUNT, MEASURE, NUMBER, figures_of, in_digits

_NOT_A_RATE = r"(?! (?:an?|per|each|every)\b)"
# Rewritten as '2 times', so that one pattern finds every factor; 'half a million' is a number.
_FACTORS = {
    rf"\b(?:doubl(?:e|ed|es|ing)|twice)\b{_NOT_A_RATE}": "2 times",
    r"\btripl(?:e|ed|es)\b": "3 times",
    r"\bhal(?:ve|ved|ves)\b|\bhalf(?= (?:the|that|of|as|our)\b|\W*$)": "0.5 times",
}
_TIMES = re.compile(rf"{NUMBER} ?-?(?:x|times|fold)\b{_NOT_A_RATE}|\bfactor of {NUMBER}")
SHARE = rf"{NUMBER} ?(?:%|percent\b|per cent\b)"
_SHARE = re.compile(SHARE)
RISING = (
    r"(?:grow|rise|increase|climb|jump|soar)s?|(?:go|move)(?:es)? up|double[sd]?|triple[sd]?"
    r"|went up|has gone up|grew|rose|(?:has )?(?:grown|risen|increased|climbed|jumped)"
)
FALLING = (
    r"(?:drop|fall|shrink|decrease|decline|sink)s?|go(?:es)? down|halve[sd]?"
    r"|went down|has gone down|fell|shrank|(?:has )?(?:dropped|fallen|shrunk|decreased|declined)"
)
TO_COME = (
    r"(?:(?:grow|rise|increase|climb|jump|drop|fall|shrink|decrease|decline|sink|double|triple)s"
    r"|halves|goes (?:up|down))"
)
_UP = re.compile(
    rf"\b(?:{RISING}|growing|more|higher|up|extra|additional|raised?|increasing|dearer|pricier)\b"
)
_DOWN = re.compile(
    rf"\b(?:{FALLING}|less|fewer|lower\w*|down|reduced?|cut|dropping|falling|cheaper)\b"
)
_LEFT = re.compile(rf"\bto (?:only |just |about )?{SHARE}|\b(?:only|just) {SHARE} of\b")


def factor_told(plain: str) -> float | None:
    """What a quantity is multiplied by: 'ten times the volume', 'double', 'half'."""
    for wording, times in _FACTORS.items():
        plain = re.sub(wording, times, plain)
    found = _TIMES.search(figures_of(plain, COUNT))
    return float(found[1] or found[2]) if found else None


_PARTS = {"half": 50, "third": 100 / 3, "quarter": 25, "fifth": 20, "tenth": 10}
_PART = re.compile(rf"\b(?:an?|one) ({'|'.join(_PARTS)})\b(?! (?:a|per|million))")


# 'Only one in five of them'; without the 'only' it may say how many of anything.
_ONE_IN = re.compile(rf"\b(?:only|just) 1 (?:in|out of|of) (?:every )?{NUMBER}")


def share_told(plain: str) -> float | None:
    """What a quantity is multiplied by where a share tells it: '20 % more', 'drops to 10 %'.

    Of a score that would be ambiguous: 5 % more than 80 % may be 84 or 85.
    """
    one_in = _ONE_IN.search(in_digits(plain, MEASURE))
    if one_in and float(one_in[1]):
        return 1 / float(one_in[1])
    in_percent = _PART.sub(lambda part: f"{_PARTS[part[1]]:.9g} %", plain)
    figures = figures_of(in_percent, MEASURE)
    told = _SHARE.search(figures)
    if told is None:
        return None
    share = float(told[1]) / 100
    if _LEFT.search(figures):
        return share
    rises, falls = bool(_UP.search(figures)), bool(_DOWN.search(figures))
    if rises == falls:
        return None
    return 1 + share if rises else 1 - share
