"""What errors on dev are made of."""

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from operator import add, mul, sub, truediv
from typing import Literal

from tools.assessment import ErrorCell, Mistake, MistakesPart, Weighing
from tools.intake.examples import Example
from tools.measure.metrics import item_scores, pairs
from tools.runs import Run
from tools.trials.answering import UNREAD, Answer
from tools.trials.lacking import place_of
from tools.trials.task import Task

Kept = Literal["classifier", "tuned"]

NOT_IN_INPUT = " (its value is not in the input as written)"
MISSING = "missing knowledge (right with passages of your documents)"
UNKNOWN = "a key not seen in train"
WEIGHING = "weighing"
EXAMPLES_EACH = 3
MOST_KINDS = 8
OTHERS = "other kinds"
FAR = "not close enough to the right text"
CUT, REFUSED = "answer cut off", "the model refused to answer"

_UNABLE = r"I(?:'m| am) (?:unable|not able)|I (?:can't|cannot|can not|won't)|as an AI"
_REFUSAL = re.compile(rf"\b(?:I(?:'m| am) sorry|{_UNABLE})\b", re.IGNORECASE)
_REFUSED_WITH_AN_ANSWER = re.compile(rf"\b(?:{_UNABLE})\b", re.IGNORECASE)  # many a text is sorry
_SAID = re.compile(r"\banswer\b\W*:", re.IGNORECASE)
_NUMBER = r"(-?\d+(?:\.\d+)?)"
_SUM = re.compile(rf"{_NUMBER} ?([-+*/x×]) ?\$?{_NUMBER} ?= ?\$?{_NUMBER}")


def sort_mistakes(
    task: Task,
    examples: Sequence[Example],
    answers: Sequence[Answer],
    looked_up: Sequence[int] = (),
) -> tuple[Mistake, ...]:
    """Kinds of errors with counts and a few examples each, most frequent first.

    Texts are never quite right; of those that were written to their end nothing is said here. What
    is beyond the most frequent kinds comes last, as one.

    Args:
        task: The task.
        examples: The rows that were answered.
        answers: The answers to them, in the same order.
        looked_up: Row numbers that passages of the team's documents put right: only there is it
            known that knowledge was missing.
    """
    found: dict[str, list[tuple[Example, Answer]]] = {}
    right = [example.right for example in examples]
    scores = item_scores(task.metric, right, [answer.given for answer in answers])
    for example, answer, score in zip(examples, answers, scores, strict=True):
        if score >= 1:
            continue
        missing = example.row in looked_up and (task.type != "text" or answer.given is None)
        for kind in [MISSING] if missing else kinds_of_mistake(task, example, answer):
            if kind != FAR:
                found.setdefault(kind, []).append((example, answer))
    ordered = sorted(found.items(), key=lambda item: -len(item[1]))
    shown, further = ordered[:MOST_KINDS], ordered[MOST_KINDS:]
    others = {example.row: (example, answer) for _, rows in further for example, answer in rows}
    return tuple(_with_examples([*shown, *([(OTHERS, list(others.values()))] if others else [])]))


def _with_examples(kinds: Iterable[tuple[str, list[tuple[Example, Answer]]]]) -> Iterator[Mistake]:
    """Kinds with examples: one that stands for a kind already comes again only alone."""
    shown: set[int] = set()
    for kind, rows in kinds:
        fresh = [pair for pair in rows if pair[0].row not in shown][:EXAMPLES_EACH] or rows[:1]
        shown.update(example.row for example, _ in fresh)
        told = tuple(
            {"input": example.input, "expected": example.answer, "given": answer.reply}
            for example, answer in fresh
        )
        yield Mistake(kind=kind, count=len(rows), examples=told)


def mistakes_of(
    name: str, task: Task, examples: Sequence[Example], answers: Sequence[Answer]
) -> MistakesPart:
    """What one way of working, of this name, got wrong on these rows."""
    kinds, cells = sort_mistakes(task, examples, answers), count_errors(task, examples, answers)
    return MistakesPart(name=name, kinds=kinds, cells=cells)


def keep_mistakes(run: Run, of: Kept, mistakes: MistakesPart) -> None:
    """Keep in the run's folder what a classifier or a tuned model got wrong."""
    run.save(f"{of}-mistakes", mistakes.model_dump(mode="json"))


def kept_mistakes(run: Run, of: Kept) -> MistakesPart | None:
    """What a classifier or a tuned model got wrong; earlier runs lack it."""
    if not (run.folder / f"{of}-mistakes.json").exists():
        return None
    return MistakesPart.model_validate(run.load(f"{of}-mistakes"))


def keep_weighing(run: Run, weighing: Weighing) -> None:
    """Keep in the run's folder what its mistakes count by the costs that the team named last."""
    run.save(WEIGHING, weighing.model_dump(mode="json"))


def kept_weighing(run: Run) -> Weighing | None:
    """What the mistakes count by the costs that the team named last, if it named any."""
    if not (run.folder / f"{WEIGHING}.json").exists():
        return None
    return Weighing.model_validate(run.load(WEIGHING))


