"""Rows of dots: each row has its words above, and its dot, interval or marks below."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from tools.report.pictures.canvas import BOTTOM, INK, QUIET, TEXT, Canvas, Picture
from tools.report.words import percent

HEIGHT = 0.48  # inches of a row
DROP = 0.22  # how far a row's dot lies below the middle of the row, in rows
LINE = 58  # characters that fit beside each other above a row


@dataclass(frozen=True)
class DotRow:
    """One line of a dot plot.

    Attributes:
        label: Its name, above at the left.
        figures: Its figures in words, above at the right.
        score: Where its dot is.
        low: Lower end of its interval.
        high: Upper end of it.
        mark: The shape of the dot.
        colour: Its colour.
        strong: Whether the name is bold.
        faint: Whether the row is less important.
        band: Whether the interval is a wide band.
        earlier: Scores on the way, as small rings.
        spoken: What the row says in words where its figures say too little.
    """

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
    earlier: tuple[float, ...] = ()
    spoken: str = ""


def dot_plot(
    title: str, rows: Sequence[DotRow], target: float | None = None, more: str = ""
) -> Picture:
    """Rows of dots against the target.

    Args:
        title: What is shown.
        rows: The rows, first on top.
        target: The score that is good enough, 0 to 1, to be marked.
        more: What else to say in the picture's words.
    """
    head = 0.3 if target is not None else 0.05
    canvas = Canvas(head + HEIGHT * len(rows) + BOTTOM)
    ax = canvas.axes(head)
    goals = [] if target is None else [target]
    lowest = min([*goals, *(min((row.low, row.score, *row.earlier)) for row in rows)])
    low = max(0, int(10 * lowest - 0.2))
    _lay_out(ax, len(rows), low)
    for y, row in enumerate(rows):
        _draw(canvas, ax, y, row)
    spoken = [f"{row.label} {row.spoken or row.figures}" for row in rows]
    if target is not None:
        _mark_target(canvas, ax, target, low, len(rows))
        spoken = [f"target {percent(target)}", *spoken]
    return canvas.finished(title, "; ".join(filter(None, [*spoken, more])))


def _mark_target(canvas: Canvas, ax: Axes, target: float, low: int, rows: int) -> None:
    for y in range(rows):
        ax.plot([target] * 2, [y + DROP - 0.15, y + DROP + 0.15], color=INK, linewidth=1.6)
    ax.plot([target] * 2, [-0.88, -0.6], color=INK, linewidth=1.6, clip_on=False)
    goal, side = f"target {percent(target)}", 1 if target > 0.6 + low / 25 else -1
    near, where = target - side * (1 - low / 10) * 0.015, "right" if side > 0 else "left"
    ax.text(near, -0.74, canvas.word(goal), ha=where, va="center", **TEXT)


def _lay_out(ax: Axes, rows: int, low: int) -> None:
    ticks = [tenth / 10 for tenth in range(10, low - 1, -1 if low >= 5 else -2)]
    ax.set_xlim(low / 10, 1.005)
    ax.set_ylim(rows - 0.5, -0.5)
    ax.set_yticks([])
    ax.set_xticks(ticks, [percent(tick) for tick in ticks])
    for tick in ax.get_xticklabels():  # the outer two stay inside the picture
        at = tick.get_position()[0]
        tick.set_horizontalalignment("right" if at == 1 else "left" if at == low / 10 else "center")
    ax.grid(visible=False)


def _draw(canvas: Canvas, ax: Axes, y: int, row: DotRow) -> None:
    alpha, line = 0.45 if row.faint else 1.0, y + DROP
    text = {"transform": ax.get_yaxis_transform(), "va": "center", **TEXT}
    weight = "bold" if row.strong else "normal"
    ax.text(
        0, y - 0.19, canvas.word(row.label, max(20, LINE - len(row.figures))), weight=weight, **text
    )
    ax.text(1, y - 0.19, canvas.word(row.figures), ha="right", **text)
    ax.axhline(line, color=QUIET, alpha=0.3, linewidth=0.8, zorder=0)
    wide, see = (9, 0.35) if row.band else (2, alpha)
    ax.plot([row.low, row.high], [line] * 2, color=row.colour, linewidth=wide, alpha=see)
    if row.earlier:
        way = [*row.earlier, row.score]
        ax.plot(way, [line] * len(way), color=row.colour, linewidth=1, alpha=alpha)
        ax.plot(
            row.earlier,
            [line] * len(row.earlier),
            "o",
            color=row.colour,
            markerfacecolor="white",
            markersize=5,
            alpha=alpha,
        )
    ax.plot(
        [row.score],
        [line],
        row.mark,
        color=row.colour,
        markersize=8,
        alpha=alpha,
        mew=2,
        clip_on=False,  # whole at 0 and 100 %
    )
