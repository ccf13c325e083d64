"""The questions of the interview, each with its reason and what an "I don't know" means."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from agent.state import State
from agent.utterances import (
    is_absent,
    is_description,
    is_unknown,
    named_columns,
    read_cadence,
    read_outside_facts,
    read_share,
    read_swap,
    read_volume,
    read_yes_no,
)
from agent.utterances.choices import names_exception
from agent.utterances.intents import quoted
from agent.utterances.replies import (
    asks_us,
    is_instruction,
    mentions,
    named_answer,
    opening_reply,
    read_consent,
    says_only_unknown,
    without_reply,
)
from policies.brief import Brief, TaskType
from policies.evidence import Frozen, Score
from tools.errors import DataError
from tools.intake.dataset import FirstLook, first_look
from tools.intake.samples import SAMPLES
from tools.report.words import flip_sentence, percent
from tools.runs import Run
from tools.trials.stage import score_today

UPLOADED = "uploaded"
TEXT_TARGET = 0.5
AS_TODAY = "as good as today"
VOLUME = "monthly_requests"
IN_FILE = "the one in my file"
LONGEST_REPLY = 25  # words of what may be about a prompt and not the prompt
LONGEST_NONE = 9  # words that say there is none, whatever else they tell
KINDS = {
    "labels": "one label out of a few",
    "fields": "fields of a JSON object",
    "number": "a number",
    "text": "running text",
}


class Option(Frozen):
    """A button under a question."""

    label: str
    value: str


class Question(Frozen):
    """A question as it is shown.

    Attributes:
        name: The question's name.
        text: What is asked.
        why: Why it is asked, in one line.
        options: Answers that a click gives.
        problem: Why the last answer was not understood, or "".
        note: What the last answer did beside answering, or "".
        upload: Whether a file answers it.
    """

    name: str
    text: str
    why: str
    options: tuple[Option, ...] = ()
    problem: str = ""
    note: str = ""
    upload: bool = False


class Unclear(Exception):
    """An answer that the question cannot use; the text says why."""


Update = dict[str, Any]


@dataclass(frozen=True)
class Topic:
    """A question with how to put it and how to read its answer."""

    name: str
    ask: Callable[[State], Question]
    read: Callable[[State, str, Run], Update]


def changed(state: State, **changes: Any) -> Update:
    """The state's update for a changed brief."""
    return {"brief": state.get("brief", Brief()).model_copy(update=changes)}


def _ask_task(state: State) -> Question:
    return Question(
        name="task",
        text="What should the model do? One sentence is enough.",
        why="It goes into the prompts that I try.",
        options=(Option(label="Skip", value="skip"),),
    )


def _read_task(state: State, text: str, run: Run) -> Update:
    if asks_us(text):
        raise Unclear(
            "Please say in a sentence what the model should do, or skip this. Every answer can be "
            "changed later."
        )
    return changed(state, task="" if says_only_unknown(text) else text[:2000])


def _ask_examples(state: State) -> Question:
    return Question(
        name="examples",
        text="Please add your examples: a CSV, JSONL or Excel file with one column for the input "
        "and one for the right answer. Or take a sample.",
        why="Everything that I say is measured on them; 100 rows or more make it sure.",
        options=tuple(
            Option(label=sample.title, value=f"sample:{sample.key}") for sample in SAMPLES
        ),
        upload=True,
    )


def _read_examples(state: State, text: str, run: Run) -> Update:
    chosen = next((sample for sample in SAMPLES if text == f"sample:{sample.key}"), None)
    if chosen:
        run.take_examples(chosen.path)
    elif text != UPLOADED or not run.info.data_file:
        raise Unclear("Please click “Add a file”, or choose a sample.")
    try:
        look = first_look(run.examples_file, run.info.data_name)
    except DataError as error:
        raise Unclear(str(error)) from error
    forgotten = _without_file(state)
    brief: Brief = forgotten["brief"]
    task = brief.task or (chosen.task if chosen else "")
    taken = {**forgotten, "brief": brief.model_copy(update={"task": task}), "look": look}
    return {**taken, **_of_kind(state, taken, look.task_type)}


def _without_file(state: State) -> Update:
    """The state without what came from the file before: its kind of task, its own texts."""
    brief, answered = state.get("brief", Brief()), state.get("answered", ())
    update = changed(
        state, task_type=None, input_column=None, answer_column=None, current_column=None
    )
    if brief.task in {sample.task for sample in SAMPLES}:
        update["brief"] = update["brief"].model_copy(update={"task": ""})
    if brief.prompt is not None and brief.prompt == _prompt_in_file(state):
        update["brief"] = update["brief"].model_copy(update={"prompt": None})
        answered = tuple(name for name in answered if name != "prompt")
    return {**update, "answered": answered}


