"""The pictures of an assessment, as SVG text for the report and for the page.

Every picture scales with the column it stands in and takes its ink from the surrounding text
(`currentColor`), so that it fits light and dark pages. Colours are Okabe and Ito's; shapes and
dashes repeat what the colours say.
"""

import io
import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import matplotlib
from markupsafe import escape
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter

from policies.evidence import Arm, ArmKind
from tools.assessment import ArmCost, Assessment
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
WIDTH, ROW, LEFT, BOTTOM = 5.0, 0.44, 0.1, 0.55  # inches
LINE = 0.22  # how far a row's dot lies below its words, in rows
SMALL = 9.0  # points, as is every size of text below
MOST_ARMS, MOST_PLANS, LABEL = 10, 24, 36
_RENDERING = threading.Lock()  # the settings of matplotlib's SVG writer are global


class _Picture:
    """A figure whose words are written into the SVG after it is drawn.

    Matplotlib would read "$" as mathematics and warn about each letter that its own font lacks.
    """

    def __init__(self, height: float) -> None:
        self.height = height
        self.figure = Figure(figsize=(WIDTH, height))
        self._words: list[str] = []

    def word(self, text: str, limit: int = 60) -> str:
        """A placeholder for the text, to be drawn in its place."""
        self._words.append(plain(" ".join(text.split()), limit))
        return f"@{len(self._words) - 1}@"

    def axes(self, top: float, left: float = LEFT) -> Axes:
        """Axes below a head of `top` inches, with nothing but a quiet grid and labels."""
        width, height = WIDTH - left - LEFT, self.height - top - BOTTOM
        ax = self.figure.add_axes(
            (left / WIDTH, BOTTOM / self.height, width / WIDTH, height / self.height)
        )
        ax.spines[:].set_visible(False)
        ax.tick_params(which="both", length=0, labelsize=SMALL, labelcolor=INK)
        ax.grid(color=QUIET, alpha=0.3, linewidth=0.6)
        ax.set_axisbelow(True)
        return ax

    def svg(self, name: str, title: str) -> str:
        """The picture as one `<svg>` element, the same for the same content."""
        text = io.StringIO()
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        settings = {"svg.hashsalt": name, "svg.fonttype": "none"}
        with _RENDERING, matplotlib.rc_context(settings):
            self.figure.savefig(text, format="svg", transparent=True, metadata=nothing)
        svg = _embeddable(text.getvalue(), title)
        return re.sub(r"@(\d+)@", lambda match: str(escape(self._words[int(match[1])])), svg)


def _embeddable(svg: str, title: str) -> str:
    """Matplotlib's document as an element that inherits the font and ink of its page."""
    label = escape(plain(title))
    svg = re.sub(r"<style.*?</style>|font-family: [^;\"]*; ", "", svg[svg.index("<svg") :])
    svg = re.sub(r'<g id="[^"]*"', "<g", svg).replace(INK, "currentColor")
    return re.sub(
        r'<svg (.*?)width="[^"]*" height="[^"]*"(.*?)>',
        rf'<svg \1role="img" aria-label="@label@" font-family="system-ui, sans-serif" '
        r'stroke-linejoin="round" style="width:100%;max-width:40rem;height:auto"\2>'
        r"<title>@label@</title>",
        svg,
        count=1,
    ).replace("@label@", label)


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
    rows = [_arm_row(arm, arm.name == best) for arm in _shown(a.arms, best)]
    if f := a.forecast:
        figures = f"{percent(f.score)}  ({span(f.low, f.high)})  expected"
        name = "Forecast of a fine-tune"
        rows.append(_Row(name, figures, f.score, f.low, f.high, "|", ORANGE, band=True))
    rows.sort(key=lambda row: row.score, reverse=True)
    spoken = "; ".join(f"{row.label} {row.figures}" for row in rows)
    title = f"Scores against the target of {percent(a.task.target)}. {spoken}"
    return _dot_plot("gap", title, rows, a.task.target) if rows else ""


