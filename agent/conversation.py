"""After the verdict: messages to the models, changed answers, the tune after all."""

from typing import Literal

from langgraph.types import Command

from agent.state import Exchange, State
from agent.utterances import read_command, read_correction
from agent.wordings import answer_wording, read_wording
from agent.workbench import Workbench
from tools.intake.examples import Example
from tools.models.protocol import LanguageModel
from tools.progress import Watch
from tools.trials.answering import run_plan
from tools.trials.plan import Plan
from tools.trials.stage import task_of

After = Literal["converse", "recommend", "approve", "consent", "gap", "report", "__end__"]

KEPT = 20
TUNE = "tune it anyway"
LONGEST_INPUT = 8_000


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
    correction = read_correction(text, state["brief"])
    if correction is not None:
        brief = state["brief"].model_copy(update={correction.field: correction.value})
        said = Exchange(message=text, text="I have changed that and decided again.")
        return Command(goto="recommend", update={"brief": brief, "exchanges": _with(state, said)})
    if read_command(text) == "why":
        decided = next(r for r in state["recommendation"].reasons if r.outcome == "decided")
        return _said(state, Exchange(message=text, text=decided.text))
    if not text or len(text) > LONGEST_INPUT:
        return _said(state, Exchange(message=text[:80], text="Please send 1 to 8,000 characters."))
    return _said(state, _both_answers(state, text, bench))


def _said(state: State, exchange: Exchange) -> Command[After]:
    return Command(goto="converse", update={"exchanges": _with(state, exchange)})


def _with(state: State, exchange: Exchange) -> tuple[Exchange, ...]:
    return (*state.get("exchanges", ()), exchange)[-KEPT:]


def _both_answers(state: State, text: str, bench: Workbench) -> Exchange:
    """The best prompt's answer beside the tuned model's, if there is one."""
    winner, tune = state["trials"].winner, state.get("tune")
    found = Exchange(message=text)
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
    rows = [Example(row=0, input=text, answer="")]
    (answer,) = run_plan(plan, task, model, rows, Watch(), "converse")
    return answer.reply, answer.prompt_tokens, 1000 * answer.seconds
