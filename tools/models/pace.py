"""How many calls go to an endpoint at a time: fewer where it is overloaded, slowly more again."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Pace:
    """Bounded company whose bound is halved on overload and grows by one a round of good calls.

    Additive increase, multiplicative decrease, as in TCP's congestion control (RFC 5681).

    Attributes:
        limit: Calls that may go at a time now, from 1 to `most`.
    """

    def __init__(self, most: int) -> None:
        """Begin with the full number of calls."""
        self.most = most
        self.limit = float(most)
        self._at_once = 0
        self._changed = threading.Condition()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a place among the calls and hold it."""
        with self._changed:
            self._changed.wait_for(lambda: self._at_once < int(self.limit))
            self._at_once += 1
        try:
            yield
        finally:
            with self._changed:
                self._at_once -= 1
                self._changed.notify_all()

    def overloaded(self) -> None:
        """The endpoint asked for less."""
        with self._changed:
            self.limit = max(1.0, self.limit / 2)

    def went_well(self) -> None:
        """A call was answered at once."""
        with self._changed:
            self.limit = min(float(self.most), self.limit + 1 / self.limit)
            self._changed.notify_all()
