from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from tools.errors import ModelError, Unanswerable
from tools.models.cache import CachedModel
from tools.models.protocol import Chat, Likelihoods, Limits, Message, Reply, States, Traits
from tools.models.store import CallStore

LIMITS = Limits(8)
TRAITS = Traits(100, is_local=False)


@dataclass
class Counting:
    """A model that counts what it is asked, and may crash after some answers."""

    asked: list[str] = field(default_factory=list)
    crash_after: int = 1000
    finish: str = "stop"
    name: str = "counting"
    fingerprint: str = "f1"
    traits: Traits = TRAITS

    def complete(self, chats: Sequence[Chat], limits: Limits) -> Iterator[tuple[int, Reply]]:
        for index in reversed(range(len(chats))):  # answers may come in any order
            if len(self.asked) == self.crash_after:
                raise MemoryError
            text = chats[index][-1].content
            self.asked.append(text)
            yield (
                index,
                Reply(
                    text=text.upper().encode("utf-8", "replace").decode(),
                    prompt_tokens=3,
                    completion_tokens=1,
                    seconds=0.5,
                    finish=self.finish,  # type: ignore[arg-type]
                ),
            )

    def score(
        self, chats: Sequence[Chat], continuations: Sequence[str]
    ) -> Iterator[tuple[int, Likelihoods]]:
        for index, chat in enumerate(chats):
            self.asked.append(chat[-1].content)
            values = tuple(-float(len(c)) for c in continuations)
            yield index, Likelihoods(values=values, greedy=0, prompt_tokens=3, seconds=0.1)

    def hidden(self, texts: Sequence[str]) -> States:
        self.asked += texts
        return States(np.array([[[float(len(text))] for text in texts]], np.float32), 0.2)


@dataclass
class OnlyWords:
    """A model that completes and does nothing else."""

    name: str = "words"
    fingerprint: str = "f2"
    traits: Traits = TRAITS

    def complete(self, chats: Sequence[Chat], limits: Limits) -> Iterator[tuple[int, Reply]]:
        yield from ()


def chats(*texts: str) -> list[Chat]:
    return [(Message(role="user", content=text),) for text in texts]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "calls.sqlite"


def behind(model: Counting, file: Path, fingerprint: str = "f1") -> CachedModel:
    return CachedModel("counting", fingerprint, TRAITS, CallStore(file), lambda: model)


def texts(model: CachedModel, *asked: str, limits: Limits = LIMITS) -> list[str]:
    found = dict(model.complete(chats(*asked), limits))
    return [found[index].text for index in range(len(asked))]


def test_a_second_call_asks_nothing_and_answers_the_same(file: Path) -> None:
    model = Counting()
    cached = behind(model, file)
    first = dict(cached.complete(chats("a", "b"), LIMITS))
    assert dict(cached.complete(chats("b", "a"), LIMITS)) == {0: first[1], 1: first[0]}
    assert sorted(model.asked) == ["a", "b"]
    assert texts(cached, "c", "a", "d", "b") == ["C", "A", "D", "B"]
    assert sorted(model.asked) == ["a", "b", "c", "d"]


def test_what_occurs_twice_is_asked_once(file: Path) -> None:
    model = Counting()
    assert texts(behind(model, file), "a", "b", "a", "a") == ["A", "B", "A", "A"]
    assert sorted(model.asked) == ["a", "b"]


def test_answers_survive_reopening_and_the_model_is_not_even_loaded(file: Path) -> None:
    assert texts(behind(Counting(), file), "ä", "😀", "\ud800") == ["Ä", "😀", "?"]

    def never() -> Counting:
        raise AssertionError

    reopened = CachedModel("counting", "f1", TRAITS, CallStore(file), never)
    assert texts(reopened, "ä", "😀", "\ud800") == ["Ä", "😀", "?"]


@pytest.mark.parametrize(
    ("fingerprint", "limits", "turns"),
    [
        ("f2", LIMITS, chats("a")),
        ("f1", Limits(9), chats("a")),
        ("f1", LIMITS, chats("a ")),
        ("f1", LIMITS, [(Message(role="system", content="a"),)]),
        ("f1", LIMITS, [(Message(role="user", content="a"), Message(role="user", content=""))]),
    ],
    ids=["model", "limits", "text", "role", "turns"],
)
def test_whatever_may_change_an_answer_is_asked_again(
    fingerprint: str, limits: Limits, turns: list[Chat], file: Path
) -> None:
    list(behind(Counting(), file).complete(chats("a"), LIMITS))
    model = Counting()
    list(behind(model, file, fingerprint).complete(turns, limits))
    assert len(model.asked) == 1


