"""The number format that local models compute in, found without torch where that is certain."""

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import torch

Format = Literal["bfloat16", "float32"]
ABLE = {"avx512_bf16", "amx_bf16"}
CPU_INFO = Path("/proc/cpuinfo")
# What CUDA or ROCm needs: NVIDIA's driver, that of Windows' Linux, AMD's.
ACCELERATORS = tuple(map(Path, ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd")))
REASONS: dict[Format, str] = {
    "bfloat16": "bf16: the processor has bf16 instructions",
    "float32": "fp32: the processor has no bf16 instructions",
}


@cache
def number_format() -> tuple[Format, str]:
    """The number format to compute in, and why.

    A CPU without bf16 instructions emulates them: bf16 prefill measured 86 tokens a second there
    against 544 in fp32 (docs/log.md).
    """
    if not any(path.exists() for path in ACCELERATORS) and CPU_INFO.exists():
        found = format_of_processor(CPU_INFO.read_text(encoding="utf-8", errors="replace"))
        if found:
            return found, REASONS[found]
    return _told_by_torch()


def format_of_processor(cpu_info: str) -> Format | None:
    """The format for an x86 processor by Linux's description of it; None for any other."""
    flags = re.search(r"^flags\s*:(.*)$", cpu_info, re.MULTILINE)
    if flags is None:
        return None
    return "bfloat16" if ABLE & set(flags[1].split()) else "float32"


def compute_dtype() -> "tuple[torch.dtype, str]":
    """The number format as torch has it, and why."""
    import torch

    name, why = number_format()
    return getattr(torch, name), why


def _told_by_torch() -> tuple[Format, str]:
    import torch  # a second of start-up

    if torch.cuda.is_available():
        return "bfloat16", "bf16: a CUDA device is present"
    able = torch.cpu.get_capabilities()
    found: Format = "bfloat16" if any(able.get(name) for name in ABLE) else "float32"
    return found, REASONS[found]
