"""The evidence as HTML: cards for the chat, and the panel beside it.

Strings from outside (cells, labels, file names, answers of models) go through `shown`. All markup
is on one line: Markdown takes an unbroken block of HTML as it is and reads nothing into it.
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape

from agent.state import State, WorkPlan
from agent.worker import View
from policies.evidence import DataFacts, TaskFacts
from policies.recommendation import Reason
from tools.assessment import Assessment, PlanRecord
from tools.intake.dataset import FirstLook
from tools.progress import Runner, Standing, Step
from tools.report import words
from tools.report.build import KeyFigure, answer_title, key_figures, next_steps

NAME, CELL, LONG = 80, 600, 6000  # most characters of a name, a sentence, an answer
MOST_LABELS = 16
INKS = {"light": "#1c1d20", "dark": "#e8e6e1"}  # the inks of page.css
FIRST_RULES = 3
LEADING, MOST_RUNNERS = 3, 30  # rows of the race in the talk, and beside it
LAST_RESORT = "no_rule_met"  # holds always, and explains nothing beside a rule that decided


@dataclass(frozen=True)
class Scene:
    """All that the page draws.

    Attributes:
        view: The conversation.
        file: The examples' name for people, or "".
        assessment: The assessment, once there is one.
        picture: Its gap picture as SVG, or "".
        said: What the person has just said and the state does not hold yet, or "".
    """

    view: View
    file: str = ""
    assessment: Assessment | None = None
    picture: str = ""
    said: str = ""

    @property
    def state(self) -> State:
        """The conversation's state."""
        return self.view.state


def shown(text: str, limit: int = CELL) -> Markup:
    """Text from outside as HTML that shows it, hidden characters and line breaks included."""
    text = words.plain(text, limit).replace(" %", "\u00a0%")  # no figure parts from its sign
    return Markup(str(escape(text)).replace("\n", "&#10;"))


def verdict_card(a: Assessment, picture: str = "") -> Markup:
    """The advice before any tune: the answer, three figures, three reasons, what to do next.

    Args:
        a: The assessment; what a tune measured is left out.
        picture: Its gap picture as SVG.
    """
    advice = a.model_copy(update={"outcome": None, "tuned": None})
    parts = [
        Markup('<p class="eyebrow">The answer</p><h2>{}</h2><p class="lead">{}</p>').format(
            answer_title(advice), shown(advice.headline)
        ),
        _notice(advice),
        _figures(key_figures(advice)),
        figure(picture, a),
        _reasons(advice.reasons),
        _steps(next_steps(advice)),
        _changes(advice),
    ]
    return Markup('<section class="card verdict">{}</section>').format(_join(parts))


def outcome_card(a: Assessment, picture: str = "") -> Markup:
    """What the tune brought, measured on the locked rows; "" before there is a tune."""
    if a.outcome is None or a.tuned is None:
        return Markup()
    gate = "passed" if a.tuned.shipped else "did not pass"
    parts = [
        Markup('<p class="eyebrow">After the fine-tune</p><h2>{}</h2>').format(answer_title(a)),
        Markup('<p class="lead">{}</p>').format(shown(a.outcome.text)),
        _figures(key_figures(a)),
        figure(picture, a),
        Markup("<p><b>The tuned model {} its test.</b> {} {}</p>").format(
            gate, shown(a.tuned.text), shown(a.tuned.forgetting.text)
        ),
        _steps(next_steps(a)),
    ]
    return Markup('<section class="card outcome">{}</section>').format(_join(parts))


def plan_card(plan: WorkPlan) -> Markup:
    """What a yes would start."""
    steps = _join(Markup("<li>{}</li>").format(shown(step)) for step in plan.steps)
    facts = _join(
        Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(name, shown(value))
        for name, value in (
            ("Time", about(60 * plan.minutes)),
            ("Cost", plan.cost),
            ("Your examples go", plan.data_goes),
        )
    )
    return Markup(
        '<section class="card plan"><ol class="steps">{}</ol><dl class="facts">{}</dl></section>'
    ).format(steps, facts)


def provisional_card(standing: Standing) -> Markup:
    """What the answer would be by now, marked as not final, with the ways that lead."""
    return Markup(
        '<section class="card provisional"><p class="eyebrow">Provisional answer: still measuring'
        '</p><p class="question">{}</p><p>{}</p>{}<p class="why">It sharpens while I go on: more '
        "ways to prompt, more rows, then rows that stay locked until the end, and a forecast of a "
        "fine-tune.</p></section>"
    ).format(shown(standing.text), shown(standing.leader), _race(standing, LEADING))


