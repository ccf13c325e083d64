"""What the examples are, what was tried on them, and where the answer still fails."""

from collections import Counter
from collections.abc import Sequence

from policies.evidence import Arm, Score
from policies.guards import TOO_FEW
from policies.recommendation import RuleOutcome
from tools.assessment import Assessment, ErrorCell, Finalist
from tools.report import pictures, words
from tools.report.advised import advised
from tools.report.answer import NAME
from tools.report.document import (
    Block,
    Bullets,
    Cell,
    Column,
    Counts,
    Facts,
    Illustration,
    Paragraph,
    Quoted,
    Row,
    Section,
    Subheading,
    Table,
    Text,
    code,
    data,
    name,
    quiet,
    strong,
)
from tools.report.weighed import weighed_mistakes

CELL = 600  # most characters of a cell
MOST_SUSPECTS = 30  # rows of the table; the Excel file holds them all
MOST_LABELS = 24
MOST_RIVALS = 3  # that are told one by one
SHOWN_KINDS, EXAMPLES_EACH = 4, 2  # of mistakes; further kinds are counted
HELD: tuple[RuleOutcome, ...] = ("decided", "agreed", "outranked")  # of a rule that applies
FEW, BELOW, MOST_WEAK = 5, 0.1, 3  # rows of a label; below the average; labels that are named


def the_data(a: Assessment, examples: bool) -> Section:
    """The task, the examples, and what the profile and the audit found in them."""
    t = a.task
    told: Text = (
        f"The task is to {words.TASK_TYPES[t.type]}. Answers are scored by "
        f"{words.METRIC_NAMES[t.metric]}; the team calls {words.percent(t.target)} good enough. "
        "The examples come from ",
        data(a.data.file, NAME),
        ".",
    )
    sizes = (
        ("Examples", f"{t.rows:,}"),
        ("Train, to learn from", f"{t.train:,}"),
        ("Dev, to choose on", f"{t.dev:,}"),
        ("Test, to confirm", f"{t.test:,}"),
    )
    blocks: list[Block] = [Paragraph(told), Facts(sizes), Bullets(_findings(a))]
    labels = sorted(a.data.label_counts.items(), key=lambda item: -item[1])
    if labels:
        shown = tuple((words.plain(label, NAME), n) for label, n in labels[:MOST_LABELS])
        blocks.append(Counts(shown, max(0, len(labels) - MOST_LABELS)))
    return Section("The task and the data", (*blocks, *_suspects(a, examples)))


def _findings(a: Assessment) -> tuple[Text, ...]:
    d = a.data
    alike = d.duplicates or d.near_duplicates
    lines: list[Text] = [
        f"{d.duplicates:,} rows repeat another row and {d.near_duplicates:,} nearly do; repeats "
        "were kept on the same side of the split."
        if alike
        else "No row repeats another.",
        *_clashes(a),
    ]
    if d.dropped:
        lines.append(f"{d.dropped:,} rows lacked an input or an answer and were left out.")
    if d.majority:
        share = words.percent(d.majority)
        lines.append(f"Always giving the most frequent answer would score {share}.")
    if d.label_errors:
        lines.append(
            f"Labels to check: {d.label_errors:,}; sure enough to weigh in the answer: "
            f"{d.sure_label_errors:,}."
        )
    if d.label_ceiling < 1:
        lines.append(
            "If these labels are all wrong, right answers alone would score about "
            f"{words.percent(d.label_ceiling)} on this file: no way of working can be expected to "
            "score more before they are corrected."
        )
    return (*lines, *((data(note, CELL),) for note in d.notes))


def _clashes(a: Assessment) -> tuple[Text, ...]:
    """Inputs with different answers; of texts that is variety, and told in the notes."""
    if a.task.type == "text":
        return ()
    if not a.data.contradictions:
        return ("No input occurs with two different answers.",)
    ceiling = words.percent(a.data.ceiling)
    return (
        f"{a.data.contradictions:,} rows have an input that also occurs with a different answer; "
        f"nobody could score above {ceiling} here.",
    )


