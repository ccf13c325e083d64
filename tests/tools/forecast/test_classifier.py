from collections.abc import Callable

import pytest

from tools.forecast.classifier import Contestant, baselines, timed, word_classifier
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


@pytest.mark.parametrize(("task_type", "answer"), [("text", "lamp"), ("fields", '{"a": 1}')])
def test_there_is_no_vote_on_free_answers(task_type: str, answer: str) -> None:
    train = [Example(n, f"input {n}", answer) for n in range(4)]
    metric = "chrf" if task_type == "text" else "field_f1"
    found = baselines(make_task(task_type, metric, "", None, train))  # type: ignore[arg-type]
    assert [contestant.name for contestant in found] == ["majority answer", "nearest row's answer"]


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
