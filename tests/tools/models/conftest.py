"""What the passes of a model read."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from tools.models.local import LocalModel


@pytest.fixture
def widths(monkeypatch: pytest.MonkeyPatch) -> Callable[[LocalModel], list[int]]:
    """Of a model, how many tokens a row each further pass reads: a list that grows."""

    def watched(model: LocalModel) -> list[int]:
        found: list[int] = []
        once = model._reader.next_logits

        def counted(ids: torch.Tensor, reading: Any) -> torch.Tensor:
            found.append(ids.shape[1])
            return once(ids, reading)

        monkeypatch.setattr(model._reader, "next_logits", counted)
        return found

    return watched
