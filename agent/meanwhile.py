"""What people say while work goes on: answered beside it, or kept until the work ends."""

from typing import Any

from pydantic import TypeAdapter, ValidationError

from agent.asides import asks_about_us
from agent.conversation import LONGEST_INPUT
from agent.explanations import meant
from agent.state import State
from agent.utterances import read_command
from agent.utterances.commands import read_plan_question
from agent.utterances.intents import read_intent, wants_tune
from agent.utterances.replies import read_consent
from tools.errors import RunError
from tools.runs import Run

KEPT = "kept-messages"
MOST_HEARD = 5  # messages that are kept, and answers that are shown beside work
LONGEST_QUESTION = 8  # words of what asks about this work and is no text for the models
NO_REPLY_NOW = (
    "Nothing waits for a yes or a no while this work goes on. If there is something to decide, I "
    "ask when it ends."
)
NOTHING_ASKED = (
    "I ask nothing at the moment: you said yes to this work, and it measures what the answer "
    "rests on."
)
TIME_UNKNOWN = "I cannot tell for all of it yet; what is left of the present step stands below."
TOO_LONG = f"Please send at most {LONGEST_INPUT:,} characters."
_MESSAGES: TypeAdapter[tuple[str, ...]] = TypeAdapter(tuple[str, ...])
TOO_MUCH = "I keep no more than five messages; please say that again when this work ends."


def answer_meanwhile(state: State, text: str, minutes_left: float | None) -> str:
    """What can be said at once, with nothing computed; "" if the message has to wait.

    A yes or no is never kept: it would answer a question that nobody has seen yet.

    Args:
        state: The state as it was when the work began.
        text: What the person wrote.
        minutes_left: Estimated minutes of the whole work, or None.
    """
    if len(text) > LONGEST_INPUT:
        return TOO_LONG
    if read_consent(text) is not None or wants_tune(text):
        return NO_REPLY_NOW
    if read_command(text) == "why":
        return NOTHING_ASKED
    intent = read_intent(text)
    if intent and intent.name == "meaning":
        return meant(intent.subjects)
    if read_plan_question(text) == "time" and len(text.split()) <= LONGEST_QUESTION:
        if minutes_left is None:
            return TIME_UNKNOWN
        return f"By my estimate about {max(1, round(minutes_left))} more minutes."
    return ""


def can_take_up(waiting: dict[str, Any] | None, state: State, text: str) -> bool:
    """Whether a kept message may be given to the question that waits after the work.

    A question that its writer had not seen gets only what cannot be meant as its answer.
    """
    kind = (waiting or {}).get("kind")
    return kind in ("message", "consent") or (kind == "question" and asks_about_us(state, text))


def keep_messages(run: Run, messages: tuple[str, ...]) -> None:
    """Keep what is to be taken up when the work ends, so that a restart forgets none."""
    run.save(KEPT, messages)


def kept_messages(run: Run) -> tuple[str, ...]:
    """What was kept and is not taken up yet; nothing where that cannot be read."""
    try:
        return _MESSAGES.validate_python(run.load(KEPT))
    except (RunError, ValidationError):
        return ()
