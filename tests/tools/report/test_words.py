import pytest

from policies.evidence import Difference
from policies.guards import TOO_FEW, UNSETTLED
from policies.recommendation import Flip
from policies.rules import ACTIONS, BEFORE_ALL, LAST_RESORT, LIMITS
from tools.report import words
from tools.report.rhythms import rhythm
from tools.report.words import RULE_TITLES, about, ahead, flip_sentence, money, rule_title


def test_every_rule_has_a_title_of_its_own() -> None:
    rules = [*(rule.name for rule in (*BEFORE_ALL, *ACTIONS)), TOO_FEW, UNSETTLED]
    assert sorted(rules) == sorted(RULE_TITLES)
    assert len(set(map(rule_title, rules))) == len(rules)


def test_a_rule_of_an_earlier_version_is_shown_by_its_name() -> None:
    assert rule_title("an_old_rule") == "An old rule"


@pytest.mark.parametrize(
    ("quantity", "current", "threshold", "told"),
    [
        ("retrainings_per_month", 0.0, 4.193, "be trained anew every week or more often,"),
        ("retrainings_per_month", 9.0, 4.197, "be trained anew 4 times a month or less often,"),
        ("monthly_requests", 20_000.0, 3_004_250.0, "rose to 3,010,000,"),
        ("monthly_requests", 5_000_000.0, 120_726.0, "fell to 120,000,"),
        ("monthly_requests", None, 564_350.0, "were 565,000 or more,"),
        ("latency_limit_ms", None, 849.6, "longest time for an answer were 849 ms or less,"),
        ("latency_limit_ms", 2_000.0, 849.6, "fell to 849 ms,"),
        (
            "retrainings_per_month",
            None,
            0.531,
            "a model had to be trained anew every 8 weeks or more",
        ),
        ("monthly_requests", 90.0, 100.0, "rose to 100,"),
        ("target", 0.9, 0.94, "rose to 94 %,"),
        ("machine_price_per_hour", 0.1, 1.054, "rose to 1.06 EUR,"),
    ],
)
def test_a_flip_is_told_on_the_side_where_the_answer_is_another(
    quantity: str, current: float | None, threshold: float, told: str
) -> None:
    flip = Flip(quantity=quantity, current=current, threshold=threshold, verdict="fine_tune")
    assert told in flip_sentence(flip, "EUR")


@pytest.mark.parametrize(
    ("a_month", "more_often", "told"),
    [
        (0.0, None, "never"),
        (1 / 12, None, "every 12 months"),
        (1 / 3, None, "every 3 months"),
        (1.0, None, "every month"),
        (52 / 12, None, "every week"),
        (26 / 12, True, "every 2 weeks"),
        (365 / 12, None, "every day"),
        (5.0, False, "5 times a month"),
        (5.2, True, "6 times a month"),
        (0.531, True, "every 8 weeks"),
        (0.531, False, "every 2 months"),
        (0.054, True, "every 18 months"),
        (2.0, True, "twice a month"),
        (1e-9, False, "every 1000000000 months"),
        (300.0, None, "300 times a month"),
    ],
)
def test_a_number_of_times_a_month_is_told_as_a_rhythm(
    a_month: float, more_often: bool | None, told: str
) -> None:
    assert rhythm(a_month, more_often) == told


def test_a_flip_tells_the_end_of_its_range() -> None:
    down = Flip(
        quantity="latency_limit_ms", current=None, threshold=248, verdict="fine_tune", until=170.4
    )
    assert "were 248 ms or less, but more than 171 ms, the answer" in flip_sentence(down, "EUR")
    up = down.model_copy(
        update={"quantity": "monthly_requests", "threshold": 400_000, "until": 1_234_567}
    )
    assert "were 400,000 or more, but less than 1,230,000, the" in flip_sentence(up, "EUR")


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (LIMITS, "good enough, but outside your limits."),
        (LAST_RESORT, "too early to say: a measurement is missing."),
        (TOO_FEW, "too early to say: more examples are needed."),
        ("", "too early to say: more examples are needed."),
    ],
)
def test_a_flip_is_titled_by_what_decides_there(rule: str, told: str) -> None:
    flip = Flip(
        quantity="target", current=0.9, threshold=0.8, verdict="not_enough_evidence", rule=rule
    )
    assert flip_sentence(flip, "EUR").endswith(f"the answer would become: {told}")


def test_small_amounts_and_rough_counts_have_two_digits() -> None:
    amounts = [money(x, "EUR") for x in (0.0111, 0.00096, 0.36, 551.2)]
    assert amounts == ["0.011 EUR", "0.00096 EUR", "0.36 EUR", "551 EUR"]
    assert [about(x) for x in (9_046_175, 48, 0.0)] == ["9,000,000", "48", "0"]


def test_what_a_training_took_and_left_out_is_said() -> None:
    assert words.memory_taken(1352.2, None) == "1,352 MB of memory at most"
    assert words.memory_taken(1352.2, 11200.0) == "11,200 MB of the GPU's memory at most"
    assert words.memory_taken(None, None) == "memory not measured"
    assert words.left_out(0) == ""
    assert words.left_out(1).startswith("1 training example was left out")
    assert words.left_out(3).startswith("3 training examples were left out")


NINE = Difference(value=5 / 9, low=2 / 9, high=8 / 9, p_value=0.0625, fixed=5)
ONE = Difference(value=-0.2, low=-0.6, high=0, p_value=1, broken=1)
LEVEL = Difference(value=0, low=0, high=0, p_value=1)


@pytest.mark.parametrize(
    ("found", "rows", "told"),
    [
        (
            NINE,
            9,
            "Row by row a is ahead of b by 55.6 points: 5 of 9 rows are right by it alone, 0 by b "
            "alone. Chance alone would show this much in about 6 of 100 such tests, so it may well "
            "be luck.",
        ),
        (NINE, 20, "a is ahead of b by 55.6 points (+22.2 to +88.9): 5 of 20 rows are right by it"),
        (NINE, None, "a is ahead of b by 55.6 points (+22.2 to +88.9): 5 rows are right by it"),
        (ONE, 5, "b is ahead of a by 20 points: 1 of 5 rows is right by it alone, 0 by a alone. A"),
        (ONE, None, "b is ahead of a by 20 points (0 to +60): 1 row is right by it alone"),
    ],
)
def test_a_lead_on_few_rows_has_no_interval(found: Difference, rows: int | None, told: str) -> None:
    assert told in ahead("a", "b", found, rows)


@pytest.mark.parametrize("rows", [None, 5, 100])
def test_chance_explains_no_difference_of_nothing(rows: int | None) -> None:
    told = ahead("a", "b", LEVEL, rows)
    assert told.startswith("Row by row a is as good as b: 0") and "hance" not in told
