"""The pictures of an assessment, as SVG text for the report and for the page.

Every picture scales with the column it stands in and takes its ink from the surrounding text
(`currentColor`), so that it fits light and dark pages. Colours are Okabe and Ito's; shapes and
dashes repeat what the colours say.
"""

import io
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib
from markupsafe import escape
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter

from policies.evidence import Arm, ArmKind
from tools.assessment import Assessment, EconomicsPart
from tools.report.words import money, percent, plain, span

INK, QUIET = "#010101", "#8a8a8a"
BLUE, ORANGE, GREEN, PURPLE = "#0072b2", "#d55e00", "#009e73", "#aa5a8c"
MARKS: dict[ArmKind, tuple[str, str]] = {
    "prompt": ("o", BLUE),
    "classifier": ("s", GREEN),
    "baseline": ("v", QUIET),
    "tuned": ("D", ORANGE),
}
LINES = ((BLUE, "-"), (ORANGE, "--"), (GREEN, "-."), (PURPLE, ":"), (INK, "-"), (QUIET, "--"))
WIDTH, ROW, MARGIN, BOTTOM = 4.7, 0.48, 0.02, 0.42  # inches
DROP = 0.22  # how far a row's dot lies below the middle of the row, in rows
TEXT: dict[str, Any] = {"fontsize": 10, "color": INK}
MOST_ARMS, MOST_PLANS, LABEL = 10, 24, 34
_RENDERING = threading.Lock()  # the settings of matplotlib's SVG writer are global


class _Picture:
    """A figure whose words are written into the SVG after it is drawn.

    Matplotlib would read "$" as mathematics and warn about each letter that its own font lacks.
    """

    def __init__(self, height: float) -> None:
        self.height = height
        self.figure = Figure(figsize=(WIDTH, height))
        self._words: list[str] = []

    def word(self, text: str, limit: int | None = None) -> str:
        """A placeholder for the text, to be drawn in its place."""
        self._words.append(plain(" ".join(text.split()), limit))
        return f"@{len(self._words) - 1}@"

    def axes(self, top: float, left: float = MARGIN, right: float = MARGIN) -> Axes:
        """Axes below a head of `top` inches, with nothing but a quiet grid and labels."""
        width, height = WIDTH - left - right, self.height - top - BOTTOM
        ax = self.figure.add_axes(
            (left / WIDTH, BOTTOM / self.height, width / WIDTH, height / self.height)
        )
        ax.spines[:].set_visible(False)
        ax.tick_params(which="both", length=0, labelsize=10, labelcolor=INK)
        ax.grid(color=QUIET, alpha=0.3, linewidth=0.6)
        return ax

    def legend(self) -> None:
        """The names of the lines, at the head of the picture."""
        self.figure.legend(
            loc="upper left", bbox_to_anchor=(0, 1), frameon=False, fontsize=10, labelcolor=INK
        )

    def svg(self, title: str, details: str) -> str:
        """The picture as one `<svg>` element, the same for the same content."""
        text = io.StringIO()
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        with (
            _RENDERING,
            matplotlib.rc_context({"svg.hashsalt": title, "svg.fonttype": "none"}),
        ):
            self.figure.savefig(text, format="svg", transparent=True, metadata=nothing)
        svg = _embeddable(text.getvalue(), self.word(title), self.word(f"{title}: {details}"))
        return re.sub(r"@(\d+)@", lambda match: str(escape(self._words[int(match[1])])), svg)


def _embeddable(svg: str, title: str, label: str) -> str:
    """Matplotlib's document as an element that inherits the font and ink of its page."""
    svg = re.sub(r"<style.*?</style>|font-family: [^;\"]*; ", "", svg[svg.index("<svg") :])
    svg = re.sub(r'<g id="[^"]*"', "<g", svg).replace(INK, "currentColor")
    head = (
        rf'<svg \1role="img" aria-label="{label}" font-family="system-ui, sans-serif" '
        r'stroke-linejoin="round" style="width:100%;max-width:40rem;height:auto"\2>'
    )
    size = r'<svg (.*?)width="[^"]*" height="[^"]*"(.*?)>'
    return re.sub(size, f"{head}<title>{title}</title>", svg, count=1)


@dataclass(frozen=True)
class _Row:
    """One line of a dot plot: its words above, its dot and interval below."""

    label: str
    figures: str
    score: float
    low: float
    high: float
    mark: str
    colour: str
    strong: bool = False
    faint: bool = False
    band: bool = False