def _suspects(a: Assessment, examples: bool) -> tuple[Block, ...]:
    known = [suspect for suspect in a.suspects if suspect.part != "test"]
    if not a.suspects:
        return ()
    shown = known[:MOST_SUSPECTS] if examples else []
    some = f"Shown are {len(shown)} of {len(a.suspects)}, none of them from test; all"
    told: Text = (
        "Two ordinary classifiers that had not seen these rows prefer another label. They "
        "may be mistaken: look at each row, counted without the heading, before changing it. "
        f"{some if len(shown) < len(a.suspects) else 'All'} of them are in ",
        code("fix_these_rows.xlsx"),
        " beside this report.",
    )
    heading = Subheading("Labels to check")
    if not shown:
        return heading, Paragraph(told)
    columns = (
        Column("Row", weight=0.5),
        Column("Input", weight=3),
        Column("Label in the file", weight=1.4),
        Column("Label that looks right", weight=1.4),
        Column("Classifiers' vote for it", numeric=True, weight=1),
    )
    rows = tuple(
        Row(
            (
                Cell(str(suspect.row)),
                Cell((data(suspect.input, CELL),)),
                Cell((data(suspect.given, NAME),)),
                Cell((data(suspect.suggested, NAME),)),
                Cell(words.percent(suspect.confidence)),
            )
        )
        for suspect in shown
    )
    return heading, Paragraph(told), Table(columns, rows)


def what_was_tried(a: Assessment) -> Section:
    """Every way of working with its scores on dev and test, then every prompt."""
    told = (
        "Choices were made on dev and confirmed on test, which stayed locked until then. The "
        "range behind a score is the interval in which the true score probably lies."
    )
    chosen = advised(a)
    columns = (
        Column("Way of working", weight=3),
        Column("Dev", weight=1.2),
        Column("Test", weight=1.2),
        Column("Examples", numeric=True),
        Column("Tokens", numeric=True, weight=0.8),
        Column("Time", numeric=True, weight=0.8),
        Column("1,000 requests", numeric=True, weight=1.2),
    )
    rows = tuple(_arm_row(a, arm, arm.name == chosen) for arm in a.compared)
    blocks: list[Block] = [Paragraph(told), Table(columns, rows)] if rows else []
    if a.prompting.plans:
        blocks += _plans(a)
    else:
        blocks.append(Paragraph(a.prompting.stop_reason or "No prompt was tried."))
    return Section("What was tried", tuple(blocks))


def _arm_row(a: Assessment, arm: Arm, strong: bool) -> Row:
    kind = words.ARM_KINDS[arm.kind]
    notes = [f"{kind} on {arm.model}" if arm.model != "none" else kind]
    notes += [] if arm.deployable else ["for comparison only"]
    notes += [arm.note] if arm.note else []
    note = name("; ".join(notes), CELL)
    tokens, cost = arm.prompt_tokens + arm.completion_tokens, arm.cost_per_1000
    rows = f"{arm.dev.n} / {arm.test.n}" if arm.test else str(arm.dev.n)
    return Row(
        (
            Cell((name(arm.name, NAME),), (note,)),
            Cell(score_text(arm.dev)),
            Cell(score_text(arm.test)),
            Cell(rows),
            Cell(f"{tokens:,.0f}" if arm.prompt_tokens else "–"),
            Cell(words.milliseconds(arm.waits_ms[0]) if arm.waits_ms else "–"),
            Cell("no price" if cost is None else words.money(cost, a.economics.currency)),
        ),
        strong=strong,
    )


def score_text(score: Score | None) -> Text:
    """A score with its interval."""
    if score is None:
        return (quiet("not read"),)
    shown = strong(words.percent(score.score))
    return (shown, " ", quiet(words.span(score.low, score.high)))


def _plans(a: Assessment) -> list[Block]:
    p, few = a.prompting, _too_few_rows(a)
    e = None if few else p.exhaustion
    listed = "All of them are listed at the end, for a technical colleague."
    why = " ".join(filter(None, (p.stop_reason, e.text if e else "", listed)))
    told = name(why, 2 * CELL)
    blocks: list[Block] = [Subheading("The race of the prompts"), Paragraph((told,))]
    if drawn := pictures.trials_picture(a):
        note = "rings: earlier rounds; cross: left the race early"
        blocks.append(Illustration(drawn, "Score of each prompt on dev", note))
    if e and e.corrected is not None:
        lucky = "The best of many plans is partly lucky. Corrected for that, the best prompt is "
        lucky += f"worth about {words.percent(e.corrected)}"
        test = p.best.test if p.best else None
        lucky += f"; on the test examples it reached {words.percent(test.score)}." if test else "."
        blocks.append(Paragraph(lucky))
    blocks += _rivals(p.finalists)
    if few:
        blocks.append(Paragraph(few))
    elif drawn := pictures.exhaustion_picture(a):
        caption = "Did more prompting still help? The best plan so far"
        note = "corrected for luck"
        note += "; shaded: where eight of ten recounts lie" if e and e.curve_low else ""
        blocks.append(Illustration(drawn, caption, note))
    return blocks


