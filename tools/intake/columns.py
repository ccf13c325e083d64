"""Which column is the input, which the answer; rows of a table as examples."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pandas as pd

from tools.errors import DataError
from tools.intake.examples import Example
from tools.intake.profile import find_task_type

# Words of column names, the most telling first.
INPUT_WORDS = (
    "input text message utterance question query request facts prompt sentence email mail body "
    "content ticket review comment feedback complaint document article post tweet instruction "
    "context source inquiry chat conversation transcript description subject title problem"
).split()
ANSWER_WORDS = (
    "label category intent topic slot answer output target response completion reply class "
    "sentiment tag json field expected gold solution result summary translation rating "
    "department queue priority price amount number value description type status"
).split()
SKIPPED_WORDS = set(
    "id uuid guid index row date time datetime timestamp created updated url "
    "current today chatgpt gpt predicted prediction".split()
)
TODAYS_WORDS = set("current today chatgpt gpt predicted prediction".split())
IDENTITIES = set("id uuid guid index row".split())
# A name that ends in one of these says what the column holds: a “date category” is a category.
NAMING = set(INPUT_WORDS + ANSWER_WORDS) - set("number value type status title subject".split())
OLDER, NEWER = set("old previous former".split()), set("new final correct corrected".split())
# Share of filled cells up to which a column is passed over for another one.
SPARSE_INPUT, SPARSE_ANSWER = 0.5, 0.1
ID_OR_DATE = re.compile(
    r"https?://\S+|[0-9a-f]{8}-[0-9a-f]{4}-.{22}|"
    r"\d{4}-\d\d-\d\d([ T].*)?|\d{1,2}[./]\d{1,2}[./]\d{2,4}( .*)?",
    re.IGNORECASE,
)
LOOKED_AT = 1000  # filled cells; enough to tell a text from a label


@dataclass(frozen=True)
class ColumnGuess:
    """The columns that probably hold input and answer.

    Attributes:
        input: Name of the input column.
        answer: Name of the answer column.
        reason: Why these, in a sentence that can be shown.
    """

    input: str
    answer: str
    reason: str


def guess_columns(frame: pd.DataFrame, current: str | None = None) -> ColumnGuess:
    """Guess the input and the answer column, by their names and else by what they hold.

    Ids, dates, links and columns that always say the same come last, today's answers never.

    Args:
        frame: A table of text.
        current: Name of the column with the answers the team gets today, if it is known.

    Raises:
        DataError: If fewer than two columns come into question.
    """
    found = {
        name: _filled(frame, name)
        for name in map(str, frame.columns)
        if name != current and not _is_out_of_question(_words(name))
    }
    found = {name: values for name, values in found.items() if values}
    columns = {name: values for name, values in found.items() if not _is_doubtful(name, values)}
    if len(columns) < 2:
        columns = found
    if len(columns) < 2:
        raise DataError(
            "An input and an answer column are needed, and this table has "
            f"{listed(columns) if columns else 'no column that could be either'} only. "
            "If that is wrong, please name the two columns."
        )
    filled = {name: float((frame[name].str.strip() != "").mean()) for name in columns}
    full = [name for name in columns if filled[name] > SPARSE_INPUT]
    answered = [name for name in columns if filled[name] > SPARSE_ANSWER]
    answer = _first_by_name(answered, columns, ANSWER_WORDS[:-3])
    question = _first_by_name(full, columns, INPUT_WORDS, but=answer)
    answer = answer or _first_by_name(answered, columns, ANSWER_WORDS, but=question)
    by_name = [name for name in (question, answer) if name]
    answer = answer or (None if question else _only_objects(columns))
    question = question or max((c for c in columns if c != answer), key=_text_rank(columns))
    answer = answer or max((c for c in columns if c != question), key=_answer_rank(columns))
    return ColumnGuess(question, answer, _reason(question, answer, by_name))


def guess_current(frame: pd.DataFrame) -> str | None:
    """The column that by its name holds the answers the team gets today, or None."""
    found = [name for name in map(str, frame.columns) if TODAYS_WORDS & set(_words(name))]
    filled = [name for name in found if not _is_id_or_date([v for v in frame[name] if v.strip()])]
    return filled[0] if len(filled) == 1 else None


def check_column(frame: pd.DataFrame, name: str) -> str:
    """The column of that name as the table spells it.

    Raises:
        DataError: If there is no such column, or several that differ only in their case.
    """
    names = [str(column) for column in frame.columns]
    if name in names:
        return name
    wanted = name.strip().casefold()
    found = [column for column in names if column.strip().casefold() == wanted]
    if len(found) != 1:
        problem = "several columns are" if found else "no column is"
        raise DataError(f"{problem.capitalize()} named “{name}”; there are {listed(names)}.")
    return found[0]


def to_examples(
    frame: pd.DataFrame, input_column: str, answer_column: str, current_column: str | None = None
) -> tuple[list[Example], int]:
    """Rows as examples.

    Args:
        frame: A table of text whose index counts the rows of the file from 0.
        input_column: Column that holds what the model is given.
        answer_column: Column that holds the right answer.
        current_column: Column with the answers the team gets today.

    Returns:
        The examples, and how many rows were left out because input or answer is empty.

    Raises:
        DataError: If a column does not exist, or input and answer are the same.
    """
    question, answer = check_column(frame, input_column), check_column(frame, answer_column)
    if question == answer:
        raise DataError(f"Input and answer are both “{question}”; they must be two columns.")
    current = frame[check_column(frame, current_column)] if current_column else [None] * len(frame)
    rows = zip(frame.index, frame[question], frame[answer], current, strict=True)
    examples = [
        Example(int(row) + 1, text, right.strip(), now)
        for row, text, right, now in rows
        if text.strip() and right.strip()
    ]
    return examples, len(frame) - len(examples)


def _filled(frame: pd.DataFrame, name: str) -> list[str]:
    values = frame[name]
    return [str(value) for value in values[values.str.strip() != ""].head(LOOKED_AT)]


def _words(name: str) -> list[str]:
    """The words of a column name, lower case and singular: "ticketLabels" is ticket, label."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).casefold()
    return [_singular(word) for word in re.findall(r"[^\W_]+", spaced)]


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word.removesuffix("ies") + "y"
    if word.endswith("sses"):
        return word.removesuffix("es")
    return word if word.endswith("ss") else word.removesuffix("s") or word


