import json
import time
from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from policies.brief import TaskType
from tools.measure.metrics import item_scores
from tools.trials.parse import parse_answer, plain_object

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
    ("not a refund but a card payment", "card payment"),
    ("It is not a card payment", None),
    ("It isn’t a top-up", None),
    ("card, not card payment", "card"),
    ("refund, top-up", None),
    ("refund or top-up, surely", None),
    ("Refund: they paid twice, perhaps by a top-up", "refund"),
    ("refund\nIt is no top-up", "refund"),
    ("card_payment", "card payment"),
    ("card\u00a0payment", "card payment"),
    ("Top–up", "top-up"),
    ("ｒｅｆｕｎｄ", "refund"),
    ("Answer: refund\nReason: not a top-up", "refund"),
    ("Answer: it is a refund\nReason: a card payment went wrong", "refund"),
    ("Answer: the category is\nrefund", "refund"),
    ("It is not a top-up. The answer is: refund", "refund"),
    ("Maybe top-up.\n**Answer**: refund", "refund"),
    ("Maybe top-up.\n**Answer:** refund", "refund"),
    ("<think>top-up? no</think>refund", "refund"),
    ("<think>\ntop-up?\n</think>\n\n```\nrefund\n```", "refund"),
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
        (("yes", "no"), "Yes, there is no problem.", "yes"),
        (("yes", "no"), "No. That is not so, yes?", "no"),
        (("yes", "no"), "yes and no", None),
        (("yes", "no"), "The answer is No.", "no"),
        (("Yes", "No"), "I would say no", "No"),
        (("IT", "HR"), "It is about HR, I think", "HR"),
        (("spam", "ham"), "This is not spam", None),
        (("spam", "not spam"), "This is not spam", "not spam"),
        (("payment", "card payment"), "not a card payment", None),
        (("A", "B", "C", "D"), "I need a moment", None),
        (("A", "B", "C", "D"), "A moment please", None),
        (("A", "B", "C", "D"), "It is a B", "B"),
        (("A", "B", "C", "D"), "B is right", "B"),
        (("A", "B", "C", "D"), "A or B", None),
        (("A", "B", "C", "D"), "b", "B"),
        (("A", "B", "C", "D"), "B) the second", "B"),
        (("I", "II", "III"), "I cannot tell", None),
        (("I", "II", "III"), "It is II", "II"),
        (("-1", "0", "1"), "−1", "-1"),
        (("-1", "0", "1"), "–1", "-1"),
        (("-1", "0", "1"), "- 1", "-1"),
        (("-1", "0", "1"), "it is -1", "-1"),
        (("-1", "0", "1"), "it is 0-1", None),
        (("0", "1"), "it is −1", None),
        (("1", "2"), "1.5", None),
        (("1", "2"), "it is 1,000", None),
        (("1", "2", "4"), "4.0", "4"),
        (("1.0", "0.0"), "1", "1.0"),
        (("4", "4.0"), "4.0", "4.0"),
        (("Card", "card"), "CARD", None),
        (("the answer: yes", "the answer: no"), "the answer: yes", "the answer: yes"),
        (("the answer: yes", "the answer: no"), "The answer: No.", "the answer: no"),
        (("it's “ok”", "bad"), 'It’s "OK"', "it's “ok”"),
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
        ('{"note": "Final answer: no", "n": 1}', {"note": "Final answer: no", "n": 1}),
        ('```json\n{"note": "Answer: {}"}\n```', {"note": "Answer: {}"}),
        ('<think>{"a": 2}?</think>{"a": 1}', {"a": 1}),
        ('An empty form is {}. Filled: {"a": 1}', {"a": 1}),
        ('{"order": {"id": 5}, "city": "Ro', None),
        ('{"items": [{"sku": "A"}], "n": 2,}', None),
    ],
)
def test_fields_are_the_first_json_object(reply: str, answer: dict[str, object] | None) -> None:
    found = parse_answer("fields", reply)
    assert (None if found is None else json.loads(found)) == answer


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (' {"a": "Answer: {}"} ', '{"a": "Answer: {}"}'),
        ('```json\n{"a": 1}\n```', '{"a": 1}'),
        ('Here: {"a": 1}', None),
        ('Answer: {"a": 1}', None),
        ("[1]", None),
    ],
)
def test_a_right_object_is_the_whole_text(text: str, written: str | None) -> None:
    assert plain_object(text) == written


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
        ("1e9999", None),
        ("1 234", 1234),
        ("14\u202f563", 14563),
        ("- 5", -5),
        ("12,5", 12.5),
        ("1.234,50 €", 1234.5),
        ("1.234", 1.234),
        ("1,234", 1234),
        ("It costs 12,5 euros", 12.5),
        ("It costs 1.234,50 € today", 1234.5),
        ("It has 1’234’567 rows", 1234567),
        ("It has 14\u00a0563 rows", 14563),
        ("It is –5 today", -5),
        ("It is -€ 5 today", -5),
        ("It is USD5 today", 5),
        ("12 m2", 12),
        ("45 m^2", 45),
        ("45 m^-2", 45),
        ("5km", 5),
        ("on 06.05.2024", None),
        ("it is...5", 5),
        ("Answer: 4 × 3 = 12", 12),
        ("Answer: 2 dozen = 24 eggs", 24),
        ("Answer: 12\nCheck: 12 / 4 = 3", 12),
        ("Answer: 1 234.", 1234),
        ("Answer: **1.234,50 €**", 1234.5),
        ("The answer is: 60 dollars for 3 people", 60),
        ("**Answer**: 42 of 100", 42),
        ("**Answer:** 42 of 100", 42),
        ("<think>7</think>8 or so", 8),
    ],
)
def test_a_number_is_found_by_one_rule(reply: str, number: float | None) -> None:
    found = parse_answer("number", reply)
    assert (None if found is None else float(found)) == number


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        ("A warm lamp.", "A warm lamp."),
        ("  A lamp\nof brass. \n", "A lamp\nof brass."),
        ("```\nA lamp.\n```", "A lamp."),
        ("Answer: A lamp.", "A lamp."),
        ("**The final answer is:** A lamp.", "A lamp."),
        ("<think>Hm.</think>\nA lamp.", "A lamp."),
        ("Question: Why?\nAnswer: A lamp.", "Question: Why?\nAnswer: A lamp."),
        ("Our answer: A lamp.", "Our answer: A lamp."),
        ("", None),
        ("Answer: ", None),
        ("``````", None),
    ],
)
def test_text_is_itself(reply: str, text: str | None) -> None:
    assert parse_answer("text", reply) == text


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        ("Plan: short.\nAnswer: A lamp.", "A lamp."),
        ("An answer: maybe.\nanswer: no\n**Answer:** The answer: yes.", "The answer: yes."),
        ("A lamp.", "A lamp."),
    ],
)
def test_text_after_reasoning_follows_the_last_marker_of_a_line(reply: str, text: str) -> None:
    assert parse_answer("text", reply, reasoned=True) == text


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


@pytest.mark.parametrize("piece", ["answer", "*", "answer" + "*" * 50, " ", "1,", "n't ", "=", ")"])
@pytest.mark.parametrize("task_type", TYPES)
def test_a_long_reply_is_read_soon(task_type: TaskType, piece: str) -> None:
    started = time.monotonic()
    for opening in ("answer", "card"):
        parse_answer(task_type, opening + piece * (100_000 // len(piece)) + "x", ("a", "card"))
    assert time.monotonic() - started < 5


@given(st.lists(st.text(min_size=1).filter(str.strip), min_size=1, unique=True), st.data())
def test_a_label_given_as_it_is_written_is_that_label(
    labels: list[str], data: st.DataObject
) -> None:
    wanted = data.draw(st.sampled_from(labels)).strip()
    if wanted in labels:
        assert parse_answer("labels", f" {wanted}\n", labels) == wanted
