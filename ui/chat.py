"""The conversation as chat messages: drawn from the state alone, again and again the same.

Contents are HTML on one line, since the chat reads no Markdown; strings from outside go through
`shown`.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from markupsafe import Markup

from agent.interview import TOPIC_OF
from agent.state import Exchange, State, WorkPlan
from agent.topics import LATE_TOPICS, TOPICS, Option, Question, Topic
from agent.worker import View
from tools.intake.samples import SAMPLES
from tools.progress import Step
from tools.report.words import gain, percent, span
from ui.evidence import (
    LONG,
    Scene,
    about,
    outcome_card,
    plan_card,
    provisional_card,
    shown,
    verdict_card,
)

Message = dict[str, Any]

AGAIN = "try again"
NEW = "new question"
YES_NO = (Option(label="Yes, go ahead", value="yes"), Option(label="No", value="no"))
TUNE_OR_NOT = (Option(label="Yes, fine-tune", value="yes"), Option(label="No", value="no"))
WELCOME = (
    "I am Tuneworthy. I try prompting in earnest on your own examples, measure what is still "
    "missing, and tell you whether a fine-tune is worth it, and why."
)
STAGES = {
    "trials": "Trying prompts",
    "gap": "Confirming the best prompt on the locked rows",
    "forecast": "Forecasting a fine-tune",
    "tune": "Fine-tuning",
    "verify": "Proving the tuned model on the locked rows",
    "converse": "Answering",
}


def messages(scene: Scene) -> list[Message]:
    """All messages of a conversation, oldest first."""
    return [*heard(scene), *_now(scene.view)]


def heard(scene: Scene) -> list[Message]:
    """What has been said up to now, without what goes on and what is asked."""
    return [
        said(Markup('<p class="lead">{}</p>').format(WELCOME)),
        *_interview(scene),
        *_before_verdict(scene.state),
        *_verdict(scene),
        *_after_tune(scene),
        *_exchanges(scene.state),
        *([answered(scene.said)] if scene.said else []),
    ]


def refusal(sentence: str) -> list[Message]:
    """The whole conversation, where it cannot be opened."""
    return [_problem(sentence, Option(label="Begin anew", value=NEW))]


def said(content: Markup, options: tuple[Option, ...] = (), interrupt: str = "") -> Message:
    """A message of ours; each option carries the question it answers."""
    message: Message = {"role": "assistant", "content": str(content)}
    if options:
        message["options"] = [
            {"label": option.label, "value": f"{interrupt} {option.value}"} for option in options
        ]
    return message


def answered(text: str) -> Message:
    """A message of the person's."""
    return {"role": "user", "content": str(Markup("<p>{}</p>").format(shown(text, LONG)))}


def label_of(view: View, value: str) -> str:
    """What the button of a value says."""
    options = [*map(Option.model_validate, (view.waiting or {}).get("options", ())), *_offers(view)]
    return next((option.label for option in options if option.value == value), value)


def _interview(scene: Scene) -> Iterator[Message]:
    """The questions that were answered, with the answers as they were understood."""
    late = scene.state.get("asked_late", ())
    told = [topic for topic in LATE_TOPICS.values() if topic.name not in late]
    yield from _answers(scene, [*TOPICS, *told])


def _answers(scene: Scene, topics: Iterable[Topic]) -> Iterator[Message]:
    unsure = {TOPIC_OF.get(field) for field in scene.state.get("noticed", ())}  # being read back
    for topic in topics:
        if topic.name in scene.state.get("answered", ()) and topic.name not in unsure:
            yield said(Markup("<p>{}</p>").format(shown(topic.ask(scene.state).text)))
            yield answered(ANSWERS[topic.name](scene))


def _task_answer(scene: Scene) -> str:
    task = scene.state["brief"].task
    return "Skip" if not task or task in {sample.task for sample in SAMPLES} else task


def _columns_answer(scene: Scene) -> str:
    brief = scene.state["brief"]
    return f"Input “{brief.input_column}”, right answer “{brief.answer_column}”"


def _volume_answer(scene: Scene) -> str:
    volume = scene.state["brief"].monthly_requests
    return "Don't know" if volume is None else f"{volume:,} a month"


def _facts_answer(scene: Scene) -> str:
    needs = scene.state["brief"].needs_outside_facts
    return "Yes, it needs other facts" if needs else "No, it is all in the input"


ANSWERS: dict[str, Callable[[Scene], str]] = {
    "task": _task_answer,
    "examples": lambda scene: scene.file or "A file",
    "columns": _columns_answer,
    "prompt": lambda scene: scene.state["brief"].prompt or "No prompt yet",
    "target": lambda scene: percent(scene.state["brief"].target),
    "volume": _volume_answer,
    "facts": _facts_answer,
}


