from policies.decide import UNSETTLED
from policies.rules import ACTIONS, BEFORE_ALL
from tools.report.words import RULE_TITLES, rule_title


def test_every_rule_has_a_title_of_its_own() -> None:
    rules = [*(rule.name for rule in (*BEFORE_ALL, *ACTIONS)), UNSETTLED]
    assert sorted(rules) == sorted(RULE_TITLES)
    assert len(set(map(rule_title, rules))) == len(rules)


def test_a_rule_of_an_earlier_version_is_shown_by_its_name() -> None:
    assert rule_title("an_old_rule") == "An old rule"
