from difflib import SequenceMatcher
from pathlib import Path

import pytest
import torch

from tools.models.local import LocalModel, load_weights
from tools.progress import Watch
from tools.tuning.forgetting import general_items
from tools.tuning.frozen import Halves
from tools.tuning.replay import LIKELIEST, REQUEST, Replay, divergence, replay_chats, replay_rows


@pytest.fixture(scope="module")
def base(tiny: Path) -> LocalModel:
    return LocalModel(tiny, "tiny")


@pytest.fixture(scope="module")
def replay(base: LocalModel) -> Replay:
    return Replay(base, replay_rows(base, Watch())[:24], seed=1, beginnings=True)


def test_no_request_is_among_the_general_ability_items() -> None:
    asked = [" ".join(chat[0].content.casefold().split()) for chat in replay_chats()]
    assert len(set(asked)) == len(asked) == 200
    items = [" ".join(item.prompt.casefold().split()) for item in general_items()]
    for request in asked:
        alike = max(SequenceMatcher(None, item, request).ratio() for item in items)
        assert alike < 0.75, request


def test_the_base_itself_does_not_diverge(base: LocalModel, replay: Replay) -> None:
    assert len(replay.rows) > 10
    assert float(replay.loss(Halves(base.model, 0), step=3, count=4).detach()) == pytest.approx(
        0, abs=0.01
    )


def test_a_changed_model_diverges_and_learns_to_return(
    tiny: Path, replay: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.models.numbers.number_format", lambda: ("float32", "exact"))
    model, _ = load_weights(tiny, "changed")
    torch.manual_seed(0)
    weight = model.model.layers[0].mlp.down_proj.weight
    with torch.no_grad():
        weight.add_(torch.randn_like(weight))
    before = replay.loss(Halves(model, 0), step=0, count=4)
    before.backward()
    with torch.no_grad():
        weight.sub_(weight.grad, alpha=float(0.1 * weight.norm() / weight.grad.norm()))
    after = replay.loss(Halves(model, 0), step=0, count=4)
    assert 0 < float(after.detach()) < float(before.detach())


def test_a_step_decides_its_rows(tiny: Path, replay: Replay) -> None:
    model, _ = load_weights(tiny, "changed")
    with torch.no_grad():
        model.model.norm.weight.mul_(1.1)
    found = [float(replay.loss(Halves(model, 0), step, 2).detach()) for step in (5, 6, 5)]
    assert found[0] == found[2] != found[1]


def test_the_divergence_is_that_of_the_whole_but_for_rare_tokens() -> None:
    torch.manual_seed(0)
    one, other = torch.randn(2, 7, 2 * LIKELIEST) * 4
    logprobs = one.log_softmax(-1)
    kept, tokens = logprobs.topk(LIKELIEST)
    rest = torch.log1p(-kept.exp().sum(1, keepdim=True))
    found = divergence(torch.cat([kept, rest], 1), other, tokens)
    whole = (logprobs.exp() * (logprobs - other.log_softmax(-1))).sum(1)
    assert torch.all((0.8 * whole < found) & (found <= whole))


def test_all_tokens_count_alike_where_answers_are_long(base: LocalModel) -> None:
    even = Replay(base, replay_rows(base, Watch())[:6], seed=1, beginnings=False)
    assert all(set(row.weights.tolist()) == {1.0} for row in even.rows)


def test_the_beginning_of_an_answer_counts_most(base: LocalModel, replay: Replay) -> None:
    for row in replay.rows:
        assert len(row.weights) == len(row.tokens) == len(row.ids) - row.first
        begins = row.first + int(row.weights.argmax())
        assert base.tokenizer.decode(row.ids[: begins + 1]).endswith("assistant\n")
        assert set(row.weights[: begins - row.first].tolist()) <= {REQUEST}
        assert set(row.weights[begins - row.first + 1 :].tolist()) <= {1.0}
