import json
import re
from typing import Any

import pytest

from policies.brief import TaskType
from tools.trials.forms import form_of


@pytest.mark.parametrize("task_type", ["labels", "text"])
def test_where_any_text_may_be_right_there_is_no_form(task_type: TaskType) -> None:
    assert form_of(task_type, ["red", "blue"]) is None


@pytest.mark.parametrize("text", ["0", "-3", "12.5", "999999999999"])
def test_numbers_have_the_form_of_a_number(text: str) -> None:
    form = form_of("number", ["1"])
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
    form = form_of("fields", [json.dumps(answer) for answer in answers])
    assert form is not None and form.kind == "json_schema"
    found = json.loads(form.text)
    assert found["properties"] == schema and found["required"] == ["a"]
    assert found["additionalProperties"] is False


def test_keys_that_some_answers_lack_are_not_required_and_objects_may_be_nested() -> None:
    answers = [{"to": {"city": "Rome"}}, {"to": {"city": "Bonn", "day": 2}, "by": "rail"}]
    form = form_of("fields", [json.dumps(answer) for answer in answers])
    assert form is not None
    found = json.loads(form.text)
    assert found["required"] == ["to"] and list(found["properties"]) == ["to", "by"]
    assert found["properties"]["to"]["required"] == ["city"]
