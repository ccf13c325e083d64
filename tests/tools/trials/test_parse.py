import json
from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from policies.brief import TaskType
from tools.measure.metrics import item_scores
from tools.trials.parse import parse_answer, plain_number

BANK = ("card payment", "card", "refund", "top-up", "Überweisung")
LABEL_REPLIES = [
    ("refund", "refund"),
    ("Refund", "refund"),
    ("  REFUND. ", "refund"),
    ('"refund"', "refund"),
    ("“refund”", "refund"),
    ("**refund**", "refund"),
    ("`refund`", "refund"),
    ("[refund]", "refund"),
    ("ÜBERWEISUNG!", "Überweisung"),
    ("```\nrefund\n```", "refund"),
    ("```text\nrefund\n```", "refund"),
    ("```refund```", "refund"),
    ("Top-Up", "top-up"),
    ("The category is refund.", "refund"),
    ("It is about a refund, since they want a refund", "refund"),
    ("Label: refund", "refund"),
    ("Answer: refund", "refund"),
    ("ANSWER : Refund.", "refund"),
    ("The card was lost.\nAnswer: refund", "refund"),
    ("Answer: card? No.\nAnswer: refund", "refund"),
    ("card payment", "card payment"),
    ("this is a card payment", "card payment"),
    ("a card, or rather a card payment", "card payment"),
    ("card", "card"),
    ("refund or top-up", None),
    ("card refund", None),
    ("not a refund but a card payment", None),
    ("refunds", None),
    ("unrefund", None),
    ("re fund", None),
    ("mortgage", None),
    ("", None),
    ("Answer:", None),
    ("refund\nAnswer: something else", None),
    ("...", None),
]


@pytest.mark.parametrize(("reply", "label"), LABEL_REPLIES)
def test_a_label_is_found_by_one_rule(reply: str, label: str | None) -> None:
    assert parse_answer("labels", reply, BANK) == label


@pytest.mark.parametrize(
    ("labels", "reply", "label"),
    [
        (("*", "**", "***"), "***", "***"),
        (("*", "**", "***"), "", None),
        (("?", "!"), "!", "!"),
        (("+", "-"), "-", "-"),
        (("A", "a"), "a", "a"),
        (("yes", "Yes."), "Yes.", "Yes."),
        (("C", "C++", "C#"), "c++", "C++"),
        (("NA", "null", "None", "007"), "007", "007"),
        (("1", "10", "100"), "10", "10"),
        (("1", "10", "100"), "it is 10", "10"),
        (("a.b", "axb"), "surely axb", "axb"),
        (("positive", "negative"), "positive/negative", None),
        ((), "refund", None),
    ],
)
def test_labels_of_any_kind_are_told_apart(
    labels: Sequence[str], reply: str, label: str | None
) -> None:
    assert parse_answer("labels", reply, labels) == label


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        ('{"city": "Rome", "n": 4}', {"city": "Rome", "n": 4}),
        ('```json\n{"city": "Rome"}\n```', {"city": "Rome"}),
        ('```json {"city": "Rome"} ```', {"city": "Rome"}),
        ('Here you are: {"city": "Rome"} Enjoy!', {"city": "Rome"}),
        ('{"a": 1} {"b": 2}', {"a": 1}),
        ('{"a": {"b": [1, null, true]}}', {"a": {"b": [1, None, True]}}),
        ('{not json} {"a": 1}', {"a": 1}),
        ('{ "a": 1', None),
        ('Thinking {about} it.\nAnswer: {"a": 1}', {"a": 1}),
        ('{"a": 1}\nAnswer: none', None),
        ('[{"a": 1}]', {"a": 1}),
        ('["a"]', None),
        ("{'a': 1}", None),
        ('{"ü": "ß\\u00e9"}', {"ü": "ßé"}),
        ("{}", {}),
        ("", None),
    ],
)
def test_fields_are_the_first_json_object(reply: str, answer: dict[str, object] | None) -> None:
    found = parse_answer("fields", reply)
    assert (None if found is None else json.loads(found)) == answer


