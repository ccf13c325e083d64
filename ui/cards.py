"""Cards of the talk: the provisional answer, the verdict, a plan, a tune."""

import base64
from collections.abc import Iterable

from markupsafe import Markup

from agent.blind import PairShown
from agent.state import WorkPlan
from policies.recommendation import Reason
from policies.rules import BEFORE_ALL, LAST_RESORT
from tools.assessment import Assessment
from tools.progress import Runner, Standing
from tools.report import words
from tools.report.answer import answer_title, key_figures, next_steps
from tools.report.document import KeyFigure
from ui.markup import LONG, NAME, about, join, shown, to_copy
from ui.pictures import Drawn

INKS = {"light": "#1c1d20", "dark": "#e8e6e1"}  # the inks of page.css
FIRST_RULES = 3
LEADING = 3  # rows of the race in the talk
FAULTS = {rule.name for rule in BEFORE_ALL}  # of the data


def verdict_card(a: Assessment, gap: Drawn | None = None) -> Markup:
    """The advice before any tune: the answer, three figures, three reasons, what to do next.

    Args:
        a: The assessment; what a tune measured is left out.
        gap: Its picture of the gap.
    """
    advice = a.model_copy(update={"outcome": None, "tuned": None})
    parts = [
        Markup('<p class="eyebrow">The answer</p><h2>{}</h2><p class="lead">{}</p>').format(
            answer_title(advice), shown(advice.headline)
        ),
        _notice(advice),
        _figures(key_figures(advice)),
        figure(gap, "gap"),
        _reasons(advice.reasons),
        _steps(next_steps(advice)),
        _prompt(advice),
        _changes(advice),
    ]
    return Markup('<section class="card verdict">{}</section>').format(join(parts))


def outcome_card(a: Assessment, gap: Drawn | None = None) -> Markup:
    """What the tune brought, measured on the locked rows; "" before there is a tune."""
    if a.outcome is None or a.tuned is None:
        return Markup()
    gate = "passed" if a.tuned.shipped else "did not pass"
    parts = [
        Markup('<p class="eyebrow">After the fine-tune</p><h2>{}</h2>').format(answer_title(a)),
        Markup('<p class="lead">{}</p>').format(shown(a.outcome.text)),
        _figures(key_figures(a)),
        figure(gap, "gap"),
        Markup("<p><b>The tuned model {} its test.</b> {} {}</p>").format(
            gate, shown(a.tuned.text), shown(a.tuned.forgetting.text)
        ),
        _steps(next_steps(a)),
    ]
    return Markup('<section class="card outcome">{}</section>').format(join(parts))


def plan_card(plan: WorkPlan) -> Markup:
    """What a yes would start."""
    steps = join(Markup("<li>{}</li>").format(shown(step)) for step in plan.steps)
    facts = join(
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
    ).format(shown(standing.text), shown(standing.leader), race_table(standing, LEADING))


def figure(drawn: Drawn | None, kind: str = "") -> Markup:
    """A picture with its caption, in ink for light and for dark pages.

    The page's sanitiser takes `viewBox` from an inline SVG, so it comes as an image.

    Args:
        drawn: The picture; without one there is nothing.
        kind: What styles it beside all other pictures, or "".
    """
    if drawn is None:
        return Markup()
    images = join(_image(drawn, scheme) for scheme in INKS)
    says = Markup("<p>{}</p>").format(shown(drawn.says, LONG)) if drawn.says else Markup()
    return Markup(
        '<figure class="{}"><figcaption>{}{} <small>{}</small></figcaption>{}</figure>'
    ).format(f"picture {kind}".strip(), says, shown(drawn.caption), shown(drawn.note), images)


def _notice(a: Assessment) -> Markup:
    sure = Markup('<p class="quiet">How sure is this? {}.</p>').format(
        shown(a.confidence[:1].upper() + a.confidence[1:].rstrip("."))
    )
    partial = Markup(
        '<p class="notice">This run was cut short by a limit, a fault or the stop button. The '
        "answer rests on what was finished.</p>"
    )
    return join([sure if a.confidence else Markup(), partial if a.partial else Markup()])


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
    return Markup('<dl class="figures">{}</dl>').format(join(rows))


def _reasons(reasons: Iterable[Reason]) -> Markup:
    """The rule that decided, then those that held as well, then the rest.

    Of the rest, faults that the data does not have explain the least.
    """
    telling = [r for r in reasons if r.rule != LAST_RESORT or r.outcome == "decided"]
    first = sorted(telling, key=_rank)[:FIRST_RULES]
    if not first:
        return Markup()
    return Markup('<h3>Why</h3><dl class="rules">{}</dl>').format(join(map(rule_row, first)))


def _rank(reason: Reason) -> tuple[int, bool, int]:
    order = ("decided", "agreed", "outranked", "not_met", "not_applicable").index(reason.outcome)
    return min(order, 3), order >= 3 and reason.rule in FAULTS, order


def rule_row(reason: Reason) -> Markup:
    """One rule, what it saw and what came of it."""
    return Markup('<div class="{}"><dt>{}<small>{}</small></dt><dd>{}</dd></div>').format(
        reason.outcome,
        shown(words.rule_title(reason.rule), NAME),
        words.RULE_OUTCOMES[reason.outcome],
        shown(reason.text),
    )


def _steps(steps: Iterable[str]) -> Markup:
    items = join(Markup("<li>{}</li>").format(shown(step)) for step in steps)
    return Markup('<h3>What to do next</h3><ol class="steps">{}</ol>').format(items)


def _prompt(a: Assessment) -> Markup:
    """The best prompt, word by word as the report has it."""
    best = a.prompting.best
    if best is None:
        return Markup()
    return Markup("<details><summary>The prompt that won, to copy</summary>{}</details>").format(
        to_copy(best.template)
    )


def _changes(a: Assessment) -> Markup:
    lines = [words.flip_sentence(flip, a.economics.currency) for flip in a.all_flips]
    lines = lines or [words.no_flip(after_tune=False)]
    lines += [a.ask_again] if a.ask_again else []
    items = join(Markup("<li>{}</li>").format(shown(line)) for line in lines)
    return Markup(
        "<details><summary>What would change this answer</summary><ul>{}</ul></details>"
    ).format(items)


def _image(drawn: Drawn, scheme: str) -> Markup:
    inked = drawn.svg.replace("currentColor", INKS[scheme])
    data = base64.b64encode(inked.encode()).decode()
    return Markup('<img class="on-{}" alt="{}" src="data:image/svg+xml;base64,{}">').format(
        scheme, shown(drawn.alt, LONG), data
    )


def race_table(standing: Standing, most: int) -> Markup:
    """The ways that lead, with bars against the target."""
    rows = join(_runner(runner, standing.target) for runner in standing.runners[:most])
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


def pair_card(pair: PairShown) -> Markup:
    """Two texts beside each other, with nothing that tells who wrote which."""
    texts = join(
        Markup('<section><h3>{}</h3><pre dir="auto">{}</pre></section>').format(
            title, shown(text, LONG)
        )
        for title, text in (("A", pair.left), ("B", pair.right))
    )
    return Markup(
        '<p class="question">Which text is better? Pair {} of {}</p><p class="reply">{}</p>'
        '<div class="columns">{}</div><p class="why">The order was drawn; who wrote which is told '
        "with the result. It changes no score.</p>"
    ).format(pair.number, pair.total, shown(pair.input, LONG), texts)
