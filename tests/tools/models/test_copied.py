"""Marks in a schema: what they become for one input, and for models that know none."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.models.copied import (
    ANY_ORDER,
    COPIED,
    MOST_WORDS,
    is_marked,
    is_piece,
    marked_for,
    unmarked,
    words_of,
)

SENTENCE = "A table for two in Sri Lanka, “tonight”, at 9:30."


@pytest.mark.parametrize(
    ("value", "stands"),
    [
        ("table for two", True),
        ("Sri Lanka", True),
        ("“tonight”", True),
        ("9:30", True),
        (SENTENCE, True),
        ("able", False),
        ("a table", False),
        ("Lanka tonight", False),
        ("two ", False),
        ("", False),
    ],
)
def test_a_piece_is_whole_words_as_they_stand(value: str, stands: bool) -> None:
    assert is_piece(value, SENTENCE) == stands


def schema(**parts: Any) -> dict[str, Any]:
    return {"type": "object", "properties": parts, "required": sorted(parts)}


PLACE = {"type": ["string"], COPIED: 3}
MARKED = [
    schema(place=PLACE),
    schema(stops={"type": "array", "items": PLACE}),
    schema(trip=schema(place={"type": ["null", "string"], COPIED: 3})),
    {**schema(place={"type": ["string"]}), ANY_ORDER: True},
]


@pytest.mark.parametrize("marked", MARKED)
def test_other_models_get_the_schema_without_marks(marked: dict[str, Any]) -> None:
    assert is_marked(marked) and not is_marked(unmarked(marked))
    assert "x-" not in json.dumps(unmarked(marked))
    assert "x-" not in json.dumps(marked_for(marked, SENTENCE))


def test_a_key_or_a_value_that_is_called_like_a_mark_is_none() -> None:
    odd = schema(**{COPIED: {"type": ["integer"]}, ANY_ORDER: {"enum": [{COPIED: 1}]}})
    assert not is_marked(odd) and marked_for(odd, SENTENCE) == odd


@pytest.mark.parametrize("text", ["", " \n", "word " * (MOST_WORDS + 1)])
def test_a_text_without_words_or_with_too_many_leaves_any_text(text: str) -> None:
    assert marked_for(schema(place=PLACE), text) == schema(place={"type": ["string"]})


@given(st.text(max_size=60), st.data())
def test_what_is_cut_at_words_is_a_piece(text: str, data: st.DataObject) -> None:
    if words := list(re.finditer(r"\S+", text)):
        first = data.draw(st.integers(0, len(words) - 1))
        last = data.draw(st.integers(first, len(words) - 1))
        piece = text[words[first].start() : words[last].end()]
        assert is_piece(piece, text) and words_of(piece) >= 1
