"""Where the best prompt goes wrong: labels taken for others, or fields that come out wrong."""

from collections import Counter
from collections.abc import Iterable, Sequence

from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

from tools.assessment import Assessment, ErrorCell
from tools.report.pictures.canvas import (
    BLUE,
    INK,
    MARGIN,
    ORANGE,
    QUIET,
    TEXT,
    WIDTH,
    Canvas,
    Picture,
)
from tools.report.words import plain

LETTER = 0.076  # inches that a letter takes on average
MOST_LABELS, MOST_FIELDS, MOST_TOLD = 10, 12, 8
OTHERS, NONE = "all other labels", "no valid answer"
SHADES = LinearSegmentedColormap.from_list("shades", ("#ffffff", ORANGE))
FATES = (  # of a field, with colour and hatching
    ("right", BLUE, ""),
    ("wrong", ORANGE, "////"),
    ("missing", "#d9d9d9", ""),
    ("invented", "#ffffff", "...."),
)


def errors_picture(a: Assessment) -> Picture | None:
    """What came out as what on dev.

    Returns:
        The picture, or None where nothing went wrong, or nothing was counted.
    """
    cells = a.mistakes.cells if a.mistakes else ()
    if a.task.type == "labels" and any(cell.right != cell.given for cell in cells if cell.count):
        return _labels(cells)
    if a.task.type == "fields" and cells:
        return _fields(cells)
    return None


def _labels(cells: Sequence[ErrorCell]) -> Picture:
    """A table of counts: the right label downwards, the label given across, errors shaded."""
    counted = _gathered(cells)
    seen = {name for pair in counted for name in pair if name != NONE}
    names = sorted(seen, key=lambda name: (name == OTHERS, name))
    given = [*names, *([NONE] if any(said == NONE for _, said in counted) else [])]
    side = min(0.34, 0.55 * WIDTH / len(given))
    left = WIDTH - side * len(given) - MARGIN
    height = side * len(names)
    canvas = Canvas(0.75 + height)
    ax = canvas.figure.add_axes(
        (left / WIDTH, 0.02, side * len(given) / WIDTH, height / canvas.height)
    )
    ax.set_xlim(-0.5, len(given) - 0.5)
    ax.set_ylim(len(names) - 0.5, -0.5)
    _shade(ax, counted, names, given)
    _write_counts(ax, counted, names, given)
    _lay_out(canvas, ax, names, given)
    errors = [(n, right, said) for (right, said), n in counted.items() if right != said]
    errors.sort(key=lambda error: -error[0])
    told = [
        f"{right} came out as {said} {'once' if n == 1 else f'{n} times'}"
        for n, right, said in errors[:MOST_TOLD]
    ]
    rest = sum(n for n, *_ in errors[MOST_TOLD:])
    told += [f"{rest} further {'error' if rest == 1 else 'errors'}"] if rest else []
    return canvas.finished("Which label came out as which", "; ".join(told))


def _gathered(cells: Sequence[ErrorCell]) -> Counter[tuple[str, str]]:
    """Counts for the labels with the most errors; the others are one row and column."""
    trouble: Counter[str] = Counter()
    for cell in cells:
        if cell.right != cell.given:
            trouble.update({cell.right: cell.count, cell.given or NONE: cell.count})
    known = {label for cell in cells for label in (cell.right, cell.given) if label}
    ranked = [name for name, _ in trouble.most_common() if name in known]
    ranked += sorted(known - set(ranked))
    kept = set(ranked if len(ranked) <= MOST_LABELS else ranked[: MOST_LABELS - 1])
    counted: Counter[tuple[str, str]] = Counter()
    for cell in cells:
        right = cell.right if cell.right in kept else OTHERS
        said = NONE if not cell.given else cell.given if cell.given in kept else OTHERS
        counted[right, said] += cell.count
    return counted


