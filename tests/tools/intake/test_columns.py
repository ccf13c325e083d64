import pandas as pd
import pytest

from tools.errors import DataError
from tools.intake.columns import check_column, guess_columns, to_examples
from tools.intake.examples import Example

NAMES = [
    ("Customer message", "Category"),
    ("utterance", "intent"),
    ("request", "slots"),
    ("facts", "description"),
    ("question", "answer"),
    ("description", "category"),
    ("ticketText", "ticketLabels"),
    ("email_body", "TOPIC"),
    ("source", "summary"),
    ("prompt", "response"),
    ("sentence", "class"),
    ("User message", "user rating"),
]


def table(**columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(columns, dtype=str)


def texts(count: int) -> list[str]:
    return [f"a rather long text about matter {n} of many" for n in range(count)]


@pytest.mark.parametrize(("question", "answer"), NAMES)
@pytest.mark.parametrize("swapped", [False, True])
def test_telling_names_are_followed(question: str, answer: str, swapped: bool) -> None:
    columns = {question: ["a", "b"], answer: ["x", "y"], "note": ["long long text", "other"]}
    names = [answer, "note", question] if swapped else [question, answer, "note"]
    guess = guess_columns(pd.DataFrame(columns, dtype=str)[names])
    assert (guess.input, guess.answer) == (question, answer)
    assert "by its name" in guess.reason


@pytest.mark.parametrize(
    "answers",
    {
        "labels": [["red", "blue", "green"][n % 3] for n in range(30)],
        "fields": [f'{{"n": {n}}}' for n in range(30)],
        "number": [str(3 * n * n) for n in range(30)],
        "text": [f"short {n}" for n in range(30)],
    }.values(),
    ids=["labels", "fields", "number", "text"],
)
def test_content_decides_where_names_do_not(answers: list[str]) -> None:
    frame = table(
        ticket_id=[f"T{n}" for n in range(30)],
        b=answers,
        lfd=[str(n) for n in range(100, 130)],
        tag_x=[f"2026-11-{n % 28 + 1:02}" for n in range(30)],
        constant=["same"] * 30,
        nachricht=texts(30),
        empty=[""] * 30,
        where=[f"https://example.org/a/rather/long/address/of/matter/{n}" for n in range(30)],
        current=[["red", "blue", "green"][n % 3] for n in range(30)],
    )
    guess = guess_columns(frame)
    assert (guess.input, guess.answer) == ("nachricht", "b")
    assert "longest" in guess.reason and "look most like answers" in guess.reason


def test_the_named_current_column_is_never_guessed() -> None:
    frame = table(text=texts(3), label=["x", "y", "x"], kind=["x", "y", "y"])
    assert guess_columns(frame, current="label").answer == "kind"


@pytest.mark.parametrize(
    "frame",
    [table(text=["a"]), table(text=["a"], id=["1"]), table(text=["a", "b"], label=["", " "])],
)
def test_a_table_without_two_columns_is_refused(frame: pd.DataFrame) -> None:
    with pytest.raises(DataError, match="“text” only"):
        guess_columns(frame)


def test_columns_are_found_in_any_case() -> None:
    frame = table(**{"Customer message": ["a"], "Label": ["x"], "LABEL": ["y"]})
    assert check_column(frame, " customer MESSAGE ") == "Customer message"
    assert check_column(frame, "LABEL") == "LABEL"
    with pytest.raises(DataError, match="Several columns are named “label”"):
        check_column(frame, "label")
    with pytest.raises(DataError, match="No column is named “x”; there are “Customer message”"):
        check_column(frame, "x")


def test_rows_become_examples_and_empty_ones_are_counted() -> None:
    frame = table(text=["a", " ", "c", "d"], label=["x", "y", "", " null "], now=["x", "", "", ""])
    assert to_examples(frame, "TEXT", "label", "now") == (
        [Example(1, "a", "x", "x"), Example(4, "d", "null", "")],
        2,
    )
    assert to_examples(frame, "text", "label")[0][0].current is None
    with pytest.raises(DataError, match="must be two columns"):
        to_examples(frame, "text", "Text")


LABELS, LATE = ["red", "blue", "green"] * 10, [f"2026-11-{n % 28 + 1:02}" for n in range(30)]
HALF = [text if n % 2 else "" for n, text in enumerate(texts(30))]
RIVALS: list[tuple[dict[str, list[str]], str, str]] = [
    ({"Mail": texts(30), "Deadline": LATE}, "Mail", "Deadline"),
    ({"Text": texts(30), "date category": LABELS, "Created": LATE}, "Text", "date category"),
    ({"Message": texts(30), "category_id": LABELS}, "Message", "category_id"),
    ({"updated text": texts(30), "Label": LABELS}, "updated text", "Label"),
    (
        {"Body": texts(30), "From: (Type)": ["EX"] * 30, "Categories": LABELS},
        "Body",
        "Categories",
    ),
    (
        {"Comment": HALF, "Description": texts(30), "Labels": LABELS},
        "Description",
        "Labels",
    ),
    ({"Text": texts(30), "Old category": LABELS, "New category": LABELS}, "Text", "New category"),
    ({"Text": texts(30), "Label Bob": LABELS, "Final label": LABELS}, "Text", "Final label"),
    ({"Text": texts(30), "Label": ["ok"] * 30, "Kind": LABELS}, "Text", "Kind"),
    ({"Text": texts(30), "Label": ["ok"] * 30}, "Text", "Label"),
    ({"Text": [""] * 1000 + texts(30), "Label": [""] * 1000 + LABELS}, "Text", "Label"),
]


@pytest.mark.parametrize(("columns", "question", "answer"), RIVALS)
def test_the_better_of_rival_columns_is_taken(
    columns: dict[str, list[str]], question: str, answer: str
) -> None:
    guess = guess_columns(table(**columns))
    assert (guess.input, guess.answer) == (question, answer)


def test_the_only_objects_are_the_answers_though_longer() -> None:
    objects = [
        f'{{"species": "dog", "name": "Rex", "urgency": "soon", "age": {n}}}' for n in range(20)
    ]
    guess = guess_columns(
        table(phone_note=[f"dog {n}, limping" for n in range(20)], record=objects)
    )
    assert (guess.input, guess.answer) == ("phone_note", "record")
