"""What whoever repeats or runs it needs: every plan, the prompt filled in, the recipe, versions."""

from collections.abc import Sequence

from tools.assessment import Assessment, PlanRecord, TunedPart
from tools.report import pictures, words
from tools.report.answer import NAME
from tools.report.document import (
    Block,
    Bullets,
    Cell,
    Column,
    Entries,
    Entry,
    Illustration,
    Paragraph,
    Row,
    Section,
    Subheading,
    Table,
    Text,
    Verbatim,
    code,
    data,
    name,
)
from tools.report.tried import CELL

LONG = 6000  # most characters of a prompt
LOSS_NOTE = "lower is better; on train all that was trained for, on dev the answers alone"


def for_a_technical_colleague(a: Assessment, examples: bool) -> Section:
    """What nobody needs in order to decide, but to repeat the run or to run its result."""
    blocks: list[Block] = []
    if a.prompting.plans:
        blocks += [Subheading("Every plan and what became of it"), *_plan_table(a.prompting.plans)]
    if examples and a.prompting.best:
        blocks.append(Subheading("The prompt that won, filled in for one example"))
        blocks += [
            Verbatim(words.plain(turn.get("content", ""), LONG), turn.get("role", "message"))
            for turn in a.prompting.best.rendered
        ]
    if a.tuned:
        blocks += _how_it_was_trained(a, a.tuned)
    blocks += [Subheading("This run"), _about(a)]
    return Section("For a technical colleague", tuple(blocks))


def _how_it_was_trained(a: Assessment, t: TunedPart) -> list[Block]:
    blocks: list[Block] = [Subheading("How the model was tuned")]
    if drawn := pictures.loss_picture(a):
        blocks.append(Illustration(drawn, "Loss during the fine-tune", LOSS_NOTE))
    recipe = tuple(
        Entry(words.recipe_title(words.plain(key, NAME)), words.plain(value, 4 * NAME))
        for key, value in t.recipe.items()
    )
    blocks += [Entries(recipe, "terms")] if recipe else []
    where: Text = ("Model ", name(t.model, NAME), ", adapter in ", code(t.adapter[:NAME]), ".")
    return [*blocks, Paragraph(where, "quiet")]


def _about(a: Assessment) -> Bullets:
    seconds = a.seconds.total
    worked = f"{seconds / 60:,.0f} minutes" if seconds >= 90 else "Under two minutes"
    versions = ", ".join(f"{key} {value}" for key, value in a.versions.items())
    return Bullets(
        (
            ("Run ", data(a.run_id, NAME), " of ", data(a.created, NAME)),
            (f"Seed {a.seed}",),
            (f"{worked} of work",),
            ("Versions: ", data(versions, CELL)),
        )
    )


def _plan_table(found: Sequence[PlanRecord]) -> tuple[Block, ...]:
    plans = sorted(found, key=lambda plan: (-plan.n, -plan.score))
    several = len({plan.model for plan in plans}) > 1
    columns = (
        Column("Plan", weight=2.8),
        *((Column("Model"),) if several else ()),
        Column("Dev", numeric=True, weight=0.7),
        Column("Examples", numeric=True, weight=0.8),
        Column("Window", numeric=True, weight=1.1),
        Column("What became of it", weight=3.4),
    )
    told = (
        "“Window” is the share of what the model can read at once that prompt and answer take: on "
        "95 of 100 rows no more than the first figure, on the longest row the second."
    )
    if not several:
        told = f"All of them ran on {plans[0].model}. {told}"
    rows = tuple(_plan_row(plan, several) for plan in plans)
    return Paragraph((name(told, CELL),), "quiet"), Table(columns, rows)


def _window(plan: PlanRecord) -> str:
    return f"{words.percent(plan.window_p95)} / {words.percent(plan.window_longest)}"


def _plan_row(plan: PlanRecord, several: bool) -> Row:
    needs = [f"needs {', '.join(plan.needs)}"] if plan.needs else []
    if needs and (several or plan.runs_on != (plan.model,)):
        needs.append(f"runs on {', '.join(plan.runs_on) or 'none of your models'}")
    small = "; ".join(needs)
    return Row(
        (
            Cell((name(plan.name, NAME),)),
            *((Cell((name(plan.model, NAME),)),) if several else ()),
            Cell(words.percent(plan.score) if plan.n else "–"),
            Cell(str(plan.n) if plan.n else "–"),
            Cell(_window(plan) if plan.n else "–"),
            Cell((name(plan.fate, CELL),), (name(small, CELL),) if small else ""),
        )
    )
