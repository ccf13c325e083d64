"""How much memory a training may take: running out ends it with a sentence, not the machine."""

import contextlib
import os
import sys
from pathlib import Path

CONTAINER = Path("/sys/fs/cgroup/memory.max")  # "max", or the bytes that a container may take


def allowed_bytes(share: float) -> int | None:
    """This share of the memory of the machine or the container; None where it is not told."""
    if sys.platform != "linux":
        return None
    most = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    with contextlib.suppress(OSError, ValueError):
        most = min(most, int(CONTAINER.read_text(encoding="ascii")))
    return int(share * most)


def keep_within(most: int) -> None:
    """Refuse this process more private memory than that; Linux counts what is mapped for writing.

    Files that are only read and the code of libraries do not count. On a GPU the driver maps memory
    of its own, so no limit is set there.
    """
    if sys.platform != "linux":
        return
    import resource  # not on Windows

    import torch

    if torch.cuda.is_available():
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
