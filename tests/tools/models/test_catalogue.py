"""What the catalogue knows of models before any is loaded."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from tools.models.catalogue import Catalogue
from tools.settings import EndpointSettings, LocalModelSettings, Settings


@pytest.mark.parametrize(
    ("name", "larger"),
    [
        ("middle", False),  # itself
        ("small", False),
        ("large", True),
        ("far", True),  # nobody knows what is behind an endpoint
        ("unweighed", True),
        ("gone", True),  # out of the settings since
    ],
)
def test_a_model_is_larger_by_its_parameters(name: str, larger: bool, tmp_path: Path) -> None:
    for kept, width in (("small", 2), ("middle", 4), ("large", 8), ("unweighed", 0)):
        (tmp_path / kept).mkdir()
        if width:
            weights = {"layer": np.zeros((width, 3), dtype=np.float32)}
            save_file(weights, tmp_path / kept / "model.safetensors")
    settings = Settings(
        home=tmp_path,
        models={
            kept: LocalModelSettings(folder=tmp_path / kept)
            for kept in ("small", "middle", "large", "unweighed")
        },
        endpoints={"far": EndpointSettings(base_url="http://far/v1", model="m")},
    )
    assert Catalogue(settings).may_be_larger(name, "middle") == larger
