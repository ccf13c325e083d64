"""The questions about the file: the examples, and which of its columns are what."""

import re

from agent.questions import Option, Question, Topic, Unclear, Update, changed
from agent.state import State
from agent.utterances import is_absent, is_unknown, named_columns, read_swap, read_yes_no
from agent.utterances.columns import joins_columns, mentions, named_alone, named_answer, named_today
from agent.utterances.figures import clauses, plain_of
from agent.utterances.questioning import read_asked
from agent.utterances.replies import opening_reply, read_consent, read_leaning, says_only_unknown
from policies.brief import Brief, TaskType
from policies.evidence import Score
from tools.errors import DataError
from tools.intake.columns import listed
from tools.intake.dataset import FirstLook, first_look
from tools.intake.samples import SAMPLES, Sample
from tools.runs import Run
from tools.trials.stage import score_today

UPLOADED = "uploaded"
MOST_WORDS = 7  # of a message that names a sample
MOST_COLUMNS = 6  # unused ones that are named in the question
KINDS = {
    "labels": "one label out of a few",
    "fields": "fields of a JSON object",
    "number": "a number",
    "text": "running text",
}


MEANT_BY_EXAMPLES = (
    "Examples are cases that people have solved already, one in each row of a table: what came in, "
    "and the right answer. For e-mails that are sorted into teams that is a column with the "
    "e-mails and one with the teams. Click “Add a file”, or take a sample to look around."
)
MEANT_BY_COLUMNS = (
    "One column of your file is what the model is given, such as the e-mail, and one is the right "
    "answer, such as the team. Say yes if I took the right ones, or name them, the input first."
)


ABOUT_ROWS = (
    "All rows of your file count. If some should not, delete them in your spreadsheet, and write "
    "“another file” to add it again."
)


def _ask_examples(state: State) -> Question:
    return Question(
        name="examples",
        text="Please add your examples: a CSV, JSONL or Excel file with one column for the input "
        "and one for the right answer. Or take a sample.",
        why="Everything that I say is measured on them; 100 rows or more make it sure.",
        meaning=MEANT_BY_EXAMPLES,
        options=tuple(
            Option(label=sample.title, value=f"sample:{sample.key}") for sample in SAMPLES
        ),
        upload=True,
    )


def _read_examples(state: State, text: str, run: Run) -> Update:
    chosen = _sample(text)
    if chosen:
        run.take_examples(chosen.path)
    elif text != UPLOADED or not run.info.data_file:
        raise Unclear(f"{_about_examples(text)}Please click “Add a file”, or choose a sample.")
    try:
        look = first_look(run.examples_file, run.info.data_name)
    except DataError as error:
        raise Unclear(str(error)) from error
    forgotten = _without_file(state)
    brief: Brief = forgotten["brief"]
    task = brief.task or (chosen.task if chosen else "")
    taken = {**forgotten, "brief": brief.model_copy(update={"task": task}), "look": look}
    return {**taken, **_of_kind(state, taken, look.task_type)}


def _sample(text: str) -> Sample | None:
    """The sample that a button or a message names: 'use the support one'."""
    pressed = (sample for sample in SAMPLES if text == f"sample:{sample.key}")
    plain = plain_of(text)
    named = (
        sample
        for sample in SAMPLES
        if len(plain.split()) <= MOST_WORDS and re.search(_named(sample), plain)
    )
    return next(pressed, next(named, None))


def _named(sample: Sample) -> str:
    """How a sample is named: by the first two words of its title, or the first and 'one'."""
    first, second, *_ = sample.title.casefold().split()
    return rf"\b{first} (?:{second}|one|samples?|examples?)\b"


def _about_examples(text: str) -> str:
    """What is said to a message that asks how many examples are needed, or has none."""
    plain = plain_of(text)
    if "how many" in plain or "how much" in plain:
        return "A hundred solved cases or more make it sure, from about forty I can say something. "
    if says_only_unknown(text):
        return "This cannot be skipped: everything that I say is measured on examples. "
    if is_absent(text):
        return "Without examples nothing can be measured: collect about a hundred solved cases. "
    return ""


def _without_file(state: State) -> Update:
    """The state without what came from the file before: its kind of task, its own texts."""
    brief, answered = state.get("brief", Brief()), state.get("answered", ())
    update = changed(
        state, task_type=None, input_column=None, answer_column=None, current_column=None
    )
    if brief.task in {sample.task for sample in SAMPLES}:
        update["brief"] = update["brief"].model_copy(update={"task": ""})
    if brief.prompt is not None and brief.prompt == prompt_in_file(state):
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
        why=" ".join([look.reason, *look.notes, *_other_columns(look)]),
        meaning=MEANT_BY_COLUMNS,
        options=(
            Option(label="Yes", value="yes"),
            Option(label="No, the other way round", value="swap"),
        ),
    )