def _before_verdict(state: State) -> Iterator[Message]:
    """The first yes, and what was done on it."""
    if "consent" in state:
        yield said(Markup("<p>I have what I need. Shall I measure?</p>"))
        yield answered(YES_NO[0].label if state["consent"].yes else YES_NO[1].label)
    seconds = state.get("seconds")
    if "trials" in state:
        found = state["trials"]
        best = max((plan.score for plan in found.plans), default=0.0)
        yield _done(
            f"Tried {len(found.plans)} ways to prompt, best {percent(best)} on dev"
            if found.plans
            else "No prompt was finished",
            found.stop_reason,
            seconds.trials if seconds else 0,
        )
    if confirmed := state.get("confirmed"):
        yield _done(
            f"Confirmed the best prompt on locked rows: {percent(confirmed.score)}",
            f"{confirmed.n} rows that nothing had seen; with their number in mind the true score "
            f"lies within {span(confirmed.low, confirmed.high)}.",
        )
    if "forecast" in state:
        yield _forecast(state, seconds.forecast if seconds else 0)


def _forecast(state: State, seconds: float) -> Message:
    report = state["forecast"]
    if report.forecast is None:
        return _done("No forecast of a fine-tune", report.stopped or "None could be made.", seconds)
    at = report.forecast
    title = f"Forecast of a fine-tune: {percent(at.score)} ({span(at.low, at.high)})"
    return _done(title, f"{at.method}. {at.more_data}", seconds)


def _verdict(scene: Scene) -> Iterator[Message]:
    if scene.assessment is None:
        return
    tuned = scene.assessment.outcome is not None  # the picture then belongs to the outcome
    yield said(verdict_card(scene.assessment, "" if tuned else scene.picture))
    late = scene.state.get("asked_late", ())
    yield from _answers(scene, [topic for topic in LATE_TOPICS.values() if topic.name in late])
    if "approval" in scene.state:
        yield said(Markup("<p>{}</p>").format(_tune_question(scene.state)))
        yes, no = TUNE_OR_NOT
        yield answered(yes.label if scene.state["approval"].yes else no.label)


def _after_tune(scene: Scene) -> Iterator[Message]:
    state, a = scene.state, scene.assessment
    if "tune" in state:
        result, seconds = state["tune"].result, state.get("seconds")
        yield _done(
            f"Fine-tuned: {percent(state['tune'].dev.score)} on dev",
            f"{result.steps} training steps, {result.peak_megabytes:,.0f} MB of memory at most.",
            seconds.tune if seconds else 0,
        )
    if "tuned" in state:
        difference = state["tuned"].difference
        yield _done(
            f"Proved on locked rows: {gain(difference)} against the best prompt",
            f"{difference.fixed} rows fixed, {difference.broken} broken.",
        )
    if a is not None and a.outcome is not None:
        yield said(outcome_card(a, scene.picture))
    for note in state.get("notes", ()):
        yield said(Markup('<p class="notice">{}</p>').format(shown(note)))


def _exchanges(state: State) -> Iterator[Message]:
    for exchange in state.get("exchanges", ()):
        yield answered(exchange.message)
        yield said(_reply(exchange))


def _reply(exchange: Exchange) -> Markup:
    """An answer in words, or those of both models side by side."""
    if exchange.text:
        return Markup('<p class="reply">{}</p>').format(shown(exchange.text, LONG))
    columns = [
        _column(
            "The best prompt", exchange.prompted, exchange.prompted_ms, exchange.prompted_tokens
        )
    ]
    if exchange.tuned_tokens:
        columns.append(
            _column("The tuned model", exchange.tuned, exchange.tuned_ms, exchange.tuned_tokens)
        )
    return Markup('<div class="columns">{}</div>').format(Markup().join(columns))


def _column(title: str, answer: str, ms: float, tokens: int) -> Markup:
    text = shown(answer, LONG) if answer.strip() else Markup("<i>(no answer)</i>")
    return Markup(
        '<section><h3>{}</h3><pre dir="auto">{}</pre><small>{} ms · {} tokens sent</small>'
        "</section>"
    ).format(title, text, f"{ms:,.0f}", f"{tokens:,}")


def _now(view: View) -> Iterator[Message]:
    """What is going on: work, a fault, a question, or nothing more."""
    if view.busy:
        yield _working(view)
        if view.step is not None and view.step.standing is not None and not view.stopping:
            yield said(provisional_card(view.step.standing))
    elif view.error:
        yield _problem(view.error, Option(label="Try again", value=AGAIN))
    elif view.done:
        yield said(Markup("<p>This conversation is closed. Everything found is kept.</p>"))
    elif view.waiting:
        yield _open_question(view, view.waiting)


