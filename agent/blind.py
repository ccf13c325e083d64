"""Blind pairs in the chat: the best prompt's texts against others, judged by the person."""

import random
from collections.abc import Sequence
from typing import Any, Literal, get_args

from agent.state import KEPT, Comparison, Exchange, State
from agent.tryout import is_rolled_back
from agent.utterances import read_command
from agent.workbench import Workbench
from policies.evidence import Frozen
from tools.assessment.writing import OWN
from tools.intake.examples import Example
from tools.progress import Step
from tools.serving.arms import ask
from tools.trials.stage import TODAY, task_of
from tools.writing.blind import (
    MOST_PAIRS,
    Choice,
    in_words,
    keep_pairs,
    keep_preference,
    kept_pairs,
    make_pairs,
    preference_of,
)
from tools.writing.stage import texts_on_dev

After = Literal["compare", "report", "converse"]
Rival = Literal["tuned", "today", "own"]
RIVALS: tuple[Rival, ...] = get_args(Rival)
START: dict[str, Rival] = {f"compare blind: {rival}": rival for rival in RIVALS}
CHOICES: dict[str, Choice] = {
    "blind: left": "left",
    "blind: right": "right",
    "blind: same": "same",
    "a": "left",
    "b": "right",
    "same": "same",
    "no difference": "same",
}
STOP = "blind: stop"
AS_TODAY = "target: as good as today"


class PairShown(Frozen):
    """A pair as the page shows it, without what would tell who wrote which.

    Attributes:
        number: Its number, counted from 1.
        total: How many pairs there are.
        input: The input.
        left: The first text.
        right: The second.
        note: What was not understood, or "".
    """

    number: int
    total: int
    input: str
    left: str
    right: str
    note: str = ""


def rivals(state: State, rolled_back: bool) -> list[Rival]:
    """Whose texts the best prompt's can be compared with; none where the task is no text.

    Args:
        state: The conversation.
        rolled_back: Whether its tuned model was taken out of use.
    """
    task, trials = state.get("task"), state.get("trials")
    if task is None or task.type != "text" or trials is None or trials.winner is None:
        return []
    found: list[Rival] = ["tuned"] if "tune" in state and not rolled_back else []
    found += ["today"] if today_score(state) is not None else []
    return [*found, "own"]


def today_score(state: State) -> float | None:
    """What today's answers score, on the locked rows where that was measured."""
    if confirmed := state.get("confirmed_today"):
        return confirmed.score
    arms = state["trials"].arms if "trials" in state else ()
    return next((arm.dev.score for arm in arms if arm.name == TODAY), None)


def begin(state: State, rival: Rival, bench: Workbench) -> Comparison | None:
    """Draw the pairs and keep them in the run's folder; None where there are none to compare."""
    run, winner = bench.run(state), state["trials"].winner
    if rival not in rivals(state, is_rolled_back(state, run)):
        return None
    assert winner is not None
    rows, mine = bench.dataset(state).parts.dev, texts_on_dev(run, winner.arm)
    if rival == "today":
        name, other = TODAY, {row.row: row.current or "" for row in rows}
    elif rival == "own":
        name, other = OWN, {row.row: row.answer for row in rows}
    else:
        known = [row for row in rows if row.row in mine]
        some = random.Random(run.info.seed).sample(known, min(MOST_PAIRS, len(known)))
        name, other = state["tune"].model, _tuned_texts(state, some, bench)
    pairs = make_pairs(rows, mine, other, run.info.seed)
    keep_pairs(run, pairs)
    return Comparison(one=winner.arm, other=name) if pairs else None


def shown_pair(state: State, bench: Workbench) -> PairShown:
    """The pair to judge now."""
    at, pairs = state["blind"], kept_pairs(bench.run(state))
    now = pairs[len(at.choices)]
    return PairShown(
        number=len(at.choices) + 1,
        total=len(pairs),
        input=now.input,
        left=now.left,
        right=now.right,
        note=at.note,
    )


def judge_pair(state: State, answer: str, bench: Workbench) -> tuple[After, dict[str, Any]]:
    """Take a judgement: where to go then, and what changes in the state.

    The last one, or "stop" after at least one, gives the result, which goes into the report.
    """
    at, said = state["blind"], answer.strip().casefold()
    pairs = kept_pairs(bench.run(state))
    ended = said == STOP or read_command(answer) == "stop"
    if not ended and said not in CHOICES:
        note = "Please click one of the buttons, or write A, B, same or stop."
        return "compare", {"blind": at.model_copy(update={"note": note})}
    choices = at.choices if ended else (*at.choices, CHOICES[said])
    if not ended and len(choices) < len(pairs):
        return "compare", {"blind": at.model_copy(update={"choices": choices, "note": ""})}
    if not choices:
        return "converse", {}
    found = preference_of(at.one, at.other, pairs, choices)
    keep_preference(bench.run(state), found, pairs, choices)
    told = Exchange(message=f"{len(choices)} pairs judged blind", text=in_words(found))
    return "report", {"exchanges": (*state.get("exchanges", ()), told)[-KEPT:]}


def _tuned_texts(state: State, rows: Sequence[Example], bench: Workbench) -> dict[int, str]:
    tune, listen = state["tune"], bench.watch().listen
    folder = bench.run(state).folder / tune.adapter
    model = bench.catalogue.load(state["options"].tune_model, folder)
    task, texts = task_of(bench.dataset(state), state["brief"]), dict[int, str]()
    for at, row in enumerate(rows):
        title = "The tuned model writes the texts to compare"
        listen(Step(stage="converse", title=title, done=at, total=len(rows)))
        texts[row.row] = ask(tune.plan, task, model, row.input).given or ""
    return texts
