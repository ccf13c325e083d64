"""“Try this wording: …” in the chat: a trial on dev like any other."""

import re
from typing import Any, Literal

from agent.state import State
from agent.staying import check_stays
from agent.workbench import Workbench
from tools.errors import UserError
from tools.trials.asked import try_wording

LONGEST = 4_000
Next = Literal["converse", "gap", "report"]

_POLITE = r"\s*(?:(?:please|now|ok|so|and|then|(?:can|could|would)\s+(?:you|we))\W+)*"
_PROMPT = r"(?:wording|prompt|instruction)"
_NAMED = rf"(?:this|the|my|our|a)\s+(?:(?:new|better|other|different|following)\s+)?{_PROMPT}"
_TRY = r"(?:try|test|use|measure|run)"
_ORDERED = (
    rf"(?:{_TRY}\s+(?:(?:it\s+)?with\s+)?{_NAMED}(?:\s+(?:instead|now|please))?"
    rf"|{_TRY}\s+it\s+with|try"
    rf"|(?:here(?:'s|\s+is)|this\s+is|i\s+have)\s+(?:an?|the|my|our|another)\s+"
    rf"(?:(?:new|better|other|different|shorter)\s+)?{_PROMPT}"
    rf"|(?:what|how)\s+about\s+{_NAMED})"
)
# What follows a colon, or stands in quotes, or behind an order to try this very wording.
_ASKED = (
    re.compile(rf"{_POLITE}{_ORDERED}\s*:(?P<words>.*)", re.IGNORECASE | re.DOTALL),
    re.compile(
        rf"{_POLITE}{_ORDERED}\s+(?P<words>[\"“„][^\"“”„]+[\"”]\s*[?.]*)",
        re.IGNORECASE | re.DOTALL,
    ),
    re.compile(
        rf"{_POLITE}(?:try|test|measure)\s+(?:this|the\s+following)\s+{_PROMPT}"
        r"\s+(?P<words>(?!(?:on|with|for|again|instead|now|out)\b)\w.{8,})",
        re.IGNORECASE | re.DOTALL,
    ),
)
_BARE = re.compile(rf"{_POLITE}try\s*(?:it\s+with\s*)?:", re.IGNORECASE)
# How a prompt begins and hardly any text that a prompt is for; what has a gap to fill is a prompt.
_INSTRUCTS = re.compile(
    r"(?:(?:please|always|carefully|you (?:will|should|must)|your (?:task|job) is to|to)\W+)*"
    r"(?:classify|categori[sz]e|sort|label|assign|extract|summari[sz]e|translate|route|tag|identify"
    r"|determine|detect|decide|choose|pick|select|answer|reply|respond|output|you are|act as|given"
    r"|below (?:is|are))\b|.*\{\w+\}",
    re.IGNORECASE | re.DOTALL,
)
_ORDERS = re.compile(
    r"(?:(?:please|always|carefully|first)\W+)*(?:find|give|tell|say|read|put|use|write|name|mark"
    r"|match|rate|score|return|state|list|think|fill|copy|turn|look|take|do not|don't|if|for each"
    r"|which|what)\b",
    re.IGNORECASE,
)
WHICH = (
    "Is that a wording of the prompt, or a text to be answered? Write “try this wording: …” for "
    "the one and “try this text: …” for the other."
)
_IN_QUOTES = re.compile(r"[\"“„']([^\"“”„]+)[\"“”']\s*[?.]*")


def read_wording(message: str) -> str | None:
    """The wording that a message asks to try, or None if it asks for something else."""
    asked = next(filter(None, (form.fullmatch(message) for form in _ASKED)), None)
    if asked is None:
        return None
    words = asked["words"].strip()
    inner = _IN_QUOTES.fullmatch(words)
    return inner[1].strip() if inner else words


def may_be_a_text(message: str, words: str) -> bool:
    """Whether what follows a bare "try:" may as well be a text to be answered as a wording."""
    return bool(_BARE.match(message)) and not _INSTRUCTS.match(words)


def reads_as_order(words: str) -> bool:
    """Whether words begin as an order does, which a prompt may be, or a text to somebody."""
    return bool(_ORDERS.match(words))


def answer_wording(state: State, words: str, bench: Workbench) -> tuple[Next, dict[str, Any], str]:
    """Try a wording: where to go then, what changes in the state, and what to say.

    A wording that wins is confirmed on the locked rows and decided on again; any other is added to
    the report. After a fine-tune was proven against the earlier prompt, the verdict stays.
    """
    if not 0 < len(words) <= LONGEST:
        return "converse", {}, f"Please send a wording of 1 to {LONGEST:,} characters."
    if state["trials"].winner is None:
        return "converse", {}, "No prompt could be tried yet, so there is none to compare it with."
    try:
        check_stays(state, state["trials"].winner.model, bench)
        asked = try_wording(
            bench.run(state),
            bench.dataset(state),
            state["brief"],
            state["trials"],
            words,
            [bench.model(state, name) for name in bench.models(state)],
            bench.watch(),
            may_win="tuned" not in state,
        )
    except UserError as error:
        return "converse", {}, str(error)
    changes = {"trials": asked.report}
    if not asked.wins:
        return "report", changes, asked.text
    if "tuned" in state:
        kept = "The fine-tune was proven against the earlier prompt; a new run compares them."
        return "report", changes, f"{asked.text} {kept}"
    sure = "It is the best now: I confirm it on the locked rows and decide again."
    return "gap", changes, f"{asked.text} {sure}"
