"""What every model can do, and what some can do besides."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from policies.evidence import Frozen

Role = Literal["system", "user", "assistant"]
Finish = Literal["stop", "length", "content_filter", "error"]
# Answer forms are JSON schemas, which endpoints may know; patterns are regular expressions. Only
# models on this machine know schemas with the marks of `tools.models.copied`.
Ability = Literal[
    "log-probabilities",
    "answer forms",
    "this machine's answer forms",
    "answer patterns",
    "hidden states",
]


class Message(Frozen):
    """One turn of a chat."""

    role: Role
    content: str


Chat = tuple[Message, ...]


class Reply(Frozen):
    """What a model answered.

    Attributes:
        text: The answer; empty where there was none.
        prompt_tokens: Tokens sent.
        completion_tokens: Tokens received.
        seconds: Time for this answer; a batch's time is shared equally among its items.
        finish: Why the answer ended; "error" means that no answer came.
        estimated: Whether the tokens are estimated, since the endpoint does not count them.
        lost: Tries that brought no answer and may be charged for all the same.
    """

    text: str
    prompt_tokens: int
    completion_tokens: int
    seconds: float
    finish: Finish = "stop"
    estimated: bool = False
    lost: int = 0


class Likelihoods(Frozen):
    """How likely given continuations are.

    Attributes:
        values: Log-probability of each continuation, end of turn included, in nats.
        greedy: The continuation that greedy decoding writes when it may write nothing else.
        prompt_tokens: Tokens sent.
        seconds: Time for this chat; a batch's time is shared equally among its items.
    """

    values: tuple[float, ...]
    greedy: int
    prompt_tokens: int
    seconds: float


@dataclass(frozen=True)
class States:
    """Hidden states of some texts.

    Attributes:
        values: Mean-pooled states, shape (layers kept, texts, width).
        seconds: Time for a text.
    """

    values: NDArray[np.float32]
    seconds: float


@dataclass(frozen=True)
class Form:
    """The form that an answer must have.

    Attributes:
        kind: How `text` says it.
        text: A JSON schema, which may have the marks of `tools.models.copied`, or a regular
            expression. What is marked as copied is copied from the chat's last turn.
    """

    kind: Literal["json_schema", "regex"]
    text: str


@dataclass(frozen=True)
class Limits:
    """How long an answer may get and how it is chosen.

    Attributes:
        max_new_tokens: Most tokens.
        until_json: Whether the answer ends with its first complete JSON object; a local model
            stops there, an endpoint may write on.
        json_within: Tokens within which that object has to begin, or a local model gives the answer
            up; 0 lets it write to the end.
        form: The form that the answer must have, or None.
        temperature: Zero takes the likeliest token, above it tokens are drawn.
        seed: Of the draw.
    """

    max_new_tokens: int = 64
    until_json: bool = False
    json_within: int = 0
    form: Form | None = None
    temperature: float = 0.0
    seed: int = 0


@dataclass(frozen=True)
class Traits:
    """What is known of a model before it is loaded or asked.

    Attributes:
        context_window: Longest prompt and answer together, in tokens.
        is_local: Whether the examples stay on this machine.
        abilities: What it can do besides writing.
    """

    context_window: int
    is_local: bool
    abilities: frozenset[Ability] = frozenset()


class LanguageModel(Protocol):
    """A model that completes chats.

    Attributes:
        name: What people call it.
        fingerprint: Changes whenever its answers may change; part of every cache key.
        traits: What is known of it.
    """

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def fingerprint(self) -> str: ...  # noqa: D102
    @property
    def traits(self) -> Traits: ...  # noqa: D102

    def complete(self, chats: Sequence[Chat], limits: Limits) -> Iterator[tuple[int, Reply]]:
        """Yield (index of the chat, reply) as answers come, in any order."""
        ...


@runtime_checkable
class Remote(Protocol):
    """A model whose calls go on where nobody listens any more: they are paid for."""

    def complete_and_keep(
        self, chats: Sequence[Chat], limits: Limits, keep: Callable[[int, Reply], None]
    ) -> Iterator[tuple[int, Reply]]:
        """As `LanguageModel.complete`; `keep` gets the replies that come after a stop."""
        ...


@runtime_checkable
class Writer(Protocol):
    """A model that tells an answer while it writes it."""

    def write(self, chat: Chat, limits: Limits, tell: Callable[[str], None]) -> Reply:
        """Answer one chat; `tell` gets the answer as far as it is written, token by token."""
        ...


@runtime_checkable
class Scorer(Protocol):
    """A model that can say how likely given continuations are."""

    def score(
        self, chats: Sequence[Chat], continuations: Sequence[str]
    ) -> Iterator[tuple[int, Likelihoods]]:
        """Yield (index of the chat, likelihood of each continuation), in any order."""
        ...


@runtime_checkable
class ItemScorer(Protocol):
    """A model that can score other continuations for every chat."""

    def score_each(
        self, chats: Sequence[Chat], continuations: Sequence[Sequence[str]]
    ) -> Iterator[tuple[int, Likelihoods]]:
        """Yield (index of the chat, likelihood of each of its continuations), in any order."""
        ...


@runtime_checkable
class Embedder(Protocol):
    """A model that shows its hidden states."""

    def hidden(self, texts: Sequence[str]) -> States:
        """Mean-pooled hidden states of a few layers spread over the model's depth."""
        ...
