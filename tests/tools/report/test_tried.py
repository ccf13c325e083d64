"""What was tried, in words: where prompting ends, who came second, which labels to check."""

from typing import Any

import pytest

from policies.guards import TOO_FEW
from policies.recommendation import Reason
from tests.assessments import labels
from tools.assessment import Assessment
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
