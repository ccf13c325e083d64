"""Messages of the chat: contents are HTML on one line, since the chat reads no Markdown."""

from typing import Any

from markupsafe import Markup

from agent.questions import Option
from ui.markup import LONG, shown

Message = dict[str, Any]


def said(content: Markup, options: tuple[Option, ...] = (), interrupt: str = "") -> Message:
    """A message of ours; each option carries the question it answers."""
    message: Message = {"role": "assistant", "content": str(content)}
    if options:
        message["options"] = [
            {"label": option.label, "value": f"{interrupt} {option.value}"} for option in options
        ]
    return message


def answered(text: str) -> Message:
    """A message of the person's."""
    return {"role": "user", "content": str(Markup("<p>{}</p>").format(shown(text, LONG)))}
