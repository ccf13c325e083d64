"""What an endpoint on loopback is told to say, and what it was sent."""

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Scripted:
    """The endpoint: its next messages, and the requests it has had."""

    url: str = ""
    says: list[Any] = field(default_factory=list)
    received: list[dict[str, Any]] = field(default_factory=list)

    def calls(self, *tools: tuple[str, Any]) -> None:
        """The next message asks for these tools."""
        calls = [
            {
                "id": f"call-{number}",
                "type": "function",
                "function": {"name": name, "arguments": json.dumps(arguments)},
            }
            for number, (name, arguments) in enumerate(tools)
        ]
        self.says.append({"role": "assistant", "content": None, "tool_calls": calls})

    def writes(self, text: str) -> None:
        """The next message is this text."""
        self.says.append({"role": "assistant", "content": text})
