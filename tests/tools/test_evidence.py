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


def test_without_an_audit_nothing_is_said() -> None:
    assert audited(FOUND, None, 400) == FOUND
