import subprocess
import sys
from pathlib import Path

import pytest
import torch

from tools.models import numbers
from tools.models.folder import model_fingerprint

X86 = "processor\t: 0\nflags\t\t: fpu sse avx512f {}\nbugs\t\t:\n\nprocessor\t: 1\n"
PROCESSORS = [
    (X86.format("avx512_bf16 amx_tile"), "bfloat16"),
    (X86.format("amx_bf16"), "bfloat16"),
    (X86.format("avx512_fp16"), "float32"),
    ("processor\t: 0\nFeatures\t: fp asimd bf16\n", None),  # torch knows more about this one
    ("", None),
]


@pytest.mark.parametrize(("told", "format"), PROCESSORS)
def test_the_format_by_the_processor_s_flags(told: str, format: str | None) -> None:
    assert numbers.format_of_processor(told) == format


def test_it_is_what_torch_says() -> None:
    able = torch.cpu.get_capabilities()
    bf16 = torch.cuda.is_available() or able.get("avx512_bf16") or able.get("amx_bf16")
    numbers.number_format.cache_clear()
    dtype, reason = numbers.compute_dtype()
    assert dtype == (torch.bfloat16 if bf16 else torch.float32)
    assert reason.startswith("bf16" if bf16 else "fp32")


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
