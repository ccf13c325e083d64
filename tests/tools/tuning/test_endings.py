import errno
from collections.abc import Callable

import pytest
import torch
from safetensors import SafetensorError

from tools.tuning.endings import (
    DISK,
    DISK_FULL,
    NO_MEMORY,
    NotANumber,
    NothingFits,
    ended_by,
    reason_of,
)


def too_large() -> None:
    torch.empty(1 << 60, dtype=torch.int8)


def raising(error: Exception) -> Callable[[], None]:
    def do() -> None:
        raise error

    return do


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (too_large, NO_MEMORY),
        (raising(MemoryError()), NO_MEMORY),
        (raising(OSError(errno.ENOMEM, "Cannot allocate memory")), NO_MEMORY),
        (raising(RuntimeError("std::bad_alloc")), NO_MEMORY),
        (raising(RuntimeError("can't start new thread")), NO_MEMORY),
        (raising(torch.OutOfMemoryError("CUDA out of memory.")), NO_MEMORY),
        (raising(OSError(errno.ENOSPC, "No space left on device")), DISK_FULL),
        (raising(OSError(errno.EDQUOT, "Disk quota exceeded")), DISK_FULL),
        (
            raising(SafetensorError("I/O error: No space left on device (os error 28)")),
            DISK_FULL,
        ),
        (
            raising(RuntimeError("[enforce fail at inline_container.cc:672] . unexpected pos 64")),
            DISK_FULL,
        ),
        (
            raising(OSError(errno.EACCES, "Permission denied")),
            "The tune could not write its files: Permission denied.",
        ),
        (raising(OSError("no file named model.safetensors")), "The model cannot be loaded: no"),
        (raising(NotANumber()), "The training loss is no longer a number"),
        (raising(NothingFits()), "Every example is too long"),
    ],
)
def test_a_bad_end_is_said_in_a_sentence(happens: Callable[[], None], reason: str) -> None:
    with pytest.raises(Exception) as caught:
        happens()
    found = reason_of(caught.value)
    assert found is not None and found.startswith(reason) and "\n" not in found


@pytest.mark.parametrize("fault", [KeyError("labels"), RuntimeError("shapes differ")])
def test_a_fault_of_our_own_is_not_dressed_up(fault: Exception) -> None:
    assert reason_of(fault) is None


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (DISK, "The disk is full"),
        (-9, "most likely because the machine ran out of memory"),
        (-11, "ended by signal 11"),
        (1, "training.log"),
    ],
)
def test_an_exit_without_a_reason_is_told_by_its_code(code: int, text: str) -> None:
    assert text in ended_by(code)


@pytest.mark.parametrize(
    ("code", "log"),
    [
        (-6, "terminate called after throwing an instance of 'std::bad_alloc'"),
        (1, "libgomp: Thread creation failed: Resource temporarily unavailable"),
        (1, "Traceback\n  …\nMemoryError"),
    ],
)
def test_a_lack_of_memory_that_only_the_log_tells_is_said(code: int, log: str) -> None:
    assert ended_by(code, log) == NO_MEMORY
    assert ended_by(code, "step 3 of 9") != NO_MEMORY
