"""The conversation as chat messages: drawn from the state alone, again and again the same.

Contents are HTML on one line, since the chat reads no Markdown; strings from outside go through
`shown`.
"""

from collections.abc import Callable, Iterable, Iterator

from markupsafe import Markup

from agent.late_topics import LATE_TOPICS
from agent.questions import Option, Topic
from agent.read_back import TOPIC_OF
from agent.state import Exchange, State
from agent.topics import TOPICS
from agent.view import View
from tools.assessment import Assessment
from tools.intake.samples import SAMPLES
from tools.report.words import gain, left_out, memory_taken, milliseconds, percent, plain, span
from ui.bubbles import Message, answered, said
from ui.cards import outcome_card, verdict_card
from ui.markup import LONG, about, shown, to_copy
from ui.now import NEW, TUNE_OR_NOT, YES_NO, now, offers, problem, tune_question
from ui.scene import Scene
from ui.sides import side_by_side

WHEN_DONE = (
    "I take that up as soon as this work ends. To have it sooner, press “Stop”: what was found by "
    "then is kept."
)
WHEN_ANSWERED = "I take that up when you have answered this:"
WELCOME = (
    "I am Tuneworthy. I try prompting in earnest on your own examples, measure what is still "
    "missing, and tell you whether a fine-tune is worth it, and why."
)


def messages(scene: Scene) -> list[Message]:
    """All messages of a conversation, oldest first."""
    return [*heard(scene), *now(scene)]


def heard(scene: Scene) -> list[Message]:
    """What has been said up to now, without what goes on and what is asked."""
    return [
        said(Markup('<p class="lead">{}</p>').format(WELCOME)),
        *_interview(scene),
        *_before_verdict(scene.state),
        *_verdict(scene),
        *_after_tune(scene),
        *_exchanges(scene),
        *_meanwhile(scene.view),
        *([answered(scene.said)] if scene.said else []),
    ]


def refusal(sentence: str) -> list[Message]:
    """The whole conversation, where it cannot be opened."""
    return [problem(sentence, Option(label="Begin anew", value=NEW))]


def label_of(view: View, value: str) -> str:
    """What the button of a value says."""
    brought = map(Option.model_validate, (view.waiting or {}).get("options", ()))
    options = [*brought, *offers(Scene(view))]
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
    today = f", today's answers “{brief.current_column}”" if brief.current_column else ""
    return f"Input “{brief.input_column}”, right answer “{brief.answer_column}”{today}"


def _volume_answer(scene: Scene) -> str:
    volume = scene.state["brief"].monthly_requests
    return "Fewer, or not known" if volume is None else f"{volume:,} a month"


def _latency_answer(scene: Scene) -> str:
    limit = scene.state["brief"].latency_limit_ms
    return "Longer, or not known" if limit is None else f"Within {milliseconds(limit)}"


def _cadence_answer(scene: Scene) -> str:
    often = scene.state["brief"].retrainings_per_month
    return "Less often, or not known" if often is None else f"{often:.2g} times a month"


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
    "latency": _latency_answer,
    "cadence": _cadence_answer,
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
        tried = sum(plan.n > 0 for plan in found.plans)
        yield _done(
            f"Tried {tried} ways to prompt, best {percent(found.best.dev.score)} on dev"
            if found.best
            else "No prompt was finished",
            found.stop_reason,
            seconds.trials if seconds else 0,
        )
        yield from _notices(found.notes)
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
    yield said(verdict_card(scene.assessment, None if tuned else scene.gap))
    late = scene.state.get("asked_late", ())
    yield from _answers(scene, [topic for topic in LATE_TOPICS.values() if topic.name in late])
    if "approval" in scene.state:
        yield said(Markup("<p>{}</p>").format(tune_question(scene.state)))
        yes, no = TUNE_OR_NOT
        yield answered(yes.label if scene.state["approval"].yes else no.label)


def _after_tune(scene: Scene) -> Iterator[Message]:
    state, a = scene.state, scene.assessment
    if "tune" in state:
        result, seconds = state["tune"].result, state.get("seconds")
        taken = memory_taken(result.peak_megabytes, result.peak_gpu_megabytes)
        yield _done(
            f"Fine-tuned: {percent(state['tune'].dev.score)} on dev",
            f"{result.steps} training steps, {taken}. {left_out(result.dropped)}".strip(),
            seconds.tune if seconds else 0,
        )
    if "tuned" in state:
        difference = state["tuned"].difference
        yield _done(
            f"Proved on locked rows: {gain(difference)} against the best prompt",
            f"{difference.fixed} rows better, {difference.broken} worse.",
        )
    if a is not None and a.outcome is not None:
        yield said(outcome_card(a, scene.gap))
    yield from _notices(state.get("notes", ()))


def _notices(notes: Iterable[str]) -> Iterator[Message]:
    for note in notes:
        yield said(Markup('<p class="notice">{}</p>').format(shown(note)))


def _exchanges(scene: Scene) -> Iterator[Message]:
    for exchange in scene.state.get("exchanges", ()):
        yield answered(exchange.message)
        yield said(_reply(exchange, scene.assessment))


def _meanwhile(view: View) -> Iterator[Message]:
    """What was written while work goes on, with its answer or when it is taken up."""
    for aside in view.asides:
        yield answered(aside.message)
        yield said(Markup('<p class="reply">{}</p>').format(shown(aside.text, LONG)))
    if view.taken:
        yield answered(view.taken)
    for text in view.kept:
        yield answered(text)
    if view.kept:
        when = WHEN_DONE if view.busy else WHEN_ANSWERED
        yield said(Markup('<p class="notice">{}</p>').format(when))


def _reply(exchange: Exchange, a: Assessment | None) -> Markup:
    """An answer in words, or those of both models side by side."""
    if not exchange.text:
        return side_by_side(exchange, a)
    told, prompt = _parted(exchange.text, a)
    reply = Markup('<p class="reply">{}</p>').format(shown(told, LONG))
    return reply + to_copy(prompt) if prompt else reply


def _parted(text: str, a: Assessment | None) -> tuple[str, str]:
    """A reply without the best prompt at its end, and that prompt; it is shown to be copied."""
    best = a.prompting.best if a else None
    prompt = plain(best.template) if best else ""
    told = text.removesuffix(f"\n\n{prompt}")
    return (told, prompt) if told != text else (text, "")


def _done(title: str, text: str, seconds: float = 0) -> Message:
    """What was done, closed; Gradio's own steps hold a button in a button."""
    took = Markup("<small>{}</small>").format(about(seconds)) if seconds else Markup()
    return said(
        Markup('<details class="step"><summary>{} {}</summary><p>{}</p></details>').format(
            shown(title), took, shown(text)
        )
    )
