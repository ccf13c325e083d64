"""Every model call on disk before the next one starts: a resumed run never pays twice."""

import base64
import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import astuple
from typing import Any, TypeVar

import numpy as np
from pydantic import BaseModel

from tools.errors import ModelError, Unanswerable
from tools.models.protocol import (
    Chat,
    Embedder,
    ItemScorer,
    LanguageModel,
    Likelihoods,
    Limits,
    Remote,
    Reply,
    Scorer,
    States,
    Traits,
)
from tools.models.purse import Purse
from tools.models.store import CallStore

Record = TypeVar("Record", bound=BaseModel)


class CachedModel:
    """A model whose every answer is kept; it asks the inner model only for what is missing.

    The inner model is made when it is first needed, so a run that is answered from the store
    alone never loads it.
    """

    def __init__(
        self,
        name: str,
        fingerprint: str,
        traits: Traits,
        store: CallStore,
        make: Callable[[], LanguageModel],
        purse: Purse | None = None,
    ) -> None:
        """Wrap the model that `make` returns.

        Args:
            name: What people call the model.
            fingerprint: Fingerprint that the made model will have.
            traits: What is known of it.
            store: Where answers are kept.
            make: Loads the model.
            purse: Pays for its calls; None for a model without a price.
        """
        self.name = name
        self.fingerprint = fingerprint
        self.traits = traits
        self.store = store
        self._purse = purse
        self._make = make
        self._inner: LanguageModel | None = None

    @property
    def inner(self) -> LanguageModel:
        """The model itself, loaded on first use."""
        if self._inner is None:
            self._inner = self._make()
        return self._inner

    def let_go(self) -> None:
        """Forget the model itself; it is made again when it is next needed."""
        self._inner = None

    def complete(self, chats: Sequence[Chat], limits: Limits) -> Iterator[tuple[int, Reply]]:
        """Stored replies first, then the missing ones as they come.

        Raises:
            Stopped: The missing ones could cost more than what is left of the budget.
        """
        keys = [self._key("complete", _plain(chat), *astuple(limits)) for chat in chats]

        def ask(missing: Sequence[int]) -> Iterator[tuple[int, Reply]]:
            wanted, inner = [chats[i] for i in missing], self.inner
            if self._purse is not None:
                self._purse.check(wanted, limits)

            def keep(place: int, reply: Reply) -> None:
                with suppress(sqlite3.ProgrammingError):  # the store may be closed by then
                    self._pay(wanted[place], limits, reply)
                    self._put(keys[missing[place]], reply)

            replies = (
                inner.complete_and_keep(wanted, limits, keep)
                if isinstance(inner, Remote)
                else inner.complete(wanted, limits)
            )
            for place, reply in replies:
                self._pay(wanted[place], limits, reply)
                yield place, reply

        yield from self._through(keys, Reply, ask)

    def score(
        self, chats: Sequence[Chat], continuations: Sequence[str]
    ) -> Iterator[tuple[int, Likelihoods]]:
        """Stored likelihoods first, then the missing ones as they come."""
        keys = [self._key("score", _plain(chat), list(continuations)) for chat in chats]

        def ask(missing: Sequence[int]) -> Iterator[tuple[int, Likelihoods]]:
            if not isinstance(self.inner, Scorer):
                raise ModelError(f"The model {self.name} does not give log-probabilities.")
            return self.inner.score([chats[i] for i in missing], continuations)

        yield from self._through(keys, Likelihoods, ask)

    def score_each(
        self, chats: Sequence[Chat], continuations: Sequence[Sequence[str]]
    ) -> Iterator[tuple[int, Likelihoods]]:
        """The same where every chat has continuations of its own."""
        pairs = list(zip(chats, continuations, strict=True))
        keys = [self._key("score", _plain(chat), list(own)) for chat, own in pairs]

        def ask(missing: Sequence[int]) -> Iterator[tuple[int, Likelihoods]]:
            if not isinstance(self.inner, ItemScorer):
                raise ModelError(f"The model {self.name} does not give log-probabilities.")
            return self.inner.score_each(*zip(*(pairs[i] for i in missing), strict=True))

        yield from self._through(keys, Likelihoods, ask)

    def hidden(self, texts: Sequence[str]) -> States:
        """Hidden states of the texts, each text read once."""
        keys = [self._key("hidden", text) for text in texts]
        kept = {key: found for key in keys if (found := self.store.get(key)) is not None}
        missing = {k: text for k, text in zip(keys, texts, strict=True) if k not in kept}
        if missing:
            if not isinstance(self.inner, Embedder):
                raise ModelError(f"The model {self.name} does not give hidden states.")
            read = self.inner.hidden(list(missing.values()))
            new = {k: _packed(read, at) for at, k in enumerate(missing)}
            self.store.put_all(new.items())
            kept |= new
        states = [_unpacked(kept[key]) for key in keys]
        seconds = sum(state.seconds for state in states) / max(1, len(states))
        return States(np.stack([state.values for state in states], axis=1), seconds)

    @property
    def anew(self) -> "CachedModel":
        """The same model, asked anew each time: for timing. Texts that it read stay read."""
        return _AskedAnew(
            self.name, self.fingerprint, self.traits, self.store, lambda: self.inner, self._purse
        )

    def _pay(self, chat: Chat, limits: Limits, reply: Reply) -> None:
        if self._purse is not None:
            self._purse.pay(reply)
            if reply.lost:
                self._purse.pay_lost(chat, limits, reply.lost)

    def _put(self, key: str, answer: BaseModel) -> None:
        # An answer that never came is not kept: the next run may have more luck.
        if getattr(answer, "finish", "") != "error":
            self.store.put(key, answer.model_dump_json())

    def _key(self, *parts: Any) -> str:
        text = json.dumps([self.fingerprint, *parts], ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    def _through(
        self,
        keys: Sequence[str],
        kind: type[Record],
        ask: Callable[[Sequence[int]], Iterator[tuple[int, Record]]],
    ) -> Iterator[tuple[int, Record]]:
        missing: dict[str, list[int]] = {}  # what occurs twice is asked once
        for index, key in enumerate(keys):
            kept = self.store.get(key)
            if kept is None:
                missing.setdefault(key, []).append(index)
            else:
                yield index, kind.model_validate_json(kept)
        if not missing:
            return
        asked = list(missing.items())
        try:
            for place, answer in ask([indices[0] for _, indices in asked]):
                key, indices = asked[place]
                self._put(key, answer)
                for index in indices:
                    yield index, answer
        except Unanswerable as error:
            error.places = tuple(index for place in error.places for index in asked[place][1])
            raise


class _AskedAnew(CachedModel):
    def _through(
        self,
        keys: Sequence[str],
        kind: type[Record],
        ask: Callable[[Sequence[int]], Iterator[tuple[int, Record]]],
    ) -> Iterator[tuple[int, Record]]:
        return ask(range(len(keys)))


def _plain(chat: Chat) -> list[list[str]]:
    return [[message.role, message.content] for message in chat]


def _packed(states: States, at: int) -> str:
    """The states of one text as JSON; base64 keeps every bit."""
    values = np.ascontiguousarray(states.values[:, at])
    data = base64.b64encode(values.tobytes()).decode()
    return json.dumps({"shape": values.shape, "data": data, "seconds": states.seconds})


def _unpacked(text: str) -> States:
    kept = json.loads(text)
    values = np.frombuffer(base64.b64decode(kept["data"]), np.float32).reshape(kept["shape"])
    return States(values, float(kept["seconds"]))
