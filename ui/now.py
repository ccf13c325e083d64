"""What goes on in a conversation: work, a question with its buttons, or nothing more."""

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from agent.blind import AS_TODAY, STOP, PairShown, Rival, rivals
from agent.harms import harm_options
from agent.questions import Option, Question
from agent.state import State, WorkPlan
from agent.tryout import CHOOSE, EXAMPLE, offer_examples
from agent.unclear import choices_of
from agent.utterances import read_command
from agent.view import View
from tools.assessment import Assessment
from tools.progress import STAGES, Step
from tools.report import words
from tools.report.answer import answer_title
from ui.bubbles import Message, said
from ui.cards import pair_card, plan_card, provisional_card
from ui.markup import LONG, about, shown
from ui.scene import Scene
from ui.sides import being_written

LEAST_MINUTES = 0.5  # of what is left in all; less is told by the present step
AGAIN = "try again"
NEW = "new question"
NEW_QUESTION = Option(label="New question", value=NEW)
TALK_ON = Option(label="Ask about this run", value="talk on")
REPEAT = Option(label="Repeat with another target", value="repeat")
YES_NO = (Option(label="Yes, go ahead", value="yes"), Option(label="No", value="no"))
TUNE_OR_NOT = (Option(label="Yes, fine-tune", value="yes"), Option(label="No", value="no"))
TRY_EXAMPLE = Option(label="Try one of my examples", value=EXAMPLE)
CHOOSE_EXAMPLE = Option(label="Choose an example", value=CHOOSE)
THUMBS_ONE = (
    Option(label="👍 Right", value="judged right: prompt"),
    Option(label="👎 Wrong", value="judged right: neither"),
)
THUMBS_BOTH = (
    Option(label="👍 The prompt's", value="judged right: prompt"),
    Option(label="👍 The tuned model's", value="judged right: tuned"),
    Option(label="👍 Both", value="judged right: both"),
    Option(label="👎 Neither", value="judged right: neither"),
)
PAIR_CHOICES = (
    Option(label="A is better", value="blind: left"),
    Option(label="B is better", value="blind: right"),
    Option(label="No difference", value="blind: same"),
    Option(label="Stop here", value=STOP),
)
BLIND: dict[Rival, Option] = {
    "tuned": Option(label="Compare blind with the tuned model", value="compare blind: tuned"),
    "today": Option(label="Compare blind with today's answers", value="compare blind: today"),
    "own": Option(label="Compare blind with my own answers", value="compare blind: own"),
}
AS_TODAY_OPTION = Option(label="Good enough = as good as today's answers", value=AS_TODAY)


def now(scene: Scene) -> Iterator[Message]:
    """What is going on: work, a fault, a question, or nothing more."""
    view = scene.view
    if view.busy:
        yield _working(scene)
        if view.step is not None and view.step.standing is not None and not view.stopping:
            yield said(provisional_card(view.step.standing))
    elif view.error:
        yield problem(view.error, Option(label="Try again", value=AGAIN))
    elif view.done:
        closed = Markup("<p>This conversation is closed. Everything found is kept.</p>")
        yield said(closed, (TALK_ON, REPEAT) if scene.assessment else ())
    elif view.waiting:
        yield _open_question(scene, view.waiting)


def _open_question(scene: Scene, waiting: dict[str, Any]) -> Message:
    view = scene.view
    if waiting["kind"] == "question":
        return _question(view, waiting)
    if waiting["kind"] == "pair":
        return _pair(view, waiting)
    if waiting["kind"] == "consent":
        fields = {name: waiting[name] for name in WorkPlan.model_fields}
        return _consent(view, WorkPlan.model_validate(fields))
    further = map(Option.model_validate, waiting.get("options", ()))
    offered = (*_anew(scene.state), *offers(scene), *further)
    return said(_invitation(scene), offered, view.interrupt)


