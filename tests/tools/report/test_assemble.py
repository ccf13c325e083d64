from pathlib import Path

import pytest

from policies.evidence import Difference
from tools.report.assemble import classifier_lead
from tools.report.words import ahead
from tools.runs import create_run
from tools.trials.stage import TEST_SCORES


def test_the_classifier_is_compared_row_by_row(tmp_path: Path) -> None:
    run = create_run(tmp_path)
    run.save(TEST_SCORES.format("prompt"), [1.0] * 30 + [0.0] * 10)
    assert classifier_lead(run) is None
    run.save(TEST_SCORES.format("classifier"), [0.0] * 2 + [1.0] * 36 + [0.0] * 2)
    lead = classifier_lead(run)
    assert lead is not None and (lead.fixed, lead.broken) == (8, 2)
    assert lead.value == pytest.approx(6 / 40) and lead.p_value == pytest.approx(0.109, abs=0.001)


LEAD = Difference(value=0.025, low=-0.04, high=0.09, p_value=0.15, fixed=9, broken=3)
BEHIND = Difference(value=-0.025, low=-0.09, high=0.04, p_value=0.15, fixed=3, broken=9)
EQUAL = Difference(value=0.0, low=0.0, high=0.0, p_value=1.0)


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (LEAD, "Row by row it is ahead of the prompt by 2.5 points (−4 to +9): 9 rows are right"),
        (BEHIND, "Row by row the prompt is ahead of it by 2.5 points (−4 to +9): 9 rows are right"),
        (EQUAL, "Row by row it is as good as the prompt: 0 rows"),
    ],
)
def test_who_is_ahead_is_told_from_the_better_side(found: Difference, told: str) -> None:
    assert ahead("it", "the prompt", found).startswith(told)
