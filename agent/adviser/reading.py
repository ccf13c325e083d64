"""An answer of the interview that our own readers do not understand, read by the adviser."""

from typing import Any

from agent.adviser.asking import Adviser, Tool, calls_of
from agent.adviser.told import Told, facts_told

TAKE = Tool("take", Told, "Take what the person states; leave null all that is not stated.")
LONGEST = 500  # characters; a pasted example is no answer to a question
WANTED = (
    "A person answers a question of an interview about a text task. Take what the answer states, "
    "converted to the units of the tool. Guess nothing: what the answer does not state stays null."
)


def read_with_adviser(question: str, text: str, adviser: Adviser | None) -> dict[str, Any]:
    """What an answer states, as the adviser reads it; to be read back for a yes.

    Sends the question and the answer, never a row.

    Args:
        question: What was asked.
        text: What the person wrote.
        adviser: Who reads it, or None.

    Returns:
        The facts in the brief's units; none without an adviser, or where it is not sure.
    """
    if adviser is None or len(text) > LONGEST:
        return {}
    messages = [
        {"role": "system", "content": WANTED},
        {"role": "user", "content": f"Question: {question}\nAnswer: {text}"},
    ]
    message = adviser.ask(messages, [TAKE], must=True)
    calls = [call for call in calls_of(message) if call.name == TAKE.name] if message else []
    return facts_told(calls[0].arguments) if calls else {}