def gap_picture(a: Assessment) -> str:
    """Dots with intervals for every arm, the forecast as a band, the target as a line.

    Args:
        a: The assessment; each arm shows its test score, or its dev score where test was not read.

    Returns:
        One `<svg>` element, or "" if nothing was measured.
    """
    best = a.prompting.best.name if a.prompting.best else None
    # the best prompt and the other kinds come before further prompts when space is short
    arms = sorted(
        a.compared, key=lambda arm: (arm.name != best, arm.kind == "prompt", -arm.measured.score)
    )
    rows = [_arm_row(arm, arm.name == best) for arm in arms[:MOST_ARMS]]
    if f := a.forecast:
        figures = f"{percent(f.score)} ({span(f.low, f.high)}), expected"
        name = "Forecast of a fine-tune"
        rows.append(_Row(name, figures, f.score, f.low, f.high, "|", ORANGE, band=True))
    rows.sort(key=lambda row: row.score, reverse=True)
    return _dot_plot("Scores against the target", rows, a.task.target) if rows else ""


def trials_picture(a: Assessment) -> str:
    """The dev score of every prompt plan, best first; plans dropped early are lighter.

    Returns:
        One `<svg>` element, or "" if no plan was tried.
    """
    plans = sorted(a.prompting.plans, key=lambda plan: plan.score, reverse=True)[:MOST_PLANS]
    best = a.prompting.best.name if a.prompting.best else None
    rows = []
    for plan in plans:
        figures, faint = (
            f"{percent(plan.score)}, n = {plan.n}",
            plan.fate.startswith(("dropped", "cut short")),
        )
        at = (plan.score, plan.score, plan.score)
        rows.append(_Row(plan.name, figures, *at, "o", BLUE, plan.name == best, faint))
    return _dot_plot("Dev score of each prompt plan", rows, a.task.target) if rows else ""


def exhaustion_picture(a: Assessment) -> str:
    """Score of the best plan so far, corrected for luck, against the plans tried.

    Returns:
        One `<svg>` element, or "" where too few plans were tried to draw a line.
    """
    curve = a.prompting.exhaustion.curve if a.prompting.exhaustion else ()
    if len(curve) < 2:
        return ""
    picture = _Picture(0.3 + 1.8 + BOTTOM)
    ax = picture.axes(0.3, left=0.55, right=0.1)
    tried = range(1, len(curve) + 1)
    ax.step(tried, curve, where="post", color=BLUE, linewidth=2)
    ax.axhline(a.task.target, color=INK, linewidth=1.2, linestyle="--")
    goal = f"target {percent(a.task.target)}"
    ax.text(1, a.task.target, picture.word(goal), va="bottom", **TEXT)
    ax.set_ylim(0, 1.02)
    ax.set_yticks([0, 0.5, 1], [picture.word(percent(tick)) for tick in (0, 0.5, 1)])
    ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    ax.set_xlabel("plans tried", **TEXT)
    spoken = f"{goal}; {percent(curve[0])} after one plan, {percent(curve[-1])} after {len(curve)}"
    return picture.svg("Best plan so far, corrected for luck", spoken)


def cost_picture(a: Assessment) -> str:
    """Cost a month against requests a month, one-off costs spread over twelve months.

    Returns:
        One `<svg>` element, or "" if no cost is known.
    """
    e, kinds = a.economics, {arm.name: arm.kind for arm in a.arms}
    best = a.prompting.best.name if a.prompting.best else None
    order = sorted(e.arms, key=lambda name: kinds.get(name) == "prompt" and name != best)
    names = order[: len(LINES)]
    if not any(c.per_1000 or c.per_month or c.one_off for c in map(e.arms.__getitem__, names)):
        return ""
    top = 0.6 + 0.2 * len(names)
    picture = _Picture(top + 2.1 + BOTTOM)
    ax = picture.axes(top, left=0.6, right=0.2)
    volumes = _volumes(e)
    for name, (colour, dash) in zip(names, LINES, strict=False):
        bills = [_bill(e, name, volume) for volume in volumes]
        ax.plot(volumes, bills, dash, color=colour, linewidth=2, label=picture.word(name, 50))
    _mark(picture, ax, "break-even", e.break_even_requests, 1.03)
    _mark(picture, ax, "now", e.monthly_requests, 1.12)
    ax.set_xscale("log")
    ax.set_ylim(bottom=0)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.yaxis.set_major_locator(MaxNLocator(5))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:,g}"))
    ax.set_xlabel("requests a month", **TEXT)
    ax.text(-0.02, 1.04, picture.word(e.currency, 9), ha="right", transform=ax.transAxes, **TEXT)
    picture.legend()
    spoken = (
        f"{name} {money(e.arms[name].per_1000, e.currency)} for 1,000 requests and "
        f"{money(e.arms[name].one_off, e.currency)} once"
        for name in names
    )
    return picture.svg("Cost a month by requests a month", "; ".join(spoken))