def _open_question(view: View, waiting: dict[str, Any]) -> Message:
    if waiting["kind"] == "question":
        return _question(view, waiting)
    if waiting["kind"] == "consent":
        fields = {name: waiting[name] for name in WorkPlan.model_fields}
        return _consent(view, WorkPlan.model_validate(fields))
    return said(_invitation(view.state), _offers(view), view.interrupt)


def _question(view: View, waiting: dict[str, Any]) -> Message:
    question = Question.model_validate({k: v for k, v in waiting.items() if k != "kind"})
    content = Markup('{}<p class="question">{}</p><p class="why">{}</p>').format(
        _aside(waiting), shown(question.text, LONG), shown(question.why)
    )
    return said(content, question.options, view.interrupt)


def _aside(waiting: dict[str, Any]) -> Markup:
    """What the last answer did, or why it was not understood."""
    kinds = (("problem", waiting.get("problem", "")), ("notice", waiting.get("note", "")))
    return Markup().join(
        Markup('<p class="{}">{}</p>').format(kind, shown(text)) for kind, text in kinds if text
    )


def _consent(view: View, plan: WorkPlan) -> Message:
    tuning = "recommendation" in view.state
    text = _tune_question(view.state) if tuning else "I have what I need. Shall I measure?"
    content = Markup('{}<p class="question">{}</p>{}').format(
        _aside(view.waiting or {}), text, plan_card(plan)
    )
    return said(content, TUNE_OR_NOT if tuning else YES_NO, view.interrupt)


def _tune_question(state: State) -> str:
    if state["recommendation"].verdict in ("fine_tune", "fine_tune_for_cost"):
        return "A fine-tune is what I advise. Shall I start it?"
    return (
        "I do not advise a fine-tune, but you may have one to see for yourself. Shall I start it?"
    )


def _invitation(state: State) -> Markup:
    if "trials" not in state:
        return Markup("<p>Nothing was measured, and nothing left this machine.</p>")
    if state["trials"].winner is None:
        return Markup(
            "<p>No prompt was finished, so nothing can answer a message here. What was computed is "
            "kept: a new question on the same file goes on from there.</p>"
        )
    who = "both answer" if "tune" in state else "the best prompt answers"
    return Markup(
        '<p class="question">Try it: write a message like those in your examples, and {}.</p>'
        '<p class="why">You can also ask “why not fine-tune?”, “show me the mistakes”, “what would '
        "it cost?” or “what if the target were 80 %?”.</p>"
    ).format(who)


def _offers(view: View) -> tuple[Option, ...]:
    """Buttons of our own, beside those that a question brings."""
    if view.waiting and view.waiting["kind"] == "consent":
        return TUNE_OR_NOT if "recommendation" in view.state else YES_NO
    if view.waiting and view.waiting["kind"] == "message" and "trials" not in view.state:
        return (Option(label="Show the plan again", value="show the plan"),)
    return ()


def _working(view: View) -> Message:
    step = view.step
    if view.stopping:
        title, content = "Stopping", Markup("<p>I finish this piece of work and keep it.</p>")
    elif step is None and view.waiting and view.waiting["kind"] == "message":
        title, content = STAGES["converse"], Markup("<p>The first answer takes the longest.</p>")
    elif step is None:
        title, content = "One moment", Markup("<p>Getting ready.</p>")
    else:
        title, content = STAGES.get(step.stage, "Working"), _progress(step)
    return said(Markup('<section class="step now"><h3>{}</h3>{}</section>').format(title, content))


def _progress(step: Step) -> Markup:
    left = "" if step.seconds_left is None else f", {about(step.seconds_left)} left"
    count = f"{step.done:,} of {step.total:,}{left}" if step.total > 1 else "just a moment"
    return Markup(
        '<p>{}</p><progress aria-label="{}" max="{}" value="{}"></progress><p class="why">{}</p>'
    ).format(shown(step.title), shown(step.title), max(1, step.total), step.done, count)


def _done(title: str, text: str, seconds: float = 0) -> Message:
    """What was done, closed; Gradio's own steps hold a button in a button."""
    took = Markup("<small>{}</small>").format(about(seconds)) if seconds else Markup()
    return said(
        Markup('<details class="step"><summary>{} {}</summary><p>{}</p></details>').format(
            shown(title), took, shown(text)
        )
    )


def _problem(sentence: str, option: Option) -> Message:
    return said(Markup('<p class="problem">{}</p>').format(shown(sentence)), (option,))
