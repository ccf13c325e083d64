"""Chats as fine-tuning services take them are read as inputs and answers."""

import json
from pathlib import Path
from typing import Any

import pytest

from tools.intake.chats import as_columns
from tools.intake.dataset import first_look
from tools.intake.read import read_table


def _say(*turns: tuple[str, Any]) -> list[dict[str, Any]]:
    return [{"role": role, "content": text} for role, text in turns]


# A chat, its input, its answer and its system message.
CHATS: list[tuple[dict[str, Any], str, str, str | None]] = [
    ({"messages": _say(("user", "hi"), ("assistant", "hello"))}, "hi", "hello", None),
    (
        {"messages": _say(("system", "Be kind."), ("user", "hi"), ("assistant", "hello"))},
        "hi", "hello", "Be kind.",
    ),
    (
        {
            "messages": _say(
                ("user", "hi"), ("assistant", "yes?"), ("user", "late"), ("assistant", "sorry")
            )
        },
        "User: hi\nAssistant: yes?\nUser: late", "sorry", None,
    ),
    (
        {"conversations": [{"from": "human", "value": "hi"}, {"from": "gpt", "value": "hello"}]},
        "hi", "hello", None,
    ),
    (
        {"messages": _say(("user", [{"type": "text", "text": "hi"}]), ("assistant", "hello"))},
        "hi", "hello", None,
    ),
    ({"messages": _say(("user", "hi"), ("assistant", None))}, "hi", "", None),
    ({"messages": _say(("user", "hi"))}, "hi", "", None),
    (
        {"messages": _say(("user", "hi"), ("assistant", "hello"), ("user", "bye"))},
        "hi", "hello", None,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("chat", "asked", "answer", "system"), CHATS)
def test_a_chat_is_an_input_and_its_answer(
    chat: dict[str, Any], asked: str, answer: str, system: str | None
) -> None:
    found = as_columns({**chat, "id": 7})
    assert (found["input"], found["answer"], found["id"]) == (asked, answer, 7)
    assert found.get("system message") == system


def test_a_file_of_chats_is_read(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    answers = ["billing", "delivery"] * 20
    lines = [
        {"messages": _say(("system", "Sort."), ("user", f"mail {n}"), ("assistant", answer))}
        for n, answer in enumerate(answers)
    ]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    look = first_look(path)
    assert (look.rows, look.input_column, look.answer_column) == (40, "input", "answer")
    assert look.task_type == "labels" and look.prompt == "Sort."


ODD: list[Any] = [
    {"messages": "hi", "label": "x"},
    {"messages": [], "label": "x"},
    {"messages": ["hi"], "label": "x"},
    {"messages": [{"role": 7}], "label": "x"},
]


@pytest.mark.parametrize("item", ODD)
def test_what_is_no_chat_stays_as_it_is(item: Any, tmp_path: Path) -> None:
    path = tmp_path / "odd.jsonl"
    path.write_text(json.dumps(item), encoding="utf-8")
    assert read_table(path).frame.columns.tolist() == ["messages", "label"]
