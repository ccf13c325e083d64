"""The classic comparison of all ways of working, in this run's own figures."""

from collections.abc import Callable

from policies.limits import TUNED
from tools.assessment import ArmCost, Assessment
from tools.report import words
from tools.report.advised import best_classifier
from tools.report.answer import NAME
from tools.report.document import Block, Cell, Column, Paragraph, Row, Section, Table, Text, name
from tools.report.tried import score_text
from tools.report.ways import Way, ways_of
from tools.settings import PriceSettings
from tools.trials.plan import PER_INPUT

A_YEAR = {"never": 0, "yearly": 1, "monthly": 12, "weekly": 52, "daily": 365}
NOT_MEASURED = "not measured here"
NOT_IN_FILE = "not known here: the file holds only its answers"
LEARNING = ("classifier", "tuned")


def comparison(a: Assessment) -> Section:
    """Effort, cost, quality, time, data and flexibility of each way, side by side."""
    ways = ways_of(a)
    title = "The options side by side"
    if not ways:
        return Section(title, ())
    aspects: tuple[tuple[str, Callable[[Assessment, Way], Text]], ...] = (
        ("What it is", _what),
        ("Quality", _quality),
        ("Effort to get there", _effort),
        ("Running cost", _cost),
        ("Time for an answer", _time),
        ("Data it needs", _data),
        ("Flexibility", _flexibility),
    )
    columns = (Column("", weight=0.9), *(Column(way.title, weight=1.6) for way in ways))
    rows = tuple(
        Row((Cell(aspect), *(Cell(tell(a, way)) for way in ways))) for aspect, tell in aspects
    )
    blocks: list[Block] = [
        Paragraph(_whence(a)),
        Table(columns, rows),
        *_row_by_row(a),
    ]
    return Section(title, (*blocks, *_missing(a, ways)))


def prices_were_told(a: Assessment) -> bool:
    """Whether the operator set any price or effort; else all of them are defaults."""
    e, defaults = a.economics, PriceSettings().model_dump()
    changed = any(defaults.get(key, value) != value for key, value in e.settings.items())
    return changed or (e.prices is not None and e.prices.tokens is not None)


def _whence(a: Assessment) -> str:
    """Where the figures come from: nobody may take an assumed price for a measured one."""
    measured = "Scores and times were measured in this run, forecasts reckoned from them."
    e = a.economics
    if not e.arms:
        return measured
    if prices_were_told(a):
        rest = "rest on your settings; what is not set there is a default assumption"
    else:
        rest = "are default assumptions; change them in the settings"
    return f"{measured} Days and {e.currency} {rest}."


def _row_by_row(a: Assessment) -> tuple[Block, ...]:
    """The classifier against the best prompt on the very rows that both answered."""
    d, rival = a.classifier_lead, best_classifier(a)
    rows = rival.test.n if rival and rival.test else a.task.test
    told = words.ahead("the classifier", "the prompt", d, rows) if d else ""
    return (Paragraph(f"{told} Both on the locked rows."),) if told else ()


def _what(a: Assessment, way: Way) -> Text:
    if way.arm is None:
        return "not trained yet; the figures are expected"
    if way.kind == "today":
        return "what your file gives as today's answers"
    return (name(way.arm.name, NAME),)


def _quality(a: Assessment, way: Way) -> Text:
    if way.arm is None:
        f = a.forecast
        assert f is not None  # a tune that was not made is shown for its forecast
        return f"{words.percent(f.score)} expected ({words.span(f.low, f.high)})"
    part = "test" if way.arm.test else "dev"
    shown = score_text(way.arm.measured)
    return (*(shown if isinstance(shown, tuple) else (shown,)), f" on {part}")


def _effort(a: Assessment, way: Way) -> Text:
    if way.kind == "today":
        return "none: it is in use"
    cost, told = _bill(a, way), []
    if cost is not None:
        days = cost.effort_days
        told.append(f"{days:g} {'day' if days == 1 else 'days'} of work")
        told.append(f"{words.money(cost.one_off, a.economics.currency)} once")
    if way.arm and way.kind == "tuned" and a.seconds.tune:
        told.append(f"{max(1, round(a.seconds.tune / 60))} minutes of training")
    if way.kind == "prompt":
        told.append(f"{a.prompting.plans_tried} plans were tried for it here")
    return ", ".join(told) or NOT_MEASURED


def _cost(a: Assessment, way: Way) -> Text:
    e, cost = a.economics, _bill(a, way)
    if cost is None:
        return NOT_IN_FILE if way.kind == "today" else "no price known"
    told = f"{words.money(cost.per_1000, e.currency)} for 1,000 requests"
    if e.monthly_requests:
        told += f", {words.bill(cost.per_month, e.currency)} a month"
    return told