def figure(picture: str, a: Assessment) -> Markup:
    """A picture with its caption, in ink for light and for dark pages.

    The page's sanitiser takes `viewBox` from an inline SVG, so it comes as an image.
    """
    if not picture:
        return Markup()
    images = _join(_image(picture, kind, a) for kind in INKS)
    return Markup(
        '<figure class="gap"><figcaption>Every way of working, against the target <small>{}; bars '
        "are intervals</small></figcaption>{}</figure>"
    ).format(words.METRIC_NAMES[a.task.metric], images)


def evidence_panel(scene: Scene) -> Markup:
    """The panel: the examples, the prompts tried, the picture, the rules; what is known so far."""
    state, a = scene.state, scene.assessment
    parts = [
        _examples(state, scene.file),
        _trials(state["trials"].plans) if "trials" in state else _race_so_far(scene.view.step),
        figure(scene.picture, a) if a else Markup(),
        _rules(a.reasons) if a else Markup(),
    ]
    if not any(parts):
        parts = [
            Markup(
                '<p class="empty">What I find will gather here: your examples and how they are '
                "split, every prompt that I try with its score, and the rules that lead to the "
                "answer.</p>"
            )
        ]
    return Markup('<div class="evidence"><h2 class="eyebrow">The evidence</h2>{}</div>').format(
        _join(parts)
    )


def about(seconds: float) -> str:
    """A time as people say it."""
    if seconds < 50:
        return f"about {max(5, 5 * round(seconds / 5))} seconds"
    minutes = max(1, round(seconds / 60))
    return f"about {minutes} minute{'s' if minutes > 1 else ''}"


def _join(parts: Iterable[Markup]) -> Markup:
    return Markup().join(parts)


def _notice(a: Assessment) -> Markup:
    sure = Markup('<p class="quiet">How sure is this? {}.</p>').format(
        shown(a.confidence[:1].upper() + a.confidence[1:].rstrip("."))
    )
    partial = Markup(
        '<p class="notice">This run was cut short by a limit, a fault or the stop button. The '
        "answer rests on what was finished.</p>"
    )
    return _join([sure if a.confidence else Markup(), partial if a.partial else Markup()])


def _figures(figures: Iterable[KeyFigure]) -> Markup:
    rows = (
        Markup(
            '<div><dt>{}</dt><dd><strong class="{}">{}</strong><small>{}</small></dd></div>'
        ).format(
            shown(f.label),
            "number" if f.value[0].isdigit() else "words",
            shown(f.value),
            shown(f.note),
        )
        for f in figures
    )
    return Markup('<dl class="figures">{}</dl>').format(_join(rows))


def _reasons(reasons: Iterable[Reason]) -> Markup:
    """The rule that decided, then those that held as well, then the rest."""
    order = ("decided", "agreed", "outranked", "not_met", "not_applicable")
    telling = [r for r in reasons if r.rule != LAST_RESORT or r.outcome == "decided"]
    first = sorted(telling, key=lambda reason: order.index(reason.outcome))[:FIRST_RULES]
    if not first:
        return Markup()
    return Markup('<h3>Why</h3><dl class="rules">{}</dl>').format(_join(map(_rule, first)))


def _rule(reason: Reason) -> Markup:
    return Markup('<div class="{}"><dt>{}<small>{}</small></dt><dd>{}</dd></div>').format(
        reason.outcome,
        shown(reason.rule.replace("_", " ").capitalize(), NAME),
        words.RULE_OUTCOMES[reason.outcome],
        shown(reason.text),
    )


def _steps(steps: Iterable[str]) -> Markup:
    items = _join(Markup("<li>{}</li>").format(shown(step)) for step in steps)
    return Markup('<h3>What to do next</h3><ol class="steps">{}</ol>').format(items)


def _changes(a: Assessment) -> Markup:
    lines = [words.flip_sentence(flip, a.economics.currency) for flip in a.flips]
    lines = lines or ["No change of one figure alone, within reason, would change the answer."]
    lines += [a.ask_again] if a.ask_again else []
    items = _join(Markup("<li>{}</li>").format(shown(line)) for line in lines)
    return Markup(
        "<details><summary>What would change this answer</summary><ul>{}</ul></details>"
    ).format(items)


def _image(picture: str, kind: str, a: Assessment) -> Markup:
    drawn = picture.replace("currentColor", INKS[kind])
    data = base64.b64encode(drawn.encode()).decode()
    scores = "; ".join(f"{arm.name} {words.percent(arm.measured.score)}" for arm in a.compared)
    alt = f"Scores against the target of {words.percent(a.task.target)}: {scores}"
    return Markup('<img class="on-{}" alt="{}" src="data:image/svg+xml;base64,{}">').format(
        kind, shown(alt, LONG), data
    )


def _examples(state: State, file: str) -> Markup:
    """The profile once there is one; before that a first look."""
    if "task" in state and "data" in state:
        return _profile(state["task"], state["data"], file)
    if "look" in state:
        return _first_look(state["look"], file)
    return Markup()


