from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest

from policies.policy import load_policy
from tools.models.protocol import Chat, Likelihoods
from tools.progress import Step, Watch
from tools.tuning.forgetting import check_forgetting, general_items, general_prose


@dataclass
class Knower:
    """Knows the right choice of some items, and finds each word of prose so surprising (nats).

    Attributes:
        knows: Share of the items that are answered rightly.
        surprise: Negative log-probability of a word of prose.
    """

    knows: float = 0.6
    surprise: float = 3.0

    def score(
        self, chats: Sequence[Chat], continuations: Sequence[str]
    ) -> Iterator[tuple[int, Likelihoods]]:
        items = [item.prompt for item in general_items()]
        for index, chat in enumerate(chats):
            if len(continuations) == 1:
                values = [-self.surprise * len(continuations[0].split())]
            else:
                at = items.index(chat[-1].content) / len(items)
                favourite = 0 if at < self.knows else 1
                values = [float(n == favourite) for n in range(len(continuations))]
            yield index, Likelihoods(values=tuple(values), greedy=0, prompt_tokens=5, seconds=0.0)


def test_the_items_are_many_distinct_and_well_formed() -> None:
    items = general_items()
    assert len(items) >= 60
    assert len({item.id for item in items}) == len({item.prompt for item in items}) == len(items)
    assert min(Counter(item.area for item in items).values()) >= 5
    for item in items:
        assert len({choice.casefold().strip() for choice in item.choices}) == 4, item.id
        assert all(choice and choice == choice.strip() for choice in item.choices), item.id


def test_the_prose_is_plain_and_long_enough() -> None:
    prose = general_prose()
    assert len(prose) >= 3 and sum(len(part.split()) for part in prose) > 300
    assert all(part and "\n" not in part for part in prose)


@pytest.mark.parametrize(
    ("tuned", "passed"),
    [
        (Knower(), True),
        (Knower(knows=0.7, surprise=2.5), True),
        (Knower(knows=0.575), True),  # within the margin of 5 points
        (Knower(knows=0.5), False),
        (Knower(surprise=3.4), True),  # e^0.4 is below the factor of 1.5
        (Knower(surprise=3.5), False),
        (Knower(surprise=1e9), False),
        (Knower(surprise=float("nan")), False),
    ],
)
def test_forgetting_is_a_fall_beyond_the_policy(tuned: Knower, passed: bool) -> None:
    found = check_forgetting(Knower(), tuned, load_policy(), Watch())
    assert found.passed == passed
    assert ("has forgotten general abilities" in found.text) == (not passed)


def test_equal_models_differ_in_nothing() -> None:
    steps: list[Step] = []
    found = check_forgetting(Knower(), Knower(), load_policy(), Watch(listen=steps.append))
    assert (found.base, found.tuned) == (0.6, 0.6) and found.items == len(general_items())
    assert (found.difference.value, found.difference.p_value) == (0, 1)
    assert found.perplexity_base == found.perplexity_tuned == pytest.approx(20.09, abs=0.01)
    assert steps[-1].done == steps[-1].total and steps[-1].stage == "verify"


def test_a_fall_is_told_in_figures() -> None:
    found = check_forgetting(Knower(), Knower(knows=0.3, surprise=4), load_policy(), Watch())
    assert found.difference.value == pytest.approx(-0.3)
    assert (found.difference.fixed, found.difference.broken) == (0, 24)
    assert "right in 60% before and 30% after" in found.text and "from 20 to 55" in found.text
