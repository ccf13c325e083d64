from pathlib import Path
from typing import Any

import pytest

from policies.evidence import Difference
from tests.assessments import labels
from tools.assessment import FILE_NAME
from tools.files import write_json
from tools.report import assemble
from tools.report.assemble import classifier_lead
from tools.report.words import ahead
from tools.runs import FIXES, create_run
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


@pytest.mark.parametrize("name", ["report.html", FIXES])
def test_whoever_sees_the_assessment_finds_its_files(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, before = create_run(tmp_path), labels(headline="The answer before.")
    (run.folder / FILE_NAME).write_text(before.model_dump_json(), encoding="utf-8")
    seen: list[bytes] = []

    def write(path: Path, content: str) -> None:
        seen.append((run.folder / name).read_bytes())
        write_json(path, content)

    monkeypatch.setattr(assemble, "assemble", lambda *_: labels(headline="The answer now."))
    monkeypatch.setattr(assemble, "write_json", write)
    nothing: Any = None  # the assessment is made already
    assemble.write_assessment(run, nothing, nothing, nothing, nothing)
    assert len(seen) == 1 and (name == FIXES or b"The answer now." in seen[0])
