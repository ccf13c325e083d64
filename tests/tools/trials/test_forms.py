import json
import re
from typing import Any

import pytest

from policies.brief import TaskType
from tools.intake.examples import Example
from tools.models.copied import ANY_ORDER, COPIED
from tools.trials.forms import form_of


def rows(*answers: Any, inputs: tuple[str, ...] = ()) -> list[Example]:
    texts = inputs or ("",) * len(answers)
    return [
        Example(row, text, answer if isinstance(answer, str) else json.dumps(answer))
        for row, (text, answer) in enumerate(zip(texts, answers, strict=True))
    ]


def schema_of(*answers: Any, inputs: tuple[str, ...] = ()) -> dict[str, Any]:
    form = form_of("fields", rows(*answers, inputs=inputs))
    assert form is not None and form.kind == "json_schema"
    found: dict[str, Any] = json.loads(form.text)
    return found


@pytest.mark.parametrize("task_type", ["labels", "text"])
def test_where_any_text_may_be_right_there_is_no_form(task_type: TaskType) -> None:
    assert form_of(task_type, rows("red", "blue")) is None


@pytest.mark.parametrize("text", ["0", "-3", "12.5", "999999999999"])
def test_numbers_have_the_form_of_a_number(text: str) -> None:
    form = form_of("number", rows("1"))
    assert form is not None and form.kind == "regex" and re.fullmatch(form.text, text)
    assert not re.fullmatch(form.text, "about 3")


@pytest.mark.parametrize(
    ("answers", "schema"),
    [
        ([{"a": "x"}, {"a": "y"}], {"a": {"type": ["string"]}}),
        ([{"a": "x"}, {"a": "x"}], {"a": {"enum": ["x"]}}),
        ([{"a": 1}, {"a": 2.5}, {"a": None}], {"a": {"type": ["integer", "null", "number"]}}),
        ([{"a": True}, {"a": True}], {"a": {"enum": [True]}}),
        ([{"a": ["x"]}, {"a": []}], {"a": {"type": "array", "items": {"type": ["string"]}}}),
        ([{"a": []}], {"a": {"type": "array", "items": {}}}),
    ],
)
def test_a_schema_is_learned_from_the_answers(answers: list[Any], schema: dict[str, Any]) -> None:
    found = schema_of(*answers)
    assert found["properties"] == schema and found["required"] == ["a"]
    assert found["additionalProperties"] is False


def test_keys_that_some_answers_lack_are_not_required_and_objects_may_be_nested() -> None:
    answers = [{"to": {"city": "Rome"}}, {"to": {"city": "Bonn", "day": 2}, "by": "rail"}]
    found = schema_of(*answers)
    assert found["required"] == ["to"] and set(found["properties"]) == {"to", "by"}
    assert found["properties"]["to"]["required"] == ["city"]


@pytest.mark.parametrize(
    ("keys", "order"),
    [
        (["a c", "b c", "a b"], ["a", "b", "c"]),  # met first in another order
        (["c", "a", "b a"], ["b", "a"]),
        (["a b", "b a"], None),
        (["a b", "b c", "c a"], None),
    ],
)
def test_keys_stand_in_the_order_that_all_answers_have(
    keys: list[str], order: list[str] | None
) -> None:
    found = schema_of(*(dict.fromkeys(each.split(), 1) for each in keys))
    assert found.get(ANY_ORDER, False) == (order is None)
    if order is not None:
        at = [list(found["properties"]).index(key) for key in order]
        assert at == sorted(at)


TEXTS = ("to Rome, please", "from Bonn to New York", "Oslo!")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (["Rome", "New York", "Oslo"], 4),
        (["Rome", None, "Oslo"], 2),
        ([["Rome"], ["Bonn", "New York"], []], 4),
        ([{"to": "Rome"}, {"to": "New York"}, {"to": "Oslo"}], 4),
        (["rome", "New York", "Oslo"], 0),  # not as it stands there
        (["Rom", "New Yor", "Osl"], 0),
        (["Rome", "Rome", "Rome"], 0),
        ([1, "New York", "Oslo"], 0),
    ],
)
def test_texts_that_all_stand_in_their_inputs_are_copied(values: list[Any], words: int) -> None:
    found = schema_of(*({"place": value} for value in values), inputs=TEXTS)["properties"]["place"]
    inner = found.get("items") or found.get("properties", {}).get("to") or found
    assert inner.get(COPIED, 0) == words


def test_one_slip_in_fifty_does_not_tell_against_copying() -> None:
    inputs = tuple(f"to town {number}" for number in range(100))
    for slips, copied in ((2, True), (3, False)):
        answers = [{"to": f"town {n}" if n >= slips else "Elsewhere"} for n in range(100)]
        found = schema_of(*answers, inputs=inputs)["properties"]["to"]
        assert (COPIED in found) == copied