def _shade(
    ax: Axes, counted: Counter[tuple[str, str]], names: Sequence[str], given: Sequence[str]
) -> None:
    """Errors, the darker the more there are."""
    errors = {pair: n for pair, n in counted.items() if pair[0] != pair[1]}
    most = max(errors.values(), default=1)
    for (right, said), n in errors.items():
        corner = given.index(said) - 0.5, names.index(right) - 0.5
        ax.add_patch(Rectangle(corner, 1, 1, facecolor=SHADES(n / most / 1.6), linewidth=0))


def _write_counts(
    ax: Axes, counted: Counter[tuple[str, str]], names: Sequence[str], given: Sequence[str]
) -> None:
    for y, right in enumerate(names):
        for x, said in enumerate(given):
            if n := counted[right, said]:
                same = right == said
                ax.text(
                    x,
                    y,
                    str(n),
                    ha="center",
                    va="center",
                    fontsize=9,
                    color=QUIET if same else INK,
                    weight="normal" if same else "bold",
                )


def _lay_out(canvas: Canvas, ax: Axes, names: Sequence[str], given: Sequence[str]) -> None:
    """Names at the left, their numbers along the top; a quiet grid between."""
    ax.set_yticks([])
    ax.set_xticks([])
    ax.spines[:].set_visible(False)
    for line in range(len(given) + 1):
        ax.axvline(line - 0.5, color=QUIET, linewidth=0.4, clip_on=False)
    for line in range(len(names) + 1):
        ax.axhline(line - 0.5, color=QUIET, linewidth=0.4, clip_on=False)
    beside, above = ax.get_yaxis_transform(), ax.get_xaxis_transform()
    limit = int(ax.get_position().x0 * WIDTH / LETTER) - 5
    for y, name in enumerate(names):
        text = canvas.word(f"{plain(name, limit)} · {y + 1}")
        ax.text(-0.02, y, text, ha="right", va="center", transform=beside, **TEXT)
    for x, name in enumerate(given):
        text = canvas.word("–" if name == NONE else str(x + 1))
        ax.text(x, 1.01, text, ha="center", va="bottom", transform=above, **TEXT)
    figure = canvas.figure
    figure.text(MARGIN / WIDTH, 0.99, canvas.word("right label downwards;"), va="top", **TEXT)
    below = 1 - 0.2 / canvas.height
    last = ", – = no valid answer" if NONE in given else ""
    text = canvas.word(f"label given, by its number, across{last}")
    figure.text(MARGIN / WIDTH, below, text, va="top", **TEXT)


def _fields(cells: Iterable[ErrorCell]) -> Picture:
    """A bar for each field: how often it came out right, wrong, missing, or invented."""
    counted: dict[str, Counter[str]] = {}
    for cell in cells:
        fate = cell.given or "missing"
        counted.setdefault(cell.right, Counter())[fate] += cell.count
    fields = sorted(counted, key=lambda field: -_trouble(counted[field]))[:MOST_FIELDS]
    head = 0.45
    canvas = Canvas(head + 0.48 * len(fields))
    ax = canvas.figure.add_axes((0.01, 0.01, 0.98, 1 - head / canvas.height))
    ax.set_axis_off()
    ax.set_xlim(0, max(counted[field].total() for field in fields))
    ax.set_ylim(len(fields) - 0.5, -0.5)
    told = []
    for y, field in enumerate(fields):
        fates, start = counted[field], 0
        for fate, colour, hatch in FATES:
            label = canvas.word(fate) if y == 0 else None
            ax.barh(
                y + 0.2,
                fates[fate],
                0.34,
                start,
                label=label,
                color=colour,
                hatch=hatch,
                edgecolor=INK,
                linewidth=0.5,
            )
            start += fates[fate]
        figures = ", ".join(f"{fates[fate]} {fate}" for fate, *_ in FATES if fates[fate])
        text = {"transform": ax.get_yaxis_transform(), "va": "center", **TEXT}
        ax.text(0, y - 0.2, canvas.word(field, 24), **text)
        ax.text(1, y - 0.2, canvas.word(figures), ha="right", **text)
        told.append(f"{field} {figures}")
    canvas.legend(columns=len(FATES))
    return canvas.finished("Which fields come out right", "; ".join(told))


def _trouble(fates: Counter[str]) -> int:
    return fates.total() - fates["right"]
