"""Whether the examples were enough for the answer, and what would make it surer."""

import math

from policies.evidence import MOST_TEST_ROWS, Score
from tools.assessment import Assessment
from tools.report import words
from tools.report.advised import advised_arm


def were_enough(a: Assessment) -> list[str]:
    """Whether the file has examples enough for its answer, by the range of the score."""
    at = _score(a)
    if a.more_examples:
        return [f"Not yet enough: at least {a.more_examples:,} more examples are needed."]
    if at is None or not a.task.test:
        return []
    goal = words.percent(a.task.target)
    within = f"{at.n:,} rows put the true score within {words.span(at.low, at.high)}"
    if at.low < a.task.target <= at.high:
        return [
            f"Enough for an answer, not for certainty: {within}, and the target of {goal} lies in "
            "that range."
        ]
    side = "above" if at.low >= a.task.target else "below"
    return [f"Yes, enough for this answer: {within}, all of it {side} the target of {goal}."]


def surer(a: Assessment) -> list[str]:
    """What more examples would do for the certainty, where a score was measured."""
    at = _score(a)
    if at is None or not at.n or not a.task.test:
        return []
    if a.task.test >= MOST_TEST_ROWS:
        return [
            f"More examples would hardly make it surer: {MOST_TEST_ROWS} test rows are the most "
            "that are held out. A judgement on live answers would."
        ]
    rows = a.task.rows * MOST_TEST_ROWS / a.task.test
    half = (at.high - at.low) / 2 * math.sqrt(a.task.test / MOST_TEST_ROWS)
    return [
        f"Surer with more examples: a file of about {words.about(rows)} rows would have "
        f"{MOST_TEST_ROWS} for the test in place of {a.task.test:,}, and the score would be known "
        f"to about {words.points(round(half, 2)).removeprefix('+')} either way."
    ]


def _score(a: Assessment) -> Score | None:
    """The score that the answer rests on; that of the best prompt where a tune is still to come."""
    best = a.prompting.best
    chosen = next((arm for arm in a.arms if arm.name == advised_arm(a)), None)
    return chosen.measured if chosen else (best.test or best.dev) if best else None