def test_an_answer_that_never_came_is_not_kept(file: Path) -> None:
    model = Counting(finish="error")
    cached = behind(model, file)
    assert texts(cached, "a") == texts(cached, "a") == ["A"]
    assert model.asked == ["a", "a"]


@pytest.mark.parametrize("finish", ["stop", "length", "content_filter"])
def test_an_answer_that_ended_oddly_is_kept(finish: str, file: Path) -> None:
    model = Counting(finish=finish)
    cached = behind(model, file)
    assert [dict(cached.complete(chats("a"), LIMITS))[0].finish for _ in "ab"] == [finish] * 2
    assert model.asked == ["a"]


def test_a_crash_after_some_answers_keeps_those(file: Path) -> None:
    asked = ["a", "b", "c", "d", "e"]
    with pytest.raises(MemoryError):
        texts(behind(Counting(crash_after=3), file), *asked)
    model = Counting()
    assert texts(behind(model, file), *asked) == ["A", "B", "C", "D", "E"]
    assert len(model.asked) == 2


def test_a_caller_that_stops_listening_loses_nothing(file: Path) -> None:
    model = Counting()
    next(behind(model, file).complete(chats("a", "b", "c"), LIMITS))
    again = Counting()
    texts(behind(again, file), "a", "b", "c")
    assert len(model.asked) == 1 and len(again.asked) == 2


def test_scores_are_kept_by_chat_and_labels(file: Path) -> None:
    model = Counting()
    cached = behind(model, file)
    first = dict(cached.score(chats("a"), ["x", "yy"]))
    assert dict(cached.score(chats("a"), ["x", "yy"])) == first
    assert first[0].values == (-1.0, -2.0)
    assert len(model.asked) == 1
    list(cached.score(chats("a"), ["yy", "x"]))
    list(cached.complete(chats("a"), LIMITS))
    assert len(model.asked) == 3


def test_hidden_states_are_kept_with_their_time(file: Path) -> None:
    model = Counting()
    first = behind(model, file).hidden(["a", "bb"])
    again = behind(model, file).hidden(["a", "bb"])
    np.testing.assert_array_equal(first.values, again.values)
    assert (first.seconds, again.seconds) == (0.2, 0.2)
    assert model.asked == ["a", "bb"]
    mixed = behind(model, file).hidden(["bb", "ccc", "a", "ccc"])
    assert model.asked == ["a", "bb", "ccc"]  # each text is read once
    assert mixed.values.ravel().tolist() == [2, 3, 1, 3]


def test_what_the_model_cannot_do_is_said(file: Path) -> None:
    cached = CachedModel("words", "f2", TRAITS, CallStore(file), OnlyWords)
    with pytest.raises(ModelError, match="words does not give log-probabilities"):
        list(cached.score(chats("a"), ["x"]))
    with pytest.raises(ModelError, match="words does not give hidden states"):
        cached.hidden(["a"])
    assert cached.traits == TRAITS


def test_a_store_is_shared_by_threads_and_processes(file: Path) -> None:
    one, other = CallStore(file), CallStore(file)
    one.put("key", "first")
    assert other.get("key") == "first"
    other.put("key", "second")
    assert one.get("key") == "second" and one.get("none") is None
    one.close()
    other.close()


def test_prompts_that_are_not_taken_are_named_by_their_own_places(tmp_path: Path) -> None:
    class Choosy(Counting):
        def complete(self, chats: Sequence[Chat], limits: Limits) -> Iterator[tuple[int, Reply]]:
            long = [at for at, chat in enumerate(chats) if len(chat[-1].content) > 3]
            yield from super().complete([c for c in chats if len(c[-1].content) <= 3], limits)
            if long:
                raise Unanswerable("too long", long)

    inner = Choosy()
    model = CachedModel("m", "f", TRAITS, CallStore(tmp_path / "c.sqlite"), lambda: inner)
    list(model.complete(chats("a"), LIMITS))
    with pytest.raises(Unanswerable) as caught:
        list(model.complete(chats("a", "longer", "b", "longer"), LIMITS))
    assert caught.value.places == (1, 3)
