"""What the controls around the chat show."""

import hashlib
import json
from typing import Any

from agent.view import View
from ui.scene import Scene


def controls_of(scene: Scene) -> dict[str, Any]:
    """What the controls around the chat show."""
    view, waiting = scene.view, scene.view.waiting or {}
    kind = "" if view.busy or view.done or view.error else waiting.get("kind", "")
    talking = kind == "message"
    upload = kind == "question" and bool(waiting.get("upload"))
    provable = scene.assessment is not None and scene.state.get("confirmed") is not None
    return {
        "busy": view.busy,
        "stop": view.busy and not view.elsewhere,
        "stopping": view.stopping,
        "sending": not view.busy or view.listens,
        "typing": bool(kind) or is_chatting(view) or view.listens,
        "placeholder": _placeholder(view, "upload" if upload else kind),
        "upload": upload,
        "tune": talking and provable and "tuned" not in scene.state,
        "fixes": scene.assessment and len(scene.assessment.suspects),
        "begun": bool(scene.state.get("answered")) or scene.assessment is not None,
    }


def is_chatting(view: View) -> bool:
    """Whether the models are answering a message; the next may be written meanwhile."""
    at_it = view.step is None or view.step.stage == "converse"
    return (
        view.busy and not view.elsewhere and at_it and (view.waiting or {}).get("kind") == "message"
    )


def _placeholder(view: View, kind: str) -> str:
    if view.busy:
        return "You may write meanwhile" if view.listens else "At work …"
    if view.done:
        return "This conversation is closed"
    return {
        "question": "Write your answer",
        "upload": "Or “go back”, “why?”",
        "consent": "Yes, no, or a change",
        "message": "Write a message to try it",
        "pair": "A, B, same or stop",
    }.get(kind, "")


def hash_of(content: Any) -> str:
    """A short stand-in for what a tab shows, to tell a change."""
    text = content if isinstance(content, str) else json.dumps(content)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
