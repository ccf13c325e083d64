import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from tools.models import numbers
from tools.models.folder import model_fingerprint

X86 = (
    "processor\t: 0\nvendor_id\t: {}\nflags\t\t: fpu sse avx512f {}\nbugs\t\t:\n\nprocessor\t: 1\n"
)
PROCESSORS = [
    (X86.format("AuthenticAMD", "avx512_bf16"), "bfloat16"),
    (X86.format("GenuineIntel", "avx512_bf16 amx_bf16"), "bfloat16"),
    (X86.format("GenuineIntel", "avx512_bf16 amx_tile avx512_fp16"), "float32"),
    (X86.format("AuthenticAMD", "avx512_vnni"), "float32"),
    ("processor\t: 0\nFeatures\t: fp asimd bf16\n", None),  # torch knows more about this one
    ("", None),
]


@pytest.mark.parametrize(("told", "format"), PROCESSORS)
def test_the_format_by_the_processor_s_flags(told: str, format: str | None) -> None:
    assert numbers.format_of_processor(told) == format


@pytest.mark.parametrize(
    ("able", "described", "format"),
    [
        ({"avx512_bf16": True, "amx_bf16": False}, "AMD64 Family 25, AuthenticAMD", "bfloat16"),
        ({"avx512_bf16": True, "amx_bf16": False}, "Intel64 Family 6, GenuineIntel", "float32"),
        ({"avx512_bf16": True, "amx_bf16": True}, "Intel64 Family 6, GenuineIntel", "bfloat16"),
        ({"architecture": "aarch64"}, "arm", "float32"),
    ],
)
def test_elsewhere_by_what_torch_says(
    able: dict[str, Any], described: str, format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers, "CPU_INFO", Path("none"))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: able)
    monkeypatch.setattr(platform, "processor", lambda: described)
    numbers.number_format.cache_clear()
    assert numbers.compute_dtype()[0] == getattr(torch, format)
    numbers.number_format.cache_clear()


@pytest.mark.parametrize("missing", ["a description of the processor", "certainty about CUDA"])
def test_where_linux_does_not_say_torch_is_asked(
    missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if missing == "certainty about CUDA":
        monkeypatch.setattr(numbers, "ACCELERATORS", (tmp_path,))
    else:
        monkeypatch.setattr(numbers, "CPU_INFO", tmp_path / "none")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    numbers.number_format.cache_clear()
    assert numbers.compute_dtype() == (torch.bfloat16, "bf16: a CUDA device is present")
    numbers.number_format.cache_clear()


def test_the_fingerprint_depends_on_it(
    tiny_models: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = set()
    for name in ("bfloat16", "float32"):
        monkeypatch.setattr(numbers, "number_format", lambda name=name: (name, "for a test"))
        found.add(model_fingerprint(tiny_models["llama"]))
    assert len(found) == 2


@pytest.mark.skipif(not numbers.CPU_INFO.exists(), reason="only Linux says it without torch")
def test_a_fingerprint_needs_no_torch(tiny_models: dict[str, Path]) -> None:
    if any(path.exists() for path in numbers.ACCELERATORS):
        pytest.skip("torch is asked about the device")
    code = "import sys; from pathlib import Path; from tools.models.folder import *; "
    code += "print(model_fingerprint(Path(sys.argv[1])), 'torch' in sys.modules)"
    folder = str(tiny_models["llama"])
    said = subprocess.check_output([sys.executable, "-c", code, folder], text=True)
    assert said.split() == [model_fingerprint(tiny_models["llama"]), "False"]
