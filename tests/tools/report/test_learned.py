"""What a tune taught: where it gained and lost, the forecast, the power, the changed answers."""

import re
from typing import Any

import pytest
from lxml import html

from policies.evidence import Difference
from policies.recommendation import Outcome
from tests.assessments import labels, score, tuned
from tools.assessment import Assessment, ChangedRow, ErrorCell, MistakesPart
from tools.report.build import build_html, build_markdown
from tools.tuning.asking import SCORED, SHORT

HOSTILE = "<img src=x onerror=alert(1)>"
CELLS = (
    ErrorCell(right="billing", given="billing", count=57),
    ErrorCell(right="billing", given="returns", count=3),
    ErrorCell(right="returns", given="returns", count=52),
    ErrorCell(right="returns", given="billing", count=9),
    ErrorCell(right="other", given="", count=4),
)
UNSURE = Difference(value=0.02, low=-0.02, high=0.06, p_value=0.3, fixed=24, broken=18)


def changed(row: int, fixed: bool, **changes: Any) -> ChangedRow:
    told = {"prompted": "billing", "tuned": "returns", "before": 0.0, "after": 1.0}
    if not fixed:
        told |= {"prompted": "returns", "tuned": None, "before": 1.0, "after": 0.0}
    return ChangedRow(
        **{"row": row, "input": f"parcel {row}", "expected": "returns", **told, **changes}
    )


def run(shipped: bool = False, difference: Difference = UNSURE, **changes: Any) -> Assessment:
    part = tuned().model_copy(
        update={"shipped": shipped, "difference": difference, "test": score(0.887)}
    )
    outcome = Outcome(use="prompt", text="The advice stands.", forecast_error=0.023)
    given = {"tuned": part, "outcome": outcome, "verdict": "fine_tune"}
    wrong = MistakesPart(name="tuned", cells=CELLS)
    return labels(**{**given, "tuned_mistakes": wrong, **changes})


def shown(a: Assessment, examples: bool = True) -> str:
    text = html.document_fromstring(build_html(a, examples)).find("body").text_content()
    return re.sub(r"\s+", " ", text).replace("\u00a0", " ")


def test_a_tune_that_failed_says_where_it_gained_and_lost() -> None:
    text = shown(run())
    assert "What was learned" in text
    assert "On dev it gained on returns (40 of 61 right before, 52 after)." in text
    assert "On dev it lost on billing (60 of 60 right before, 57 after)." in text


@pytest.mark.parametrize(
    ("kind", "name", "before", "after", "says"),
    [
        (
            "labels",
            "returns",
            "right",
            "returns",
            "gained on returns (0 of 9 right before, 9 after)",
        ),
        ("labels", "returns", "returns", "right", "lost on returns (9 of 9 right before, 0 after)"),
        ("labels", "returns", "returns", "invented", "lost on returns (9 of 9 right before, 0"),
        ("labels", "right", "", "right", "gained on right (0 of 9 right before, 9 after)"),
        ("fields", "wrong", "wrong", "right", "gained on wrong (0 of 9 right before, 9 after)"),
        ("fields", "missing", "right", "missing", "lost on missing (9 of 9 right before, 0 after)"),
        ("fields", "right", "", "right", "gained on right (0 of 9 right before, 9 after)"),
    ],
)
def test_labels_and_fields_may_be_called_as_fates_of_fields_are(
    kind: str, name: str, before: str, after: str, says: str
) -> None:
    def counted(given: str) -> tuple[ErrorCell, ...]:
        return (ErrorCell(right=name, given=given, count=9),)

    task, prompting = run().task.model_copy(update={"type": kind}), run().prompting
    a = run(
        task=task,
        prompting=prompting.model_copy(update={"errors": counted(before)}),
        tuned_mistakes=MistakesPart(name="tuned", cells=counted(after)),
    )
    assert says in shown(a)


def test_a_tune_asked_with_the_best_prompt_is_not_held_against_the_forecast() -> None:
    part = run().tuned
    assert part is not None
    for plan, compared in (
        (SCORED[0], True),
        (SHORT.model_copy(update={"shots": "nearest"}), False),
    ):
        text = shown(run().model_copy(update={"tuned": part.model_copy(update={"plan": plan})}))
        assert ("The forecast held" in text) is compared
        assert ("so the two are not compared" in text) is not compared


@pytest.mark.parametrize(
    ("test", "says"),
    [
        (0.887, "The forecast held: 88.7 % lies inside its range of 88–94 %. It was 2.3 points"),
        (0.8, "The forecast did not hold: 80 % lies below its range of 88–94 %."),
        (0.97, "The forecast did not hold: 97 % lies above its range of 88–94 %."),
    ],
)
def test_it_says_whether_the_forecast_held(test: float, says: str) -> None:
    part = run().tuned
    assert part is not None
    assert says in shown(run(tuned=part.model_copy(update={"test": score(test)})))


@pytest.mark.parametrize(
    ("difference", "shipped", "says"),
    [
        (UNSURE, False, "takes about 2,500 locked rows; there were 300. That is more than a run"),
        (
            Difference(value=0.04, low=-0.001, high=0.081, p_value=0.06),
            False,
            "takes about 640 locked rows; there were 300. That is more than",
        ),
        (
            Difference(value=0.05, low=-0.001, high=0.101, p_value=0.06),
            True,
            "",
        ),
        (Difference(value=-0.05, low=-0.1, high=0.0, p_value=0.06), False, ""),
    ],
)
def test_it_says_how_many_locked_rows_would_have_shown_the_gain(
    difference: Difference, shipped: bool, says: str
) -> None:
    text = shown(run(shipped, difference))
    assert says in text
    assert ("locked rows; there were" in text) == bool(says)


def test_rows_that_could_be_had_are_told_as_a_file() -> None:
    part = run().tuned
    assert part is not None
    gain = Difference(value=0.1, low=-0.005, high=0.205, p_value=0.06)
    few = part.model_copy(update={"difference": gain, "test": score(0.887, n=100)})
    task = labels().task.model_copy(update={"rows": 400, "test": 100})
    text = shown(run(tuned=few, task=task))
    assert "about 230 locked rows; there were 100. That is a file of about 900 examples." in text


ROWS = (changed(3, True), changed(5, False), changed(7, True, input=HOSTILE))


def test_changed_answers_are_listed_row_by_row_broken_ones_first() -> None:
    found = html.document_fromstring(build_html(run(changed_rows=ROWS)))
    table = next(t for t in found.iter("table") if "Tuned" in t.text_content())
    cells = [[" ".join(c.text_content().split()) for c in row] for row in table.iter("tr")]
    assert cells[1:] == [
        ["5", "parcel 5", "returns", "returns", "no valid answer", "broken"],
        ["3", "parcel 3", "returns", "billing", "returns", "fixed"],
        ["7", HOSTILE, "returns", "billing", "returns", "fixed"],
    ]
    assert HOSTILE not in build_markdown(run(changed_rows=ROWS))


def test_without_examples_changed_answers_are_only_counted() -> None:
    text = shown(run(changed_rows=ROWS), examples=False)
    assert "answers 2 rows better than the best prompt, and 1 worse" in text
    assert "parcel" not in text


def test_of_many_changed_answers_some_of_both_kinds_are_shown() -> None:
    many = tuple(changed(n, n % 4 > 0) for n in range(100))
    text = shown(run(changed_rows=many))
    assert "Shown are 30" in text
    assert (text.count("broken") - text.count("fixed")) in range(-6, 7)


def test_a_run_that_kept_no_answers_lists_none() -> None:
    assert "Answers that changed" not in shown(run())
