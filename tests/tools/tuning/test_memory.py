from pathlib import Path

import pytest
import torch

from tools.tuning.memory import choose_keeping, folding_bytes, keeping_on
from tools.tuning.recipe import Recipe
from tools.tuning.trainer import load_quantised

GB = 10**9


@pytest.mark.parametrize(
    ("free", "weights", "activations", "must_fold", "folded", "kept"),
    [
        (70 * GB, 28 * GB, 20 * GB, False, True, True),
        (70 * GB, 28 * GB, 60 * GB, False, True, False),
        (70 * GB, 28 * GB, 40 * GB, False, False, True),
        (18 * GB, 28 * GB, 12 * GB, False, False, True),
        (18 * GB, 28 * GB, 50 * GB, False, False, False),
        (18 * GB, 28 * GB, 1 * GB, True, True, False),
        (0, 0, 0, False, True, True),
    ],
)
def test_what_fits_is_kept(
    free: int, weights: int, activations: int, must_fold: bool, folded: bool, kept: bool
) -> None:
    keeping = choose_keeping(free, weights, activations, must_fold)
    assert (keeping.folded, keeping.activations) == (folded, kept)
    assert keeping.optimiser == ("adamw_torch_fused" if kept else "paged_adamw_8bit")
    assert f"{free / GB:.1f} GB are free" in keeping.reason


def test_folded_weights_take_two_copies_in_bf16(tiny: Path) -> None:
    model = load_quantised(str(tiny), Recipe(learning_rate=1.0))
    linear = 2 * (2 * 64 * 64 + 2 * 64 * 32 + 3 * 64 * 128)  # two layers of q, o, k, v and the rest
    assert folding_bytes(model) == 2 * 2 * linear


def test_a_tune_keeps_everything_where_it_can(tiny: Path) -> None:
    keeping = keeping_on(
        load_quantised(str(tiny), Recipe(learning_rate=1.0)), 1000, must_fold=False
    )
    assert keeping.folded and keeping.activations
    assert ("free" in keeping.reason) == torch.cuda.is_available()
