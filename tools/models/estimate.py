"""Tokens where nobody has counted them: before a call, or after one that reports no usage."""

from collections.abc import Sequence

from tools.models.protocol import Chat

CHARACTERS_A_TOKEN = 2.5  # cautious: English text has about four
TURN_TOKENS = 10  # of the chat's own, around each message


def tokens_sent(chats: Sequence[Chat]) -> float:
    """Tokens that these chats have at most, by their characters."""
    messages = [message for chat in chats for message in chat]
    return tokens_of("".join(m.content for m in messages)) + TURN_TOKENS * len(messages)


def tokens_of(text: str) -> float:
    """Tokens that a text has at most, by its characters."""
    return len(text) / CHARACTERS_A_TOKEN
