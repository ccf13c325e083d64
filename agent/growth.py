"""What more examples would bring, how many a score would take, and what labelling them costs."""

import math

from agent.curves import HOW_TO_MEASURE
from agent.enough import surer, were_enough
from agent.utterances.figures import COUNT, PERCENT, figures_of, only_number
from agent.utterances.shares import read_share
from policies.evidence import Forecast
from tools.assessment import Assessment
from tools.forecast.probe import exponent_of
from tools.report import words
from tools.report.advised import advised_arm
from tools.tuning.curve import curve_in_words

FLAT = 0.05  # an exponent below it says no more than that errors hardly fall
FARTHEST = 8  # times the training examples: beyond, a curve through a few points tells nothing
ROUGH = "That follows the curve of this run beyond what was measured, so take it as a rough guess."


def would_more_help(a: Assessment, subjects: tuple[str, ...]) -> str:
    """What more examples would bring, as far as the run can tell.

    A number of them that was named is reckoned with; see `_with_more`.
    """
    more = _named_rows(a, subjects)
    lines = [a.forecast.more_data] if a.forecast and a.forecast.more_data else []
    if a.more_examples and more:
        lines.append(f"At least {a.more_examples:,} more examples are needed.")
    if a.forecast and a.forecast.tunes:
        lines.insert(0, curve_in_words(a.forecast.tunes))
    lines = lines or ["This run did not measure how scores grow with the number of examples."]
    if a.forecast and not a.forecast.tunes:
        lines.append(HOW_TO_MEASURE)
    first = _with_more(a, more) if more else were_enough(a)
    return "\n".join([*first, *lines, *([a.ask_again] if a.ask_again else [])])


def how_many_for(a: Assessment, subjects: tuple[str, ...]) -> str:
    """How many more examples a score would take; plainly so where that cannot be told."""
    wanted = next(filter(None, map(read_share, subjects)), None) or a.task.target
    goal = words.percent(wanted)
    there = [arm for arm in a.arms if arm.kind != "baseline" and arm.measured.score >= wanted]
    if there:
        name = advised_arm(a)
        best = max(there, key=lambda arm: (arm.name == name, arm.measured.score))
        scored = words.percent(best.measured.score)
        first = f"None: “{best.name}” reached {scored} in this run, so {goal} is met."
        return "\n".join([first, *surer(a)])
    f = a.forecast
    if f is not None and f.score >= wanted:
        scored = words.percent(f.score)
        return f"Perhaps none: a fine-tune on these examples is forecast at {scored}."
    exponent = _exponent(f)
    if f is None or exponent is None or wanted >= 1:
        return f"How many {goal} would take cannot be told.\n{would_more_help(a, ())}"
    times = math.pow((1 - f.score) / (1 - wanted), 1 / exponent)
    if times > FARTHEST:
        return (
            f"That cannot be told: {goal} lies far beyond what was measured, if more examples lead "
            f"there at all.\n{would_more_help(a, ())}"
        )
    more = round((times - 1) * a.task.rows)
    return "\n".join(
        [
            f"About {words.about(more)} more examples than the {a.task.rows:,} of this file, for a "
            f"fine-tune to reach {goal}.",
            *_labelling(a, more),
            ROUGH,
        ]
    )


def the_curve(a: Assessment, subjects: tuple[str, ...]) -> str:
    """The learning curve as far as it is known, and how to have it measured."""
    f = a.forecast
    if f is None or not (f.curve or f.tunes):
        return f"No learning curve was measured in this run. {HOW_TO_MEASURE}"
    if f.tunes:
        return curve_in_words(f.tunes)
    told = "; ".join(f"{words.percent(p.score)} from {p.rows:,} examples" for p in f.curve)
    lines = [f"What the forecast learned from parts of the examples: {told}.", f.more_data]
    return "\n".join([*filter(None, lines), HOW_TO_MEASURE])


def _with_more(a: Assessment, more: int) -> list[str]:
    """What so many more examples would bring a fine-tune, and cost."""
    f, exponent = a.forecast, _exponent(a.forecast)
    labelling = _labelling(a, more)
    if f is None or exponent is None or not a.task.rows:
        return ["What they would bring cannot be told from this run.", *labelling]
    times = 1 + more / a.task.rows
    if times > FARTHEST:
        return ["That is too far beyond what was measured to tell what it brings.", *labelling]
    score = 1 - (1 - f.score) * math.pow(times, -exponent)
    return [
        f"With {more:,} more examples beside the {a.task.rows:,} of this file, a fine-tune would "
        f"reach about {words.percent(score)}; it is forecast at {words.percent(f.score)} without.",
        *labelling,
        ROUGH,
    ]


def _labelling(a: Assessment, rows: int) -> list[str]:
    """What labelling so many rows costs by the operator's settings, where they say."""
    settings, prices = a.economics.settings, a.economics.prices
    minutes, label = settings.get("label_minutes"), prices.label if prices else 0.0
    told = []
    if isinstance(minutes, int | float) and minutes > 0:
        hours = rows * minutes / 60
        told.append(f"about {words.about(hours)} hours at {minutes:g} minutes a row")
    if label:
        told.append(f"{words.money(rows * label, a.economics.currency)}")
    return [f"Labelling them takes {' and costs '.join(told)}."] if len(told) == 2 else []


def _exponent(forecast: Forecast | None) -> float | None:
    """How fast errors fall as examples are added; None where no curve tells, or it is flat."""
    points = (forecast.tunes or forecast.curve) if forecast else ()
    found = exponent_of(points) if len(points) > 1 else 0.0
    return found if found > FLAT else None


def _named_rows(a: Assessment, subjects: tuple[str, ...]) -> int | None:
    """The number of examples that a question names, or the share of them: "500", "10 %"."""
    for said in subjects:
        figures = figures_of(said, COUNT)
        number = only_number(figures)
        if number is not None and number > 0:
            share = number / 100 * a.task.rows if PERCENT.search(figures) else number
            return max(1, round(share))
    return None
