"""The number format that local models compute in, found without torch where that is certain."""

import platform
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import torch

Format = Literal["bfloat16", "float32"]
CPU_INFO = Path("/proc/cpuinfo")
# What CUDA or ROCm needs: NVIDIA's driver, that of Windows' Linux, AMD's.
ACCELERATORS = tuple(map(Path, ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd")))
REASONS: dict[Format, str] = {
    "bfloat16": "bf16: the processor is faster at it than at fp32",
    "float32": "fp32: the processor is no faster at bf16",
}


@cache
def number_format() -> tuple[Format, str]:
    """The number format to compute in, and why.

    A CPU without bf16 instructions emulates them: bf16 prefill measured 86 tokens a second there
    against 544 in fp32. Intel's instructions without AMX measured 145 GFLOP/s against 240 in fp32,
    AMD's 389 against 188 (docs/log.md). That AMX is faster is expected and was not measured.
    """
    if any(path.exists() for path in ACCELERATORS) or not CPU_INFO.exists():
        import torch  # a second of start-up

        if torch.cuda.is_available():
            return "bfloat16", "bf16: a CUDA device is present"
    found = _told_by_linux() or _told_by_torch()
    return found, REASONS[found]


def format_of_processor(cpu_info: str) -> Format | None:
    """The format for an x86 processor by Linux's description of it; None for any other."""
    flags = re.search(r"^flags\s*:(.*)$", cpu_info, re.MULTILINE)
    if flags is None:
        return None
    return _faster(set(flags[1].split()), cpu_info)


def compute_dtype() -> "tuple[torch.dtype, str]":
    """The number format as torch has it, and why."""
    import torch

    name, why = number_format()
    return getattr(torch, name), why


def _told_by_linux() -> Format | None:
    if not CPU_INFO.exists():
        return None
    return format_of_processor(CPU_INFO.read_text(encoding="utf-8", errors="replace"))


def _told_by_torch() -> Format:
    import torch

    able = torch.cpu.get_capabilities()
    return _faster({name for name, has in able.items() if has}, platform.processor())


def _faster(flags: set[str], described: str) -> Format:
    intel = "Intel" in described
    fast = "amx_bf16" in flags or ("avx512_bf16" in flags and not intel)
    return "bfloat16" if fast else "float32"
