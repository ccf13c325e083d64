"""Scores: every way of working against the target, the race of the prompts, and where it ended."""

from matplotlib.ticker import MaxNLocator

from policies.evidence import Arm, ArmKind
from policies.limits import TUNED
from tools.assessment import Assessment, PlanRecord
from tools.report.advised import advised
from tools.report.pictures.canvas import (
    BLUE,
    BOTTOM,
    GREEN,
    INK,
    ORANGE,
    QUIET,
    TEXT,
    Canvas,
    Picture,
)
from tools.report.pictures.rows import DotRow, dot_plot
from tools.report.words import ARM_KINDS, percent, span

MARKS: dict[ArmKind, tuple[str, str]] = {
    "prompt": ("o", BLUE),
    "classifier": ("s", GREEN),
    "baseline": ("v", QUIET),
    "tuned": ("D", ORANGE),
}
SHAPES: dict[ArmKind, str] = {
    "prompt": "circle",
    "classifier": "square",
    "baseline": "triangle",
    "tuned": "diamond",
}
MOST_ARMS, MOST_PLANS = 10, 12


def gap_picture(a: Assessment) -> Picture | None:
    """Dots with intervals for every arm, the target as a line; a forecast until there is a tune.

    Args:
        a: The assessment; each arm shows its test score, or its dev score where test was not read.

    Returns:
        The picture, or None if nothing was measured.
    """
    chosen = advised(a)
    rows = [_arm_row(arm, arm.name == chosen) for arm in shown_arms(a)]
    if (f := a.forecast) and not a.tuned:
        figures = f"{percent(f.score)} ({span(f.low, f.high)}), expected"
        name, strong = "Forecast of a fine-tune", chosen == TUNED
        rows.append(DotRow(name, figures, f.score, f.low, f.high, "|", ORANGE, strong, band=True))
    rows.sort(key=lambda row: row.score, reverse=True)
    return dot_plot("Scores against the target", rows, a.task.target) if rows else None


def shown_arms(a: Assessment) -> list[Arm]:
    """The arms that have room in the picture of the gap."""
    best = a.prompting.best.name if a.prompting.best else ""
    first = {best, advised(a)}
    # these two and the other kinds come before further prompts when space is short
    arms = sorted(
        a.compared,
        key=lambda arm: (arm.name not in first, arm.kind == "prompt", -arm.measured.score),
    )
    return arms[:MOST_ARMS]


def gap_key(a: Assessment) -> str:
    """What the marks in the picture of the gap stand for, those in use only."""
    kinds = {arm.kind for arm in shown_arms(a)}
    marks = [f"{SHAPES[kind]}: {ARM_KINDS[kind]}" for kind in MARKS if kind in kinds]
    marks += ["upright line: forecast"] if a.forecast and not a.tuned else []
    marks += ["bold: what is advised"] if advised(a) else []
    return ", ".join(marks)


def trials_picture(a: Assessment) -> Picture | None:
    """The race: each plan's dev score, with rings for its earlier rounds.

    Whoever left early ends in a cross. The first `MOST_PLANS` plans are drawn, and the team's own.

    Returns:
        The picture, or None if no plan was tried.
    """
    tried = sorted((p for p in a.prompting.plans if p.n), key=lambda p: (-p.n, -p.score))
    best = a.prompting.best.name if a.prompting.best else None
    shown = tried[:MOST_PLANS] + [p for p in tried[MOST_PLANS:] if p.family == "yours"]
    if not shown:
        return None
    most = max(plan.n for plan in shown)
    rows = [_plan_row(plan, most, best) for plan in shown]
    further = [plan for plan in tried if plan not in shown]
    more = _further(len(further), sum(plan.n < most for plan in further))
    return dot_plot("The race of the prompts on dev", rows, a.task.target, more)


def _further(plans: int, early: int) -> str:
    """How many plans are not drawn; that they left early is said of those that did."""
    if not plans:
        return ""
    some = "" if early == plans else f"{early} of "
    which = f", {some}which left early," if early else ""
    if plans == 1:
        return f"1 further plan{which} is in the table"
    return f"{plans} further plans{which} are in the table"


def exhaustion_picture(a: Assessment) -> Picture | None:
    """Score of the best plan so far, corrected for luck, against the plans tried.

    Returns:
        The picture, or None where too few plans were tried to draw a line.
    """
    measured = a.prompting.exhaustion
    curve = measured.curve if measured else ()
    if measured is None or len(curve) < 2:
        return None
    canvas = Canvas(0.3 + 1.8 + BOTTOM)
    ax = canvas.axes(0.3, left=0.55, right=0.1)
    tried = range(1, len(curve) + 1)
    spoken = ""
    if len(measured.curve_low) == len(measured.curve_high) == len(curve):
        band = (tried, measured.curve_low, measured.curve_high)
        ax.fill_between(*band, step="post", color=BLUE, alpha=0.2, linewidth=0)
        spoken = f", likely {span(measured.curve_low[-1], measured.curve_high[-1])}"
    ax.step(tried, curve, where="post", color=BLUE, linewidth=2)
    ax.axhline(a.task.target, color=INK, linewidth=1.2, linestyle="--")
    goal = f"target {percent(a.task.target)}"
    ax.text(1, a.task.target, canvas.word(goal), va="bottom", **TEXT)
    ax.set_ylim(0, 1.02)
    ax.set_yticks([0, 0.5, 1], [percent(tick) for tick in (0, 0.5, 1)])
    ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    ax.set_xlabel("plans tried", **TEXT)
    way = f"{percent(curve[0])} after one plan, {percent(curve[-1])} after {len(curve)}"
    return canvas.finished("Best plan so far, corrected for luck", f"{goal}; {way}{spoken}")


def _arm_row(arm: Arm, strong: bool) -> DotRow:
    s, part = arm.measured, "test" if arm.test else "dev"
    figures = f"{percent(s.score)} ({span(s.low, s.high)}), {part}"
    return DotRow(arm.name, figures, s.score, s.low, s.high, *MARKS[arm.kind], strong)


def _plan_row(plan: PlanRecord, most: int, best: str | None) -> DotRow:
    early = plan.n < most
    earlier = tuple(point.score for point in plan.race[:-1])
    way = [f"{percent(point.score)} after {point.n} rows" for point in plan.race[:-1]]
    figures = f"{percent(plan.score)} of {plan.n} rows"
    return DotRow(
        plan.name,
        figures,
        *(plan.score, plan.score, plan.score),
        "x" if early else "o",
        BLUE,
        best in (plan.name, f"{plan.name} ({plan.model})") and not early,
        early,
        earlier=earlier,
        spoken=", ".join([*way, figures, *(["left early"] if early else [])]),
    )
