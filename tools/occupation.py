"""One at a time works on a run or a tune: a lock in its folder that a crash releases by itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from tools.errors import RunError

LOCK = "at-work.lock"
PATIENCE = 1.0  # seconds; who only looks holds the lock for a moment


def occupy(folder: Path) -> FileLock:
    """Take a run's folder for work; release the lock when that is done, in whichever thread.

    Raises:
        RunError: Another process works on it, or the folder cannot be written.
    """
    lock = FileLock(folder / LOCK, thread_local=False)
    try:
        lock.acquire(timeout=PATIENCE)
    except Timeout:
        raise RunError(
            f"Another process is at work on the run in {folder}; wait until it is done, or stop "
            "it there."
        ) from None
    except OSError as error:
        raise RunError(f"The run's folder cannot be written: {error.strerror}.") from error
    return lock


@contextmanager
def in_turn(folder: Path, wait: Callable[[], None]) -> Iterator[None]:
    """Have a folder for oneself, after whoever is at work in it.

    Args:
        folder: The folder; it is made if it is not there.
        wait: Called every `PATIENCE` seconds while another is at work; may raise to give up.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK, thread_local=False)
    while not lock.is_locked:
        try:
            lock.acquire(timeout=PATIENCE)
        except Timeout:
            wait()
    try:
        yield
    finally:
        lock.release()


def is_occupied(folder: Path) -> bool:
    """Whether some process works on the run in a folder, this one included."""
    if not (folder / LOCK).exists():
        return False
    lock = FileLock(folder / LOCK, thread_local=False)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return True
    except OSError:  # a folder that can only be read has nobody at work
        return False
    lock.release()
    return False
