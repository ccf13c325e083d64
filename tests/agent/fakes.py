"""Small fakes that several tests of the conversation use."""

from collections.abc import Callable, Iterator
from typing import Any

from tools.models.protocol import Reply, Traits


class Careful:
    """A model that is right where it is told to take care."""

    name = "embedded"
    traits = Traits(1000, is_local=True)

    def __init__(self, answers: dict[str, str]) -> None:
        self.answers = answers

    def complete(self, chats: Any, limits: Any) -> Iterator[tuple[int, Reply]]:
        for at, chat in enumerate(chats):
            right = "care" in chat[0].content
            text = self.answers[chat[-1].content] if right else "no idea"
            yield at, Reply(text=text, prompt_tokens=1, completion_tokens=1, seconds=0.1)


class Telling(Careful):
    """One that tells its answer letter by letter."""

    def write(self, chat: Any, limits: Any, tell: Callable[[str], None]) -> Reply:
        ((_, reply),) = self.complete([chat], limits)
        for end in range(1, 1 + len(reply.text)):
            tell(reply.text[:end])
        return reply