def _bill(a: Assessment, way: Way) -> ArmCost | None:
    arms = a.economics.arms
    return arms.get(way.cost_key) or (arms.get(TUNED) if way.kind == "tuned" else None)


def _time(a: Assessment, way: Way) -> Text:
    if way.kind == "today":
        return NOT_IN_FILE
    if way.arm is None:
        return NOT_MEASURED
    shown = NOT_MEASURED
    if way.arm.waits_ms:
        usual, slow = map(words.milliseconds, way.arm.waits_ms)
        rarely = f" as a rule, {slow} or more for one answer in twenty"
        shown = usual + (rarely if slow != usual else "")
    tokens = way.arm.prompt_tokens
    return f"{shown}, {tokens:,.0f} tokens sent" if tokens else shown


def _data(a: Assessment, way: Way) -> Text:
    if way.kind == "today":
        return NOT_IN_FILE
    if way.kind in LEARNING:
        told = f"learns from {a.task.train:,} examples"
        more = more_examples(a) if way.kind == "tuned" and a.tuned is None else ""
        return f"{told}. {more}" if more else told
    plan = a.prompting.best.plan if a.prompting.best and way.kind == "prompt" else None
    if plan is None:
        return _sent_along(a, way)
    documents = "passages of your documents and " if plan.looks_up else ""
    if plan.shots in PER_INPUT:
        sent = f"sends {documents}{plan.shot_count} of {a.task.train:,} examples"
        return f"{sent} along with every request, chosen anew each time"
    if plan.shot_count:
        return f"shows {documents}the same {plan.shot_count} examples with every request"
    return f"sends {documents.removesuffix(' and ') or 'no examples'} along"


def more_examples(a: Assessment) -> str:
    """What more examples would bring, in words; "" where wrong labels cap what can be reached.

    It was reckoned as if nothing did, and would promise scores that no way can be expected to have.
    """
    if a.forecast is None or a.forecast.high > a.data.label_ceiling:
        return ""
    return a.forecast.more_data


def _sent_along(a: Assessment, way: Way) -> Text:
    """What a prompt needs of which the plan itself is not kept: its tried record tells."""
    tried = (p for p in a.prompting.plans if way.arm and f"{p.name} ({p.model})" == way.arm.name)
    record = next(tried, None)
    if record is None:
        return NOT_MEASURED
    return f"needs {' and '.join(record.needs)}" if record.needs else "needs nothing at hand"


def _flexibility(a: Assessment, way: Way) -> Text:
    if way.kind == "today":
        return "as it is today"
    if way.arm and way.arm.looks_up:
        return "a fact that changes takes effect once its document is changed; no training"
    if way.kind not in LEARNING:
        plan = a.prompting.best.plan if a.prompting.best and way.kind == "prompt" else None
        if plan is not None and plan.shot_count:
            return "a new label takes effect once solved examples of it are added; no training"
        return "a new rule or label takes effect with the next request; no training"
    times = A_YEAR[a.brief.facts_change]
    again = f"trained again {times} times a year, as facts or labels change" if times else ""
    again = again.replace("1 times", "once") or "trained again if facts or labels change"
    if way.kind == "classifier":
        labels = len(a.data.label_counts)
        return f"chooses among these {labels} labels, nothing else; {again}"
    use = "to replace the model for everything" if a.brief.replaces_base else "for this task alone"
    if a.tuned:
        f = a.tuned.forgetting
        kept = f"still answers {words.percent(f.tuned)} of {f.items} general questions"
        return f"{use}; {kept}; {again}"
    return f"{use}; {again}"


def _missing(a: Assessment, ways: list[Way]) -> tuple[Block, ...]:
    """What was not compared, so that nobody takes silence for a verdict."""
    lines, prompted = [], {arm.model for arm in a.arms if arm.kind == "prompt"}
    if not any(way.kind == "tuned" for way in ways):
        lines.append("A fine-tune was neither made nor forecast in this run.")
    shown = {way.arm.model for way in ways if way.arm and way.arm.kind == "prompt"}
    if prompted - shown:
        lines.append("Prompts on further models stand under “What was tried”.")
    if len(prompted) < 2:
        lines.append("Only one model was prompted; a larger one may do better.")
    if not any(arm.looks_up for arm in a.arms):
        lines.append("Looking facts up was not tried: no documents were given.")
    return tuple(Paragraph(line, "quiet") for line in [" ".join(lines)] if line)