def trials_picture(a: Assessment) -> str:
    """The dev score of every prompt plan, best first; plans dropped early are lighter.

    Returns:
        One `<svg>` element, or "" if no plan was tried.
    """
    plans = sorted(a.prompting.plans, key=lambda plan: plan.score, reverse=True)[:MOST_PLANS]
    best = a.prompting.best.name if a.prompting.best else None
    rows = [
        _Row(
            plan.name,
            f"{percent(plan.score)}  n = {plan.n}",
            *(plan.score,) * 3,
            mark="o",
            colour=BLUE,
            strong=plan.name == best,
            faint="drop" in plan.fate.lower(),
        )
        for plan in plans
    ]
    spoken = "; ".join(f"{row.label} {row.figures}" for row in rows)
    title = f"Score of each prompt plan on the dev examples. {spoken}"
    return _dot_plot("trials", title, rows, a.task.target) if rows else ""


def cost_picture(a: Assessment) -> str:
    """Cost a month against requests a month, one-off costs spread over twelve months.

    Returns:
        One `<svg>` element, or "" if no cost is known.
    """
    money_part = a.economics
    arms = dict(list(money_part.arms.items())[: len(LINES)])
    if not any(cost.per_1000 or cost.per_month or cost.one_off for cost in arms.values()):
        return ""
    marks = {"now": money_part.monthly_requests, "break-even": money_part.break_even_requests}
    known = {name: value for name, value in marks.items() if value and value > 0}
    around = known.values() or (10_000,)
    volumes = [min(around) / 20 * 1.1**i for i in range(200)]
    volumes = [volume for volume in volumes if volume <= 4 * max(around)]
    top = 0.75 + 0.22 * len(arms)
    picture = _Picture(top + 2.3 + BOTTOM)
    ax = picture.axes(top, left=0.65)
    for (name, cost), (colour, dash) in zip(arms.items(), LINES, strict=False):
        fixed = cost.per_month - cost.per_1000 * (money_part.monthly_requests or 0) / 1000
        spread = max(0.0, fixed) + cost.one_off / 12
        bills = [spread + cost.per_1000 * volume / 1000 for volume in volumes]
        ax.plot(volumes, bills, dash, color=colour, linewidth=2, label=picture.word(name))
    for row, (name, value) in enumerate(known.items()):
        ax.axvline(value, color=INK, linewidth=0.9, linestyle=":" if row else "-")
        label = picture.word(f"{name} {value:,.0f}")
        side, shift = ("right", -3) if value > volumes[len(volumes) // 2] else ("left", 3)
        place = {"xytext": (shift, 14 - 12 * row), "textcoords": "offset points"}
        at, on = (value, 1.0), ax.get_xaxis_transform()
        ax.annotate(label, at, xycoords=on, ha=side, fontsize=SMALL, color=INK, **place)
    _money_axes(ax, picture, money_part.currency)
    _legend(picture)
    return picture.svg("cost", _cost_title(money_part.arms, money_part.currency))


def loss_picture(a: Assessment) -> str:
    """How far off the model was during the tune, on train and on dev.

    Reads `step` with `train` (or `loss`) and `dev` (or `eval_loss`) from `tuned.loss`.

    Returns:
        One `<svg>` element, or "" without a tune or its record.
    """
    if not (a.tuned and a.tuned.loss):
        return ""
    picture = _Picture(0.75 + 1.9 + BOTTOM)
    ax = picture.axes(0.75, left=0.55)
    ends = []
    for label, keys, colour, dash in (
        ("training examples", ("train", "loss"), BLUE, "-"),
        ("dev examples", ("dev", "eval_loss"), ORANGE, "--o"),
    ):
        curve = _curve(a.tuned.loss, keys)
        if curve:
            ax.plot(*zip(*curve, strict=True), dash, color=colour, markersize=3.5, label=label)
            ends.append(f"{label} from {curve[0][1]:.2f} to {curve[-1][1]:.2f}")
    ax.set_ylim(bottom=0)
    ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    ax.set_xlabel("training step", fontsize=SMALL, color=INK)
    _legend(picture)
    return picture.svg("loss", f"Loss (lower is better): {'; '.join(ends)}")


def _shown(arms: Sequence[Arm], best: str | None) -> list[Arm]:
    """The arms worth a line: the best prompt and the other kinds before further prompts."""
    ranked = sorted(
        arms,
        key=lambda arm: (arm.name != best, arm.kind == "prompt", -arm.measured.score),
    )
    return ranked[:MOST_ARMS]


def _arm_row(arm: Arm, best: bool) -> _Row:
    score, part = arm.measured, "test" if arm.test else "dev"
    figures = f"{percent(score.score)}  ({span(score.low, score.high)})  {part}, n = {score.n}"
    strong = best or arm.kind == "tuned"
    return _Row(arm.name, figures, score.score, score.low, score.high, *MARKS[arm.kind], strong)


def _dot_plot(name: str, title: str, rows: Sequence[_Row], target: float) -> str:
    picture = _Picture(0.3 + ROW * len(rows) + BOTTOM)
    ax = picture.axes(0.3)
    low = min([target, *(row.low for row in rows)])
    ax.set_xlim(max(0.0, int(low * 10 - 0.2) / 10), 1.0)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_yticks([])
    ax.grid(visible=False)
    ax.xaxis.set_major_locator(MaxNLocator(5))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: percent(x)))
    for y, row in enumerate(rows):
        _draw(picture, ax, y, row)
        ax.axhline(y + LINE, color=QUIET, alpha=0.3, linewidth=0.8, zorder=0)
        ax.plot([target] * 2, [y + LINE - 0.16, y + LINE + 0.16], color=INK, linewidth=1.6)
    label = picture.word(f"| target {percent(target)}")
    ax.text(target, -0.62, label, ha="right", fontsize=SMALL, color=INK)
    return picture.svg(name, title)


