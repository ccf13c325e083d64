"""Lists of facts: recognised over all rows, in whatever form, and read into facts."""

import pytest

from tools.writing.listed import find_form

ROWS = [("Fox", "3", "red"), ("Owl", "4", "blue"), ("Elk", "5", "red"), ("Hen", "6", "black")]
FORMS = {
    "key[value]": "name[{}], price[{}], colour[{}]",
    "inside a call": "inform(name[{}], price[{}], colour[{}])",
    "semicolons": "name: {}; price: {}; colour: {}",
    "equals": "name={}; price={}; colour={}",
    "quoted in a call": 'inform(name="{}", price="{}", colour="{}")',
    "commas": "Name: {}, Price: {}, Colour: {}",
    "lines": "Name: {}\nPrice: {}\nColour: {}",
    "bullets": "- name: {}\n- price: {}\n- colour: {}",
    "arrows": "name -> {}\nprice -> {}\ncolour -> {}",
    "bars": "name: {} | price: {} | colour: {}",
    "JSON": '{{"name": "{}", "price": {}, "colour": "{}"}}',
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_list_gives_the_same_facts(form: str) -> None:
    inputs = [FORMS[form].format(*row) for row in ROWS]
    found = find_form(inputs)
    assert found is not None
    facts = {(fact.key, fact.value) for fact in found.facts(inputs[1])}
    assert facts == {("name", "Owl"), ("price", "4"), ("colour", "blue")}


def test_a_value_may_list_several_things_and_a_number_is_not_cut() -> None:
    inputs = [f"name: {n}; colours: moss, sand; capacity: 10,000 mAh" for n, _, _ in ROWS]
    found = find_form(inputs)
    assert found is not None
    values = [fact.value for fact in found.facts(inputs[0])]
    assert values == ["Fox", "moss", "sand", "10,000 mAh"]


def test_bullets_need_no_keys_and_a_title_is_a_fact() -> None:
    inputs = [f"{n} tent\n- {p} kg\n- {c}\n- waterproof" for n, p, c in ROWS]
    found = find_form(inputs)
    assert found is not None
    assert [fact.value for fact in found.facts(inputs[0])] == [
        "Fox tent", "3 kg", "red", "waterproof",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "inputs",
    [
        ["Where is my parcel? It was due: yesterday.", "My bill is wrong, at least; please help."],
        ["Subject: late parcel\nDear all, it has not come, and nobody answers the phone at all."],
        ["Customer: hi\nAgent: hello\nCustomer: help\nAgent: sure\nCustomer: bye\nAgent: bye"],
        ["Meet at 10:30, or at 11:45", "Call at 9:15, not at 8:00"],
        ["[]", "{}"],
        [""],
        [],
    ],
)
def test_prose_mails_and_dialogues_are_no_lists(inputs: list[str]) -> None:
    assert find_form(inputs * 5) is None
