"""What the winner's errors on dev are made of."""

import json
from collections.abc import Sequence

from tools.assessment import Mistake
from tools.measure.metrics import item_scores, pairs
from tools.trials.task import Task
from tools.trials.trial import Trial

EXAMPLES_EACH = 3
MOST_KINDS = 8


def sort_mistakes(trial: Trial, task: Task) -> tuple[Mistake, ...]:
    """Kinds of errors with counts and a few examples each, most frequent first."""
    found: dict[str, list[dict[str, str]]] = {}
    scores = item_scores(task.metric, trial.expected, trial.given)
    for example, answer, score in zip(trial.examples, trial.answers, scores, strict=True):
        if score >= 1 or (task.type == "text" and answer.given is not None):
            continue
        for kind in kinds_of_mistake(task, example.answer, answer.given, answer.finish):
            found.setdefault(kind, []).append(
                {"input": example.input, "expected": example.answer, "given": answer.reply}
            )
    ordered = sorted(found.items(), key=lambda item: -len(item[1]))[:MOST_KINDS]
    return tuple(
        Mistake(kind=kind, count=len(rows), examples=tuple(rows[:EXAMPLES_EACH]))
        for kind, rows in ordered
    )


def kinds_of_mistake(task: Task, expected: str, given: str | None, finish: str) -> Sequence[str]:
    """What is wrong with an answer that is not right, in words."""
    if given is None:
        return ["answer cut off" if finish == "length" else "no valid answer"]
    if task.type == "labels":
        return [f"“{expected}” taken for “{given}”"]
    if task.type == "fields":
        return _field_kinds(expected, given)
    return ["wrong number" if task.type == "number" else "not close enough to the right text"]


def _field_kinds(expected: str, given: str) -> Sequence[str]:
    right, said = json.loads(expected), json.loads(given)
    alike = {key for key, _ in pairs(expected) & pairs(given)}  # as the metric compares them
    missing = [f"“{key}” missing" for key in right if key not in said]
    invented = [f"“{key}” invented" for key in said if key not in right]
    wrong = [f"“{key}” wrong" for key in right if key in said and key not in alike]
    return missing + invented + wrong
