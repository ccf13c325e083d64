"""Trying the models in the chat: side by side, on a text or a row of the team's own, and judged."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Literal

from agent.state import Exchange, State
from agent.staying import check_stays
from agent.utterances.intents import quoted
from agent.workbench import Workbench
from tools.intake.examples import Example
from tools.models.protocol import LanguageModel
from tools.progress import Step
from tools.report.words import plain
from tools.runs import Run
from tools.serving.arms import ask
from tools.trials.answering import Answer
from tools.trials.plan import Plan
from tools.trials.stage import task_of
from tools.trials.task import Task
from tools.tuning.registry import Registry

EXAMPLE = "try one of my examples"
CHOOSE = "choose an example"
CHOICES, SHOWN = 4, 60  # rows to choose from, and how much of each
Judgement = Literal["prompted", "tuned", "both", "neither"]
JUDGEMENTS: dict[str, Judgement] = {
    "judged right: prompt": "prompted",
    "judged right: tuned": "tuned",
    "judged right: both": "both",
    "judged right: neither": "neither",
}
REVIEWS = "reviews"
_ROW = re.compile(r"(?:please )?(?:(?:try|answer|take) )?row (?P<row>\d{1,9})[.?!]*", re.IGNORECASE)
# "Try it on this: …", "what would it say to: …": what is to be answered stands behind it.
_WRAPPED = re.compile(
    r"\s*(?:(?:please|now|ok|so|and|then|(?:can|could|would|will) you)\W+)*"
    r"(?:(?:try|test|run|use|check)(?: (?:it|them|both|that|the (?:models?|prompt)))?(?: out)?"
    r"(?: (?:on|with|for))?(?: (?:this|the following))?(?: (?:text|message|one|example|input|ticket"
    r"|e-?mail|sentence|request))?"
    r"|(?:what|how) (?:would|does|do|will|did) (?:it|they|both|you|the (?:\w+ )?(?:model|prompt"
    r"|classifier)s?) (?:say|answer|reply|respond|do|give|make|think)"
    r"(?: (?:to|for|about|of|with|on))?"
    r"(?: (?:this|that|the following))?(?: (?:text|message|one|example|input|ticket|e-?mail))?"
    r"|(?:classify|answer|label|sort) (?:this|the following)(?: (?:text|message|one|example|input"
    r"|ticket|e-?mail))?)"
    r"(?:\s*:\s*(?P<text>.+)|\s+(?P<quoted>[\"“„].+[\"”“])[?.\s]*)",
    re.IGNORECASE | re.DOTALL,
)
WHO = ("The best prompt is answering", "The tuned model is answering")


@dataclass(frozen=True)
class _Side:
    """One side of the comparison: a plan and the model that runs it."""

    name: Literal["prompted", "tuned"]
    plan: Plan
    model: LanguageModel


def answer_both(state: State, message: str, text: str, bench: Workbench) -> Exchange:
    """The best prompt's answer beside the tuned model's, if there is one."""
    return _answered(state, Exchange(message=message), text, bench)


def answer_example(state: State, bench: Workbench) -> Exchange:
    """Both answers to a dev row that was not tried yet: nothing was trained on it.

    Locked rows are never opened for this; a tune to come would have none left to be proven on.
    """
    row = _next_rows(state, bench, 1)[0]
    return _answered(state, _about(row), row.input, bench)


def offer_examples(state: State) -> tuple[str, ...]:
    """What the rows that were offered last are asked for by, or nothing."""
    exchanges = state.get("exchanges", ())
    return tuple(f"try row {row}" for row in exchanges[-1].offered) if exchanges else ()


def choose_example(state: State, bench: Workbench) -> Exchange:
    """Rows to choose from, by their beginnings."""
    rows = _next_rows(state, bench, CHOICES)
    lines = [f"• Row {row.row}: {plain(row.input, SHOWN)}" for row in rows]
    text = "\n".join(["Which one? None of these rows was trained on.", *lines])
    return Exchange(message=CHOOSE, text=text, offered=tuple(row.row for row in rows))


def read_row(message: str) -> int | None:
    """The row that a message asks to try, or None."""
    asked = _ROW.fullmatch(message.strip())
    return int(asked["row"]) if asked else None


def read_wrapped(message: str) -> str | None:
    """The text that a message asks to have answered: 'try it on this: …'; None for others."""
    found = _WRAPPED.fullmatch(message)
    if found is None:
        return None
    text = (found["text"] or found["quoted"]).strip()
    return quoted(text) or text


def answer_row(state: State, number: int, bench: Workbench) -> Exchange:
    """Both answers to a dev row of this number; other rows were trained on, or are kept locked."""
    rows = bench.dataset(state).parts.dev
    row = next((row for row in rows if row.row == number), None)
    if row is None:
        words = "was trained on or is kept locked; “choose an example” lists some that may be tried"
        return Exchange(message=f"row {number}", text=f"Row {number} {words}.")
    return _answered(state, _about(row), row.input, bench)


def _about(row: Example) -> Exchange:
    return Exchange(message=row.input, row=row.row, expected=row.answer)


def _next_rows(state: State, bench: Workbench, count: int) -> list[Example]:
    """Dev rows that come after the last one tried, in turn, those tried before last of all."""
    rows = bench.dataset(state).parts.dev
    tried = [exchange.row for exchange in state.get("exchanges", ()) if exchange.row]
    places = {row.row: at for at, row in enumerate(rows)}
    start = places[tried[-1]] + 1 if tried and tried[-1] in places else 0
    in_turn = [*rows[start:], *rows[:start]]
    return sorted(in_turn, key=lambda row: row.row in tried)[:count]


def judge(state: State, judgement: Judgement, bench: Workbench) -> tuple[Exchange, ...]:
    """Keep a person's judgement of the last answers, in the conversation and in a review file.

    Returns:
        The exchanges with it.
    """
    exchanges = state.get("exchanges", ())
    if not exchanges or exchanges[-1].text or exchanges[-1].judged:
        return exchanges  # nothing to judge, or judged already
    *before, last = exchanges
    judged = last.model_copy(update={"judged": judgement})
    kept = judged.model_dump(include={"message", "row", "expected", "prompted", "tuned", "judged"})
    bench.run(state).append(REVIEWS, {"at": datetime.now(UTC).isoformat(), **kept})
    return (*before, judged)


def _answered(state: State, asked: Exchange, text: str, bench: Workbench) -> Exchange:
    asks_tuned = "tune" in state and not is_rolled_back(state, bench.run(state))
    sides = [_prompted, *([_tuned] if asks_tuned else [])]
    listen, task = bench.watch().listen, task_of(bench.dataset(state), state["brief"])
    answers = [""] * len(sides)

    def tell(at: int, text: str) -> None:
        answers[at] = text
        said = tuple(answers)
        step = Step(stage="converse", title=WHO[at], done=at, total=len(sides), answers=said)
        listen(step)

    found = asked
    for at, load in enumerate(sides):
        tell(at, "")
        name, answer = _asked(load(state, bench), task, text, partial(tell, at))
        tell(at, answer.reply)
        found = found.model_copy(update=_facts(name, answer))
    return found


def _asked(side: _Side, task: Task, text: str, tell: Callable[[str], None]) -> tuple[str, Answer]:
    """One side's answer; its model is held no longer, since a GPU may have room for one only."""
    return side.name, ask(side.plan, task, side.model, text, tell)


def is_rolled_back(state: State, run: Run) -> bool:
    """Whether the run has a tuned model that was taken out of use since."""
    if "tune" not in state:
        return False
    return Registry(run.home).is_out_of_use(run.info.run_id, state["tune"].adapter)


def _prompted(state: State, bench: Workbench) -> _Side:
    winner = state["trials"].winner
    assert winner is not None
    check_stays(state, winner.model, bench)
    return _Side("prompted", winner.plan, bench.catalogue.load(winner.model))


def _tuned(state: State, bench: Workbench) -> _Side:
    tune = state["tune"]
    adapter = bench.run(state).folder / tune.adapter
    return _Side("tuned", tune.plan, bench.catalogue.load(state["options"].tune_model, adapter))


def _facts(side: str, answer: Answer) -> dict[str, object]:
    return {
        side: answer.reply,
        f"{side}_ms": 1000 * answer.seconds,
        f"{side}_tokens": answer.prompt_tokens,
        f"{side}_written": answer.completion_tokens,
    }
