"""Words in the form in which they are compared."""

import pytest

from tools.writing.words import key_of, says, tokens_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Two-person tents", "2 person tent"),
        ("€189", "€ 189.00"),
        ("10,000 mAh", "10000 MAH"),
        ("5 euros", "five €"),
        ("1,9 kg", "1.9 kg"),
        ("The Eagle’s", "the eagle's"),
        ("berries", "Berry"),
    ],
)
def test_differences_of_form_do_not_count(one: str, other: str) -> None:
    assert tokens_of(one) == tokens_of(other)


@pytest.mark.parametrize(
    ("value", "text", "said"),
    [
        ("porch fits two rucksacks", "The porch of the Fox fits two rucksacks.", True),
        ("€189", "It costs 189 euros.", True),
        ("standing height in the middle", "You can stand upright.", False),
        ("less than £20", "It costs less than £25.", False),
        ("red", "It has reduced weight.", False),
        ("1.9 kg", "It weighs 2.9 kg.", False),
    ],
)
def test_a_value_is_said_by_its_words_in_any_order(value: str, text: str, said: bool) -> None:
    assert says(tokens_of(value), tokens_of(text)) is said


def test_keys_are_compared_as_words() -> None:
    assert key_of("familyFriendly") == key_of("family_friendly") == "family friendly"
