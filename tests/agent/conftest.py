"""A conversation that has reached its verdict."""

from pathlib import Path

import pytest

from agent.state import State
from agent.workbench import Workbench
from policies.policy import load_policy
from tests.conversations import judged_state
from tools.models.catalogue import Catalogue
from tools.settings import load_settings


@pytest.fixture
def bench() -> Workbench:
    settings = load_settings()
    return Workbench(settings, Catalogue(settings), load_policy())


@pytest.fixture
def state(home: Path) -> State:
    return judged_state(home)
