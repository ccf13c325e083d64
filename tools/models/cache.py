"""Every model call on disk before the next one starts: a resumed run never pays twice."""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from pydantic import BaseModel

from tools.errors import ModelError
from tools.models.protocol import (
    Chat,
    Embedder,
    LanguageModel,
    Likelihoods,
    Limits,
    Reply,
    Scorer,
    States,
)

Record = TypeVar("Record", bound=BaseModel)


class CallStore:
    """Answers by the hash of what was asked, in one SQLite file; safe across threads."""

    def __init__(self, path: Path) -> None:
        """Open the store, making its folder and file if need be."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.folder = path.parent
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False, timeout=30)
        with self._lock, self._connection:
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute(
                "CREATE TABLE IF NOT EXISTS calls (key TEXT PRIMARY KEY, answer TEXT NOT NULL)"
            )

    def get(self, key: str) -> str | None:
        """The stored answer, or None."""
        with self._lock:
            row = self._connection.execute(
                "SELECT answer FROM calls WHERE key=?", (key,)
            ).fetchone()
        return None if row is None else str(row[0])

    def put(self, key: str, answer: str) -> None:
        """Store an answer; it is on disk when this returns."""
        with self._lock, self._connection:
            self._connection.execute("INSERT OR REPLACE INTO calls VALUES (?, ?)", (key, answer))

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


class CachedModel:
    """A model whose every answer is kept; it asks the inner model only for what is missing.

    The inner model is made when it is first needed, so a run that is answered from the store
    alone never loads it.
    """

    def __init__(
        self, name: str, fingerprint: str, store: CallStore, make: Callable[[], LanguageModel]
    ) -> None:
        """Wrap the model that `make` returns.

        Args:
            name: What people call the model.
            fingerprint: Fingerprint that the made model will have.
            store: Where answers are kept.
            make: Loads the model.
        """
        self.name = name
        self.fingerprint = fingerprint
        self.store = store
        self._make = make
        self._inner: LanguageModel | None = None

    @property
    def inner(self) -> LanguageModel:
        """The model itself, loaded on first use."""
        if self._inner is None:
            self._inner = self._make()
        return self._inner

    @property
    def context_window(self) -> int:
        """See `LanguageModel`."""
        return self.inner.context_window

    @property
    def is_local(self) -> bool:
        """See `LanguageModel`."""
        return self.inner.is_local

    def complete(self, chats: Sequence[Chat], limits: Limits) -> Iterator[tuple[int, Reply]]:
        """Stored replies first, then the missing ones as they come."""
        keys = [self._key("complete", _plain(chat), *astuple(limits)) for chat in chats]
        yield from self._through(
            keys, Reply, lambda missing: self.inner.complete([chats[i] for i in missing], limits)
        )

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

    def hidden(self, texts: Sequence[str]) -> States:
        """Hidden states of the texts, from one file where these very texts were read before."""
        file = self.store.folder / f"hidden-{self._key('hidden', list(texts))}.npz"
        if file.exists():
            kept = np.load(file)
            return States(kept["values"], float(kept["seconds"]))
        if not isinstance(self.inner, Embedder):
            raise ModelError(f"The model {self.name} does not give hidden states.")
        states = self.inner.hidden(texts)
        draft = file.with_suffix(".tmp")
        with draft.open("wb") as stream:
            np.savez(stream, values=states.values, seconds=states.seconds)
        draft.replace(file)
        return states

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
        for place, answer in ask([indices[0] for _, indices in asked]):
            key, indices = asked[place]
            # An answer that never came is not kept: the next run may have more luck.
            if getattr(answer, "finish", "") != "error":
                self.store.put(key, answer.model_dump_json())
            for index in indices:
                yield index, answer


def _plain(chat: Chat) -> list[list[str]]:
    return [[message.role, message.content] for message in chat]
