"""A fine-tune: what was expected, how the training went, what it changed, what it forgot."""

import math

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from tools.assessment import Assessment, FlipCounts
from tools.report.pictures.canvas import (
    BLUE,
    BOTTOM,
    GREEN,
    INK,
    ORANGE,
    QUIET,
    TEXT,
    WIDTH,
    Canvas,
    Picture,
)
from tools.report.pictures.rows import DotRow, dot_plot
from tools.report.words import odds, percent, span

ACROSS = 25  # test rows in a line of the picture of flips
FATES = {  # (mark, colour, size, name); the marks tell them apart without the colours
    "kept_right": (".", BLUE, 5.0, "right before and after"),
    "fixed": ("^", GREEN, 7.0, "better after the fine-tune"),
    "broken": ("v", ORANGE, 7.0, "worse after the fine-tune"),
    "kept_wrong": ("x", QUIET, 5.0, "not fully right, as before"),
}


def learning_picture(a: Assessment) -> Picture | None:
    """Scores after learning from more and more examples, and the forecast as a band.

    Returns:
        The picture, or None without a forecast or with fewer than two points.
    """
    f = a.forecast
    if f is None or len(f.curve) < 2:
        return None
    canvas = Canvas(0.55 + 2.1 + BOTTOM)
    ax = canvas.axes(0.55, left=0.55, right=0.3)
    rows = [point.rows for point in f.curve]
    made_of = "probes, by cross-validation" if a.task.type == "labels" else "pilot tunes"
    ax.plot(rows, [p.score for p in f.curve], "-o", color=BLUE, linewidth=2, label=made_of)
    for point in f.curve:
        if point.low is not None and point.high is not None:
            ax.plot([point.rows] * 2, [point.low, point.high], color=BLUE, linewidth=1.4, alpha=0.6)
    if f.tunes:
        sizes, scores = [p.rows for p in f.tunes], [p.score for p in f.tunes]
        ax.plot(sizes, scores, "--s", color=GREEN, linewidth=1.6, label="separate fine-tunes")
    last = f.curve[-1]
    ax.plot([last.rows, a.task.train], [last.score, f.score], ":", color=ORANGE, linewidth=2)
    band = "forecast of a fine-tune on all of train"
    ax.errorbar(
        [a.task.train],
        [f.score],
        [[f.score - f.low], [f.high - f.score]],
        fmt="D",
        color=ORANGE,
        capsize=5,
        linewidth=2,
        label=band,
    )
    ax.axhline(a.task.target, color=INK, linewidth=1.2, linestyle="--")
    goal = f"target {percent(a.task.target)}"
    ax.text(
        0.01,
        a.task.target,
        canvas.word(goal),
        va="bottom",
        transform=ax.get_yaxis_transform(),
        **TEXT,
    )
    lows = [p.low if p.low is not None else p.score for p in (*f.curve, *f.tunes)]
    ax.set_ylim(max(0.0, min([f.low, a.task.target, *lows]) - 0.1), 1.02)
    ax.set_xlim(0, a.task.train * 1.06)
    _percent_axis(ax)
    ax.set_xlabel("examples learned from", **TEXT)
    canvas.legend()
    spoken = "; ".join(f"{percent(p.score)} from {p.rows} examples" for p in f.curve)
    if f.tunes:
        measured = "; ".join(f"{percent(p.score)} from {p.rows}" for p in f.tunes)
        spoken = f"{spoken}; measured by separate fine-tunes: {measured}"
    forecast = f"{percent(f.score)} expected from {a.task.train}, {odds(f.level)} within"
    details = f"{goal}; {spoken}; {forecast} {span(f.low, f.high)}"
    return canvas.finished("Score by examples learned from", details)


def loss_picture(a: Assessment) -> Picture | None:
    """How far off the model was during the tune, on train and on dev.

    Reads `step` with `loss` or `dev_loss` from `tuned.loss`.

    Returns:
        The picture, or None without a tune or its record.
    """
    points = [point for point in a.tuned.loss if "step" in point] if a.tuned else []
    if not points:
        return None
    canvas = Canvas(0.55 + 1.9 + BOTTOM)
    ax = canvas.axes(0.55, left=0.4, right=0.2)
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
    canvas.legend()
    return canvas.finished("Loss, lower is better", "; ".join(spoken))


def flips_picture(a: Assessment) -> Picture | None:
    """One mark for each test row: right before and after the tune, fixed, broken, or still wrong.

    Returns:
        The picture, or None without a tune; runs of earlier versions lack the counts.
    """
    counts = a.tuned.flips if a.tuned else None
    if counts is None:
        return None
    marks = [name for name in FATES for _ in range(getattr(counts, name))]
    if not marks:
        return None
    lines = math.ceil(len(marks) / ACROSS)
    head, step = 0.2 + 0.2 * len(FATES), (WIDTH - 0.1) / ACROSS
    canvas = Canvas(head + step * lines + 0.1)
    ax = canvas.figure.add_axes((0, 0, 1, (step * lines + 0.1) / canvas.height))
    ax.set_axis_off()
    ax.set_xlim(-0.6, ACROSS - 0.4)
    ax.set_ylim(lines - 0.4, -0.6)
    for name, (mark, colour, size, words) in FATES.items():
        at = [place for place, fate in enumerate(marks) if fate == name]
        label = f"{getattr(counts, name)} {words}"
        ax.plot(
            [place % ACROSS for place in at],
            [place // ACROSS for place in at],
            mark,
            color=colour,
            markersize=size,
            label=label,
        )
    canvas.legend()
    return canvas.finished("Test rows before and after the fine-tune", _told(counts))


def forgetting_picture(a: Assessment) -> Picture | None:
    """Shares of general questions that were answered rightly before (rings) and after the tune.

    Returns:
        The picture, or None without a tune.
    """
    if a.tuned is None:
        return None
    f = a.tuned.forgetting
    low, high = (max(0.0, min(1.0, f.base + end)) for end in (f.difference.low, f.difference.high))
    rows = [_before_and_after("Right answer preferred", f.base, f.tuned, low, high)]
    if f.short_items:
        at = f.short_tuned
        rows.append(_before_and_after("Right in its own words", f.short_base, at, at, at))
    ratios = [("its right answers", f.answers_ratio), ("plain prose", f.prose_ratio)]
    more = [
        f"surprise at {name} {ratio.value:.1f} times what it was"
        for name, ratio in ratios
        if ratio is not None
    ]
    title = "General questions answered rightly, before (ring) and after"
    return dot_plot(title, rows, more="; ".join(more))


def _before_and_after(label: str, before: float, after: float, low: float, high: float) -> DotRow:
    figures = f"{percent(before)} before, {percent(after)} after"
    return DotRow(label, figures, after, low, high, "D", ORANGE, earlier=(before,))


def _told(counts: FlipCounts) -> str:
    return "; ".join(f"{getattr(counts, name)} {words}" for name, (*_, words) in FATES.items())


def _percent_axis(ax: Axes) -> None:
    ax.yaxis.set_major_locator(MaxNLocator(5))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: percent(y) if y <= 1 else ""))