def _anew(state: State) -> tuple[Option, ...]:
    """The way to another question, for who has just asked to go back or to start over."""
    exchanges = state.get("exchanges", ())
    asked = bool(exchanges) and read_command(exchanges[-1].message) in ("back", "restart")
    return (NEW_QUESTION,) if asked else ()


def _question(view: View, waiting: dict[str, Any]) -> Message:
    question = Question.model_validate({k: v for k, v in waiting.items() if k != "kind"})
    content = Markup('{}<p class="question">{}</p><p class="why">{}</p>').format(
        _aside(waiting), shown(question.text, LONG), shown(question.why)
    )
    return said(content, question.options, view.interrupt)


def _pair(view: View, waiting: dict[str, Any]) -> Message:
    """Two texts for one input, blind."""
    pair = PairShown.model_validate({k: v for k, v in waiting.items() if k != "kind"})
    return said(_aside({"problem": pair.note}) + pair_card(pair), PAIR_CHOICES, view.interrupt)


def _aside(waiting: dict[str, Any]) -> Markup:
    """What the last answer did, or why it was not understood."""
    kinds = (("problem", waiting.get("problem", "")), ("notice", waiting.get("note", "")))
    return Markup().join(
        Markup('<p class="{}">{}</p>').format(kind, shown(text)) for kind, text in kinds if text
    )


def _consent(view: View, plan: WorkPlan) -> Message:
    tuning = "recommendation" in view.state
    text = tune_question(view.state) if tuning else "I have what I need. Shall I measure?"
    content = Markup('{}<p class="question">{}</p>{}').format(
        _aside(view.waiting or {}), text, plan_card(plan)
    )
    options = (*_anew(view.state), *(TUNE_OR_NOT if tuning else YES_NO))
    return said(content, options, view.interrupt)


def _invitation(scene: Scene) -> Markup:
    state = scene.state
    if "trials" not in state:
        return Markup("<p>Nothing was measured, and nothing left this machine.</p>")
    if state["trials"].winner is None:
        return Markup(
            "<p>No prompt was finished, so nothing can answer a message here. What was computed is "
            "kept: a new question on the same file goes on from there.</p>"
        )
    judging = _is_judging(state)
    return _measured(scene.assessment, judging) + (_judging(scene) if judging else _trying(scene))


def _trying(scene: Scene) -> Markup:
    who = "both answer" if scene.asks_tuned else "the best prompt answers"
    return Markup(
        '<p class="question">Try it: write a message like those in your examples, and {}.</p>'
        '<p class="why">You can also ask “why not fine-tune?”, “show me the mistakes”, “what would '
        "it cost?”, “what if the target were 80 %?” or “what can I ask?”.</p>"
    ).format(who)


def _judging(scene: Scene) -> Markup:
    return Markup('<p class="question">{}</p><p class="why">{}</p>').format(
        "Which answer is right?" if scene.asks_tuned else "Is this answer right?",
        "Your judgement goes into a review file in the run's folder, for whoever decides. Or just "
        "write the next message.",
    )


def _measured(a: Assessment | None, judging: bool) -> Markup:
    """The answer and what a tune brought on the locked rows, beside what single answers show.

    While nothing is judged it is only for narrow pages: on wide ones it stands beside the talk.
    """
    if a is None or a.tuned is None:
        return Markup()
    return Markup('<p class="why measured{}">{}<b>{}.</b> {} {}</p>').format(
        "" if judging else " narrow",
        "One answer proves little. " if judging else "",
        shown(answer_title(a)),
        shown(
            f"On {a.tuned.test.n} locked rows "
            f"{words.lead('the tuned model', 'the best prompt', a.tuned.difference)}."
        ),
        shown(a.tuned.forgetting.text),
    )


def _is_judging(state: State) -> bool:
    """Whether the last message was answered by models and nobody has judged that yet."""
    exchanges = state.get("exchanges", ())
    return bool(exchanges) and not exchanges[-1].text and not exchanges[-1].judged


