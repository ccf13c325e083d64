"""Answers of models on disk, in one file that several threads share."""

import sqlite3
import threading
from collections.abc import Iterable
from pathlib import Path


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
            self._connection.execute(
                "CREATE TABLE IF NOT EXISTS tokens "
                "(model TEXT PRIMARY KEY, read INTEGER NOT NULL, written INTEGER NOT NULL)"
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
        self.put_all([(key, answer)])

    def put_all(self, answers: Iterable[tuple[str, str]]) -> None:
        """Store answers by their keys, all of them or none."""
        with self._lock, self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO calls VALUES (?, ?)", answers)

    def count(self, model: str, read: int, written: int) -> None:
        """Add to the tokens that a model read and wrote."""
        with self._lock, self._connection:
            self._connection.execute(
                "INSERT INTO tokens VALUES (?, ?, ?) ON CONFLICT (model) DO UPDATE "
                "SET read = read + excluded.read, written = written + excluded.written",
                (model, read, written),
            )

    def tokens(self, model: str) -> tuple[int, int]:
        """Tokens that a model has read and written, as far as they were counted."""
        with self._lock:
            row = self._connection.execute(
                "SELECT read, written FROM tokens WHERE model=?", (model,)
            ).fetchone()
        return (0, 0) if row is None else (int(row[0]), int(row[1]))

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
