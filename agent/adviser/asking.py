"""How the adviser is asked: a call at a time, within the budget, and kept when it is answered."""

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from tools.errors import Stopped
from tools.models.protocol import Limits, Message, Reply
from tools.models.purse import Purse
from tools.models.store import CallStore
from tools.settings import EndpointSettings, Settings

if TYPE_CHECKING:
    import openai
    from openai.types.chat import ChatCompletionMessage

MOST_TOKENS = 2_000  # of an answer

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tool:
    """A tool that the adviser may ask for.

    Attributes:
        name: Its name.
        arguments: The model that its arguments are checked by.
        purpose: What it is for.
    """

    name: str
    arguments: type[BaseModel]
    purpose: str


@dataclass(frozen=True)
class Call:
    """A tool that the adviser asks for.

    Attributes:
        id: What its result is sent back under.
        name: The tool's name.
        arguments: Its arguments as the model wrote them, unchecked.
    """

    id: str
    name: str
    arguments: str


@dataclass(frozen=True)
class Adviser:
    """The adviser of one run.

    Attributes:
        name: What the operator calls it.
        settings: Its address, model and key.
        store: Where its answers are kept, so that a resumed run pays for none twice.
        purse: Pays for its calls.
        client: A client to use instead of a new one.
    """

    name: str
    settings: EndpointSettings
    store: CallStore
    purse: Purse
    client: "openai.OpenAI | None" = None

    def ask(
        self,
        messages: Sequence[Any],
        tools: Sequence[Tool] = (),
        must: bool = False,
        patience: float | None = None,
    ) -> "ChatCompletionMessage | None":
        """What it answers; None where it fails, since no run depends on its adviser.

        Args:
            messages: The chat, as the API has it.
            tools: Tools that it may ask for.
            must: Whether it has to ask for the first of them.
            patience: Seconds to wait for its only try; None waits and tries again as its settings
                say.
        """
        import openai  # half a second of start-up
        from openai.types.chat import ChatCompletionMessage

        asked: dict[str, Any] = {"messages": list(messages), "max_tokens": MOST_TOKENS}
        if tools:
            asked["tools"] = [
                openai.pydantic_function_tool(
                    tool.arguments, name=tool.name, description=tool.purpose
                )
                for tool in tools
            ]
        if must:
            asked["tool_choice"] = {"type": "function", "function": {"name": tools[0].name}}
        request = json.dumps(asked, sort_keys=True)
        key = hashlib.sha256(f"adviser|{self.purse.model}|{request}".encode()).hexdigest()
        kept = self.store.get(key)
        if kept is not None:
            return ChatCompletionMessage.model_validate_json(kept)
        try:
            self.purse.check([(Message(role="user", content=request),)], Limits(MOST_TOKENS))
            completion = self._client(patience).chat.completions.create(
                model=self.settings.model, **asked
            )
            said = completion.choices[0].message.model_dump(warnings=False)
            message = ChatCompletionMessage.model_validate(said)  # the client checks nothing
            self.store.put(key, message.model_dump_json())
        except Stopped as error:
            log.warning("The adviser %s was not asked: %s", self.name, error)
            return None
        except (openai.OpenAIError, AttributeError, IndexError, TypeError, ValueError) as error:
            log.warning("The adviser %s gave no answer: %s", self.name, type(error).__name__)
            return None
        self._pay(completion.usage)
        return message

    def _client(self, patience: float | None) -> "openai.OpenAI":
        import openai

        client = self.client or openai.OpenAI(
            base_url=self.settings.base_url,
            api_key=self.settings.key(),
            timeout=self.settings.timeout_seconds,
        )
        if patience is None:
            return client
        return client.with_options(timeout=patience, max_retries=0)

    def _pay(self, usage: Any) -> None:
        read = getattr(usage, "prompt_tokens", None) or 0
        written = getattr(usage, "completion_tokens", None) or 0
        self.purse.pay(Reply(text="", prompt_tokens=read, completion_tokens=written, seconds=0))


def adviser_of(
    settings: Settings, store: CallStore, client: "openai.OpenAI | None" = None
) -> Adviser | None:
    """The adviser that the settings name, or None.

    Args:
        settings: The operator's settings.
        store: Where its answers are kept.
        client: A client to use instead of a new one.
    """
    name = settings.adviser
    if name is None or name not in settings.endpoints:
        return None
    purse = Purse.for_endpoint(name, settings, store)
    return Adviser(name, settings.endpoints[name], store, purse, client)


def calls_of(message: Any) -> list[Call]:
    """The tools that a message asks for."""
    return [
        Call(call.id, call.function.name, call.function.arguments)
        for call in message.tool_calls or []
        if call.type == "function"
    ]
