"""Requests to the interview itself: back, start over, why, stop, a question asked again."""

import re
from typing import Literal

from agent.utterances.figures import plain_of

Command = Literal["back", "restart", "why", "stop"]


_ASKING = (
    r"(?:(?:please|ok|sorry|wait|hang on|hold on|no|oops|let's|(?:can|could) (?:we|i|you)|just"
    r"|take me)\W+)*"
)
_ENDING = r"(?:[\s,]*\b(?:please|now|again|thanks|one|a step|for now))*[\s.!?]*"
_COMMANDS: dict[Command, str] = {
    "back": r"(?:go )?back(?: to)?(?: the)?(?: (?:previous|last|one|a) (?:question|step))?"
    r"|(?:go )?back[,;.:] .{1,60}|previous(?: question)?|(?:the )?last question|undo(?: that| it)?",
    "restart": r"(?:start|begin) (?:over|again|afresh|anew)(?: from (?:scratch|the start))?"
    r"|restart|reset|(?:(?:start|begin) )?from (?:scratch|the (?:start|beginning))",
    "why": r"(?:but )?why|why (?:do|does|is|are|should) .{0,40}?"
    r"\b(?:ask|asking|need|matter|important|relevant|want|know)\b.{0,20}"
    r"|what(?:'s| is) (?:that|this|it) for|what do you mean(?: (?:by|with) .{1,40})?"
    r"|what does (?:that|this|it) mean|(?:why )?does (?:it|that|this) matter.{0,40}",
    "stop": r"(?:stop|cancel|quit|exit|abort)(?: it| this| that)?|(?:that's )?enough",
}

_QUESTIONS = {
    "examples": r"(?:file|spreadsheet|examples|upload)",
    "columns": r"columns?",
    "prompt": r"prompt",
    "target": r"(?:target|quality)",
    "facts": r"facts",
    "task": r"(?:task|description)",
}
_REOPENING = (
    r"(?:go back to|back to|redo|change|(?:i'd like|i want|we want) to change"
    r"|(?:i've |i |we )?changed my mind (?:about|on))(?: the| my| our)?"
)
_ANOTHER_FILE = (
    r".{0,20}\b(?:wrong|another|different|new|other) (?:file|spreadsheet)\b.{0,50}"
    r"|.{0,20}\bupload (?:an?other|a different|a new)\b.{0,30}"
)


def read_reopened(text: str) -> str | None:
    """The question that is to be asked again: 'back to the prompt', 'oops, wrong file'."""
    plain = plain_of(text)
    if re.fullmatch(_ANOTHER_FILE, plain):
        return "examples"
    wanted = (
        name
        for name, words in _QUESTIONS.items()
        if re.fullmatch(rf"{_ASKING}{_REOPENING} {words}\b[^\d]{{0,40}}", plain)
    )
    return next(wanted, None)


def read_command(text: str) -> Command | None:
    """A request to the interview itself: 'go back', 'start over', 'why do you ask?', 'stop'.

    The whole message has to be the request, since a task may well be about stopping something.
    """
    plain = plain_of(text)
    wanted = (
        command
        for command, wording in _COMMANDS.items()
        if re.fullmatch(rf"{_ASKING}(?:{wording}){_ENDING}", plain)
    )
    return next(wanted, None)
