import math
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sacrebleu.metrics import CHRF
from sklearn.metrics import f1_score

from policies.brief import Metric
from tools.measure.metrics import item_scores, overall, pairs

LABELS = st.sampled_from(["a", "b", "c"])


@pytest.mark.parametrize(
    ("metric", "expected", "given_answers", "scores"),
    [
        ("accuracy", ["a", "b", "c"], ["a", "B", None], [1, 0, 0]),
        ("macro_f1", ["a", "b", "c"], ["a", "B", None], [1, 0, 0]),
        ("numeric_match", ["7", "7.0", "-2", "0"], ["7.0", "7", "2", "0.0000000001"], [1, 1, 0, 1]),
        ("numeric_match", ["1000000", "1000000"], ["1000000.5", "1000002"], [1, 0]),
        ("numeric_match", ["12345678", "12345678"], ["12345679", "12345678.0"], [0, 1]),
        ("numeric_match", ["9" * 30, "9" * 30], ["9" * 30, "9" * 29 + "8"], [1, 0]),
        ("numeric_match", ["1e300", "1e6"], ["1E+300", "1000000"], [1, 1]),
        ("numeric_match", ["3"], [None], [0]),
        ("chrf", ["one two", "one two"], ["one two", None], [1, 0]),
    ],
)
def test_each_item_has_its_score(
    metric: Metric,
    expected: Sequence[str],
    given_answers: Sequence[str | None],
    scores: Sequence[float],
) -> None:
    assert list(item_scores(metric, expected, given_answers)) == pytest.approx(scores)


@pytest.mark.parametrize(
    ("expected", "answer", "score"),
    [
        ('{"city": "Rome", "guests": 4}', '{"guests": 4, "city": "Rome"}', 1.0),
        ('{"city": "Rome", "guests": 4}', '{"city": " rome  ", "guests": "4"}', 1.0),
        ('{"city": "Rome", "guests": 4}', '{"city": "Rome"}', 2 / 3),
        ('{"city": "Rome", "guests": 4}', '{"city": "Rome", "guests": 5}', 1 / 2),
        ('{"city": "Rome"}', '{"city": "Rome", "day": "Monday", "time": "8 pm"}', 1 / 2),
        ('{"city": "Rome"}', '{"town": "Rome"}', 0.0),
        ('{"city": "Rome"}', "{}", 0.0),
        ("{}", '{"city": "Rome"}', 0.0),
        ("{}", "{}", 1.0),
        ('{"a": {"x": 1, "y": 2}}', '{"a": {"y": 2, "x": 1}}', 1.0),
        ('{"a": [1, 2]}', '{"a": [2, 1]}', 0.0),
        ('{"a": null, "b": true}', '{"a": "null", "b": "True"}', 1.0),
        ('{"n": 6}', '{"n": "6"}', 1.0),
        ('{"n": 1200}', '{"n": 1200.0}', 1.0),
        ('{"n": 1000000}', '{"n": 1e6}', 1.0),
        ('{"n": 12345678901234567890}', '{"n": 12345678901234567891}', 0.0),
        ('{"a": ["É", " Rome "]}', '{"a": ["é", "rome"]}', 1.0),
        ('{"a": "cafe\\u0301"}', '{"a": "CAFÉ"}', 1.0),
        ('{"a": {"b": [1.0, {"c": "X"}]}}', '{"a": {"b": [1, {"c": "x"}]}}', 1.0),
        ('{"a": [true]}', '{"a": [1]}', 0.0),
        ('{"a": NaN}', '{"a": NaN}', 1.0),
        ('{"a": ' + "[" * 700 + "]" * 700 + "}", '{"a": ' + "[" * 700 + "]" * 700 + "}", 1.0),
    ],
)
def test_field_f1_by_hand(expected: str, answer: str, score: float) -> None:
    assert item_scores("field_f1", [expected], [answer])[0] == pytest.approx(score)


def test_pairs_compare_without_case_and_outer_spaces() -> None:
    assert pairs('{"City": " New \\n York ", "n": 2.5}') == {("City", "new york"), ("n", "2.5")}


@pytest.mark.parametrize(
    ("expected", "given_answers", "score"),
    [
        (["a", "a", "b", "b"], ["a", "a", "a", "a"], 1 / 3),  # F1 of a: 2/3, of b: 0
        (["a", "a", "b", "b"], ["a", None, "b", "b"], (2 / 3 + 1) / 2),
        (["a", "b"], ["x", "x"], 0.0),
        (["a", "b"], [None, None], 0.0),
        (["∅", "a"], [None, "a"], 1 / 2),
        (["-1", "a"], [None, "-1"], 0.0),
        ([], [], 0.0),
    ],
)
def test_macro_f1_by_hand(
    expected: Sequence[str], given_answers: Sequence[str | None], score: float
) -> None:
    assert overall("macro_f1", expected, given_answers) == pytest.approx(score)


@given(st.lists(st.tuples(LABELS, LABELS), min_size=1, max_size=30))
def test_macro_f1_is_scikit_learns_over_the_expected_labels(rows: list[tuple[str, str]]) -> None:
    expected, answers = map(list, zip(*rows, strict=True))
    theirs = f1_score(
        expected, answers, labels=sorted(set(expected)), average="macro", zero_division=0
    )
    assert overall("macro_f1", expected, answers) == pytest.approx(theirs)


@pytest.mark.parametrize(
    ("expected", "answer"),
    [
        ("A warm lamp of brass.", "A lamp of warm brass."),
        ("A warm lamp.", "Something else entirely"),
        ("Über 20 Wörter", "Ueber 20 Worte"),
        ("x", "y"),
    ],
)
def test_chrf_is_sacrebleus_in_hundredths(expected: str, answer: str) -> None:
    theirs = CHRF().sentence_score(answer, [expected]).score / 100
    assert item_scores("chrf", [expected], [answer])[0] == pytest.approx(theirs)


@given(
    st.lists(
        st.tuples(st.text(min_size=1, max_size=12), st.none() | st.text(min_size=1, max_size=12)),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from(["accuracy", "macro_f1", "chrf"]),
)
@settings(deadline=None)
def test_a_score_lies_between_0_and_1(rows: list[tuple[str, str | None]], metric: Metric) -> None:
    expected, answers = [row[0] for row in rows], [row[1] for row in rows]
    assert 0 <= overall(metric, expected, answers) <= 1
    assert overall(metric, expected, [None] * len(rows)) == 0
    right = overall(metric, expected, expected)
    if metric != "chrf" or all(text.strip() for text in expected):  # chrF drops white space
        assert math.isclose(right, 1) and right <= 1


def test_an_overall_score_is_the_mean_of_the_items() -> None:
    assert overall("accuracy", ["a", "b", "c", "d"], ["a", "b", "c", None]) == 0.75
    assert overall("accuracy", [], []) == 0
