from collections.abc import Callable, Sequence

import pytest

from policies.brief import Metric, TaskType
from tools.intake.examples import Example
from tools.trials.answering import Answer
from tools.trials.mistakes import (
    EXAMPLES_EACH,
    MOST_KINDS,
    OTHERS,
    UNKNOWN,
    count_errors,
    sort_mistakes,
)
from tools.trials.task import Task

METRICS: dict[TaskType, Metric] = {
    "labels": "accuracy",
    "fields": "field_f1",
    "number": "numeric_match",
    "text": "chrf",
}
MakeTask = Callable[..., Task]


Answered = tuple[list[Example], list[Answer]]


def answered(answers: Sequence[tuple[str, str | None, str]]) -> Answered:
    """Rows and answers of (expected, given, why the reply ended)."""
    rows = [Example(row, f"input {row}", expected) for row, (expected, *_) in enumerate(answers)]
    given = [
        Answer(row, f"reply {given}", given, finish, 1, 1, 0.1)
        for row, (_, given, finish) in enumerate(answers)
    ]
    return rows, given


@pytest.mark.parametrize(
    ("task_type", "expected", "given", "finish", "kinds"),
    [
        ("labels", "a", "a", "stop", []),
        ("labels", "a", "b", "stop", ["“a” taken for “b”"]),
        ("labels", "a", None, "stop", ["no valid answer"]),
        ("labels", "a", None, "length", ["answer cut off"]),
        ("labels", "a", None, "error", ["no answer came from the endpoint"]),
        ("number", "7.0", "7", "stop", []),
        ("number", "7.0", "8.0", "length", ["answer cut off"]),
        ("labels", "a", "b", "length", ["answer cut off"]),
        ("fields", '{"a": 1}', '{"a": 2}', "length", ["“a” wrong"]),
        ("text", "one", "two", "length", ["answer cut off"]),
        ("text", "one", "two", "content_filter", ["the model refused to answer"]),
        ("text", "one", "two", "stop", []),
        ("text", "one", None, "stop", ["no valid answer"]),
        ("fields", '{"a": 1}', '{"a": "1"}', "stop", []),
        ("fields", '{"a": 1}', "{}", "stop", ["“a” missing"]),
        ("fields", "{}", '{"seen": 1}', "stop", ["“seen” invented"]),
        (
            "fields",
            "{}",
            '{"Call Anna": 1, "seen": 1, "b": 1}',
            "stop",
            [UNKNOWN, "“seen” invented"],
        ),
        ("fields", '{"a": 1}', '{"a": 2}', "stop", ["“a” wrong"]),
        (
            "fields",
            '{"city": "Rome", "day": "Monday", "n": 4}',
            '{"city": " rome", "n": 5, "time": "8 pm"}',
            "stop",
            [
                "“day” missing (its value is not in the input as written)",
                "“n” wrong",
                UNKNOWN,
            ],
        ),
    ],
)
def test_each_error_is_named(
    task_type: TaskType,
    expected: str,
    given: str | None,
    finish: str,
    kinds: list[str],
    made_task: MakeTask,
) -> None:
    seen = [Example(1, "y", '{"seen": 1}')] if task_type == "fields" else []
    task = made_task(task_type, METRICS[task_type], train=[Example(0, "x", expected), *seen])
    found = sort_mistakes(task, *answered([(expected, given, finish)]))
    assert sorted(mistake.kind for mistake in found) == sorted(kinds)
    for mistake in found:
        assert mistake.count == 1
        assert mistake.examples == (
            {"input": "input 0", "expected": expected, "given": f"reply {given}"},
        )


def test_the_most_frequent_kinds_come_first_with_a_few_examples(made_task: MakeTask) -> None:
    answers = [("a", f"wrong {n % 20}" if n % 2 else "wrong", "stop") for n in range(60)]
    found = sort_mistakes(made_task(), *answered(answers))
    *kinds, others = found
    assert len(kinds) == MOST_KINDS
    assert [mistake.count for mistake in kinds] == sorted([m.count for m in kinds], reverse=True)
    assert (others.kind, others.count) == (OTHERS, 60 - sum(mistake.count for mistake in kinds))
    assert len(others.examples) == EXAMPLES_EACH
    assert (found[0].kind, found[0].count) == ("“a” taken for “wrong”", 30)
    assert [row["input"] for row in found[0].examples] == ["input 0", "input 2", "input 4"]
    assert len(found[0].examples) == EXAMPLES_EACH


def test_an_example_stands_for_one_kind_unless_there_is_no_other(made_task: MakeTask) -> None:
    task = made_task("fields", "field_f1", train=[Example(0, "x", '{"a": 1, "b": 2, "c": 3}')])
    full = '{"a": 1, "b": 2, "c": 3}'
    answers = [*[(full, "{}", "stop")] * 4, (full, '{"a": 1, "c": 3}', "stop")]
    shown = {
        kind.kind: [example["input"] for example in kind.examples]
        for kind in sort_mistakes(task, *answered(answers))
    }
    assert shown == {
        "“b” missing": ["input 0", "input 1", "input 2"],
        "“a” missing": ["input 3"],
        "“c” missing": ["input 0"],
    }