def _draw(picture: _Picture, ax: Axes, y: int, row: _Row) -> None:
    alpha = 0.4 if row.faint else 1.0
    words, line = ax.get_yaxis_transform(), y + LINE
    text = {"transform": words, "fontsize": SMALL, "color": INK, "va": "center"}
    weight = "bold" if row.strong else "normal"
    ax.text(0, y - 0.18, picture.word(row.label, LABEL), weight=weight, **text)
    ax.text(1, y - 0.18, picture.word(row.figures), ha="right", **text)
    wide, see = (9, 0.35) if row.band else (2, alpha)
    ax.plot([row.low, row.high], [line] * 2, color=row.colour, linewidth=wide, alpha=see)
    ax.plot([row.score], [line], row.mark, color=row.colour, markersize=8, alpha=alpha, mew=2)


def _curve(
    loss: Iterable[dict[str, float]], keys: tuple[str, ...]
) -> list[tuple[float, float]]:
    found = ((point.get("step"), [point[key] for key in keys if key in point]) for point in loss)
    return [(step, values[0]) for step, values in found if step is not None and values]


def _money_axes(ax: Axes, picture: _Picture, currency: str) -> None:
    ax.set_xscale("log")
    ax.set_ylim(bottom=0)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: _count(x)))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.yaxis.set_major_locator(MaxNLocator(5))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:,g}"))
    ax.set_xlabel("requests a month", fontsize=SMALL, color=INK)
    label = picture.word(f"{currency} a month")
    ax.text(-0.13, 1.15, label, transform=ax.transAxes, fontsize=SMALL, color=INK)


def _count(x: float) -> str:
    return f"{x / 1e6:g} million" if x >= 1e6 else f"{x:,.0f}"


def _legend(picture: _Picture) -> None:
    picture.figure.legend(
        loc="upper left",
        bbox_to_anchor=(0, 1),
        frameon=False,
        fontsize=SMALL,
        labelcolor=INK,
        handlelength=2.6,
        borderaxespad=0.2,
    )


def _cost_title(arms: dict[str, ArmCost], currency: str) -> str:
    each = "; ".join(
        f"{name} {money(cost.per_1000, currency)} for 1,000 requests"
        f" and {money(cost.one_off, currency)} once"
        for name, cost in arms.items()
    )
    return f"Cost a month by number of requests. {each}"