def loss_picture(a: Assessment) -> str:
    """How far off the model was during the tune, on train and on dev.

    Reads `step` with `loss` or `dev_loss` from `tuned.loss`.

    Returns:
        One `<svg>` element, or "" without a tune or its record.
    """
    points = [point for point in a.tuned.loss if "step" in point] if a.tuned else []
    if not points:
        return ""
    picture = _Picture(0.55 + 1.9 + BOTTOM)
    ax = picture.axes(0.55, left=0.4, right=0.2)
    spoken = []
    for label, key, colour, dash in (
        ("train", "loss", BLUE, "-"),
        ("dev", "dev_loss", ORANGE, "--o"),
    ):
        curve = [(point["step"], point[key]) for point in points if key in point]
        if curve:
            ax.plot(*zip(*curve, strict=True), dash, color=colour, markersize=3.5, label=label)
            spoken.append(f"{label} from {curve[0][1]:.2f} to {curve[-1][1]:.2f}")
    ax.set_ylim(bottom=0)
    ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    ax.set_xlabel("training step", **TEXT)
    picture.legend()
    return picture.svg("Loss, lower is better", "; ".join(spoken))


def _arm_row(arm: Arm, best: bool) -> _Row:
    s, part = arm.measured, "test" if arm.test else "dev"
    figures = f"{percent(s.score)} ({span(s.low, s.high)}), {part}"
    strong = best or arm.kind == "tuned"
    return _Row(arm.name, figures, s.score, s.low, s.high, *MARKS[arm.kind], strong)


def _dot_plot(title: str, rows: Sequence[_Row], target: float) -> str:
    picture = _Picture(0.3 + ROW * len(rows) + BOTTOM)
    ax = picture.axes(0.3)
    low = max(0, int(10 * min([target, *(row.low for row in rows)]) - 0.2))
    ticks = [tenth / 10 for tenth in range(10, low - 1, -1 if low >= 5 else -2)]
    ax.set_xlim(low / 10, 1.005)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_yticks([])
    ax.set_xticks(ticks, [percent(tick) for tick in ticks])
    for tick in ax.get_xticklabels():  # the outer two stay inside the picture
        at = tick.get_position()[0]
        tick.set_horizontalalignment("right" if at == 1 else "left" if at == low / 10 else "center")
    ax.grid(visible=False)
    for y, row in enumerate(rows):
        _draw_row(picture, ax, y, row)
        ax.plot([target] * 2, [y + DROP - 0.15, y + DROP + 0.15], color=INK, linewidth=1.6)
    ax.plot([target] * 2, [-0.88, -0.6], color=INK, linewidth=1.6, clip_on=False)
    goal, side = f"target {percent(target)}", 1 if target > 0.6 + low / 25 else -1
    near, where = target - side * (1 - low / 10) * 0.015, "right" if side > 0 else "left"
    ax.text(near, -0.74, picture.word(goal), ha=where, va="center", **TEXT)
    spoken = "; ".join(f"{row.label} {row.figures}" for row in rows)
    return picture.svg(title, f"{goal}; {spoken}")


def _draw_row(picture: _Picture, ax: Axes, y: int, row: _Row) -> None:
    alpha, line = 0.4 if row.faint else 1.0, y + DROP
    text = {"transform": ax.get_yaxis_transform(), "va": "center", **TEXT}
    weight = "bold" if row.strong else "normal"
    ax.text(0, y - 0.19, picture.word(row.label, LABEL), weight=weight, **text)
    ax.text(1, y - 0.19, picture.word(row.figures), ha="right", **text)
    ax.axhline(line, color=QUIET, alpha=0.3, linewidth=0.8, zorder=0)
    wide, see = (9, 0.35) if row.band else (2, alpha)
    ax.plot([row.low, row.high], [line] * 2, color=row.colour, linewidth=wide, alpha=see)
    ax.plot([row.score], [line], row.mark, color=row.colour, markersize=8, alpha=alpha, mew=2)


def _volumes(e: EconomicsPart) -> list[float]:
    """Requests a month from well below to well above the volumes that matter."""
    around = [v for v in (e.monthly_requests, e.break_even_requests) if v] or [10_000]
    low, high = min(around) / 20, 4 * max(around)
    return [low * (high / low) ** (i / 100) for i in range(101)]


def _bill(e: EconomicsPart, name: str, volume: float) -> float:
    cost = e.arms[name]
    fixed = cost.per_month - cost.per_1000 * (e.monthly_requests or 0) / 1000
    return max(0.0, fixed) + cost.one_off / 12 + cost.per_1000 * volume / 1000


def _mark(picture: _Picture, ax: Axes, label: str, at: float | None, height: float) -> None:
    """A vertical line at a number of requests, with its words above the plot."""
    if at:
        ax.axvline(at, color=INK, linewidth=1, linestyle=":" if height < 1.05 else "-")
        text, over = picture.word(f"{label} {at:,.0f}"), ax.get_xaxis_transform()
        ax.text(at, height, text, ha="center", transform=over, **TEXT)
