"""Requests to the interview itself: back, start over, why, stop, what was the question."""

import re
from typing import Literal

from agent.utterances.figures import clauses, plain_of

Command = Literal["back", "restart", "why", "stop", "repeat"]


_ASKING = (
    r"(?:(?:please|ok|okay|yes|sorry|wait|hang on|hold on|no|oops|let's|(?:can|could) (?:we|i|you)"
    r"|just|take me)\W+)*"
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
    "repeat": r"what (?:was|is|were) (?:the|your|that) (?:last )?question(?: again)?"
    r"|(?:repeat|say|ask|show)(?: me)? (?:the|your|that)(?: last)?(?: question)?(?: again)?"
    r"|(?:come|say) again|what did you (?:ask|want(?: to know)?|say)(?: me)?"
    r"|(?:the|your) question(?: again)?|what was (?:it|that)(?: again)?",
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
_OTHER_COLUMNS = (
    rf"{_ASKING}(?:(?:these|those|that) (?:are|is) |it(?:'s| is) )?(?:the )?wrong columns?\W*"
)


def read_reopened(text: str) -> str | None:
    """The question that is to be asked again: 'back to the prompt', 'oops, wrong file'."""
    plain = plain_of(text)
    if re.fullmatch(_ANOTHER_FILE, plain):
        return "examples"
    if re.fullmatch(_OTHER_COLUMNS, plain):
        return "columns"
    wanted = (
        name
        for name, words in _QUESTIONS.items()
        if re.fullmatch(rf"{_ASKING}{_REOPENING} {words}\b[^\d]{{0,40}}", plain)
    )
    return next(wanted, None)


_EXCUSE = re.compile(
    r"(?:(?:oh|ah|oops|sorry|i|we|have|think|it|this|that|of|the|up|all|my|our|just|an?|is|made|got"
    r"|getting|gone|went|mess|messed|mistakes?|wrong|muddled?|mixed|error|total|complete|no|wait"
    r"|hang|on)(?:'\w+)?\b\W*)+"
)


def read_command(text: str) -> Command | None:
    """A request to the interview itself: 'go back', 'start over', 'why do you ask?', 'stop'.

    The whole message has to be the request, since a task may well be about stopping something.
    """
    parts = clauses(text)
    if len(parts) > 1 and all(_EXCUSE.fullmatch(part) for part in parts[:-1]):
        return read_command(parts[-1])  # "oh, I've made a mess of this, can we start over?"
    plain = plain_of(text)
    wanted = (
        command
        for command, wording in _COMMANDS.items()
        if re.fullmatch(rf"{_ASKING}(?:{wording}){_ENDING}", plain)
    )
    return next(wanted, None)


PlanQuestion = Literal["time", "cost", "data"]
_PLAN_QUESTIONS: dict[PlanQuestion, str] = {
    "time": r"\bhow (?:long|many (?:minutes|hours))\b|\btake\b.*\b(?:long|time|minutes|hours)\b"
    r"|\bwhen (?:will|is|are|do)\b",
    "cost": r"\bcosts?\b|\bhow much\b|\b(?:price|pay|paid|expensive|free|charged?)\b",
    "data": r"\b(?:my|our|the) (?:data|file|spreadsheet|examples|rows)\b"
    r"|\b(?:leaves?|sent|upload\w*)\b|\bwho (?:sees|reads|gets)\b"
    r"|\b(?:go(?:es)?|sends?)\b.{0,30}\b(?:to|out|online)\b|\b(?:openai|chatgpt|cloud|third part)",
}
_IS_QUESTION = re.compile(
    r"^(?:(?:and|but|ok|okay|yes|so|sure)\W+)*(?:how|what|when|where|who|which|do|does|is|are|will|would"
    r"|can|could)\b|\?$"
)


def read_plan_question(text: str) -> PlanQuestion | None:
    """What a message asks about a plan that waits for a yes: its time, its cost, or the data."""
    plain = plain_of(text)
    if not _IS_QUESTION.search(plain):
        return None
    asked = (name for name, words in _PLAN_QUESTIONS.items() if re.search(words, plain))
    return next(asked, None)
