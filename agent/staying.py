"""“Nothing may leave this machine”, said after the verdict: heard, and kept to from then on."""

import re

from agent.questions import Update
from agent.read_back import with_facts
from agent.state import State
from agent.utterances.addressed import asks
from agent.utterances.corrections import is_what_if
from agent.utterances.facts import read_facts
from agent.workbench import Workbench
from tools.errors import ModelError

_LONGEST = 20  # words; a team's own texts that speak of leaving are about something else
_WHAT = re.compile(
    r"\b(?:nothing|anything|data|examples?|rows?|texts?|messages|machine|in[ -]?house|on[ -]prem\w*"
    r"|cloud|endpoints?|external|outside|building|company|premises|servers?)\b"
)
_STAYS = {"may_leave_machine": False}


def says_it_stays(text: str) -> bool:
    """Whether a message says that nothing may leave this machine, and no more than that.

    A question changes nothing: "can we run this on our own server?".
    """
    plainly = text.casefold()
    short = len(plainly.split()) <= _LONGEST and not (is_what_if(text) or asks(text))
    return short and bool(_WHAT.search(plainly)) and read_facts(text) == _STAYS


def keep_here(state: State, bench: Workbench) -> tuple[Update, str]:
    """From now on nothing of the run is sent anywhere: what changes, and what to say."""
    asked = [name for name in state["options"].models if bench.catalogue.is_endpoint(name)]
    told = ["From now on nothing of this run leaves this machine."]
    if asked:
        names = ", ".join(asked)
        told.append(
            f"What {names} got before cannot be taken back; it is not asked again, and what it "
            "measured still counts in the answer. A new question on the same file, with this said "
            "at its beginning, does without it."
        )
    else:
        told.append("The answer stays the same: all that it rests on was measured here.")
    return with_facts(state, _STAYS), " ".join(told)


def check_stays(state: State, model: str, bench: Workbench) -> None:
    """Let no endpoint be asked once nothing may leave.

    Raises:
        ModelError: This model is an endpoint, and the team said that nothing may leave.
    """
    if bench.catalogue.is_endpoint(model) and bench.keeps_in_house(state):
        raise ModelError(f"{model} is an endpoint, and you said that nothing may leave.")
