import pytest
import torch

from tools.models.fewrows import FEW_ROWS, favour_few_rows


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("shape", [(0, 24), (1, 24), (FEW_ROWS, 24), (5, 40, 24)])
def test_the_products_stay_the_same(shape: tuple[int, ...], bias: bool, dtype: torch.dtype) -> None:
    torch.manual_seed(0)
    plain = torch.nn.Linear(24, 40, bias=bias, dtype=dtype).requires_grad_(False)
    changed = torch.nn.Sequential(torch.nn.Linear(24, 40, bias=bias, dtype=dtype))
    changed[0].load_state_dict(plain.state_dict())
    rows = torch.randn(shape, dtype=dtype)
    with torch.inference_mode():
        favour_few_rows(changed)
        torch.testing.assert_close(changed(rows), plain(rows))
