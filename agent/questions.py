"""What a question of the interview is: how it is put, and how its answer is read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from agent.state import State
from policies.brief import Brief
from policies.evidence import Frozen
from tools.runs import Run


class Option(Frozen):
    """A button under a question."""

    label: str
    value: str


class Question(Frozen):
    """A question as it is shown.

    Attributes:
        name: The question's name.
        text: What is asked.
        why: Why it is asked, in one line.
        meaning: What is meant, with an example, for whoever does not understand it.
        options: Answers that a click gives.
        problem: Why the last answer was not understood, or "".
        note: What the last answer did beside answering, or "".
        upload: Whether a file answers it.
    """

    name: str
    text: str
    why: str
    meaning: str = ""
    options: tuple[Option, ...] = ()
    problem: str = ""
    note: str = ""
    upload: bool = False


class Unclear(Exception):
    """An answer that the question cannot use; the text says why."""


Update = dict[str, Any]


@dataclass(frozen=True)
class Topic:
    """A question with how to put it and how to read its answer."""

    name: str
    ask: Callable[[State], Question]
    read: Callable[[State, str, Run], Update]


def changed(state: State, **changes: Any) -> Update:
    """The state's update for a changed brief."""
    return {"brief": state.get("brief", Brief()).model_copy(update=changes)}
