"""Money: the bill of a month against the volume."""

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter

from policies.limits import TUNED
from tools.assessment import Assessment, EconomicsPart
from tools.report.pictures.canvas import (
    BLUE,
    BOTTOM,
    GREEN,
    INK,
    ORANGE,
    PURPLE,
    QUIET,
    TEXT,
    Canvas,
    Picture,
)
from tools.report.words import about, money

LINES = ((BLUE, "-"), (ORANGE, "--"), (GREEN, "-."), (PURPLE, ":"), (INK, "-"), (QUIET, "--"))
SPREAD = 12  # months that one-off costs are spread over, unless the policy says otherwise


def cost_picture(a: Assessment) -> Picture | None:
    """Cost a month against requests a month, one-off costs spread over the months to pay back in.

    Returns:
        The picture, or None if no cost is known.
    """
    e, names = a.economics, drawn_arms(a)
    if not any(c.per_1000 or c.per_month or c.one_off for c in map(e.arms.__getitem__, names)):
        return None
    top = 0.6 + 0.2 * len(names)
    canvas = Canvas(top + 2.1 + BOTTOM)
    ax = canvas.axes(top, left=0.6, right=0.2)
    volumes = _volumes(e)
    for name, (colour, dash) in zip(names, LINES, strict=False):
        bills = [_bill(e, name, volume) for volume in volumes]
        ax.plot(
            volumes, bills, dash, color=colour, linewidth=2, label=canvas.word(cost_name(name), 50)
        )
    if e.break_even_requests:
        even = f"break-even about {about(e.break_even_requests)}"
        _mark(canvas, ax, even, e.break_even_requests, 1.03)
    if e.monthly_requests:
        _mark(canvas, ax, f"now {e.monthly_requests:,.0f}", e.monthly_requests, 1.12)
    ax.set_xscale("log")
    ax.set_ylim(bottom=0)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: _short(x)))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.yaxis.set_major_locator(MaxNLocator(5))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:,g}"))
    ax.set_xlabel("requests a month", **TEXT)
    ax.text(-0.02, 1.04, canvas.word(e.currency, 9), ha="right", transform=ax.transAxes, **TEXT)
    canvas.legend()
    spoken = [
        f"{cost_name(name)} {money(e.arms[name].per_1000, e.currency)} for 1,000 requests and "
        f"{money(e.arms[name].one_off, e.currency)} once"
        for name in names
    ]
    if e.break_even_requests:
        spoken.append(f"break-even at about {about(e.break_even_requests)} requests a month")
    if e.monthly_requests:
        spoken.append(f"now {e.monthly_requests:,} requests a month")
    return canvas.finished("Cost a month by requests a month", "; ".join(spoken))


def drawn_arms(a: Assessment) -> list[str]:
    """The arms whose cost is shown: the best prompt, the team's own, and the other kinds."""
    best = a.prompting.best.name if a.prompting.best else None
    kinds, prompts = {arm.name: arm.kind for arm in a.arms}, {best, *a.own_prompts}
    shown = [
        name
        for name in a.economics.arms
        if kinds.get(name) in ("classifier", "tuned", None) or name in prompts
    ]
    return sorted(shown, key=lambda name: name != best)[: len(LINES)]


def cost_name(name: str) -> str:
    """The name of an arm for people; the tune to come has none of its own yet."""
    return "fine-tuned model" if name == TUNED else name


def spread_months(e: EconomicsPart) -> float:
    """Months that one-off costs are spread over."""
    return e.horizon_months or SPREAD


def _volumes(e: EconomicsPart) -> list[float]:
    """Requests a month from well below to well above the volumes that matter."""
    around = [v for v in (e.monthly_requests, e.break_even_requests) if v] or [10_000]
    low, high = min(around) / 20, 4 * max(around)
    return [low * (high / low) ** (i / 100) for i in range(101)]


def _bill(e: EconomicsPart, name: str, volume: float) -> float:
    cost = e.arms[name]
    fixed = cost.per_month - cost.per_1000 * (e.monthly_requests or 0) / 1000
    return max(0.0, fixed) + cost.one_off / spread_months(e) + cost.per_1000 * volume / 1000


def _short(volume: float) -> str:
    """A volume in a few letters, as "10k" or "2.5M"."""
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if volume >= size:
            return f"{volume / size:g}{letter}"
    return f"{volume:g}"


def _mark(canvas: Canvas, ax: Axes, label: str, at: float, height: float) -> None:
    """A vertical line at a number of requests, with its words above the plot."""
    ax.axvline(at, color=INK, linewidth=1, linestyle=":" if height < 1.05 else "-")
    text, over = canvas.word(label), ax.get_xaxis_transform()
    ax.text(at, height, text, ha="center", transform=over, **TEXT)
