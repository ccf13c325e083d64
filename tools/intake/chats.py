"""Files of chats, as fine-tuning services take them: a chat is an input and its answer."""

from typing import Any

import pandas as pd

INPUT, ANSWER, SYSTEM = "input", "answer", "system message"
CHATS = ("messages", "conversations")  # as OpenAI and as ShareGPT call them
ROLES = {"human": "user", "gpt": "assistant", "chatbot": "assistant", "model": "assistant"}
SPEAKERS = {"user": "User", "assistant": "Assistant"}


def is_chat(item: dict[str, Any]) -> bool:
    """Whether an object holds a chat."""
    return _turns(item) is not None


def as_columns(item: dict[str, Any]) -> dict[str, Any]:
    """An object whose chat is an input and an answer; what stands beside it stays.

    The answer is the last turn of the assistant, the input all before it but the system message:
    its text if it is one turn, else the turns with their speakers.

    Args:
        item: An object with a chat in `messages` or `conversations`.
    """
    turns = _turns(item) or []
    last = max((n for n, (role, _) in enumerate(turns) if role == "assistant"), default=len(turns))
    before = [turn for turn in turns[:last] if turn[0] in SPEAKERS]
    system = "\n".join(text for role, text in turns[:last] if role in ("system", "developer"))
    if len(before) == 1:
        asked = before[0][1]
    else:
        asked = "\n".join(f"{SPEAKERS[role]}: {text}" for role, text in before)
    found = {INPUT: asked, ANSWER: turns[last][1] if last < len(turns) else ""}
    rest = {key: value for key, value in item.items() if key not in CHATS and key not in found}
    return {**found, **({SYSTEM: system} if system else {}), **rest}


def shared_prompt(frame: pd.DataFrame) -> str | None:
    """The system message that all chats of a file begin with, or None."""
    said = set(frame[SYSTEM]) if SYSTEM in frame.columns else set()
    return said.pop() or None if len(said) == 1 else None


def _turns(item: dict[str, Any]) -> list[tuple[str, str]] | None:
    """Speakers and texts of a chat; None if there is none."""
    for key in CHATS:
        said = item.get(key)
        if isinstance(said, list) and said and all(map(_is_turn, said)):
            return [_turn(turn) for turn in said]
    return None


def _is_turn(turn: Any) -> bool:
    return isinstance(turn, dict) and isinstance(turn.get("role", turn.get("from")), str)


def _turn(turn: dict[str, Any]) -> tuple[str, str]:
    role = str(turn.get("role", turn.get("from"))).casefold()
    said = turn.get("content", turn.get("value"))
    if isinstance(said, list):  # in parts; a picture has no text
        said = "\n".join(str(part.get("text", "")) for part in said if isinstance(part, dict))
    return ROLES.get(role, role), said if isinstance(said, str) else ""
