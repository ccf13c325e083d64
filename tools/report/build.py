"""The report of an assessment: one self-contained HTML file, or Markdown."""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from tools.assessment import Assessment, load
from tools.report import pictures, words

NAME = 80
MOST_SUSPECTS = 30  # rows of the table; the Excel file holds them all
SHOWN = {"LONG": 6000, "CELL": 600, "NAME": NAME}  # most characters of a prompt, a cell, a name


@dataclass(frozen=True)
class KeyFigure:
    """One of the three figures of the first screen."""

    label: str
    value: str
    note: str


def build_html(a: Assessment) -> str:
    """The report as one HTML document that loads nothing and runs nothing.

    Args:
        a: The assessment; its strings are data from outside and are shown as text.
    """
    drawn = {
        "gap": Markup(pictures.gap_picture(a)),
        "trials": Markup(pictures.trials_picture(a)),
        "exhaustion": Markup(pictures.exhaustion_picture(a)),
        "cost": Markup(pictures.cost_picture(a)),
        "loss": Markup(pictures.loss_picture(a)),
    }
    return _HTML.get_template("report.html.j2").render(_context(a), pictures=drawn)


def build_markdown(a: Assessment) -> str:
    """The report as Markdown; strings from outside are escaped or fenced.

    Args:
        a: The assessment.
    """
    text = _MARKDOWN.get_template("report.md.j2").render(_context(a))
    gaps = r"(?ms)^(`{3,})text\n.*?^\1$|\n{3,}"  # a prompt keeps its own blank lines
    return re.sub(gaps, lambda match: match[0] if match[1] else "\n\n", text)


def write(folder: Path, format: Literal["html", "md"]) -> Path:
    """Write `report.html` or `report.md` beside the assessment of a run.

    Args:
        folder: The run's folder.
        format: Kind of file.

    Returns:
        The path of the report.

    Raises:
        FileNotFoundError: The run has not reached a verdict.
    """
    build = build_html if format == "html" else build_markdown
    path = folder / f"report.{format}"
    unfinished = folder / f".report-{uuid.uuid4().hex}"  # a page and a shell may write at once
    unfinished.write_text(build(load(folder)), encoding="utf-8")
    return unfinished.replace(path)


def answer_title(a: Assessment) -> str:
    """The answer in a few words; after a tune it is what the measured scores say."""
    return words.OUTCOME_TITLES[a.outcome.use] if a.outcome else words.VERDICT_TITLES[a.verdict]


def next_steps(a: Assessment) -> words.Steps:
    """What to do on Monday morning."""
    return words.OUTCOME_STEPS[a.outcome.use] if a.outcome else words.NEXT_STEPS[a.verdict]


def key_figures(a: Assessment) -> tuple[KeyFigure, KeyFigure, KeyFigure]:
    """The best prompt against the target, the fine-tune, and what the answer costs."""
    return _prompt_figure(a), _tune_figure(a), _cost_figure(a)


def _prompt_figure(a: Assessment) -> KeyFigure:
    label, best = "Best prompt", a.prompting.best
    if best is None:
        return KeyFigure(label, "not measured", f"The target is {words.percent(a.task.target)}.")
    score, part = best.test or best.dev, "test" if best.test else "dev"
    gap = a.task.target - score.score
    state = f"{words.points(gap)[1:]} below" if round(gap, 3) > 0 else "which meets"
    return KeyFigure(
        f"{label}, {words.METRIC_NAMES[a.task.metric]}",
        words.percent(score.score),
        f"{state} the target of {words.percent(a.task.target)}, "
        f"measured on {score.n} {part} examples",
    )