def _too_few_rows(a: Assessment) -> str:
    """Why nothing is said of where prompting ends, if the policy found too few rows; else "".

    On so few rows many plans are right on all, and resampling sees no luck to take off.
    """
    held = any(r.rule == TOO_FEW and r.outcome in HELD for r in a.reasons)
    rows = max((plan.n for plan in a.prompting.plans), default=0)
    return (
        f"On {rows} dev {'row' if rows == 1 else 'rows'} luck cannot be told from skill, so this "
        "report does not say what the best prompt is really worth, nor whether more prompting "
        "would help."
        if held and rows
        else ""
    )


def _rivals(finalists: Sequence[Finalist]) -> list[Paragraph]:
    """The finalists that came closest to the best plan, and the rest in one line."""
    nearest = sorted(finalists, key=lambda finalist: finalist.behind.value)
    further = nearest[MOST_RIVALS:]
    told = [_rival(finalist) for finalist in nearest[:MOST_RIVALS]]
    if not further:
        return told
    if len(further) == 1:
        return [*told, _rival(further[0])]
    clear = sum(map(_clearly, further)) or "none"
    most = _apart(further[-1].behind.value)
    rest = f"{len(further)} further plans ran on the same examples: at most {most} behind, "
    return [*told, Paragraph(f"{rest}{clear} of them clearly.")]


def _rival(finalist: Finalist) -> Paragraph:
    lead = finalist.behind.value
    chance = "clearly" if _clearly(finalist) else "which may be chance"
    side = "ahead" if lead > 0 else "behind"
    found = f"{side} by {_apart(lead)}, {chance}" if _apart(lead) != _apart(0) else "level"
    against: Text = ("Against “", name(finalist.name, NAME), "” on the same examples")
    return Paragraph((*against, f" the best plan is {found}."))


def _clearly(finalist: Finalist) -> bool:
    return finalist.p_holm < 0.05


def _apart(lead: float) -> str:
    return words.points(abs(lead)).removeprefix("+")


def _weakest(cells: Sequence[ErrorCell]) -> Text:
    """The labels that come out wrong most often, of those that are well below the average."""
    rows, right = Counter[str](), Counter[str]()
    for cell in cells:
        rows[cell.right] += cell.count
        right[cell.right] += cell.count if cell.right == cell.given else 0
    average = right.total() / max(1, rows.total())
    shares = {label: right[label] / rows[label] for label in rows if rows[label] >= FEW}
    weak = sorted((s, label) for label, s in shares.items() if s <= average - BELOW)[:MOST_WEAK]
    if not weak:
        return ()
    told = [(name(label, NAME), f" ({right[label]} of {rows[label]} right)") for _, label in weak]
    listed = [part for pair in told for part in (*pair, ", ")][:-1]
    more = ". If these are more frequent in your work than in the examples, expect a lower score."
    return ("Weakest: ", *listed, more)


def _answered(a: Assessment, way: str) -> int:
    """On how many dev examples a way of working was scored: not on all, where time ran out."""
    return next((arm.dev.n for arm in a.arms if arm.name == way), a.task.dev)


def failures(a: Assessment, examples: bool) -> Section:
    """What the answer, or else the best prompt, got wrong on dev, with real examples."""
    title, found = "Where it fails", a.mistakes
    if found is None or not found.kinds:
        return Section(title, ())
    rows = _answered(a, found.name)
    told = f"What “{found.name}” got wrong on dev. Test examples are never shown."
    if rows < a.task.dev:
        told += f" It was stopped after {rows} of the {a.task.dev} dev examples."
    blocks: list[Block] = [Paragraph(told)]
    if drawn := pictures.errors_picture(a):
        caption = "Which label was taken for which" if a.task.type == "labels" else "Field by field"
        blocks.append(Illustration(drawn, caption, f"{rows} dev examples"))
    if a.task.type == "labels" and (weak := _weakest(found.cells)):
        blocks.append(Paragraph(weak))
    for mistake in found.kinds[:SHOWN_KINDS]:
        kind = data(mistake.kind, 2 * NAME)
        blocks.append(Subheading((kind,), f"{mistake.count} of {rows}"))
        shown = mistake.examples[:EXAMPLES_EACH] if examples else ()
        blocks += [
            Quoted(
                tuple(
                    (words.MISTAKE_PARTS.get(key, words.plain(key, NAME)), words.plain(text, CELL))
                    for key, text in example.items()
                )
            )
            for example in shown
        ]
    further = tuple(
        (data(mistake.kind, 2 * NAME), f": {mistake.count} of {rows}")
        for mistake in found.kinds[SHOWN_KINDS:]
    )
    blocks += [Subheading("Further kinds"), Bullets(further)] if further else []
    blocks += weighed_mistakes(a)
    return Section(title, tuple(blocks))