def _of_kind(state: State, update: Update, kind: TaskType) -> Update:
    """Ask for the target again where another kind of task makes it another question."""
    brief, answered = update["brief"], update.get("answered", state.get("answered", ()))
    before = state["look"].task_type if "look" in state else kind
    if before == kind or "target" not in answered:
        return {}
    return {
        "brief": brief.model_copy(update={"target": Brief().target}),
        "answered": tuple(name for name in answered if name != "target"),
        "note": f"The answer is {KINDS[kind]} now, so I ask for the target again.",
    }


def _ask_columns(state: State) -> Question:
    look = state["look"]
    return Question(
        name="columns",
        text=f"I read {look.rows:,} rows. The input seems to be “{look.input_column}” and the "
        f"right answer “{look.answer_column}”: {KINDS[look.task_type]}.{_today_text(look)} "
        "Is that so?",
        why=look.reason + (" " + " ".join(look.notes) if look.notes else ""),
        options=(
            Option(label="Yes", value="yes"),
            Option(label="No, the other way round", value="swap"),
        ),
    )


def _today_text(look: FirstLook) -> str:
    if look.current_column is None:
        return ""
    return f" “{look.current_column}” seems to hold the answers you get today."


def _read_columns(state: State, text: str, run: Run) -> Update:
    look = state["look"]
    guessed = (look.input_column, look.answer_column, look.current_column)
    if read_consent(text):
        return _columns(state, run, *guessed)
    if read_swap(text):
        return _columns(state, run, look.answer_column, look.input_column, look.current_column)
    named = named_columns(look.columns, text)
    if named:
        return _columns(state, run, *named)
    answer = named_answer(look.columns, text)
    if answer and answer != look.input_column:
        return _columns(state, run, look.input_column, answer, look.current_column)
    agreed = read_yes_no(text) and opening_reply(text)  # "the right answer is in …" is no yes
    if not mentions(look.columns, text) and (agreed or is_unknown(text)):
        return _columns(state, run, *guessed)
    raise Unclear(
        "Please say yes, or name two columns, the input first; a third may hold the answers you "
        "get today. The columns are: " + ", ".join(look.columns) + "."
    )


def _columns(
    state: State, run: Run, input_column: str, answer_column: str, current: str | None = None
) -> Update:
    chosen = {
        "input_column": input_column,
        "answer_column": answer_column,
        "current_column": None if current == answer_column else current,
    }
    before, look = state.get("brief", Brief()), state["look"]
    if any(getattr(before, name) != column for name, column in chosen.items()):
        chosen["task_type"] = None  # the profile finds it anew
    update = changed(state, **chosen)
    kind = _kind_of(update["brief"], run) or look.task_type
    asked = look.model_copy(update={**chosen, "task_type": kind})
    update |= {"look": asked, "today": _today(update["brief"], run)}
    return {**update, **_of_kind(state, update, kind)}


def _kind_of(brief: Brief, run: Run) -> TaskType | None:
    """The kind of task of these columns; None where the file cannot be used with them."""
    try:
        return run.dataset(brief).type
    except DataError:
        return None


def _today(brief: Brief, run: Run) -> Score | None:
    """What today's answers score; what is wrong with the file is said where it is profiled."""
    if brief.current_column is None:
        return None
    try:
        return score_today(run.dataset(brief))
    except DataError:
        return None


def _ask_prompt(state: State) -> Question:
    return Question(
        name="prompt",
        text="Do you use a prompt for this today? Paste it, or say that there is none.",
        why="It becomes the first thing that I measure, and what a better one has to beat.",
        options=(
            *(
                [Option(label="The one in my file", value=IN_FILE)]
                if _prompt_in_file(state)
                else []
            ),
            Option(label="No prompt yet", value="no"),
        ),
    )


def _prompt_in_file(state: State) -> str | None:
    """The system message that all chats of the file begin with."""
    return state["look"].prompt if "look" in state else None


def _read_prompt(state: State, text: str, run: Run) -> Update:
    if text == IN_FILE and _prompt_in_file(state):
        return changed(state, prompt=_prompt_in_file(state))
    if is_instruction(text) or not _could_be_a_reply(text):
        return changed(state, prompt=text)
    if quoted(text):
        return changed(state, prompt=quoted(text))
    told = is_description(text)
    if (is_absent(text) or is_unknown(text)) and not (told and len(text.split()) > LONGEST_NONE):
        return changed(state, prompt=None)
    if read_yes_no(text) is False and not told:
        return changed(state, prompt=None)
    how = "That reads like how it is done today. " if told else ""
    raise Unclear(f"{how}Please paste the prompt's own text, or say that there is none.")


