"""Points of a forecast and a tune on the same rows, and how far the forecasts were off."""

import math
from collections.abc import Sequence
from operator import mul
from pathlib import Path
from statistics import fmean

from policies.evidence import CurvePoint, Forecast, Frozen
from tools.forecast.labels import (
    LEVEL,
    SPREAD,
    TUNED_ERRORS,
    Seen,
    drawn_variance,
    expected_error,
    tuned_score,
)
from tools.tuning.recipe import choose_recipe

Interval = tuple[float, float, float]  # the middle and the ends
MEAN_ABSOLUTE = math.sqrt(2 / math.pi)  # of a normal distribution, in standard deviations


class Point(Frozen):
    """Two classifiers and one tune on the same rows.

    Attributes:
        file: The file's short name.
        rows: Training rows.
        seed: Of the split and the tune.
        labels: How many labels there are.
        dev_rows: Rows for dev.
        test_rows: Rows for test.
        cross_validated: The probe inside train.
        dev: The probe on dev.
        curve: The probe's learning curve inside train.
        probe_test: The probe on test.
        words_cross_validated: The classifier on words inside train.
        words_dev: The same on dev.
        words_test: The same on test.
        tuned_dev: The tune on dev.
        tuned_test: The tune on test.
        forecast: What was forecast for test when the point was made.
        seconds: Of the tune.
        frozen: Share of the layers without an adapter.
        passes: Most passes over the training rows.
        choice: Weight of the loss among the labels.
    """

    file: str
    rows: int
    seed: int
    labels: int
    dev_rows: int
    test_rows: int
    cross_validated: float
    dev: float
    curve: tuple[CurvePoint, ...]
    probe_test: float
    words_cross_validated: float
    words_dev: float
    words_test: float
    tuned_dev: float
    tuned_test: float
    forecast: Forecast
    seconds: float
    frozen: float
    passes: int
    choice: float

    @property
    def seen(self) -> tuple[Seen, Seen]:
        """What the forecast sees of the two classifiers."""
        words = Seen(self.words_cross_validated, self.words_dev)
        return words, Seen(self.cross_validated, self.dev)


def load(file: Path) -> list[Point]:
    """The points that were made."""
    if not file.exists():
        return []
    lines = file.read_text(encoding="utf-8").splitlines()
    return [Point.model_validate_json(line) for line in lines]


def of_today(points: Sequence[Point], parameters: int) -> list[Point]:
    """Points whose tune was made as the recipe has it now."""
    return [
        point
        for point in points
        if (recipe := choose_recipe(parameters, point.rows, point.seed)).frozen == point.frozen
        and (recipe.epochs, recipe.choice) == (point.passes, point.choice)
    ]


def table(points: Sequence[Point]) -> str:
    """The points and how far their forecasts were off, as Markdown."""
    head = "| file | rows | seed | words: inside train, dev, test | probe: inside train, dev, test "
    lines = [head + "| forecast | tune on test | error |", "|---" * 8 + "|"]
    for point in sorted(points, key=lambda p: (p.file, p.rows, p.seed)):
        score, low, high = forecast_of(point)
        lines.append(
            f"| {point.file} | {point.rows} | {point.seed} "
            f"| {point.words_cross_validated:.1%}, {point.words_dev:.1%}, {point.words_test:.1%} "
            f"| {point.cross_validated:.1%}, {point.dev:.1%}, {point.probe_test:.1%} "
            f"| {score:.1%} ({low:.1%} to {high:.1%}) | {point.tuned_test:.1%} "
            f"| {100 * (score - point.tuned_test):+.1f} |"
        )
    if points:
        now = [forecast_of(point) for point in points]
        made = f"- {len(points)} tunes make {fitted_share(points):.2f} of the classifiers' errors."
        lines += ["", made, f"- As it is forecast now: {summary(points, now)}", *left_out(points)]
        lines += simpler(points)
    return "\n".join(lines)


def summary(points: Sequence[Point], scores: Sequence[Interval]) -> str:
    """Error, coverage, width and Winkler score of forecasts."""
    pairs = list(zip(points, scores, strict=True))
    errors = [score - p.tuned_test for p, (score, _, _) in pairs]
    inside = [low <= p.tuned_test <= high for p, (_, low, high) in pairs]
    noise = [math.sqrt(p.tuned_test * (1 - p.tuned_test) / p.test_rows) for p in points]
    widths = [high - low for _, low, high in scores]
    fines = [winkler(p.tuned_test, each) for p, each in pairs]
    rms = 100 * math.sqrt(fmean(e * e for e in errors))
    return (
        f"mean error {100 * fmean(errors):+.1f} points, mean absolute error "
        f"{100 * fmean(map(abs, errors)):.1f} (the test samples alone account for "
        f"{100 * sampled(noise):.1f}, net of them {100 * net(errors, noise):.1f}), root mean "
        f"square {rms:.1f}; {fmean(inside):.0%} inside their interval "
        f"of {LEVEL:.0%}, which is {100 * fmean(widths):.1f} points "
        f"wide; Winkler score {100 * fmean(fines):.1f}."
    )