def _other_columns(look: FirstLook) -> list[str]:
    """The columns beside those that are taken: one of them may be the right one."""
    taken = {look.input_column, look.answer_column, look.current_column}
    others = [name for name in look.columns if name not in taken]
    if not others:
        return []
    named = listed(others, MOST_COLUMNS)
    return [f"Not used: {named}; if one of them is meant, name the input and the right answer."]


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
    if joins_columns(look.columns, text):
        raise Unclear(
            "The input is one column: please join the two in your spreadsheet and add it again, or "
            "name the column that matters more."
        )
    named = named_columns(look.columns, text)
    if named:
        return _columns(state, run, *named)
    answer = named_answer(look.columns, text)
    if answer and answer != look.input_column:
        return _columns(state, run, look.input_column, answer, look.current_column)
    today = named_today(look.columns, text)
    if today and today not in guessed[:2]:
        return _columns(state, run, look.input_column, look.answer_column, today)
    alone = named_alone(look.columns, text)
    if alone and alone not in guessed and _holds_answers(alone, look, run):
        update = _columns(state, run, look.input_column, alone, look.current_column)
        told = f"I take “{alone}” for the right answer."
        return {**update, "note": f"{told} {update.get('note', '')}".strip()}
    if not mentions(look.columns, text):
        return _read_without_names(state, text, run)
    raise Unclear(_name_two(look))


def _name_two(look: FirstLook) -> str:
    return (
        "Please say yes, or name two columns, the input first; a third may hold the answers you "
        "get today. The columns are: " + ", ".join(look.columns) + "."
    )


def _read_without_names(state: State, text: str, run: Run) -> Update:
    """An answer about the columns that names none of them.

    Raises:
        Unclear: It is no yes either.
    """
    look = state["look"]
    guessed = (look.input_column, look.answer_column, look.current_column)
    agreed = read_yes_no(text) and opening_reply(text)  # "the right answer is in …" is no yes
    if agreed or is_unknown(text) or read_leaning(text):
        return _columns(state, run, *guessed)
    if _agrees_but_for_rows(text):
        update = _columns(state, run, *guessed)
        return {**update, "note": f"{update.get('note', '')} {ABOUT_ROWS}".strip()}
    if read_asked(text) is not None:
        raise Unclear(MEANT_BY_COLUMNS)
    raise Unclear(_name_two(look))


_SOME_ROWS = re.compile(r"\b(?:rows?|lines?|entries|examples|records)\b")


def _agrees_but_for_rows(text: str) -> bool:
    """Whether a reply agrees, and tells of rows beside: 'i think so, yes. But some are old'."""
    parts = clauses(text)
    agreed = [part for part in parts if read_consent(part) or read_leaning(part)]
    beside = [part for part in parts if part not in agreed]
    of_rows = all(_SOME_ROWS.search(part) for part in beside)
    return bool(agreed) and of_rows and not text.rstrip().endswith("?")


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
    kind = _kind_of(update["brief"], look, run)
    asked = look.model_copy(update={**chosen, "task_type": kind})
    update |= {"look": asked, "today": _today(update["brief"], run)}
    return {**update, **_of_kind(state, update, kind)}


def _holds_answers(column: str, look: FirstLook, run: Run) -> bool:
    """Whether a column that was named without its role holds labels: no input is one of a few."""
    named = Brief(input_column=look.input_column, answer_column=column)
    return _kind_of(named, look, run) == "labels"


def _kind_of(brief: Brief, look: FirstLook, run: Run) -> TaskType:
    """The kind of task of these columns, by their answers alone: a profile may take a while."""
    question, answer = brief.input_column, brief.answer_column
    if (question, answer) == (look.input_column, look.answer_column):
        return look.task_type
    try:
        return first_look(run.examples_file, run.info.data_name, question, answer).task_type
    except DataError:  # said where the file is profiled
        return look.task_type


def _today(brief: Brief, run: Run) -> Score | None:
    """What today's answers score; what is wrong with the file is said where it is profiled."""
    if brief.current_column is None:
        return None
    try:
        return score_today(run.dataset(brief))
    except DataError:
        return None


def prompt_in_file(state: State) -> str | None:
    """The system message that all chats of the file begin with."""
    return state["look"].prompt if "look" in state else None


EXAMPLES = Topic("examples", _ask_examples, _read_examples)
COLUMNS = Topic("columns", _ask_columns, _read_columns)
