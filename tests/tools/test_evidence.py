"""What the label audit adds to what the profile found."""

import pytest

from policies.evidence import DataFacts
from tools.evidence import audited
from tools.forecast.audit import Audit

FOUND = DataFacts(contradictions=2, ceiling=0.99, notes=("a note",))


@pytest.mark.parametrize(
    ("suspects", "reliable", "ceiling", "notes"),
    [(0, True, 1.0, 1), (60, True, 0.85, 1), (0, False, 1.0, 2)],
)
def test_wrong_labels_leave_a_ceiling(
    suspects: int, reliable: bool, ceiling: float, notes: int
) -> None:
    audit = Audit(suspects=suspects, sure=suspects // 2, agreement=0.9, reliable=reliable)
    data = audited(FOUND, audit, 400)
    assert data.label_ceiling == pytest.approx(ceiling) and len(data.notes) == notes
    assert (data.label_errors, data.sure_label_errors) == (suspects, suspects // 2)
    assert data.ceiling == 0.99  # that of the contradictions decides, this one is shown


def test_without_an_audit_it_is_said_that_there_was_none() -> None:
    unread = audited(FOUND, None, 400)
    assert unread == FOUND.model_copy(update={"labels_unchecked": unread.labels_unchecked})
    assert unread.labels_unchecked == "no check of them was made"


@pytest.mark.parametrize(
    ("rows", "counts", "why"),
    [
        (20, {"a": 20}, "only 20 rows, 80 are needed"),
        (90, {"a": 70, **{f"{i}": 4 for i in range(5)}}, "only 70 rows have a label that 5 or"),
        (400, {"a": 200, "b": 200}, "ordinary classifiers agree with too few labels"),
    ],
)
def test_labels_that_could_not_be_checked_are_told_with_the_cause_that_applies(
    rows: int, counts: dict[str, int], why: str
) -> None:
    audit = Audit(suspects=0, sure=0, agreement=0.1, reliable=False)
    data = audited(FOUND.model_copy(update={"label_counts": counts}), audit, rows)
    assert data.labels_unchecked.startswith(why)
    assert data.notes[-1].startswith(f"Labels could not be checked for errors: {why}")