def _first_look(look: FirstLook, file: str) -> Markup:
    return Markup("<section><h3>Your examples</h3><p>{}</p>{}</section>").format(
        shown(f"{look.rows:,} rows in {file}: {', '.join(look.columns)}."), _notes(look.notes)
    )


def _profile(task: TaskFacts, data: DataFacts, file: str) -> Markup:
    parts = [
        Markup("<p>{}</p>").format(
            shown(f"{task.rows:,} rows in {file}. The task is to {words.TASK_TYPES[task.type]}.")
        ),
        _split(task),
        _labels(data.label_counts),
        _notes(data.notes),
    ]
    return Markup("<section><h3>Your examples</h3>{}</section>").format(_join(parts))


def _split(task: TaskFacts) -> Markup:
    parts = (
        ("train", task.train, "to learn from"),
        ("dev", task.dev, "to choose on"),
        ("test", task.test, "locked, to confirm"),
    )
    bars = _join(
        Markup('<span class="{}" style="flex-grow:{}"></span>').format(name, size)
        for name, size, _ in parts
    )
    facts = _join(
        Markup('<div class="{}"><dt>{}</dt><dd>{}<small>{}</small></dd></div>').format(
            name, name.capitalize(), f"{size:,}", use
        )
        for name, size, use in parts
    )
    return Markup('<div class="split">{}</div><dl class="split-facts">{}</dl>').format(bars, facts)


def _labels(counts: dict[str, int]) -> Markup:
    if not counts:
        return Markup()
    ranked = sorted(counts.items(), key=lambda item: -item[1])
    chips = [
        Markup("<span><bdi>{}</bdi> {}</span>").format(shown(label, NAME), f"{count:,}")
        for label, count in ranked[:MOST_LABELS]
    ]
    if len(ranked) > MOST_LABELS:
        chips.append(Markup("<span>and {} more</span>").format(len(ranked) - MOST_LABELS))
    return Markup('<p class="chips">{}</p>').format(Markup(" ").join(chips))


def _notes(notes: Iterable[str]) -> Markup:
    items = _join(Markup("<li>{}</li>").format(shown(note)) for note in notes)
    return Markup('<ul class="notes">{}</ul>').format(items) if items else Markup()


def _trials(plans: Iterable[PlanRecord]) -> Markup:
    ranked = sorted(plans, key=lambda plan: (-plan.n, -plan.score))
    if not ranked:
        return Markup()
    several = len({plan.model for plan in ranked}) > 1
    rows = _join(_trial(plan, several) for plan in ranked)
    return Markup(
        "<section><h3>Prompts tried</h3><table><thead><tr><th>Plan</th>"
        '<th class="n">Rows</th><th class="n">Score on dev</th></tr></thead><tbody>{}</tbody>'
        "</table></section>"
    ).format(rows)


def _race_so_far(step: Step | None) -> Markup:
    """All that was scored while the trials still run."""
    if step is None or step.standing is None:
        return Markup()
    return Markup("<section><h3>The race so far</h3>{}</section>").format(
        _race(step.standing, MOST_RUNNERS)
    )


def _race(standing: Standing, most: int) -> Markup:
    """The ways that lead, with bars against the target."""
    rows = _join(_runner(runner, standing.target) for runner in standing.runners[:most])
    return Markup(
        '<table class="race"><thead><tr><th>Way of working</th><th class="n">Rows</th>'
        '<th class="n">Score</th></tr></thead><tbody>{}</tbody></table>'
    ).format(rows)


def _runner(runner: Runner, target: float) -> Markup:
    score = runner.score
    return Markup(
        '<tr><th scope="row"><bdi>{}</bdi><small>{}</small></th><td class="n">{}</td>'
        '<td class="n">{}<span class="bar"><i style="width:{}%"></i><b style="left:{}%"></b></span>'
        "</td></tr>"
    ).format(
        shown(runner.name, NAME),
        words.span(score.low, score.high),
        score.n,
        words.percent(score.score),
        int(100 * score.score),
        int(100 * target),
    )


def _trial(plan: PlanRecord, several: bool) -> Markup:
    name = f"{plan.name} on {plan.model}" if several else plan.name
    return Markup(
        '<tr><th scope="row"><bdi>{}</bdi><small>{}</small></th><td class="n">{}</td>'
        '<td class="n">{}<span class="bar"><i style="width:{}%"></i></span></td></tr>'
    ).format(
        shown(name, NAME),
        shown(plan.fate),
        plan.n,
        words.percent(plan.score),
        int(100 * plan.score),
    )


def _rules(reasons: Iterable[Reason]) -> Markup:
    return Markup(
        '<section><h3>The rules, in order</h3><dl class="rules">{}</dl></section>'
    ).format(_join(map(_rule, reasons)))