def test_half_an_emoji_can_be_stored() -> None:
    found = parse_answer("fields", '{"a": "\\ud83d", "\\udc00": 1}')
    assert found is not None and json.loads(found.encode()) == {"a": "?", "?": 1}


@pytest.mark.parametrize("depth", [10, 500, 990, 5000])
def test_nested_json_ends_somewhere(depth: int) -> None:
    parse_answer("fields", '{"a":' * depth + "1" + "}" * depth)


@pytest.mark.parametrize(
    ("reply", "number"),
    [
        ("7", 7),
        ("7.0", 7),
        ("-7", -7),
        ("−7", -7),
        (".5", 0.5),
        ("-.5", -0.5),
        ("1,234,567.5", 1234567.5),
        ("$1,200", 1200),
        ("-$5", -5),
        ("$-5", -5),
        ("€ 40", 40),
        ("40 %", 40),
        ("12.", 12),
        ("1e5", 1e5),
        ("2.5E-3", 0.0025),
        ("about 3 or 4", 4),
        ("3 + 4 = 7", 7),
        ("it takes 10-12", 12),
        ("on 2024-05-06", 6),
        ("COVID-19", 19),
        ("She has 3 apples and buys 4.\nAnswer: 7 apples, not 8", 7),
        ("Answer: 5\nNo, answer: 6", 6),
        ("```\n12\n```", 12),
        ("```12```", 12),
        ("none", None),
        ("", None),
        ("Answer: none, though 3 is near", 3),
        ("3\nAnswer: none", None),
        ("9" * 400, None),
        ("1e999", None),
    ],
)
def test_a_number_is_found_by_one_rule(reply: str, number: float | None) -> None:
    found = parse_answer("number", reply)
    assert (None if found is None else float(found)) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", "7"),
        ("€9,009.00", "9009"),
        ("$1,200.50 net of 3", "1200.5"),
        ("-0.25", "-0.25"),
        ("n/a", None),
        ("", None),
    ],
)
def test_a_right_answer_is_written_plainly(text: str, number: str | None) -> None:
    assert plain_number(text) == number


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        ("A warm lamp.", "A warm lamp."),
        ("  A lamp\nof brass. \n", "A lamp\nof brass."),
        ("```\nA lamp.\n```", "A lamp."),
        ("Plan: short.\nAnswer: A lamp.", "A lamp."),
        ("", None),
        ("Answer: ", None),
        ("``````", None),
    ],
)
def test_text_is_itself(reply: str, text: str | None) -> None:
    assert parse_answer("text", reply) == text


TYPES: tuple[TaskType, ...] = ("labels", "fields", "number", "text")
PIECES = st.lists(
    st.text()
    | st.sampled_from(
        ["```", "json\n", "Answer:", "{", "}", '"', ":", "1", ",", "-", "e5", "\\ud83d", "card"]
    ),
    max_size=12,
).map("".join)


@given(st.sampled_from(TYPES), PIECES, st.lists(st.text(min_size=1, max_size=6), max_size=4))
@example("number", "١٢", ["a"])
@example("fields", '{"a": ' + "9" * 5000 + "}", ["a"])
@example("fields", '{"a": NaN}', ["a"])
def test_no_reply_breaks_the_rule(task_type: TaskType, reply: str, labels: list[str]) -> None:
    found = parse_answer(task_type, reply, labels)
    if found is None:
        return
    if task_type == "labels":
        assert found in labels
    if task_type == "number":
        assert item_scores("numeric_match", [found], [found])[0] == 1
    if task_type == "fields":
        assert item_scores("field_f1", [found], [found])[0] == 1


@given(st.lists(st.text(min_size=1).filter(str.strip), min_size=1, unique=True), st.data())
def test_a_label_given_as_it_is_written_is_that_label(
    labels: list[str], data: st.DataObject
) -> None:
    wanted = data.draw(st.sampled_from(labels)).strip()
    if wanted in labels and "```" not in wanted and "answer" not in wanted.casefold():
        assert parse_answer("labels", f" {wanted}\n", labels) == wanted
