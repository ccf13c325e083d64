import pytest

from policies.decide import UNSETTLED
from policies.rules import ACTIONS, BEFORE_ALL
from tools.report.words import rule_title

RULES = [*(rule.name for rule in (*BEFORE_ALL, *ACTIONS)), UNSETTLED]


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_a_title_of_its_own(rule: str) -> None:
    assert rule_title(rule) != rule_title("x_" + rule).removeprefix("X ").capitalize()


def test_a_rule_of_an_earlier_version_is_shown_by_its_name() -> None:
    assert rule_title("an_old_rule") == "An old rule"