def count_errors(
    task: Task, examples: Sequence[Example], answers: Sequence[Answer]
) -> tuple[ErrorCell, ...]:
    """What came out as what, right answers included: labels, or the fate of each field.

    Numbers and texts are of too many kinds to be counted so; they give nothing.
    """
    cells: Counter[tuple[str, str]] = Counter()
    for example, answer in zip(examples, answers, strict=True):
        expected, given = example.answer, answer.given
        if task.type == "labels":
            cells[expected, given or ""] += 1
        elif task.type == "fields":
            cells.update(_fates_of_fields(task, expected, given))
    return tuple(
        ErrorCell(right=right, given=given, count=count)
        for (right, given), count in sorted(cells.items())
    )


def _fates_of_fields(task: Task, expected: str, given: str | None) -> Iterator[tuple[str, str]]:
    right = json.loads(expected)
    if given is None:
        yield from ((key, "") for key in right)
        return
    said, alike = json.loads(given), {key for key, _ in pairs(expected) & pairs(given)}
    for key in right:
        yield key, "missing" if key not in said else "right" if key in alike else "wrong"
    yield from ((key, "invented") for key in _invented(task, right, said))


def _invented(task: Task, right: Iterable[str], said: Iterable[str]) -> list[str]:
    """Keys that a right answer lacks, those that all of train lacks gathered under one name.

    A model may make a key of a customer's words, and the list of mistakes is part of a report
    without examples.
    """
    found = [key for key in said if key not in right]
    known = [key for key in found if key in task.keys]
    return known if len(known) == len(found) else [*known, UNKNOWN]


def kinds_of_mistake(task: Task, example: Example, answer: Answer) -> Sequence[str]:
    """What is wrong with an answer that is not right, in words."""
    expected, given = example.answer, answer.given
    if given is None:
        return [_no_answer(answer)]
    if _is_cut(task, answer):
        return [CUT]
    if _is_refused(example, answer):
        return [REFUSED]
    if task.type == "labels":
        return [f"“{expected}” taken for “{given}”"]
    if task.type == "fields":
        return _field_kinds(task, example, given)
    if task.type == "text":
        return [FAR]
    if _has_wrong_sum(answer.reply):
        return ["a step reckoned wrongly"]
    return ["wrong number" + _unless_read(float(expected), example.input)]


def _no_answer(answer: Answer) -> str:
    if answer.finish == "error":
        return "no answer came from the endpoint"
    if answer.finish == UNREAD:
        return "the model cannot read the input: it is too long, or refused"
    if answer.finish == "length":
        return CUT
    if answer.finish == "content_filter" or _REFUSAL.search(answer.reply):
        return REFUSED
    return "no valid answer"


def _is_cut(task: Task, answer: Answer) -> bool:
    """Whether an answer that could be read was cut off: then it was read out of what led to it.

    An object, a label at the beginning and what was called the answer had come before the cut.
    """
    if answer.finish != "length" or task.type == "fields":
        return False
    named = task.type == "labels" and answer.reply.casefold().startswith(
        (answer.given or "").casefold()
    )
    return task.type == "text" or not (named or _SAID.search(answer.reply))


def _is_refused(example: Example, answer: Answer) -> bool:
    """Whether a reply out of which an answer could be read refuses to give one."""
    return answer.finish == "content_filter" or bool(
        _REFUSED_WITH_AN_ANSWER.search(answer.reply)
        and not _REFUSED_WITH_AN_ANSWER.search(example.answer)
    )


def _field_kinds(task: Task, example: Example, given: str) -> Sequence[str]:
    right, said = json.loads(example.answer), json.loads(given)
    alike = {key for key, _ in pairs(example.answer) & pairs(given)}  # as the metric compares them
    missing = [
        f"“{key}” missing" + _unless_read(right[key], example.input)
        for key in right
        if key not in said
    ]
    invented = [
        UNKNOWN if key == UNKNOWN else f"“{key}” invented" for key in _invented(task, right, said)
    ]
    wrong = [
        f"“{key}” wrong" + _unless_read(right[key], example.input)
        for key in right
        if key in said and key not in alike
    ]
    return missing + invented + wrong


def _unless_read(value: object, text: str) -> str:
    """What is said of a right value that cannot be read off the input, nor reckoned from it."""
    return NOT_IN_INPUT if place_of(value, text) == "absent" else ""


def _has_wrong_sum(reply: str) -> bool:
    """Whether a reply states a sum, difference, product or quotient that is not so."""
    for left, sign, right, result in _SUM.findall(reply.replace(",", "")):
        first, second = float(left), float(right)
        if sign == "/" and second == 0:
            return True
        found = {"+": add, "-": sub, "*": mul, "x": mul, "×": mul, "/": truediv}[sign](
            first, second
        )
        if not math.isclose(found, float(result), rel_tol=0.01, abs_tol=0.01):
            return True
    return False