def _could_be_a_reply(text: str) -> bool:
    """Whether a text may be about a prompt; a longer one is the prompt, whatever it forbids."""
    return len(text.split()) <= LONGEST_REPLY and not set("{\n") & set(text)


def _is_text(state: State) -> bool:
    """Whether running text is scored; a target may be told before there are examples."""
    return "look" in state and state["look"].task_type == "text"


def as_today(today: Score | None) -> float | None:
    """The target that texts as good as today's would meet, where those are known."""
    return round(today.score, 3) if today is not None and today.score else None


def _like_today(state: State) -> float | None:
    return as_today(state.get("today")) if _is_text(state) else None


def _ask_target(state: State) -> Question:
    shares = (0.4, 0.5, 0.6) if _is_text(state) else (0.8, 0.9, 0.95)
    what = (
        "How close to your own wording should the text be, from 0 to 100 (the very same)?"
        if _is_text(state)
        else "How good is good enough? Of a hundred answers, how many must be right?"
    )
    return Question(
        name="target",
        text=what,
        why=f"A prompt that is good enough needs no fine-tune. {_default_target(state)}",
        options=(
            *([Option(label="As good as today", value=AS_TODAY)] if _like_today(state) else []),
            *(Option(label=f"{share * 100:.0f} of 100", value=f"{share:g}") for share in shares),
        ),
    )


def _default_target(state: State) -> str:
    today = _like_today(state)
    if today is not None:
        return f"Today's answers score {percent(today)}; if you are not sure, I take that."
    default = TEXT_TARGET if _is_text(state) else Brief().target
    return f"If you are not sure, I take {percent(default)}."


def _read_target(state: State, text: str, run: Run) -> Update:
    share, today = read_share(text), _like_today(state)
    if today is not None and AS_TODAY in text.casefold():
        share = today
    if share is None and is_unknown(text):
        share = today or (TEXT_TARGET if _is_text(state) else Brief().target)
    if share is None:
        raise Unclear("I need a share, such as “90 %” or “nine out of ten”.")
    return changed(state, target=share)


def _ask_volume(state: State) -> Question:
    flips = state["recommendation"].flips_unknown if "recommendation" in state else ()
    turns = next((flip for flip in flips if flip.quantity == VOLUME), None)
    why = "At high volume a small tuned model or a classifier saves money."
    if turns:
        why = f"{flip_sentence(turns, '')} At present I count none."
    return Question(
        name="volume",
        text="About how many requests a month will there be?",
        why=why,
        options=(
            Option(label="1,000", value="1000"),
            Option(label="50,000", value="50000"),
            Option(label="1 million", value="1000000"),
            Option(label="Don't know", value="don't know"),
        ),
    )


def _read_volume(state: State, text: str, run: Run) -> Update:
    volume = read_volume(text)
    if volume is None and not is_unknown(text):
        raise Unclear("I need a number of requests, such as “about 50k a month”.")
    return changed(state, monthly_requests=volume)


def _ask_facts(state: State) -> Question:
    return Question(
        name="facts",
        text="Does a right answer need facts that are not in the input, such as prices, stock or "
        "rules that change?",
        why="A fine-tune teaches form and skill, not facts. If you are not sure, I take no.",
        options=(
            Option(label="No, it is all in the input", value="no"),
            Option(label="Yes, it needs other facts", value="yes"),
        ),
    )


def _read_facts(state: State, text: str, run: Run) -> Update:
    agreed, cadence = read_yes_no(text), read_cadence(without_reply(text))
    excepted = names_exception(text)
    if agreed is False and excepted:
        agreed = None  # "no, except for prices"
    if cadence and opening_reply(text):
        agreed = True  # "yes, but they never change"
    needs = read_outside_facts(text)  # "yes, it is all in there": what is said counts
    needs = agreed if needs is None else needs
    if needs is None and cadence and not (excepted and cadence == "never"):
        needs = cadence != "never"
    if needs is None and is_unknown(text):
        needs = False
    if needs is None:
        raise Unclear("Please say yes or no.")
    if cadence and (needs or agreed is None):
        return changed(state, needs_outside_facts=needs, facts_change=cadence)
    return changed(state, needs_outside_facts=needs)


# Asked before anything is measured, in this order.
TOPICS = (
    Topic("task", _ask_task, _read_task),
    Topic("examples", _ask_examples, _read_examples),
    Topic("columns", _ask_columns, _read_columns),
    Topic("prompt", _ask_prompt, _read_prompt),
    Topic("target", _ask_target, _read_target),
    Topic("facts", _ask_facts, _read_facts),
)
# Asked after the verdict, and only if a flip point of this quantity makes it matter.
LATE_TOPICS = {VOLUME: Topic("volume", _ask_volume, _read_volume)}
