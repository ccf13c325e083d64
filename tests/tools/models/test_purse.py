from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tools.errors import Stopped
from tools.models.cache import CachedModel
from tools.models.protocol import Chat, Limits, Message, Reply, Traits
from tools.models.purse import Purse
from tools.models.store import CallStore

TRAITS = Traits(1000, is_local=False)
LIMITS = Limits(100)


class Paid:
    """A model that counts its calls; each reads 50 tokens and writes 10."""

    name = "paid"
    fingerprint = "p1"
    traits = TRAITS

    def __init__(self) -> None:
        self.calls = 0

    def complete(self, chats: Sequence[Chat], limits: Limits) -> Iterator[tuple[int, Reply]]:
        for index in range(len(chats)):
            self.calls += 1
            yield index, Reply(text="x", prompt_tokens=50, completion_tokens=10, seconds=0.0)


def chats(*texts: str) -> list[Chat]:
    return [(Message(role="user", content=text),) for text in texts]


def asked(model: Paid, file: Path, most: float, *texts: str) -> tuple[int, float]:
    """Ask in a process of its own, as far as the store can tell; calls and money spent so far."""
    store = CallStore(file)
    purse = Purse(store, "p1", 1e4, 1e5, most, "EUR")  # 0.01 a token read, 0.1 a token written
    kept = CachedModel("paid", "p1", TRAITS, store, lambda: model, purse)
    try:
        list(kept.complete(chats(*texts), LIMITS))
        return model.calls, purse.spent
    finally:
        store.close()


def test_money_is_counted_before_the_call_and_over_restarts(tmp_path: Path) -> None:
    model, file = Paid(), tmp_path / "calls.sqlite"
    calls, spent = asked(model, file, 25.0, "a", "b")  # may cost 20.2, costs 2 x 1.50
    assert calls == 2 and spent == pytest.approx(3.0)
    assert asked(model, file, 25.0, "a", "b") == (2, spent)  # kept answers cost nothing
    with pytest.raises(Stopped, match=r"budget of 13 EUR for endpoints \(3\.00 EUR spent\)"):
        asked(model, file, 13.0, "c")  # 3.00 + 10.10 at its longest
    assert model.calls == 2
    assert asked(model, file, 13.2, "c")[0] == 3


@pytest.mark.parametrize(("most", "goes"), [(0.0, False), (10.0, False), (10.2, True)])
def test_all_calls_of_a_batch_must_be_covered(most: float, goes: bool, tmp_path: Path) -> None:
    model = Paid()
    if goes:
        assert asked(model, tmp_path / "calls.sqlite", most, "a")[0] == 1
    else:
        with pytest.raises(Stopped):
            asked(model, tmp_path / "calls.sqlite", most, "a")
        assert model.calls == 0
