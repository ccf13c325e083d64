"""The number format that local models compute in."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def compute_dtype() -> "tuple[torch.dtype, str]":
    """The number format to compute in, and why.

    A CPU without bf16 instructions emulates them: bf16 prefill measured 86 tokens a second there
    against 544 in fp32 (docs/log.md).
    """
    import torch  # a second of start-up

    if torch.cuda.is_available():
        return torch.bfloat16, "bf16: a CUDA device is present"
    able = torch.cpu.get_capabilities()
    if able.get("avx512_bf16") or able.get("amx_bf16"):
        return torch.bfloat16, "bf16: the processor has bf16 instructions"
    return torch.float32, "fp32: the processor has no bf16 instructions"
