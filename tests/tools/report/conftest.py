from typing import Any

import pytest

from tests.assessments import labels, minimal


@pytest.fixture(name="labels")
def _labels() -> Any:
    return labels


@pytest.fixture(name="minimal")
def _minimal() -> Any:
    return minimal
