"""What else people say where a yes, a no or an answer is waited for."""

from typing import Literal

from langgraph.types import Command

from agent.conversation import NOTHING_ANSWERS, After, answer_message, with_exchange
from agent.curves import asks_for_curve
from agent.elsewhere import set_aside
from agent.interview import read_at_plan, read_stated
from agent.questions import Update
from agent.read_back import described, with_facts
from agent.state import Exchange, State, WorkPlan
from agent.topics import RELATIVE
from agent.utterances import read_command, read_correction
from agent.utterances.commands import read_plan_question, read_reopened
from agent.utterances.corrections import is_what_if
from agent.utterances.intents import read_intent
from agent.utterances.relatives import read_change
from agent.utterances.replies import opening_reply, says_only_unknown
from agent.wordings import read_wording
from agent.workbench import Workbench

NOTHING_TO_SKIP = (
    "There is no way past this: without measuring I know nothing. Say yes to start, or no and "
    "nothing runs."
)
FIRST_THIS = "First the question below, please: what you ask for takes longer, and comes after it."
YES_OR_CHANGE = "Please say yes or no, or what is to be changed."
YES_OR_QUOTES = "Please say yes or no. A text for the models to answer goes in quotes."
TUNE_OR_NOT = "Say no to go on without a fine-tune, or yes to start it."


def heard_at_plan(state: State, plan: WorkPlan, answer: str) -> Update:
    """What else is said at the first plan; it is shown anew, or a question opens again."""
    heard = read_at_plan("nothing starts without your yes.", state, answer)
    if heard is None and (told := _asked_of(plan, answer)):
        heard = {"note": told}
    if heard is None and says_only_unknown(answer):
        return {"problem": NOTHING_TO_SKIP, "note": ""}
    if heard is None:
        where = RELATIVE if read_change(answer) else set_aside(answer)[1]
        return {"problem": f"{where} {YES_OR_CHANGE}".strip(), "note": ""}
    return {"problem": "", "note": "", **heard}


def _asked_of(plan: WorkPlan, text: str) -> str:
    """What a plan says about its time, its cost or the data, where that is asked; else ""."""
    told = {
        "time": f"About {max(plan.minutes, 1):.0f} minutes.",
        "cost": f"It costs {plan.cost}.",
        "data": f"Your examples go {plan.data_goes}.",
    }
    asked = read_plan_question(text)
    return told[asked] if asked else ""


def heard_at_tune_plan(
    state: State, plan: WorkPlan, answer: str, bench: Workbench
) -> Command[Literal["tune", After]]:
    """What else is said at the second plan: a changed answer is decided anew, a question answered.

    Whatever begins like a reply and is neither is no text for the models either.
    """
    is_reply = opening_reply(answer) is not None
    changes = read_stated(answer, state["brief"]) if is_reply else {}
    if changes:
        told = _told(state, answer, f"Changed: {described(changes)}. I decided again.")
        update = {**with_facts(state, changes), **told, "problem": ""}
        return Command(goto="recommend", update=update)
    if says_only_unknown(answer):
        return Command(goto="approve", update={"problem": TUNE_OR_NOT})
    if read_reopened(answer):
        kept = "This run is kept as it is. “New question” at the top begins another one."
        return Command(goto="approve", update={**_told(state, answer, kept), "problem": ""})
    if is_reply and (of_plan := _asked_of(plan, answer)):
        return Command(goto="approve", update={"problem": f"{of_plan} {TUNE_OR_NOT}"})
    if read_command(answer) == "repeat":
        return Command(goto="approve", update={"problem": TUNE_OR_NOT})
    if is_reply and not asks_about_us(state, answer):
        _, where = set_aside(answer)
        problem = f"{where} {YES_OR_QUOTES}".strip()
        return Command(goto="approve", update={"problem": problem})
    said = answer_message(state, answer, bench)
    assert isinstance(said.update, dict) or said.update is None
    return Command(goto=said.goto, update={**(said.update or {}), "problem": ""})


def asks_about_us(state: State, text: str) -> bool:
    """Whether a message is for us: a request, a changed answer, or a question about the run."""
    change = read_correction(text, state["brief"])
    return bool(read_command(text) or change or read_intent(text)) or is_what_if(text)


def _told(state: State, message: str, text: str) -> Update:
    return {"exchanges": with_exchange(state, Exchange(message=message, text=text))}


def answered_beside(state: State, text: str, bench: Workbench) -> Update:
    """The answer to a question about the verdict, put instead of answering ours; or nothing."""
    if not (read_intent(text) or is_what_if(text) or text.rstrip().endswith("?")):
        return {}
    if read_wording(text) is not None or asks_for_curve(text):
        return _told(state, text, FIRST_THIS)  # it takes long, and what it changes is decided on
    said = answer_message(state, text, bench)
    if said.goto != "converse" or not isinstance(said.update, dict):
        return {}
    told = said.update["exchanges"][-1] if said.update.get("exchanges") else None
    answers_nothing = told is not None and (told.unclear or told.text == NOTHING_ANSWERS)
    return {} if answers_nothing else said.update  # what our question means says more
