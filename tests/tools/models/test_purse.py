from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tools.errors import Stopped
from tools.models.cache import CachedModel
from tools.models.estimate import tokens_sent
from tools.models.protocol import Chat, Limits, Message, Reply, Traits
from tools.models.purse import Purse
from tools.models.store import CallStore
from tools.settings import EndpointSettings, Settings

TRAITS = Traits(1000, is_local=False)
LIMITS = Limits(100)


REPLY = Reply(text="x", prompt_tokens=50, completion_tokens=10, seconds=0.0)


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
            yield index, REPLY


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


def test_tokens_have_a_budget_without_prices_too(tmp_path: Path) -> None:
    model, store = Paid(), CallStore(tmp_path / "calls.sqlite")
    purse = Purse(store, "p1", 0.0, 0.0, 5.0, "EUR", most_tokens=200)
    kept = CachedModel("paid", "p1", TRAITS, store, lambda: model, purse)
    list(kept.complete(chats("a"), LIMITS))
    with pytest.raises(Stopped, match=r"budget of 200 tokens for endpoints \(60 used\)"):
        list(kept.complete(chats("b", "c"), LIMITS))  # 60 + 2 x 100 and what is sent
    assert model.calls == 1
    list(kept.complete(chats("b"), LIMITS))
    assert model.calls == 2


@pytest.mark.parametrize(
    ("given", "prices"),
    [
        ({"price_in": 2.0, "price_out": 8.0}, (2.0, 8.0)),
        ({"price_in": 2.0}, (2.0, 2.0)),
        ({"price_out": 8.0}, (8.0, 8.0)),
        ({"price_in": 2.0, "price_out": 0.0}, (2.0, 0.0)),
        ({}, (0.0, 0.0)),
    ],
)
def test_a_price_that_is_missing_is_not_nothing(
    given: dict[str, Any], prices: tuple[float, float], tmp_path: Path
) -> None:
    endpoint = EndpointSettings(base_url="http://big/v1", model="m", **given)
    settings = Settings(endpoints={"big": endpoint}, budget_tokens=7)
    purse = Purse.for_endpoint("big", settings, CallStore(tmp_path / "calls.sqlite"))
    assert (purse.price_in, purse.price_out) == prices and purse.most_tokens == 7


class Late(Paid):
    """A remote model that loses tries, and whose second reply comes after a stop."""

    def complete_and_keep(
        self, chats: Sequence[Chat], limits: Limits, keep: Callable[[int, Reply], None]
    ) -> Iterator[tuple[int, Reply]]:
        try:
            self.calls += 1
            yield 0, REPLY.model_copy(update={"lost": 2})
        finally:
            keep(1, REPLY)


def test_what_is_lost_or_comes_late_is_paid_and_what_comes_late_is_kept(tmp_path: Path) -> None:
    model, store = Late(), CallStore(tmp_path / "calls.sqlite")
    purse = Purse(store, "p1", 0.0, 0.0, 5.0, "EUR")
    kept = CachedModel("paid", "p1", TRAITS, store, lambda: model, purse)
    asked = kept.complete(chats("a", "b"), LIMITS)
    next(asked)
    read = round(tokens_sent(chats("a")))
    assert store.tokens("p1") == (50 + 2 * read, 10 + 2 * LIMITS.max_new_tokens)
    asked.close()  # type: ignore[attr-defined]
    assert store.tokens("p1") == (100 + 2 * read, 20 + 2 * LIMITS.max_new_tokens)
    assert [reply.text for _, reply in kept.complete(chats("b"), LIMITS)] == ["x"]
    assert model.calls == 1


def test_what_comes_after_the_store_was_closed_is_let_go(tmp_path: Path) -> None:
    store = CallStore(tmp_path / "calls.sqlite")
    asked = CachedModel("paid", "p1", TRAITS, store, Late).complete(chats("a", "b"), LIMITS)
    next(asked)
    store.close()
    asked.close()  # type: ignore[attr-defined]
