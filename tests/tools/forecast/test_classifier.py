import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tools.forecast.classifier import Contestant, baselines, elected, timed, word_classifier
from tools.intake.examples import Example
from tools.trials.task import Task, make_task

Coloured = Callable[..., list[Example]]
TaskOf = Callable[[list[Example]], Task]


def answers(contestant: Contestant, *texts: str) -> list[str]:
    return contestant.answer(texts).answers


def test_baselines_need_no_model(coloured: Coloured, task_of: TaskOf) -> None:
    train = coloured(red=9, blue=4, green=1)
    majority, nearest, vote = baselines(task_of(train))
    texts = ("a blue thing", "green", "something else")
    assert answers(majority, *texts) == ["red"] * 3
    assert answers(nearest, *texts) == ["blue", "green", "red"]
    assert answers(vote, *texts) == ["blue", "red", "red"]  # one green row is outvoted
    assert {c.arm(task_of(train), train).kind for c in (majority, nearest, vote)} == {"baseline"}


@pytest.mark.parametrize(
    ("task_type", "metric", "given", "voted"),
    [
        ("labels", "accuracy", ["b", "a", "a"], "a"),
        ("number", "numeric_match", ["3", "2", "1"], "3"),  # all differ: the nearest
        ("number", "numeric_match", ["3", "2", "2"], "2"),
        ("text", "chrf", ["quite another thing", "a red lamp", "a red lamp."], "a red lamp"),
        (
            "fields",
            "field_f1",
            ['{"a": 1, "c": "x"}', '{"a": 2, "b": "y"}', '{"a": 2, "b": "z"}'],
            '{"a": 2, "b": "y"}',
        ),
    ],
)
def test_rows_vote_on_every_kind_of_answer(
    task_type: Any, metric: Any, given: list[str], voted: str
) -> None:
    assert elected(task_type, given) == voted
    train = [Example(n, "the same input", answer) for n, answer in enumerate(given)]
    found = baselines(make_task(task_type, metric, "", None, train))
    assert [contestant.name for contestant in found] == [
        "majority answer",
        "nearest row's answer",
        "vote of the 8 nearest rows",
    ]
    assert found[1].answer(["the same input"]).answers == given[:1]
    assert found[2].answer(["the same input"]).answers == [voted]


def test_words_tell_labels_apart(coloured: Coloured, task_of: TaskOf) -> None:
    train = coloured(red=8, blue=8, green=1)
    classifier = word_classifier(task_of(train))
    assert answers(classifier, "red thing", "blue thing", "green thing 17") == [
        "red", "blue", "green",
    ]  # fmt: skip
    dev = [Example(1, "red car", "red"), Example(2, "red car", "blue")]
    arm = classifier.arm(task_of(train), dev)
    assert (arm.kind, arm.model, arm.dev.score, arm.dev.n) == ("classifier", "none", 0.5, 2)
    assert arm.p50_ms > 0 and classifier.score(task_of(train), dev).score == 0.5


@pytest.mark.parametrize("signs", ["+-", "👍👎", "57", "買賣"])
def test_inputs_without_words_are_told_apart_too(signs: str, task_of: TaskOf) -> None:
    train = [Example(n, signs[n % 2], "ab"[n % 2]) for n in range(12)]
    assert answers(word_classifier(task_of(train)), *signs) == ["a", "b"]


def test_an_answering_function_tells_its_time() -> None:
    found = timed(lambda texts: [text.upper() for text in texts])(["a", "b"])
    assert found.answers == ["A", "B"] and found.seconds >= 0


FEW_ROWS_A_LABEL = """
from tools.forecast.classifier import word_classifier
from tools.intake.examples import Example
from tools.trials.task import make_task
rows = [Example(n, f"message {n} of kind {n % 18}", f"kind {n % 18}") for n in range(30)]
print(word_classifier(make_task("labels", "accuracy", "", None, rows)).name)
"""


def test_many_labels_on_few_rows_bother_nobody_with_a_warning() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FEW_ROWS_A_LABEL], capture_output=True, text=True, check=True
    )
    assert done.stdout and not done.stderr