def test_no_errors_are_no_kinds(made_task: MakeTask) -> None:
    assert sort_mistakes(made_task(), *answered([("a", "a", "stop")] * 5)) == ()
    assert sort_mistakes(made_task(), *answered([])) == ()


@pytest.mark.parametrize(
    ("task_type", "reply", "given", "finish", "kind"),
    [
        ("number", "First I take 8 of the", "8", "length", "answer cut off"),
        ("number", "Answer: 8. The reason for this is that", "8", "length", "wrong number"),
        ("labels", "b, since the message", "b", "length", "“a” taken for “b”"),
        ("labels", "The message might be of b or of", "b", "length", "answer cut off"),
        ("labels", "I cannot tell b from c.", "b", "stop", "the model refused to answer"),
        ("text", "I'm unable to write this.", "I'm unable…", "stop", "the model refused to answer"),
        ("text", "I'm sorry for the delay.", "I'm sorry…", "stop", None),
    ],
)
def test_an_answer_read_out_of_a_cut_or_refusing_reply_is_no_answer(
    task_type: TaskType,
    reply: str,
    given: str,
    finish: str,
    kind: str | None,
    made_task: MakeTask,
) -> None:
    right = {"number": "7", "labels": "a"}.get(task_type, "Dear Anna")
    task = made_task(task_type, METRICS[task_type], train=[Example(0, "x", right)])
    answer = Answer(0, reply, given, finish, 1, 1, 0.1)
    found = sort_mistakes(task, [Example(0, "x", right)], [answer])
    assert [mistake.kind for mistake in found] == ([kind] if kind else [])


def test_a_text_that_should_say_what_cannot_be_done_is_no_refusal(made_task: MakeTask) -> None:
    row = Example(0, "x", "I cannot refund this.")
    task = made_task("text", "chrf", train=[row])
    answer = Answer(0, "I cannot pay.", "I cannot pay.", "stop", 1, 1, 0.1)
    assert sort_mistakes(task, [row], [answer]) == ()


@pytest.mark.parametrize(
    ("task_type", "reply", "finish", "kind"),
    [
        ("labels", "I'm sorry, but I can't help with that.", "stop", "the model refused to answer"),
        ("labels", "", "content_filter", "the model refused to answer"),
        ("labels", "Sorry to hear that! It is a parcel.", "stop", "no valid answer"),
        ("number", "12 * 3 = 36, so 36 + 4 = 41. Answer: 41", "stop", "a step reckoned wrongly"),
        ("number", "1,200 / 4 = $300. Answer: 300", "stop", "wrong number"),
        ("number", "5 / 0 = 0. Answer: 0", "stop", "a step reckoned wrongly"),
    ],
)
def test_replies_tell_why(
    task_type: TaskType, reply: str, finish: str, kind: str, made_task: MakeTask
) -> None:
    task = made_task(task_type, METRICS[task_type], train=[Example(0, "x", "7")])
    given = "41" if task_type == "number" else None
    answer = Answer(0, reply, given, finish, 1, 1, 0.1)
    found = sort_mistakes(task, [Example(0, "x", "7")], [answer])
    assert [mistake.kind for mistake in found] == [kind]


def test_a_value_that_stands_in_the_input_could_have_been_read(made_task: MakeTask) -> None:
    task = made_task("fields", "field_f1", train=[Example(0, "x", "{}")])
    answer = Answer(0, "{}", "{}", "stop", 1, 1, 0.1)
    row = Example(0, "off to ROME", '{"city": "Rome"}')
    assert [m.kind for m in sort_mistakes(task, [row], [answer])] == ["“city” missing"]


@pytest.mark.parametrize(
    ("task_type", "answers", "cells"),
    [
        (
            "labels",
            [("a", "a"), ("a", "b"), ("a", "b"), ("b", None)],
            {("a", "a"): 1, ("a", "b"): 2, ("b", ""): 1},
        ),
        (
            "fields",
            [
                ('{"x": 1, "y": 2, "z": 3}', '{"x": 1, "y": 5, "w": 0, "Call Anna": 0}'),
                ('{"x": 1}', None),
                ('{"x": 1}', '{"x": 1, "z": 0}'),
            ],
            {
                ("x", "right"): 2,
                ("x", ""): 1,
                ("y", "wrong"): 1,
                ("z", "missing"): 1,
                ("z", "invented"): 1,
                (UNKNOWN, "invented"): 1,
            },
        ),
        ("number", [("7", "8")], {}),
        ("text", [("one", "two")], {}),
    ],
)
def test_what_came_out_as_what_is_counted(
    task_type: TaskType,
    answers: list[tuple[str, str | None]],
    cells: dict[tuple[str, str], int],
    made_task: MakeTask,
) -> None:
    task = made_task(task_type, METRICS[task_type], train=[Example(0, "x", answers[0][0])])
    counted = count_errors(task, *answered([(right, given, "stop") for right, given in answers]))
    assert {(cell.right, cell.given): cell.count for cell in counted} == cells
