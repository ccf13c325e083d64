"""House terms: typical of the team's answers, not of the inputs or of plain prose."""

from tools.intake.examples import Example
from tools.writing.house import house_terms, phrases

SIGHTS = ("splendid terrace", "hidden courtyard", "candlelit cellar", "panoramic balcony", "velvet")


def _rows(answer: str) -> list[Example]:
    return [
        Example(at, f"name: Inn {at}; food: pancakes", answer.format(SIGHTS[at % 5], at))
        for at in range(40)
    ]


def test_terms_are_the_houses_own_and_not_words_of_the_input() -> None:
    terms = house_terms(_rows("Savour pancakes on our {} at Inn {}."))
    assert {"savour", "splendid terrace", "hidden courtyard"} <= {
        word for term in terms for word in (term, term.split()[0])
    } | set(terms)
    assert not {"pancakes", "inn", "our"} & set(terms)


def test_plain_answers_have_no_house_terms() -> None:
    assert house_terms(_rows("pancakes")) == ()
    assert house_terms([]) == ()


def test_a_phrase_begins_and_ends_with_a_telling_word() -> None:
    assert phrases("The view of the lake") == {"view", "lake"}
    assert "hidden courtyard" in phrases("A hidden courtyard, 12 m")