def _only_objects(columns: dict[str, list[str]]) -> str | None:
    """The only column of JSON objects: extracted from a text more often than one is from them."""
    found = [name for name, values in columns.items() if find_task_type(values) == "fields"]
    return found[0] if len(found) == 1 else None


def _first_by_name(
    preferred: list[str], columns: Iterable[str], telling: list[str], but: str | None = None
) -> str | None:
    """The best-named of the well-filled columns, else of all."""
    best = _by_name([name for name in preferred if name != but], telling)
    return best or _by_name([name for name in columns if name != but], telling)


def _by_name(columns: Iterable[str], telling: list[str]) -> str | None:
    """The column with the most telling name; old ones come last, of equals the new one first."""
    telling = [_singular(word) for word in telling]
    ranks = {}
    for name in columns:
        words = set(_words(name))
        if found := words.intersection(telling):
            ranks[name] = bool(words & OLDER), min(map(telling.index, found)), not words & NEWER
    return min(ranks, key=lambda name: ranks[name], default=None)


def _is_out_of_question(words: list[str]) -> bool:
    """Whether a column holds today's answers, or nothing but the ids of the rows."""
    return bool(TODAYS_WORDS & set(words)) or bool(words) and IDENTITIES.issuperset(words)


def _is_doubtful(name: str, values: list[str]) -> bool:
    """Whether a column is taken only where no better one is left."""
    words = _words(name)
    skipped = bool(SKIPPED_WORDS & set(words)) and words[-1] not in NAMING
    constant = len(values) > 1 and len(set(values)) == 1
    return skipped or constant or _is_id_or_date(values)


def _is_id_or_date(values: list[str]) -> bool:
    if not values:
        return True
    if sum(bool(ID_OR_DATE.fullmatch(value.strip())) for value in values) > 0.9 * len(values):
        return True
    numbers = [int(value) for value in values if re.fullmatch(r"\d{1,18}", value)]
    steps = {later - number for number, later in zip(numbers, numbers[1:], strict=False)}
    return len(values) > 2 and len(numbers) == len(values) and steps == {1}


def _text_rank(columns: dict[str, list[str]]) -> Callable[[str], float]:
    """Long and mostly different values first."""

    def rank(name: str) -> float:
        values = columns[name]
        length = sum(min(len(value), 1000) for value in values) / len(values)
        return length * len(set(values)) / len(values)

    return rank


def _answer_rank(columns: dict[str, list[str]]) -> Callable[[str], tuple[int, float]]:
    """Labels first, then JSON, numbers and other text; no column that always says the same."""
    order = ("text", "number", "fields", "labels")
    longest = _text_rank(columns)

    def rank(name: str) -> tuple[int, float]:
        values = columns[name]
        kind = order.index(find_task_type(values)) if len(set(values)) > 1 else -1
        return kind, longest(name)

    return rank


def _reason(question: str, answer: str, by_name: list[str]) -> str:
    why_input = "by its name" if question in by_name else "it holds the longest, most varied texts"
    why_answer = "by its name" if answer in by_name else "its values look most like answers"
    return f"Input is “{question}” ({why_input}); answer is “{answer}” ({why_answer})."


def listed(names: Iterable[str], most: int = 20) -> str:
    """Names of columns for people, long ones cut and many of them counted."""
    found = [f"“{name if len(name) <= 60 else name[:59] + '…'}”" for name in names]
    return ", ".join(found[:most]) + (f" and {len(found) - most} more" if len(found) > most else "")
