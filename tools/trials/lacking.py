"""Which mistakes could come from facts that the input lacks, as far as input and answer tell."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

from policies.evidence import Errors
from tools.intake.examples import Example
from tools.measure.metrics import item_scores, pairs
from tools.trials.answering import Answer
from tools.trials.task import Task

Place = Literal["absent", "there", "untold"]

COUNTED = 100  # whole numbers below may be counted, or written in words
_FIGURE = re.compile(r"[\w.,:/@-]*\d[\w.,:/@-]*")  # figures, dates, codes
_ENDS = ".,:;/-"


def sort_by_facts(
    task: Task, examples: Sequence[Example], answers: Sequence[Answer], target: float
) -> Errors:
    """Sort mistakes, row by row, by where what the right answer says can be found.

    Args:
        task: The task.
        examples: The rows that were answered.
        answers: The answers to them, in the same order.
        target: A text below it counts as a mistake; other answers are right or not.
    """
    right = [example.right for example in examples]
    scores = item_scores(task.metric, right, [answer.given for answer in answers])
    enough = target if task.type == "text" else 1
    found = Counter(
        _place_of_mistake(task, example, answer)
        for example, answer, score in zip(examples, answers, scores, strict=True)
        if score < enough
    )
    return Errors(absent=found["absent"], untold=found["untold"], behaviour=found["there"])


def place_of(value: object, text: str) -> Place:
    """Whether a right value can be read off an input, cannot, or might be reckoned from it."""
    if isinstance(value, str):
        return "there" if value.casefold() in text.casefold() else "absent"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "untold"
    whole = isinstance(value, int) or value.is_integer()
    if (str(value) if isinstance(value, int) else f"{value:.15g}") in text:  # all figures it has
        return "there"
    reckoned = any(map(str.isdigit, text)) or (whole and abs(value) < COUNTED)
    return "untold" if reckoned else "absent"


def _place_of_mistake(task: Task, example: Example, answer: Answer) -> Place:
    """Where the facts were that an answer got wrong; without an answer nothing shows a lack."""
    if answer.given is None:
        return "there"
    if task.type == "labels":
        return "untold"  # a label stands in no input, known or not
    places = set(_places(task, example, answer.given))
    return "absent" if "absent" in places else "untold" if "untold" in places else "there"


def _places(task: Task, example: Example, given: str) -> Iterator[Place]:
    if task.type == "number":
        yield place_of(float(example.answer), example.input)
    elif task.type == "fields":
        alike = {key for key, _ in pairs(example.answer) & pairs(given)}
        for key, value in json.loads(example.answer).items():
            if key not in alike:
                yield place_of(value, example.input)
    else:
        figures = [found.strip(_ENDS) for found in _FIGURE.findall(example.answer)]
        yield from (place_of(figure, example.input) for figure in figures or ())
        if not figures:
            yield "untold"  # words may be put in many ways
