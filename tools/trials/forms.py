"""The form of right answers, learned from train rows, for constrained decoding."""

import json
from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Any, NamedTuple

from policies.brief import TaskType
from tools.intake.examples import Example
from tools.jsontext import first_object
from tools.models.copied import ANY_ORDER, COPIED, Schema, is_piece, words_of
from tools.models.protocol import Form

NUMBER = r"-?[0-9]{1,12}(\.[0-9]{1,6})?"
LISTED = "category"  # the key of a label among those listed
MOST_CHOICES = 12
LEAST_SEEN = 2  # a value seen once says that others will come
COPIED_SHARE = 0.98  # of the texts of a key; a slip of a labeller does not tell against it
ROOMY = 2  # times as many words as the longest copied text of the train rows


def form_of(task_type: TaskType, train: Sequence[Example]) -> Form | None:
    """The form that answers have, or None where any text may be right.

    Labels have no form here: where a model gives log-probabilities, they are scored; elsewhere see
    `listing`.
    """
    if task_type == "number":
        return Form("regex", NUMBER)
    if task_type == "fields":
        found = [Found(json.loads(example.answer), example.input) for example in train]
        return Form("json_schema", json.dumps(_object_schema(found), ensure_ascii=False))
    return None


def listing(labels: Sequence[str]) -> Form:
    """An object that holds one of the labels: endpoints take objects only as the whole answer."""
    label = {"type": "string", "enum": list(labels)}
    schema = {
        "type": "object",
        "properties": {LISTED: label},
        "required": [LISTED],
        "additionalProperties": False,
    }
    return Form("json_schema", json.dumps(schema, ensure_ascii=False))


def listed(reply: str) -> str:
    """The label in such an object; all of the reply where there is none."""
    label = (first_object(reply) or {}).get(LISTED)
    return label if isinstance(label, str) else reply


class Found(NamedTuple):
    """A value in a right answer, and the input that it answers."""

    value: Any
    text: str


def _schema(found: list[Found]) -> Schema:
    values = [each.value for each in found]
    if all(isinstance(value, dict) for value in values):
        return _object_schema(found)
    if all(isinstance(value, list) for value in values):
        inner = [Found(item, each.text) for each in found for item in each.value]
        return {"type": "array", "items": _schema(inner) if inner else {}}
    if words := _words_copied(found):
        return {"type": sorted({_kind(value) for value in values}), COPIED: words}
    distinct = list(dict.fromkeys(json.dumps(value) for value in values))
    seen = [json.dumps(value) for value in values]
    if len(distinct) <= MOST_CHOICES and min(map(seen.count, distinct)) >= LEAST_SEEN:
        return {"enum": [json.loads(value) for value in distinct]}
    return {"type": sorted({_kind(value) for value in values})}


def _words_copied(found: list[Found]) -> int:
    """How many words a copied text may have; 0 where texts are not copied from the inputs."""
    texts = [each for each in found if isinstance(each.value, str)]
    others = [each.value for each in found if not isinstance(each.value, str | None)]
    copied = sum(is_piece(each.value, each.text) for each in texts)
    if others or copied < LEAST_SEEN or copied < COPIED_SHARE * len(texts):
        return 0
    return ROOMY * max(words_of(each.value) for each in texts)


def _object_schema(found: list[Found]) -> Schema:
    """Keys in the order in which all answers have them; those that all have are required."""
    answers = [each.value for each in found]
    order, is_fixed = _order(answers)
    inner = {
        key: [Found(each.value[key], each.text) for each in found if key in each.value]
        for key in order
    }
    return {
        "type": "object",
        "properties": {key: _schema(values) for key, values in inner.items()},
        "required": [key for key, values in inner.items() if len(values) == len(answers)],
        "additionalProperties": False,
        **({} if is_fixed else {ANY_ORDER: True}),
    }


def _order(answers: list[dict[str, Any]]) -> tuple[list[str], bool]:
    """All keys, and whether the answers agree on their order."""
    before: dict[str, set[str]] = {key: set() for answer in answers for key in answer}
    for answer in answers:
        for one, two in pairwise(answer):
            before[two].add(one)
    try:
        return list(TopologicalSorter(before).static_order()), True
    except CycleError:
        return list(before), False


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    kinds = {bool: "boolean", int: "integer", float: "number", str: "string", dict: "object"}
    return next((name for kind, name in kinds.items() if type(value) is kind), "array")
