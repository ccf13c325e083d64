"""After the verdict: questions about the run, changed answers, messages to the models, a tune."""

from typing import Literal

from langgraph.types import Command

from agent.adviser.judging import JUDGE, NOTHING_TO_COMPARE, judge_by_adviser
from agent.asked import (
    about_the_run,
    asked_beside,
    guesses_of,
    is_surely_theirs,
    is_theirs,
)
from agent.blind import AS_TODAY, START, begin, today_score
from agent.curves import answer_curve, asks_for_curve
from agent.harms import answer_harms
from agent.plans import UNPROVABLE
from agent.read_back import described
from agent.state import KEPT, Exchange, State
from agent.staying import keep_here, says_it_stays
from agent.tryout import (
    CHOOSE,
    EXAMPLE,
    JUDGEMENTS,
    answer_both,
    answer_example,
    answer_row,
    choose_example,
    judge,
    read_row,
    read_wrapped,
)
from agent.unclear import unclear
from agent.utterances import read_command
from agent.utterances.changed import read_changes
from agent.utterances.corrections import is_what_if
from agent.utterances.demands import read_demand
from agent.utterances.intents import question_beside, quoted, wants_tune
from agent.utterances.steps import taken_for_points
from agent.wordings import WHICH, answer_wording, may_be_a_text, read_wording, reads_as_order
from agent.workbench import Workbench
from tools.errors import ModelError, UserError
from tools.report.words import percent

After = Literal[
    "converse", "compare", "recommend", "approve", "consent", "gap", "report", "__end__"
]

TUNE = "tune it anyway"
LONGEST_INPUT = 8_000
NOTHING_ANSWERS = "No prompt was finished, so nothing can answer that; ask me about the run."


def answer_message(state: State, message: str, bench: Workbench) -> Command[After]:
    """Decide what a message asks for and do it; an error of ours is said, and the talk goes on."""
    text = message.strip()
    try:
        return _answered(state, text, bench)
    except UserError as error:
        models = isinstance(error, ModelError)
        first = "The model could not answer" if models else "That could not be answered"
        return _said(state, Exchange(message=text[:LONGEST_INPUT], text=f"{first}: {error}"))


def _answered(state: State, text: str, bench: Workbench) -> Command[After]:
    """What a message leads to."""
    pressed = _button(state, text, bench)
    if pressed is not None:
        return pressed
    begun = _begun(state, text, bench)
    if begun is not None:
        return begun
    if not text or len(text) > LONGEST_INPUT:
        return _said(state, Exchange(message=text[:80], text="Please send 1 to 8,000 characters."))
    inner = quoted(text) or read_wrapped(text)
    if inner is not None and state["trials"].winner is not None:
        return _said(state, answer_both(state, text, inner, bench))
    weighed = answer_harms(state, text, bench)
    if weighed:
        said = Exchange(message=text, text=weighed.text)
        update = {"exchanges": with_exchange(state, said)}
        return Command(goto="report" if weighed.is_kept else "converse", update=update)
    told, _ = question_beside(text)
    change = read_changes(told, state["brief"])
    told, change = (told, change) if change else (text, read_changes(text, state["brief"]))
    demanded = {} if is_what_if(told) else change or read_demand(told)
    if demanded:
        brief = state["brief"].model_copy(update=demanded)
        lines = [f"Changed: {described(dict(demanded))}. I decided again."]
        lines += [taken_for_points(told)] if "target" in demanded else []
        lines += [asked_beside(state, text, demanded, bench)]
        said = Exchange(message=text, text="\n".join(filter(None, lines)))
        return Command(
            goto="recommend", update={"brief": brief, "exchanges": with_exchange(state, said)}
        )
    answer = about_the_run(state, text, change, bench)
    if answer:
        return _said(state, Exchange(message=text, text=answer))
    if state["trials"].winner is None:
        return _said(state, Exchange(message=text, text=NOTHING_ANSWERS))
    if not is_theirs(text, state, bench):
        return _said(state, unclear(text, guesses_of(text, state, bench)))
    return _said(state, answer_both(state, text, text, bench))


