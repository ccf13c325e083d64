"""Several right texts for one input: each is a reference for all of them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from tools.intake.examples import Example
from tools.intake.profile import normalise


def with_all_answers(examples: Sequence[Example]) -> tuple[list[Example], int]:
    """The rows, each with the other answers to its input.

    Returns:
        The rows, and how many inputs have several different answers.
    """
    answers: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for row in examples:
        answers[normalise(row.input)][row.answer] = None
    rows = [
        replace(row, also=tuple(a for a in answers[normalise(row.input)] if a != row.answer))
        for row in examples
    ]
    return rows, sum(len(found) > 1 for found in answers.values())


def each_input_once(rows: Sequence[Example]) -> tuple[Example, ...]:
    """The first row of each input: the others would be the same answer scored again."""
    first: dict[str, Example] = {}
    for row in rows:
        first.setdefault(normalise(row.input), row)
    return tuple(first.values())
