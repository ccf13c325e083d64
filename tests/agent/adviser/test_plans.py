"""Plans that an adviser asks for."""

from typing import Any

import pytest

from agent.adviser.asking import Adviser
from agent.adviser.plans import MOST, suggestions
from tests.agent.adviser.scripted import Scripted
from tests.agent.fakes import Careful
from tools.progress import Watch
from tools.trials.task import Task

TASK = Task("labels", "accuracy", "Sort mail.", None, (), ("late", "lost"))


def _plan(wording: str, **more: Any) -> tuple[str, dict[str, Any]]:
    given = {"wording": wording, "shots": "none", "shot_count": 0, "scored": False}
    return "try_plan", given | more


ASKED: list[tuple[list[tuple[str, Any]], list[str]]] = [
    ([_plan("Be brief."), _plan("Be kind.")], ["Be brief.", "Be kind."]),
    ([_plan("Be brief."), ("try_plan", {"shots": 3}), ("other", "x")], ["Be brief."]),
    ([_plan(f"Wording {number}.") for number in range(9)], [f"Wording {n}." for n in range(MOST)]),
    ([_plan("Be {how}."), _plan("Be kind."), _plan("w" * 9000), _plan("")], ["Be kind."]),
    ([], []),
]


@pytest.mark.parametrize(("asked", "tried"), ASKED)
def test_what_is_asked_for_is_tried_within_limits(
    asked: list[tuple[str, Any]], tried: list[str], adviser: Adviser, scripted: Scripted
) -> None:
    scripted.calls(*asked)
    model = Careful({})
    for _ in range(2):  # a resumed run asks nobody again
        plans = suggestions([], TASK, model, Watch(), adviser)
        assert [plan.own for plan in plans] == tried
        assert len({plan.name for plan in plans}) == len(plans)
    assert len(scripted.received) == 1
