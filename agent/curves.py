"""“Measure the learning curve” in the chat: separate tunes on parts of the examples."""

import re
from typing import Any

from agent.state import State
from agent.utterances.figures import plain_of
from agent.workbench import Workbench
from tools.tuning.curve import curve_in_words, measure_curve

MEASURE = "measure the learning curve"
HOW_TO_MEASURE = (
    f"“{MEASURE[0].upper()}{MEASURE[1:]}” makes separate fine-tunes on a quarter, half and all of "
    "the training examples on this machine, in about twice the time of one fine-tune, and shows "
    "what each reaches."
)
NO_FORECAST = "There is no forecast in this run to draw the curve beside; assess again first."

_ASKED = re.compile(
    r"(?:(?:please|can you|could you|yes) )*(?:measure|run|make|draw|plot|show)(?: me)? "
    r"(?:the |a )?learning curve(?: please)?[.?!]*"
)


def asks_for_curve(text: str) -> bool:
    """Whether a message asks to have the learning curve measured."""
    return bool(_ASKED.fullmatch(plain_of(text)))


def answer_curve(state: State, bench: Workbench) -> tuple[dict[str, Any], str]:
    """Measure the curve: what changes in the state, and what to say.

    Raises:
        TuneError: A training failed.
        Stopped: It was stopped; what is finished is kept.
    """
    found = state["forecast"]
    if found.forecast is None:
        return {}, NO_FORECAST
    points = measure_curve(bench.place(state), bench.watch())
    forecast = found.forecast.model_copy(update={"tunes": points})
    changes = {
        "forecast": found.model_copy(update={"forecast": forecast}),
        "evidence": state["evidence"].model_copy(update={"forecast": forecast}),
    }
    return changes, curve_in_words(points)
