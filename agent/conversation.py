"""After the verdict: questions about the run, changed answers, messages to the models, a tune."""

from typing import Literal

from langgraph.types import Command

from agent.adviser import ask_adviser
from agent.followups import answer_question, answer_what_if
from agent.state import Exchange, State
from agent.utterances import Correction, read_command, read_correction
from agent.utterances.intents import is_what_if, quoted, read_intent
from agent.wordings import answer_wording, read_wording
from agent.workbench import Workbench
from tools.assessment import load
from tools.models.protocol import LanguageModel
from tools.serving.arms import ask
from tools.trials.plan import Plan
from tools.trials.stage import task_of

After = Literal["converse", "recommend", "approve", "consent", "gap", "report", "__end__"]

KEPT = 20
TUNE = "tune it anyway"
LONGEST_INPUT = 8_000
NOTHING_CHANGED = "Nothing is changed by this; to change it, write “change …” instead."
NOTHING_ANSWERS = "No prompt was finished, so nothing can answer that; ask me about the run."


def answer_message(state: State, message: str, bench: Workbench) -> Command[After]:
    """Decide what a message asks for and do it."""
    text = message.strip()
    if text == TUNE:
        return Command(goto="approve")
    if read_command(text) == "stop":
        return Command(goto="__end__")
    if "trials" not in state:
        return Command(goto="consent")
    words = read_wording(text)
    if words is not None:
        goto, update, answer = answer_wording(state, words, bench)
        said = Exchange(message=text[:LONGEST_INPUT], text=answer)
        return Command(goto=goto, update={**update, "exchanges": _with(state, said)})
    if not text or len(text) > LONGEST_INPUT:
        return _said(state, Exchange(message=text[:80], text="Please send 1 to 8,000 characters."))
    inner = quoted(text)
    if inner is not None and state["trials"].winner is not None:
        return _said(state, _both_answers(state, text, inner, bench))
    change = read_correction(text, state["brief"])
    if change is not None and not is_what_if(text):
        brief = state["brief"].model_copy(update={change.field: change.value})
        said = Exchange(message=text, text="I have changed that and decided again.")
        return Command(goto="recommend", update={"brief": brief, "exchanges": _with(state, said)})
    answer = _about_the_run(state, text, change, bench)
    if answer:
        return _said(state, Exchange(message=text, text=answer))
    if state["trials"].winner is None:
        return _said(state, Exchange(message=text, text=NOTHING_ANSWERS))
    return _said(state, _both_answers(state, text, text, bench))


def _about_the_run(state: State, text: str, supposed: Correction | None, bench: Workbench) -> str:
    """The answer to a question about the run; "" if the message is for the models to answer."""
    if supposed is not None:
        answer = answer_what_if(state, {supposed.field: supposed.value}, bench.policy)
        return f"{answer}\n{NOTHING_CHANGED}"
    if read_command(text) in ("back", "restart"):
        return "This run is kept as it is. “New question” at the top begins another one."
    a = load(bench.run(state).folder)
    intent = read_intent(text)
    return answer_question(intent, a) if intent else ask_adviser(text, a, bench.catalogue)


def _said(state: State, exchange: Exchange) -> Command[After]:
    return Command(goto="converse", update={"exchanges": _with(state, exchange)})


def _with(state: State, exchange: Exchange) -> tuple[Exchange, ...]:
    return (*state.get("exchanges", ()), exchange)[-KEPT:]


def _both_answers(state: State, message: str, text: str, bench: Workbench) -> Exchange:
    """The best prompt's answer beside the tuned model's, if there is one."""
    winner, tune = state["trials"].winner, state.get("tune")
    found = Exchange(message=message)
    if winner is not None:
        model = bench.catalogue.load(winner.model)
        answer, tokens, ms = _ask(state, winner.plan, model, text, bench)
        found = found.model_copy(
            update={"prompted": answer, "prompted_tokens": tokens, "prompted_ms": ms}
        )
    if tune is not None:
        adapter = bench.run(state).folder / tune.adapter
        tuned = bench.catalogue.load(state["options"].tune_model, adapter)
        answer, tokens, ms = _ask(state, tune.plan, tuned, text, bench)
        found = found.model_copy(update={"tuned": answer, "tuned_tokens": tokens, "tuned_ms": ms})
    return found


def _ask(
    state: State, plan: Plan, model: LanguageModel, text: str, bench: Workbench
) -> tuple[str, int, float]:
    """One model's answer to a text, its prompt tokens and its milliseconds."""
    task = task_of(bench.dataset(state), state["brief"])
    answer = ask(plan, task, model, text)
    return answer.reply, answer.prompt_tokens, 1000 * answer.seconds
