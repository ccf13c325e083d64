"""The evidence beside the talk: the examples, the pictures, the race, the rules, as they come."""

import re
from collections.abc import Iterable

from markupsafe import Markup

from agent.state import State
from policies.evidence import DataFacts, TaskFacts
from policies.recommendation import Reason
from tools.assessment import Assessment, ForgettingPart, PlanRecord, TunedPart
from tools.intake.dataset import FirstLook
from tools.progress import Step
from tools.report import glossary, words
from tools.report.answer import answer_title
from ui.cards import figure, race_table, rule_row
from ui.markup import NAME, join, shown
from ui.scene import Scene

MOST_LABELS, MOST_RUNNERS, MOST_PLANS = 16, 30, 6  # of plans: what is not folded away


def evidence_panel(scene: Scene) -> Markup:
    """The panel: the examples, the pictures, the prompts tried, the rules; what is known so far."""
    state, a = scene.state, scene.assessment
    parts = [
        _answer(a) if a else Markup(),
        _difference(scene.difference),
        _examples(state, scene.file),
        figure(scene.gap, "gap"),
        join(map(figure, scene.further.costs)),
        _trials(state["trials"].plans) if "trials" in state else _race_so_far(scene.view.step),
        _closed("More pictures", join(map(figure, scene.further.others))),
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
    else:
        parts.append(_words_used(join(parts)))
    return Markup('<div class="evidence"><h2 class="eyebrow">The evidence</h2>{}</div>').format(
        join(parts)
    )


def _words_used(told: Markup) -> Markup:
    """What the terms of the panel mean, as the report's glossary has it."""
    text = Markup(re.sub("<[^>]*>", " ", told)).unescape()
    entries = join(
        Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(shown(term.name), shown(term.meaning))
        for term in glossary.used_in(text)
    )
    return _closed(glossary.TITLE, entries and Markup('<dl class="rules">{}</dl>').format(entries))


def _difference(comparison: str) -> Markup:
    """What corrected labels changed; the comparison is HTML of our own."""
    if not comparison:
        return Markup()
    return Markup("<section><h3>Before and after your corrections</h3>{}</section>").format(
        Markup(comparison)
    )


def _answer(a: Assessment) -> Markup:
    """The answer and what a tune measured, in sight beside whatever is said."""
    lines = [a.headline] if a.tuned is None else [_measured(a.tuned), _kept(a.tuned.forgetting)]
    told = join(Markup("<p>{}</p>").format(shown(line)) for line in lines)
    more = Markup("<section><p>{}</p></section>").format(shown(a.outcome.text)) if a.outcome else ""
    return Markup('<section class="standing"><h3>{}</h3>{}</section>{}').format(
        shown(answer_title(a)), told, more
    )


def _measured(tuned: TunedPart) -> str:
    return (
        f"On {tuned.test.n} locked rows: {words.gain(tuned.difference)} for the tuned model "
        "against the best prompt."
    )


def _kept(found: ForgettingPart) -> str:
    """What a tune forgot, in short."""
    kept = f"{words.percent(found.tuned)} of {found.items} general questions that it could before"
    allowed = "" if found.passed else ": it forgot more than the policy allows"
    return f"It still answers {kept}{allowed}."


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
    return Markup("<section><h3>Your examples</h3>{}</section>").format(join(parts))


def _split(task: TaskFacts) -> Markup:
    parts = (
        ("train", task.train, "to learn from"),
        ("dev", task.dev, "to choose on"),
        ("test", task.test, "locked, to confirm"),
    )
    bars = join(
        Markup('<span class="{}" style="flex-grow:{}"></span>').format(name, size)
        for name, size, _ in parts
    )
    facts = join(
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
    items = join(Markup("<li>{}</li>").format(shown(note)) for note in notes)
    return Markup('<ul class="notes">{}</ul>').format(items) if items else Markup()


def _trials(plans: Iterable[PlanRecord]) -> Markup:
    ranked = sorted(plans, key=lambda plan: (-plan.n, -plan.score))
    if not ranked:
        return Markup()
    several = len({plan.model for plan in ranked}) > 1
    rows = [_trial(plan, several) for plan in ranked]
    first, rest = rows[:MOST_PLANS], rows[MOST_PLANS:]
    further = _closed(f"{len(rest)} more", _plans(rest)) if rest else Markup()
    return Markup("<section><h3>Prompts tried</h3>{}{}</section>").format(_plans(first), further)


def _plans(rows: Iterable[Markup]) -> Markup:
    return Markup(
        '<table><thead><tr><th>Plan</th><th class="n">Rows</th><th class="n">Score on dev</th>'
        "</tr></thead><tbody>{}</tbody></table>"
    ).format(join(rows))


def _closed(title: str, content: Markup) -> Markup:
    """What is shown on a click; nothing without content."""
    if not content:
        return Markup()
    return Markup("<details><summary>{}</summary>{}</details>").format(title, content)


def _race_so_far(step: Step | None) -> Markup:
    """All that was scored while the trials still run."""
    if step is None or step.standing is None:
        return Markup()
    return Markup("<section><h3>The race so far</h3>{}</section>").format(
        race_table(step.standing, MOST_RUNNERS)
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
    ).format(join(map(rule_row, reasons)))