def sampled(noise: Sequence[float]) -> float:
    """Mean absolute error that test samples of such standard deviations make alone."""
    return fmean(noise) * MEAN_ABSOLUTE


def net(errors: Sequence[float], noise: Sequence[float]) -> float:
    """Mean absolute error without what the test samples add: their variance taken off."""
    squared = fmean(e * e for e in errors) - fmean(s * s for s in noise)
    return math.sqrt(max(0.0, squared)) * MEAN_ABSOLUTE


def forecast_of(point: Point, share: float = TUNED_ERRORS, calibrated: float = SPREAD) -> Interval:
    """What is forecast for a point now: the middle and the ends of the interval."""
    rows = point.rows + point.dev_rows
    return tuned_score(mean_error(point), rows, point.test_rows, share, calibrated)


def fitted_share(points: Sequence[Point]) -> float:
    """Share of the classifiers' errors that the tunes made, by least squares."""
    errors = [mean_error(point) for point in points]
    made = [1 - point.tuned_test for point in points]
    return float(sum(map(mul, errors, made)) / sum(map(mul, errors, errors)))


def fitted_spread(points: Sequence[Point], share: float) -> float:
    """How far the tunes lie from that share of the errors, beside what the rows alone explain."""
    squared = [(1 - share * mean_error(p) - p.tuned_test) ** 2 for p in points]
    drawn = [drawn_variance(mean_error(p), p.rows + p.dev_rows, p.test_rows, share) for p in points]
    return math.sqrt(max(0.0, fmean(squared) - fmean(drawn)))


def mean_error(point: Point) -> float:
    """Errors of the classifiers on all training rows, as the forecast estimates them."""
    return expected_error(point.curve, point.seen, point.rows, point.dev_rows)


def left_out(points: Sequence[Point]) -> list[str]:
    """Each file's tunes by the share of the errors, and the spread, of the other files' tunes."""
    lines, scored, scores, refitted = [], list[Point](), list[Interval](), list[Interval]()
    for name in sorted({point.file for point in points}):
        others = [point for point in points if point.file != name]
        if not others:
            return []
        share = fitted_share(others)
        own = [point for point in points if point.file == name]
        scored += own
        spread = fitted_spread(others, share)
        scores += [forecast_of(point, share) for point in own]
        refitted += [forecast_of(point, share, spread) for point in own]
        lines.append(
            f"- {name}: tunes of the others make {share:.2f} of the errors, and lie "
            f"{100 * spread:.1f} points from that."
        )
    lines.append(f"- With the scored file left out: {summary(scored, scores)}")
    lines.append(f"- The spread refitted on the others as well: {summary(scored, refitted)}")
    return lines


def simpler(points: Sequence[Point]) -> list[str]:
    """How far off simpler forecasts are, a constant fitted with the scored file left out."""
    off = {
        "the classifier that is better on dev": [better(p) - p.tuned_test for p in points],
        "the probe": [p.probe_test - p.tuned_test for p in points],
        "the probe and a constant": [
            p.probe_test + offset([o for o in points if o.file != p.file]) - p.tuned_test
            for p in points
        ],
    }
    told = (f"{name} {100 * fmean(map(abs, errors)):.1f}" for name, errors in off.items())
    return [f"- Simpler forecasts, mean absolute error in points: {', '.join(told)}."]


def better(point: Point) -> float:
    """Test score of the classifier that is better on dev."""
    return point.words_test if point.words_dev > point.dev else point.probe_test


def offset(points: Sequence[Point]) -> float:
    """What tunes gained on their probes, on average."""
    return fmean(p.tuned_test - p.probe_test for p in points) if points else 0.0


def winkler(reached: float, interval: Interval) -> float:
    """Width of the interval, and a fine where it was missed (Winkler, 1972)."""
    _, low, high = interval
    missed = max(low - reached, reached - high, 0.0)
    return high - low + 2 / (1 - LEVEL) * missed
