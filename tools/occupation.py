"""One process at a time works on a run: a lock in its folder that a crash releases by itself."""

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
