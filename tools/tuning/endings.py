"""How a training can end badly, each in one sentence for people."""

import errno
import os
import re

from safetensors import SafetensorError

DISK = 28  # exit code where not even the reason could be written: ENOSPC
DISK_FULL = "The disk is full; free some space and start the tune again, it goes on from there."
NO_MEMORY = (
    "The machine has too little memory for this tune; close other programs and start it again, "
    "or choose a smaller model. On a CPU it may take the share that the setting tune_memory allows."
)
_FULL = re.compile(r"no space left|disk quota|file too large|unexpected pos|writing file", re.I)
_MEMORY = re.compile(
    r"out of memory|allocate memory|defaultcpuallocator|memoryerror|bad_alloc"
    r"|thread creation failed|can't start new thread|could not create a memory",
    re.I,
)


class NotANumber(Exception):
    """The training loss is no longer a number."""


class NothingFits(Exception):
    """No row fits the longest chat."""


def reason_of(error: Exception) -> str | None:
    """What happened, in a sentence; None for a fault of our own.

    Torch and safetensors report a full disk and a lack of memory as errors of their own kinds,
    told apart by their text only.
    """
    text = str(error)
    if isinstance(error, NotANumber):
        return "The training loss is no longer a number; the rows or the recipe do not suit."
    if isinstance(error, NothingFits):
        return "Every example is too long for the tune; shorten the texts."
    if isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM:
        return NO_MEMORY
    if isinstance(error, RuntimeError) and _MEMORY.search(text):
        return NO_MEMORY
    if isinstance(error, (OSError, SafetensorError, RuntimeError)) and _FULL.search(text):
        return DISK_FULL
    if isinstance(error, OSError):
        if error.errno is None:  # transformers' way to say that a folder is no model
            return f"The model cannot be loaded: {error}"
        return f"The tune could not write its files: {os.strerror(error.errno)}."
    return None


def ended_by(code: int, log: str = "") -> str:
    """What its exit code and its log say of a training process that left no reason."""
    if code == DISK:
        return DISK_FULL
    if _MEMORY.search(log):
        return NO_MEMORY
    if code == -9:
        return (
            "The training process was ended from outside, most likely because the machine ran out "
            "of memory. Close other programs and start the tune again; it resumes."
        )
    if code < 0:
        return (
            f"The training process was ended by signal {-code}; start the tune again, it resumes."
        )
    return (
        "The training process failed; its last lines are in training.log, beside the job in the "
        "home folder's cache."
    )
