import csv
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from policies.policy import load_policy
from tools.models.protocol import Chat, Likelihoods, Limits, Reply, Traits
from tools.progress import Step, Watch
from tools.tuning.forgetting import (
    PROSE_PROMPT,
    SHORT,
    check_forgetting,
    general_items,
    general_prose,
    perplexity_ratio,
)

ITEMS = general_items()
AT = {item.prompt: place for place, item in enumerate(ITEMS)}


@dataclass
class Knower:
    """Knows the right choice of the first items, and finds each word so surprising (nats).

    Attributes:
        knows: Share of the items that are answered rightly, by choice and in own words.
        surprise: Negative log-probability of a word of prose.
        doubt: Negative log-probability of a word of a favourite answer.
        lead: How much likelier its favourite is than the next, in nats.
        asked: The chats it was sent.
    """

    knows: float = 0.6
    surprise: float = 3.0
    doubt: float = 1.0
    lead: float = 1.0
    asked: list[str] = field(default_factory=list)
    name: str = "knower"
    fingerprint: str = "knower"
    traits: Traits = Traits(1000, is_local=True)

    def score_each(
        self, chats: Sequence[Chat], continuations: Sequence[Sequence[str]]
    ) -> Iterator[tuple[int, Likelihoods]]:
        for index, (chat, own) in enumerate(zip(chats, continuations, strict=True)):
            self.asked.append(chat[-1].content)
            if chat[-1].content == PROSE_PROMPT:
                values = [-self.surprise * len(own[0].split())]
            else:
                known = AT[chat[-1].content] < self.knows * len(ITEMS)
                favourite = 0 if known else 1
                values = [-self.doubt * len(text.split()) for text in own]
                values[1 - favourite] = values[favourite] - self.lead
                values[2:] = [values[favourite] - 2] * len(values[2:])
            yield index, Likelihoods(values=tuple(values), greedy=0, prompt_tokens=5, seconds=0.0)

    def complete(self, chats: Sequence[Chat], limits: Limits) -> Iterator[tuple[int, Reply]]:
        for index, chat in enumerate(chats):
            item = ITEMS[AT[chat[-1].content.removeprefix(SHORT)]]
            known = AT[item.prompt] < self.knows * len(ITEMS)
            yield index, Reply(
                text=item.accept[0] if known else "?", prompt_tokens=5, completion_tokens=1,
                seconds=0.0,
            )  # fmt: skip


def test_the_items_are_many_distinct_and_well_formed() -> None:
    assert len(ITEMS) >= 300
    assert len({item.id for item in ITEMS}) == len(ITEMS)
    assert len({" ".join(item.prompt.casefold().split()) for item in ITEMS}) == len(ITEMS)
    assert min(Counter(item.area for item in ITEMS).values()) >= 40
    assert {item.area for item in ITEMS} == {
        "knowledge", "arithmetic", "format", "refusal", "writing",
    }  # fmt: skip
    assert sum(bool(item.accept) for item in ITEMS) >= 60
    for item in ITEMS:
        assert len({choice.strip() for choice in item.choices}) == 4, item.id
        assert all(choice and choice == choice.strip() for choice in item.choices), item.id
        assert not item.accept or item.accepts(item.answer), item.id
        assert not any(item.accepts(wrong) for wrong in item.wrong), item.id


def test_the_right_answer_is_not_told_by_its_length() -> None:
    shortest = sum(len(i.answer) < min(map(len, i.wrong)) for i in ITEMS)
    longest = sum(len(i.answer) > max(map(len, i.wrong)) for i in ITEMS)
    assert shortest < len(ITEMS) / 2 and longest < len(ITEMS) / 2


def test_the_prose_is_plain_and_long_enough() -> None:
    prose = general_prose()
    assert len(set(prose)) == len(prose) >= 12 and sum(len(part.split()) for part in prose) > 1000
    assert all(part and "\n" not in part for part in prose)


def test_no_bundled_task_is_among_the_items() -> None:
    files = list((Path(__file__).parents[3] / "examples").glob("*.csv"))
    assert files
    for file in files:
        with file.open(encoding="utf-8") as lines:
            cells = {cell.casefold() for row in csv.reader(lines) for cell in row}
        assert not cells & {item.prompt.casefold() for item in ITEMS}


