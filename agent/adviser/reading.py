"""An answer of the interview that our own readers do not understand, read by the adviser."""

from collections.abc import Collection
from typing import Any

from pydantic import create_model

from agent.adviser.asking import Adviser, Tool, calls_of
from agent.adviser.told import Told, facts_told
from agent.utterances.facts import FactField
from policies.evidence import Frozen

TAKE = "take"
PURPOSE = "Take what the answer states; null for what it does not state."
LONGEST = 500  # characters; a pasted example is no answer to a question
WANTED = (
    "A person answers a question of an interview about a text task. Take what the answer states, "
    "converted to the units of the tool. Guess nothing: what the answer does not state stays null."
)


def read_with_adviser(
    question: str, text: str, fields: Collection[FactField], adviser: Adviser | None
) -> dict[str, Any]:
    """What an answer states, as the adviser reads it; to be read back for a yes.

    Sends the question and the answer, never a row. Only what was asked for is taken: small models
    fill in whatever they are offered (docs/log.md).

    Args:
        question: What was asked.
        text: What the person wrote.
        fields: The facts that the question asks for.
        adviser: Who reads it, or None.

    Returns:
        The facts in the brief's units; none without an adviser, or where it is not sure.
    """
    if adviser is None or not fields or len(text) > LONGEST:
        return {}
    messages = [
        {"role": "system", "content": WANTED},
        {"role": "user", "content": f"Question: {question}\nAnswer: {text}"},
    ]
    message = adviser.ask(messages, [_taking(fields)], must=True)
    calls = [call for call in calls_of(message) if call.name == TAKE] if message else []
    told = facts_told(calls[0].arguments) if calls else {}
    return {name: value for name, value in told.items() if name in fields}


def _taking(fields: Collection[FactField]) -> Tool:
    """The tool that takes these facts and no others."""
    known = Told.model_fields
    offered: Any = {name: (known[name].annotation, known[name]) for name in fields}
    return Tool(TAKE, create_model("Told", __base__=Frozen, **offered), PURPOSE)