def offers(scene: Scene) -> tuple[Option, ...]:
    """Buttons of our own, beside those that a question brings."""
    view, state = scene.view, scene.state
    if view.waiting and view.waiting["kind"] == "consent":
        return TUNE_OR_NOT if "recommendation" in state else YES_NO
    if view.waiting and view.waiting["kind"] == "pair":
        return PAIR_CHOICES
    if not view.waiting or view.waiting["kind"] != "message":
        return ()
    if "trials" not in state:
        return (Option(label="Show the plan again", value="show the plan"),)
    if state["trials"].winner is None:
        return (REPEAT,) if "recommendation" in state else ()
    judging = THUMBS_BOTH if scene.asks_tuned else THUMBS_ONE
    others = rivals(state, scene.rolled_back)
    blind = [BLIND[rival] for rival in others]
    like_today = [AS_TODAY_OPTION] if "today" in others else []
    judged = judging if _is_judging(state) else ()
    harms = harm_options(state, scene.assessment)
    rows = [Option(label=value[4:].capitalize(), value=value) for value in offer_examples(state)]
    exchanges = state.get("exchanges", ())
    choose = (CHOOSE_EXAMPLE,) if exchanges and exchanges[-1].row else ()
    return (
        *choices_of(state),
        *judged,
        *rows,
        TRY_EXAMPLE,
        *choose,
        *harms,
        *blind,
        *like_today,
        REPEAT,
    )


def _working(scene: Scene) -> Message:
    view, step = scene.view, scene.view.step
    if view.elsewhere:
        title, content = (
            "At work elsewhere",
            Markup(
                "<p>Another process works on this question, the command line for example. I show "
                "what it finds, and go on by myself if it ends too early.</p>"
            ),
        )
    elif view.stopping:
        title, content = "Stopping", Markup("<p>I finish this piece of work and keep it.</p>")
    elif step is not None and step.answers:
        return said(being_written(step.answers, step.done, scene.assessment))
    elif step is None and view.waiting and view.waiting["kind"] == "message":
        title, content = STAGES["converse"], Markup("<p>The first answer takes the longest.</p>")
    elif step is None:
        title, content = "One moment", Markup("<p>Getting ready.</p>")
    else:
        title, content = STAGES.get(step.stage, "Working"), _progress(step) + _in_all(view)
    return said(Markup('<section class="step now"><h2>{}</h2>{}</section>').format(title, content))


def _progress(step: Step) -> Markup:
    if step.total > 1:
        left = "" if step.seconds_left is None else f", {about(step.seconds_left)} left"
        count = f"{step.done:,} of {step.total:,}{left}"
    elif step.seconds_left is not None:
        count = about(step.seconds_left)
    else:
        count = step.lasts or "just a moment"
    return Markup(
        '<p>{}</p><progress aria-label="{}" max="{}" value="{}"></progress><p class="why">{}</p>'
    ).format(shown(step.title), shown(step.title), max(1, step.total), step.done, count)


def _in_all(view: View) -> Markup:
    """What the plan still estimates for all of the work, where that is more than a moment."""
    if view.minutes_left is None or view.minutes_left < LEAST_MINUTES:
        return Markup()
    left = about(60 * view.minutes_left)
    return Markup('<p class="why">{} left in all, as the plan estimates</p>').format(
        left[0].upper() + left[1:]
    )


def problem(sentence: str, option: Option) -> Message:
    """What went wrong, with the way on."""
    return said(Markup('<p class="problem">{}</p>').format(shown(sentence)), (option,))


def tune_question(state: State) -> str:
    """The question before a fine-tune: whether it is advised."""
    if state["recommendation"].verdict in ("fine_tune", "fine_tune_for_cost"):
        return "A fine-tune is what I advise. Shall I start it?"
    return (
        "I do not advise a fine-tune, but you may have one to see for yourself. Shall I start it?"
    )
