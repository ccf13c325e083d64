"""What a fine-tune taught, shipped or not: where it gained and lost, and which answers changed."""

from collections import Counter
from collections.abc import Sequence

from policies.brief import TaskType
from policies.evidence import MOST_TEST_ROWS
from tools.assessment import Assessment, ChangedRow, ErrorCell, TunedPart
from tools.measure.power import items_to_show
from tools.report import words
from tools.report.answer import NAME
from tools.report.document import (
    Block,
    Bullets,
    Cell,
    Column,
    Paragraph,
    Row,
    Span,
    Subheading,
    Table,
    Text,
)
from tools.report.document import data as from_outside

CELL, MOST_CHANGED, MOST_NAMED = 300, 30, 4
NO_ANSWER = "no valid answer"


def what_was_learned(a: Assessment, t: TunedPart) -> list[Block]:
    """Where the tune gained and lost, whether the forecast held, and what would have shown more."""
    lines: list[Text] = [*_gains(a), *_forecast(a, t), *_power(a, t)]
    return [Subheading("What was learned"), Bullets(tuple(lines))] if lines else []


def _gains(a: Assessment) -> list[Text]:
    """The labels or fields that come out better and worse than with the best prompt, on dev."""
    if a.tuned_mistakes is None or not a.prompting.errors:
        return []
    rows, before = _right(a.prompting.errors, a.task.type)
    after_rows, after = _right(a.tuned_mistakes.cells, a.task.type)
    known = [label for label in rows if rows[label] == after_rows[label]]
    changes = sorted(((after[each] - before[each], each) for each in known), reverse=True)
    ups, downs = [c for c in changes if c[0] > 0], [c for c in changes[::-1] if c[0] < 0]
    if not known:
        return []
    if not ups and not downs:
        what = "label" if a.task.type == "labels" else "field"
        return [f"On dev no {what} came out better or worse than with the best prompt."]
    found: list[Text] = []
    for says, some in (("gained", ups), ("lost", downs)):
        if some:
            told = [
                (from_outside(each, NAME), f" ({before[each]} of {rows[each]} right before, ",)
                + (f"{after[each]} after)",)
                for _, each in some[:MOST_NAMED]
            ]  # fmt: skip
            listed = [part for parts in told for part in (*parts, ", ")][:-1]
            rest = len(some) - MOST_NAMED
            more = f", and on {rest} more" if rest > 0 else ""
            found.append((f"On dev it {says} on ", *listed, f"{more}."))
    return found if downs else [*found, "On dev it lost on none."]


def _right(cells: Sequence[ErrorCell], kind: TaskType) -> tuple[Counter[str], Counter[str]]:
    """Rows of each label or field, and how many of them were right; what was invented has none."""
    rows, right = Counter[str](), Counter[str]()
    for cell in cells:
        if kind == "labels" or cell.given != "invented":
            rows[cell.right] += cell.count
            right[cell.right] += cell.count if cell.is_right(kind) else 0
    return rows, right


def _forecast(a: Assessment, t: TunedPart) -> list[Text]:
    f, error = a.forecast, a.outcome.forecast_error if a.outcome else None
    if f is not None and t.plan is not None and not t.plan.is_short:
        return [
            "The forecast was of a model that is asked without examples; this one answers better "
            "with the best prompt, so the two are not compared."
        ]
    if f is None or error is None:
        return []
    score = words.percent(t.test.score)
    held = f.low <= t.test.score <= f.high
    where = "inside" if held else "below" if t.test.score < f.low else "above"
    off = words.points(abs(error)).removeprefix("+")
    exact = "" if round(error, 3) == 0 else f" It was {off} too {'high' if error > 0 else 'low'}."
    return [
        f"The forecast {'held' if held else 'did not hold'}: {score} lies {where} its range of "
        f"{words.span(f.low, f.high)}.{exact}"
    ]


def _power(a: Assessment, t: TunedPart) -> list[Text]:
    """How many locked rows would have shown a gain of this size."""
    needed = None if t.shipped else items_to_show(t.difference, t.test.n)
    if needed is None or needed <= t.test.n:
        return []
    gain = words.points(t.difference.value).removeprefix("+")
    told = f"To show a gain of {gain} four times out of five takes about {words.about(needed)} "
    told += f"locked rows; there were {t.test.n}"
    if needed > MOST_TEST_ROWS:
        return [f"{told}. That is more than a run holds out: take it for no gain."]
    whole = needed * a.task.rows / max(1, a.task.test)
    return [f"{told}. That is a file of about {words.about(whole)} examples."]


def changed_answers(a: Assessment, examples: bool) -> list[Block]:
    """The dev rows whose answer the tune changed, those first that it broke."""
    if not a.changed_rows:
        return []
    fixed = sum(row.is_fixed for row in a.changed_rows)
    told = (
        f"On dev the tuned model answers {fixed} rows better than the best prompt, and "
        f"{len(a.changed_rows) - fixed} worse."
    )
    heading = Subheading("Answers that changed")
    if not examples:
        return [heading, Paragraph(told)]
    shown = _some(a.changed_rows)
    if len(shown) < len(a.changed_rows):
        told += f" Shown are {len(shown)}; all are in assessment.json beside this report."
    columns = (
        Column("Row", weight=0.5),
        Column("Input", weight=2.6),
        Column("Right answer", weight=1.5),
        Column("Best prompt", weight=1.5),
        Column("Tuned", weight=1.5),
        Column("Change", weight=0.8),
    )
    whole = a.task.type in ("labels", "number")  # right or wrong, nothing between
    better, worse = ("fixed", "broken") if whole else ("better", "worse")
    rows = tuple(
        Row(
            (
                Cell(str(row.row)),
                Cell((from_outside(row.input, CELL),)),
                Cell((from_outside(row.expected, CELL),)),
                Cell((_given(row.prompted),)),
                Cell((_given(row.tuned),)),
                Cell(better if row.is_fixed else worse),
            )
        )
        for row in shown
    )
    note = "Rows are counted without the heading. Test rows are never shown."
    return [heading, Paragraph(f"{told} {note}"), Table(columns, rows)]


def _some(rows: Sequence[ChangedRow]) -> list[ChangedRow]:
    """Rows for a table: broken ones first, of each kind half where there are too many."""
    broken = [row for row in rows if not row.is_fixed]
    fixed = [row for row in rows if row.is_fixed]
    kept = broken[: max(MOST_CHANGED // 2, MOST_CHANGED - len(fixed))]
    return [*kept, *fixed[: MOST_CHANGED - len(kept)]]


def _given(answer: str | None) -> Span | str:
    return NO_ANSWER if answer is None else from_outside(answer, CELL)
