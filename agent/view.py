"""What a page shows of a conversation."""

from dataclasses import dataclass
from typing import Any

from agent.state import Exchange, State
from agent.topics import TOPICS
from tools.progress import Step


@dataclass(frozen=True)
class View:
    """What a page shows of a conversation.

    Attributes:
        state: The state.
        waiting: The payload of the open question, or None.
        interrupt: Its id; an answer has to name it.
        busy: Whether work is going on, in this process or another.
        step: The latest progress of that work.
        error: What ended the last work, or "".
        done: Whether the conversation is over.
        stopping: Whether stop was pressed and the work is coming to its end.
        elsewhere: Whether the work goes on in another process, which alone can stop it.
        kept: Messages written during the work, to be taken up when it ends.
        taken: The kept message that is being worked on, or "".
        asides: Messages that were answered beside the work.
        minutes_left: What the plan still estimates for all of the work; None where it estimates
            nothing, or is over it.
    """

    state: State
    waiting: dict[str, Any] | None
    interrupt: str
    busy: bool
    step: Step | None
    error: str
    done: bool
    stopping: bool = False
    elsewhere: bool = False
    kept: tuple[str, ...] = ()
    taken: str = ""
    asides: tuple[Exchange, ...] = ()
    minutes_left: float | None = None

    @property
    def listens(self) -> bool:
        """Whether work that somebody said yes to goes on here, and no question is open."""
        agreed = "consent" in self.state
        return self.busy and not self.elsewhere and self.waiting is None and agreed


def unbegun(interrupt: str) -> View:
    """What a page shows before there is a conversation: the first question, and no run yet."""
    question = TOPICS[0].ask({}).model_dump()
    return View(
        state={"answered": ()},
        waiting={"kind": "question", **question},
        interrupt=interrupt,
        busy=False,
        step=None,
        error="",
        done=False,
    )
