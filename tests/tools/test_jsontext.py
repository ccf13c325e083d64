import time
from typing import Any

import pytest

from tools.jsontext import first_object, whole_object


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('So: {"a": 1} {"b": 2}', {"a": 1}),
        ('{"order": {"id": 5}, "city": "Ro', None),
        ('{"order": {"id": 5}', None),
        ('{"items": [{"sku": "A"}], "n": 2,}', None),
        ('{"items": [{"sku": "}"}], "n": 2,} {"b": "}"}', {"b": "}"}),
        ('{not json} {"a": 1}', {"a": 1}),
        ('An empty form is {}. Filled: {"a": 1}', {"a": 1}),
        ("An empty form is {}. {oops}", {}),
        ("{}", {}),
        ("none }", None),
    ],
)
def test_the_first_object_in_a_text(text: str, found: dict[str, Any] | None) -> None:
    assert first_object(text) == found


@pytest.mark.parametrize("text", ['{"a":' * 5000 + "1" + "}" * 5000, "{" * 50_000, "{}" * 50_000])
def test_a_search_for_objects_ends_soon(text: str) -> None:
    started = time.monotonic()
    first_object(text)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("text", "found"),
    [(' {"a": 1}\n', {"a": 1}), ('x {"a": 1}', None), ("[1]", None), ("{" * 9000, None)],
)
def test_a_text_that_is_one_object(text: str, found: dict[str, Any] | None) -> None:
    assert whole_object(text) == found