def _tune_figure(a: Assessment) -> KeyFigure:
    if a.tuned:
        difference = words.points(a.tuned.difference.value)
        note = f"{difference} against the best prompt, measured on {a.tuned.test.n} test examples"
        return KeyFigure("Fine-tuned model", words.percent(a.tuned.test.score), note)
    label = "Fine-tune, forecast"
    if a.forecast is None:
        return KeyFigure(label, "none", "This run made no forecast of a fine-tune.")
    f = a.forecast
    note = f"{words.odds(f.level)} within {words.span(f.low, f.high)}; nothing was tuned yet"
    return KeyFigure(label, words.percent(f.score), note)


def _cost_figure(a: Assessment) -> KeyFigure:
    name, money = _chosen(a), a.economics
    cost = money.arms.get(name) or (money.arms.get("tuned") if name in _tuned_names(a) else None)
    if cost is None or not (cost.per_1000 or cost.per_month or cost.one_off):
        return KeyFigure("Cost", "no price known", "No prices were set for this way of working.")
    once = f"; {words.money(cost.one_off, money.currency)} once on top" if cost.one_off else ""
    about = f"with {words.plain(name, NAME)}{once}"
    if money.monthly_requests is None:
        value = words.money(cost.per_1000, money.currency)
        return KeyFigure("Cost of 1,000 requests", value, about)
    value = words.money(cost.per_month, money.currency)
    return KeyFigure("Cost a month", value, f"for {money.monthly_requests:,} requests {about}")


def _chosen(a: Assessment) -> str:
    """The name of the arm that the answer is about."""
    use = a.outcome.use if a.outcome else None
    tuned = _tuned_names(a)
    if use == "tuned" or (use is None and a.verdict in ("fine_tune", "fine_tune_for_cost")):
        return tuned[0]
    if use == "classifier" or (use is None and a.verdict == "use_classifier"):
        rivals = [arm for arm in a.arms if arm.kind == "classifier"]
        return max(rivals, key=lambda arm: arm.dev.score).name if rivals else ""
    return a.prompting.best.name if a.prompting.best else ""


def _tuned_names(a: Assessment) -> list[str]:
    return [arm.name for arm in a.arms if arm.kind == "tuned"] + ["tuned"]


def _context(a: Assessment) -> dict[str, object]:
    return {
        "a": a,
        "w": words,
        "title": answer_title(a),
        "steps": next_steps(a),
        "figures": key_figures(a),
        "arms": a.compared,
        "labels": sorted(a.data.label_counts.items(), key=lambda item: -item[1]),
        "plans": sorted(a.prompting.plans, key=lambda plan: plan.score, reverse=True),
        "suspects": [s for s in a.suspects if s.part != "test"][:MOST_SUSPECTS],
        **SHOWN,
    }


def _neutral(value: object) -> object:
    """Every value that the HTML template prints, made harmless; the escaping follows."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return words.plain(value).replace(" %", "\u00a0%")  # no figure parts from its sign


def _inline(value: object) -> object:
    """One line of text in which Markdown and HTML find nothing to act on."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    text = re.sub(r"([\\`*_\[\]|~$@])", r"\\\1", " ".join(words.plain(value).split()))
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = re.sub(r"://|(?<=www)\.", r"\\\g<0>", text, flags=re.IGNORECASE)
    return Markup(re.sub(r"^(\d*)(?=[#=]|--|[+.)-]( |$))", r"\1\\", text))


def _fenced(text: str, limit: int) -> Markup:
    """A code block whose fence is longer than any run of backticks within."""
    fence = "`" * (max([2, *map(len, re.findall("`+", text))]) + 1)
    return Markup(f"{fence}text\n{words.plain(text, limit)}\n{fence}")


def _environment(
    finalize: Callable[[object], object], short: Callable[[str, int], str]
) -> Environment:
    env = Environment(
        loader=PackageLoader("tools.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=finalize,
    )
    env.filters |= {"percent": words.percent, "points": words.points, "short": short}
    env.filters["fenced"] = _fenced
    return env


_HTML = _environment(_neutral, lambda text, limit: escape(words.plain(text, limit)))
_MARKDOWN = _environment(_inline, words.plain)