def _button(state: State, text: str, bench: Workbench) -> Command[After] | None:
    """What a button asks for, or None if it is a message."""
    if text == TUNE or (wants_tune(text) and "trials" in state):
        if state.get("confirmed") is None:
            return _said(state, Exchange(message=text, text=UNPROVABLE))
        return Command(goto="approve")
    if read_command(text) == "stop":
        return Command(goto="__end__")
    if "trials" not in state:
        return Command(goto="consent")
    if text in START:
        return _compare(state, text, bench)
    if text in JUDGE:
        told = judge_by_adviser(state, JUDGE[text], bench)
        update = {"exchanges": with_exchange(state, Exchange(message="Compare blind", text=told))}
        return Command(goto="report", update=update)
    if text == AS_TODAY:
        return _as_today(state)
    if text in JUDGEMENTS:
        judged = judge(state, JUDGEMENTS[text], bench)
        return Command(goto="converse", update={"exchanges": judged})
    return _tried(state, text, bench)


def _begun(state: State, text: str, bench: Workbench) -> Command[After] | None:
    """What is measured for a message, or settled by it for the rest of the run; else None."""
    words = read_wording(text)
    if words and may_be_a_text(text, words) and state["trials"].winner is not None:
        if is_theirs(words, state, bench):
            return _said(state, answer_both(state, text, words, bench))
        if not reads_as_order(words):
            return _said(state, Exchange(message=text, text=WHICH))
    if words is not None:
        goto, update, answer = answer_wording(state, words, bench)
        said = Exchange(message=text[:LONGEST_INPUT], text=answer)
        return Command(goto=goto, update={**update, "exchanges": with_exchange(state, said)})
    stays = says_it_stays(text) and not is_surely_theirs(text, state, bench)
    if stays and not bench.keeps_in_house(state):
        kept, told = keep_here(state, bench)
        exchanges = with_exchange(state, Exchange(message=text, text=told))
        return Command(goto="converse", update={**kept, "exchanges": exchanges})
    if asks_for_curve(text):
        changes, answer = answer_curve(state, bench)
        said = Exchange(message=text, text=answer)
        update = {**changes, "exchanges": with_exchange(state, said)}
        return Command(goto="report", update=update)
    return None


def _tried(state: State, text: str, bench: Workbench) -> Command[After] | None:
    """Models asked about a row of the team's own, or rows to choose from, if a row is meant."""
    if state["trials"].winner is None:
        return None
    plainly = text.casefold().rstrip(".!? ")
    if plainly == EXAMPLE:
        return _said(state, answer_example(state, bench))
    if plainly == CHOOSE:
        return _said(state, choose_example(state, bench))
    row = read_row(text)
    if row is not None:
        return _said(state, answer_row(state, row, bench))
    return None


def _compare(state: State, text: str, bench: Workbench) -> Command[After]:
    """Begin a blind comparison, if there is one to begin."""
    blind = begin(state, START[text], bench)
    if blind is None:
        return _said(state, Exchange(message="Compare blind", text=NOTHING_TO_COMPARE))
    return Command(goto="compare", update={"blind": blind})


def _as_today(state: State) -> Command[After]:
    """Good enough is what today's answers score; decide again."""
    score = today_score(state)
    if not score:
        return _said(state, Exchange(message=AS_TODAY, text="Today's answers were not measured."))
    target = round(score, 3)
    brief = state["brief"].model_copy(update={"target": target})
    told = f"Good enough is now what today's answers score: {percent(target)}. I decided again."
    said = Exchange(message="Good enough = as good as today's answers", text=told)
    return Command(
        goto="recommend", update={"brief": brief, "exchanges": with_exchange(state, said)}
    )


def _said(state: State, exchange: Exchange) -> Command[After]:
    return Command(goto="converse", update={"exchanges": with_exchange(state, exchange)})


def with_exchange(state: State, exchange: Exchange) -> tuple[Exchange, ...]:
    """The exchanges with one more; a conversation keeps the last ones."""
    return (*state.get("exchanges", ()), exchange)[-KEPT:]
