"""A file of examples made ready: columns, kind of task, profile, split."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from policies.brief import Brief, Metric, TaskType
from policies.evidence import DataFacts, Frozen, TaskFacts
from tools.errors import DataError
from tools.intake.chats import shared_prompt
from tools.intake.columns import check_column, guess_columns, guess_current, to_examples
from tools.intake.documents import Passage
from tools.intake.examples import Example, Parts
from tools.intake.profile import choose_metric, find_task_type, profile
from tools.intake.read import read_table
from tools.intake.references import each_input_once, with_all_answers
from tools.intake.spellings import one_spelling
from tools.intake.split import data_hash, split
from tools.trials.parse import plain_object
from tools.written_numbers import Convention, convention_of, plain_number


class FirstLook(Frozen):
    """What a first look at a file says, for people to confirm.

    Attributes:
        rows: Rows of the file.
        columns: Its columns.
        input_column: The column that looks like the input.
        answer_column: The column that looks like the answer.
        task_type: The kind of answer.
        current_column: The column that looks like the answers of today, or None.
        prompt: The system message that all chats of the file begin with, or None.
        reason: Why these columns.
        notes: What was noticed on reading.
    """

    rows: int
    columns: tuple[str, ...]
    input_column: str
    answer_column: str
    task_type: TaskType
    reason: str
    notes: tuple[str, ...]
    current_column: str | None = None
    prompt: str | None = None


@dataclass(frozen=True)
class Dataset:
    """Examples with everything that is known about them before any model is asked.

    `hash` is of the examples alone: the split does not change with the documents. `prompt` is the
    system message that all chats of the file begin with, or None.
    """

    examples: tuple[Example, ...]
    parts: Parts
    task: TaskFacts
    data: DataFacts
    hash: str
    input_column: str
    answer_column: str
    passages: tuple[Passage, ...] = ()
    prompt: str | None = None

    @property
    def type(self) -> TaskType:
        """Kind of answer."""
        return self.task.type

    @property
    def metric(self) -> Metric:
        """The decision metric."""
        return self.task.metric


def first_look(
    path: Path, name: str = "", question: str | None = None, answer: str | None = None
) -> FirstLook:
    """Read a file and guess its columns and kind of task.

    Args:
        path: The file.
        name: Its name for people, if not the file's own.
        question: The input column, where it was told.
        answer: The answer column, likewise.

    Raises:
        DataError: The file cannot be used.
    """
    table = read_table(path, name)
    guess = guess_columns(table.frame)
    if question and answer:
        guess = replace(guess, input=question, answer=answer)
    examples, _ = to_examples(table.frame, guess.input, guess.answer)
    return FirstLook(
        rows=len(table.frame),
        columns=tuple(table.frame.columns),
        input_column=guess.input,
        answer_column=guess.answer,
        task_type=find_task_type([example.answer for example in examples]),
        reason=guess.reason,
        notes=table.notes,
        current_column=guess_current(table.frame),
        prompt=shared_prompt(table.frame),
    )


def load_dataset(path: Path, brief: Brief, name: str = "") -> Dataset:
    """Read, profile and split a file of examples.

    Args:
        path: The file.
        brief: Names its columns and the kind of task, where the team told us.
        name: Its name for people, if not the file's own.

    Raises:
        DataError: The file or its columns cannot be used.
    """
    table = read_table(path, name)
    frame = table.frame
    current = check_column(frame, brief.current_column) if brief.current_column else None
    given = [
        check_column(frame, name) for name in (brief.input_column, brief.answer_column) if name
    ]
    if len(given) == 2:
        input_column, answer_column = given
    else:
        guess = guess_columns(frame, current)
        input_column = given[0] if brief.input_column else guess.input
        answer_column = given[0] if brief.answer_column else guess.answer
    if input_column == answer_column:
        raise DataError(
            f"The column {input_column!r} cannot be input and answer at once; name the other one."
        )
    examples, dropped = to_examples(frame, input_column, answer_column, current)
    if not examples:
        raise DataError("No row has both an input and an answer; fill in the answer column.")
    task_type = brief.task_type or find_task_type([example.answer for example in examples])
    usable = _usable(examples, task_type)
    dropped += len(examples) - len(usable)
    usable, spelt = one_spelling(usable) if task_type == "labels" else (usable, "")
    metric = choose_metric(task_type, [example.answer for example in usable])
    found = profile(usable, task_type, metric, dropped)
    notes = (*table.notes, *([spelt] if spelt else ()), *found.facts.notes)
    if task_type == "text":
        usable, several = with_all_answers(usable)
        notes += (_several_note(several),) if several else ()
    parts = split(usable, found.groups, task_type)
    if task_type == "text":
        parts = Parts(parts.train, each_input_once(parts.dev), each_input_once(parts.test))
    return Dataset(
        examples=tuple(usable),
        parts=parts,
        task=TaskFacts(
            type=task_type,
            metric=metric,
            rows=len(usable),
            train=len(parts.train),
            dev=len(parts.dev),
            test=len(parts.test),
        ),
        data=found.facts.model_copy(update={"notes": notes}),
        hash=data_hash(usable),
        input_column=input_column,
        answer_column=answer_column,
        prompt=shared_prompt(frame),
    )


def _several_note(inputs: int) -> str:
    told = "1 input has" if inputs == 1 else f"{inputs:,} inputs have"
    return (
        f"{told} several different answers: a text is scored against the closest of them, and an "
        "input counts once in dev and test."
    )


def _usable(examples: Sequence[Example], task_type: TaskType) -> list[Example]:
    """Rows whose answer is of the task's type, numbers written plainly.

    Raises:
        DataError: Hardly any answer is of that type.
    """
    if task_type == "number":
        convention = convention_of(example.answer for example in examples)
        examples = _with_plain_current(examples, convention)
        read = [(e, plain_number(e.answer, convention)) for e in examples]
    elif task_type == "fields":
        read = [(e, plain_object(e.answer)) for e in examples]
    else:
        return list(examples)
    usable = [replace(example, answer=answer) for example, answer in read if answer is not None]
    if len(usable) < len(examples) / 2:
        kind = "a number" if task_type == "number" else "a JSON object"
        raise DataError(
            f"Only {len(usable)} of {len(examples)} answers are {kind}; choose another kind of "
            "task or another answer column."
        )
    return usable


def _with_plain_current(examples: Sequence[Example], otherwise: Convention) -> list[Example]:
    """The rows with today's numbers written plainly; what is no number alone stays as it is."""
    convention = convention_of((e.current for e in examples if e.current is not None), otherwise)
    return [
        replace(e, current=plain_number(e.current, convention) or e.current) if e.current else e
        for e in examples
    ]
