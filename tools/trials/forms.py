"""The form of right answers, learned from train rows, for constrained decoding."""

import json
from collections.abc import Sequence
from typing import Any

from policies.brief import TaskType
from tools.models.protocol import Form

NUMBER = r"-?[0-9]{1,12}(\.[0-9]{1,6})?"
MOST_CHOICES = 12
LEAST_SEEN = 2  # a value seen once says that others will come


def form_of(task_type: TaskType, answers: Sequence[str]) -> Form | None:
    """The form that answers have, or None where any text may be right.

    Labels have no form here: their decoding is constrained by scoring them.
    """
    if task_type == "number":
        return Form("regex", NUMBER)
    if task_type == "fields":
        objects = [json.loads(answer) for answer in answers]
        return Form("json_schema", json.dumps(_object_schema(objects), ensure_ascii=False))
    return None


def _schema(values: list[Any]) -> dict[str, Any]:
    if all(isinstance(value, dict) for value in values):
        return _object_schema(values)
    if all(isinstance(value, list) for value in values):
        inner = [item for value in values for item in value]
        return {"type": "array", "items": _schema(inner) if inner else {}}
    distinct = list(dict.fromkeys(json.dumps(value) for value in values))
    seen = [json.dumps(value) for value in values]
    if len(distinct) <= MOST_CHOICES and min(map(seen.count, distinct)) >= LEAST_SEEN:
        return {"enum": [json.loads(value) for value in distinct]}
    return {"type": sorted({_kind(value) for value in values})}


def _object_schema(answers: list[dict[str, Any]]) -> dict[str, Any]:
    """Keys in the order in which the answers have them; those that all have are required."""
    order = dict.fromkeys(key for answer in answers for key in answer)
    values = {key: [answer[key] for answer in answers if key in answer] for key in order}
    return {
        "type": "object",
        "properties": {key: _schema(found) for key, found in values.items()},
        "required": [key for key, found in values.items() if len(found) == len(answers)],
        "additionalProperties": False,
    }


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    kinds = {bool: "boolean", int: "integer", float: "number", str: "string", dict: "object"}
    return next((name for kind, name in kinds.items() if type(value) is kind), "array")
