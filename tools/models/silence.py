"""When an endpoint has given no answer for so long that asking on is of no use."""

import math
import threading
import time

PATIENCE = 30.0  # seconds in which an endpoint that has answered before may come back


class Silence:
    """Calls without an answer since the last one with an answer, over all calls at a time."""

    def __init__(self, most_at_once: int) -> None:
        """Begin with nothing asked.

        Args:
            most_at_once: Most calls at a time; one burst alone must not end a run.
        """
        self._most_at_once = most_at_once
        self._calls = 0
        self._since = math.inf
        self._ever_answered = False
        self._guard = threading.Lock()

    def broken(self) -> None:
        """An answer came."""
        with self._guard:
            self._calls, self._since, self._ever_answered = 0, math.inf, True

    def goes_on(self, seconds: float) -> bool:
        """A call ended without an answer; true if no more should be made.

        Args:
            seconds: Time that the call took.
        """
        with self._guard:
            now = time.monotonic()
            self._calls += 1
            self._since = min(self._since, now - seconds)
            is_long = now - self._since > PATIENCE
            if not self._ever_answered:
                return is_long or self._calls > 2 * self._most_at_once
            return self._calls > 8 * self._most_at_once or (
                is_long and self._calls > self._most_at_once
            )
