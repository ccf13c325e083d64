"""The yardstick: what a text leaves out and invents, with wordings learned from train rows."""

import pytest

from tools.intake.examples import Example
from tools.writing.listed import find_form
from tools.writing.yardstick import Yardstick

NAMES = ("Alder", "Birch", "Cedar", "Dogwood", "Elm")
FOODS = ("Thai", "Greek", "Welsh")
WORDING = {"yes": "Bring the kids.", "no": "It is for adults only."}


def _row(at: int) -> Example:
    name, food, kids = NAMES[at % 5], FOODS[at % 3], ("yes", "no")[at // 15 % 2]
    rating = ("high", "low")[at // 30 % 2]
    answer = (
        f"{name} serves {food} food and is rated {rating}. {WORDING[kids]} You will like the place."
    )
    listed = f"name[{name}], food[{food}], familyFriendly[{kids}], rating[{rating}], stock[{at}x]"
    return Example(at, listed, answer)


ROWS = [_row(at) for at in range(120)]


@pytest.fixture(scope="module")
def yardstick() -> Yardstick:
    form = find_form([row.input for row in ROWS])
    assert form is not None
    return Yardstick(form, ROWS)


INPUT = "name[Elm], food[Thai], familyFriendly[no], rating[high], stock[7x]"


@pytest.mark.parametrize(
    ("text", "left_out", "invented"),
    [
        ("Elm serves Thai food, is rated high, for adults only.", [], []),
        ("The highly rated Elm is for adults only.", ["food", "rating"], []),
        ("Elm serves Thai food and is rated high.", ["family friendly"], []),
        ("Elm serves Thai and Greek food, rated high, adults only.", [], ["food: greek"]),
        (
            "Elm serves Thai food, is rated high. Bring the kids.",
            ["family friendly"],
            ["family friendly: yes"],
        ),
        ("Elm in Paris serves Thai food, rated high, adults only, since 1987.", [],
         ["1987", "Paris"]),
        ("", ["name", "food", "family friendly", "rating"], []),
    ],
)  # fmt: skip
def test_what_is_left_out_and_what_is_invented(
    text: str, left_out: list[str], invented: list[str], yardstick: Yardstick
) -> None:
    found = yardstick.measure(INPUT, text)
    assert [fact.key for fact in found.left_out] == left_out
    assert list(found.invented) == invented


def test_the_wording_of_yes_and_no_is_learned_and_habits_are_not_counted(
    yardstick: Yardstick,
) -> None:
    assert set(yardstick.learned) == {"family friendly: no", "family friendly: yes"}
    assert yardstick.uncounted == ("stock",)  # the team's own answers never name it
    assert all(not yardstick.measure(row.input, row.answer).left_out for row in ROWS)


def test_yes_and_no_stay_uncounted_where_rows_are_too_few_to_learn_from() -> None:
    rows = ROWS[8:22]  # seven of each
    form = find_form([row.input for row in rows])
    assert form is not None
    small = Yardstick(form, rows)
    assert "family friendly: no" in small.uncounted
    assert "family friendly" not in [f.key for f in small.measure(INPUT, "Elm.").left_out]


def test_names_are_not_counted_where_nouns_have_capitals() -> None:
    rows = [
        Example(at, f"name: {NAMES[at % 5]}; farbe: rot{at}", f"Das Zelt {NAMES[at % 5]} hat Platz "
                f"für Freunde{at}, Hunde und Koffer{at}.")
        for at in range(30)
    ]  # fmt: skip
    form = find_form([row.input for row in rows])
    assert form is not None
    german = Yardstick(form, rows)
    assert not german.counts_names
    assert german.measure(rows[0].input, "Ein Zelt für Paris.").invented == ()
