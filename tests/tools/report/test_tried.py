"""What was tried, in words: where prompting ends, who came second, which labels to check."""

from typing import Any

import pytest

from policies.guards import TOO_FEW
from policies.recommendation import Reason
from tests.assessments import difference, labels
from tools.assessment import Assessment, Finalist
from tools.report.document import Illustration, Paragraph, words_of
from tools.report.tried import what_was_tried

ENDS, WORTH, UNTOLD = "Prompting ends here", "worth about 85.3 %", "luck cannot be told from skill"


def few(outcome: Any, rows: int) -> Assessment:
    p = labels().prompting
    plans = tuple(plan.model_copy(update={"n": min(plan.n, rows)}) for plan in p.plans)
    reason = Reason(rule=TOO_FEW, outcome=outcome, text="")
    prompting = p.model_copy(update={"plans": plans})
    return labels(reasons=(reason,), prompting=prompting)


def said(a: Assessment) -> str:
    blocks = what_was_tried(a).blocks
    return " ".join(words_of(b.text) for b in blocks if isinstance(b, Paragraph)).replace(
        "\xa0", " "
    )


def captions(a: Assessment) -> str:
    return " ".join(b.caption for b in what_was_tried(a).blocks if isinstance(b, Illustration))


@pytest.mark.parametrize(
    ("a", "told"),
    [
        (few("decided", 6), False),
        (few("outranked", 6), False),
        (few("not_met", 300), True),
        (labels(), True),
    ],
)
def test_too_few_rows_say_nothing_of_where_prompting_ends(a: Assessment, told: bool) -> None:
    text = said(a)
    assert (ENDS in text, WORTH in text, UNTOLD in text) == (told, told, not told)
    assert ("Did more prompting still help?" in captions(a)) == told
    assert "Score of each prompt" in captions(a)
    assert "All of them are listed at the end" in text


def finalists(*found: tuple[float, float]) -> Assessment:
    rivals = tuple(
        Finalist(name=f"plan {i}", behind=difference(lead, p), p_holm=p)
        for i, (lead, p) in enumerate(found)
    )
    return labels(prompting=labels().prompting.model_copy(update={"finalists": rivals}))


CHANCE, CLEAR = 0.5, 0.001
AGAINST = "Against “plan 0” on the same examples the best plan is "


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ([(0.0, 1.0)], "level."),
        ([(0.0004, 1.0)], "level."),
        ([(0.01, CHANCE)], "ahead by 1 point, which may be chance."),
        ([(0.22, CLEAR)], "ahead by 22 points, clearly."),
        ([(-0.02, CHANCE)], "behind by 2 points, which may be chance."),
    ],
)
def test_a_finalist_is_level_ahead_or_behind(found: list[tuple[float, float]], told: str) -> None:
    assert AGAINST + told in said(finalists(*found))


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ([(0.1, CLEAR)] * 3, ""),
        ([(0.1, CLEAR)] * 4, ""),  # a line of its own is as short as a sum
        (
            [(0.1, CHANCE)] * 5,
            "2 further plans ran on the same examples: at most 10 points behind, none of them "
            "clearly.",
        ),
        (
            [(1.0, CLEAR), (0.9, CLEAR), (0.0, 1.0), (0.3, CHANCE), (0.2, CHANCE), (0.4, CHANCE)],
            "3 further plans ran on the same examples: at most 100 points behind, "
            "2 of them clearly.",
        ),
    ],
)
def test_the_three_nearest_finalists_are_told_and_the_rest_summed_up(
    found: list[tuple[float, float]], told: str
) -> None:
    text = said(finalists(*found))
    assert text.count("Against “") == (3 if told else len(found))
    assert (told in text) if told else ("further plan" not in text)


def test_the_nearest_finalists_come_first() -> None:
    text = said(finalists((1.0, CLEAR), (0.3, CHANCE), (0.0, 1.0), (0.2, CHANCE), (0.9, CLEAR)))
    assert "Against “plan 0”" not in text
    at = [text.index(f"Against “plan {i}”") for i in (2, 3, 1)]
    assert at == sorted(at)
