"""A model as judge of blind pairs: a lean towards a place decides nothing."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tools.errors import Stopped
from tools.models.protocol import Reply, Traits
from tools.progress import Watch
from tools.writing.blind import Choice, Pair
from tools.writing.judge import judge_pairs

LONG, SHORT = "A long and patient text.", "Short."
PAIRS = [
    Pair(row=1, input="red", left=LONG, right=SHORT, swapped=False),
    Pair(row=2, input="blue", left=SHORT, right=LONG, swapped=True),
]


class Judge:
    """A judge who says what a function of the two texts says."""

    name = "judge"
    traits = Traits(1000, is_local=False)

    def __init__(self, says: Callable[[str, str], str]) -> None:
        self.says = says
        self.chats: list[Any] = []

    def complete(self, chats: Any, limits: Any) -> Iterator[tuple[int, Reply]]:
        for at, chat in reversed(list(enumerate(chats))):  # answers come in any order
            self.chats.append(chat)
            asked = chat[-1].content
            a, _, b = asked.partition("Text A:\n")[2].partition("\n\nText B:\n")
            text = self.says(a, b)
            yield at, Reply(text=text, prompt_tokens=1, completion_tokens=1, seconds=0.1)


def _longer(a: str, b: str) -> str:
    return "A" if len(a) > len(b) else "B"


JUDGES: list[tuple[Callable[[str, str], str], list[Choice | None]]] = [
    (_longer, ["left", "right"]),
    (lambda a, b: f"The other one is too brief.\n**{_longer(a, b)}**.", ["left", "right"]),
    (lambda a, b: "A", ["same", "same"]),  # whatever stands first
    (lambda a, b: "Same.", ["same", "same"]),
    (lambda a, b: "I cannot say which", [None, None]),
    (lambda a, b: "A" if a == LONG and len(b) < 9 else "", [None, None]),  # silent at one order
    (lambda a, b: "", [None, None]),
]


@pytest.mark.parametrize(("says", "choices"), JUDGES)
def test_a_text_wins_only_if_it_is_better_at_both_places(
    says: Callable[[str, str], str], choices: list[Choice | None]
) -> None:
    assert judge_pairs(PAIRS, "Describe it.", Judge(says), Watch()) == choices


def test_the_judge_sees_the_task_and_nobody_s_name() -> None:
    judge = Judge(_longer)
    judge_pairs(PAIRS, "Describe it.", judge, Watch())
    assert len(judge.chats) == 2 * len(PAIRS)
    asked = judge.chats[0][-1].content
    assert "Describe it." in asked and "swapped" not in asked


def test_it_can_be_stopped() -> None:
    with pytest.raises(Stopped):
        judge_pairs(PAIRS, "", Judge(_longer), Watch(should_stop=lambda: True))