@pytest.mark.parametrize(
    ("tuned", "passed"),
    [
        (Knower(), True),
        (Knower(knows=0.7, surprise=2.5), True),
        (Knower(knows=0.575), True),  # lost 1 in 24
        (Knower(knows=0.565), False),  # lost 1 in 17
        (Knower(knows=0.3), False),
        (Knower(surprise=3.2), True),  # e^0.2 is below the factor of 1.25
        (Knower(surprise=3.25), False),
        (Knower(doubt=1.2), True),
        (Knower(doubt=1.25), False),
        (Knower(surprise=1e9), False),
        (Knower(surprise=float("nan")), False),
    ],
)
def test_not_having_forgotten_has_to_be_shown(tuned: Knower, passed: bool) -> None:
    found = check_forgetting(Knower(), tuned, load_policy(), Watch())
    assert found.passed == passed
    assert ("may have forgotten" in found.text) == (not passed)
    assert "The base model stays as it was" in found.text
    assert found == type(found).model_validate_json(found.model_dump_json())


@pytest.mark.parametrize(
    ("tuned", "passed"),
    [
        (Knower(), True),
        (Knower(knows=0.59), True),  # lost 1 in 60
        (Knower(knows=0.58), False),  # lost 1 in 30
        (Knower(surprise=3.09), True),  # e^0.09 is below the factor of 1.1
        (Knower(surprise=3.1), False),
        (Knower(doubt=1.1), False),
    ],
)
def test_what_is_to_replace_the_base_has_stricter_limits(tuned: Knower, passed: bool) -> None:
    found = check_forgetting(Knower(), tuned, load_policy(), Watch(), replaces_base=True)
    assert found.passed == passed
    assert "at most 2 % of those answers lost" in found.text


def test_equal_models_differ_in_nothing() -> None:
    steps: list[Step] = []
    found = check_forgetting(Knower(), Knower(), load_policy(), Watch(listen=steps.append))
    assert (found.asked, found.items) == (len(ITEMS), math.ceil(0.6 * len(ITEMS)))
    assert (found.base, found.tuned) == (1, 1)
    assert (found.difference.value, found.difference.p_value) == (0, 1)
    assert found.answers_ratio is not None and found.answers_ratio.high == 1
    assert found.perplexity_base == found.perplexity_tuned == pytest.approx(20.09, abs=0.01)
    assert found.short_base == found.short_tuned > 0.3
    assert steps[-1].done == steps[-1].total and steps[-1].stage == "verify"


def test_a_loss_is_told_in_figures() -> None:
    found = check_forgetting(Knower(), Knower(knows=0.3, surprise=4), load_policy(), Watch())
    half = found.items - found.difference.broken
    assert found.difference.value == pytest.approx(half / found.items - 1)
    assert f"Of {found.items} general questions" in found.text
    assert f"it still answers {half};" in found.text and "from 20 to 55" in found.text


def test_what_the_base_cannot_do_is_not_asked_again() -> None:
    tuned = Knower(knows=0.9)
    found = check_forgetting(Knower(knows=0.5), tuned, load_policy(), Watch())
    assert found.passed and found.items == len(ITEMS) / 2
    assert len([prompt for prompt in tuned.asked if prompt != PROSE_PROMPT]) == found.items


def test_a_lucky_guess_of_the_base_is_no_knowledge() -> None:
    found = check_forgetting(Knower(lead=0.6), Knower(), load_policy(), Watch())
    assert found.items == 0
    assert check_forgetting(Knower(lead=0.7), Knower(), load_policy(), Watch()).items > 100


def test_a_base_that_can_do_nothing_shows_nothing() -> None:
    found = check_forgetting(Knower(knows=0), Knower(knows=0), load_policy(), Watch())
    assert not found.passed and "Of 0 general questions" in found.text


@pytest.mark.parametrize(
    ("before", "after", "words", "expected"),
    [
        ([-30.0, -60.0], [-30.0, -60.0], [10, 20], (1, 1, 1)),
        ([-30.0, -60.0], [-33.0, -66.0], [10, 20], (np.exp(0.3),) * 3),
        ([-30.0, -30.0], [-30.0, -36.0], [10, 10], (np.exp(0.3), 1, np.exp(0.6))),
        ([-30.0], [-60.0], [10], (1, 0, np.exp(50))),  # one text says nothing
    ],
)
def test_a_growth_of_perplexity_has_an_interval(
    before: list[float], after: list[float], words: list[int], expected: tuple[float, float, float]
) -> None:
    found = perplexity_ratio(np.array(before), np.array(after), np.array(words))
    assert (found.value, found.low, found.high) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("prompt", "reply", "right"),
    [
        ("Which city is the capital of France?", "The capital is Paris.", True),
        ("Which city is the capital of France?", "Parisian", False),
        ("How many legs does a spider have?", "8 legs", True),
        ("Write the word house in capital letters.", "HOUSE", True),
        ("Write the word house in capital letters.", "house", False),
        ("Write the word house in capital letters.", "It is HOUSE", False),
    ],
)
def test_a_short_answer_is_judged_by_one_rule(prompt: str, reply: str, right: bool) -> None:
    assert ITEMS[AT[prompt]].accepts(reply) == right
