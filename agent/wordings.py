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

_ASKED = re.compile(
    r"\s*(?:(?:please|now|(?:can|could|would)\s+(?:you|we))\s+)*"
    r"(?:(?:try|test)\s+(?:(?:it\s+)?with\s+)?(?:this|the|my|our)\s+(?:wording|prompt|instruction)"
    r"|try)\s*:(?P<words>.*)",
    re.IGNORECASE | re.DOTALL,
)
_IN_QUOTES = re.compile(r"[\"“„]([^\"“”„]+)[\"“”]\s*[?.]*")


def read_wording(message: str) -> str | None:
    """The wording that a message asks to try, or None if it asks for something else."""
    asked = _ASKED.fullmatch(message)
    if asked is None:
        return None
    words = asked["words"].strip()
    inner = _IN_QUOTES.fullmatch(words)
    return inner[1].strip() if inner else words


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
