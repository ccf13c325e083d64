import json
import random
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from tools.errors import ModelError
from tools.models.drafts import Draft
from tools.models.local import LocalModel, turn_end
from tools.models.protocol import Chat, Form, Likelihoods, Limits, Message, Reply

Widths = Callable[[LocalModel], list[int]]
LIMITS = Limits(10)
LONG = "You sort the messages of a bank's customers into categories, one word each, no comment."
LABELS = ("card", "card payment", "card payment failed", "re", "refund", "Überweisung", "card")
TEXTS = (
    "hello",
    "My card was declined twice in the shop this morning and nobody can tell me why.",
    "",
    "Wo ist mein Geld? 💶",
    "a " * 90,
    "please close the account",
)


@pytest.fixture(scope="module")
def tiny(tiny_model_folder: Path, exact: None) -> LocalModel:
    return LocalModel(tiny_model_folder, "tiny")


def chats(count: int, *, shared: bool) -> list[Chat]:
    """Chats of mixed lengths, with a long common beginning or with none."""
    return [
        (
            Message(role="system", content=LONG if shared else f"{n}. {LONG[n % 7 :]}"),
            Message(role="user", content=f"{TEXTS[n % len(TEXTS)]} number {n}"),
        )
        for n in range(count)
    ]


@cache
def plain_model(folder: str) -> Any:
    """The model as transformers has it: its own layers, its own attention."""
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()


def plain_answer(model: LocalModel, chat: Chat, limits: Limits) -> tuple[str, int, str]:
    """What transformers' own generate answers to one chat, alone and unpadded."""
    new = plain_tokens(model, chat, limits)
    ends = plain_model(model.model.config.name_or_path).generation_config.eos_token_id
    ended = new[-1] in (ends if isinstance(ends, list) else [ends])
    text = model.tokenizer.decode(new[:-1] if ended else new, skip_special_tokens=True)
    return text.strip(), len(new), "stop" if ended else "length"


def plain_tokens(model: LocalModel, chat: Chat, limits: Limits) -> list[int]:
    """The tokens that it writes, the end among them."""
    ids = torch.tensor([model.tokens(chat)])
    plain = plain_model(model.model.config.name_or_path)
    whole = plain.generate(
        ids,
        attention_mask=torch.ones_like(ids),
        max_new_tokens=limits.max_new_tokens,
        do_sample=False,
    )
    new: list[int] = whole[0, ids.shape[1] :].tolist()
    return new


def plain_value(model: LocalModel, chat: Chat, label: str) -> float:
    """Log-probability of a label and the end of turn, by one plain forward pass."""
    prompt = model.tokens(chat)
    tail = model.tokenizer.encode(label, add_special_tokens=False)
    tail.append(model.tokenizer.eos_token_id)
    with torch.inference_mode():
        ids = torch.tensor([prompt + tail])
        logits = plain_model(model.model.config.name_or_path)(input_ids=ids).logits[0]
    logprobs = logits.log_softmax(-1)
    return sum(float(logprobs[len(prompt) - 1 + at, token]) for at, token in enumerate(tail))


def completed(model: LocalModel, asked: Sequence[Chat], limits: Limits = LIMITS) -> list[Reply]:
    return by_index(dict(model.complete(asked, limits)))


def scored(
    model: LocalModel, asked: Sequence[Chat], labels: Sequence[str] = LABELS
) -> list[Likelihoods]:
    return by_index(dict(model.score(asked, labels)))


def by_index(found: dict[int, Any]) -> list[Any]:
    assert sorted(found) == list(range(len(found)))
    return [found[index] for index in range(len(found))]


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("count", [1, 24])
def test_completions_are_those_of_generate(tiny: LocalModel, shared: bool, count: int) -> None:
    asked = chats(count, shared=shared)
    replies = completed(tiny, asked)
    found = [(reply.text, reply.completion_tokens, reply.finish) for reply in replies]
    assert found == [plain_answer(tiny, chat, LIMITS) for chat in asked]
    assert [reply.prompt_tokens for reply in replies] == [len(tiny.tokens(chat)) for chat in asked]
    if count == 24:  # rows that end at different steps, and some that do not end
        assert len({reply.completion_tokens for reply in replies}) > 5
        assert {reply.finish for reply in replies} == {"stop", "length"}


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("count", [1, 6])
def test_answers_with_drafts_are_those_of_generate(
    tiny: LocalModel, shared: bool, count: int, monkeypatch: pytest.MonkeyPatch, widths: Widths
) -> None:
    """Drafts of two right tokens and a wrong one, more or fewer of them."""
    limits = Limits(60)
    by_answer = sorted(chats(24, shared=shared), key=lambda c: len(plain_tokens(tiny, c, limits)))
    asked = by_answer[-count:]
    wanted = {tuple(tiny.tokens(chat)): plain_tokens(tiny, chat, limits) for chat in asked}

    def drafted(self: Draft, most: int) -> list[int]:
        prompt = next(p for p in wanted if tuple(self._ids[: len(p)]) == p)
        written = len(self._ids) - len(prompt)
        right = wanted[prompt][written : written + 2]
        return [*right, 5, 6, 7, 8][: min(most, 1 + written % 4)]

    passes = widths(tiny)
    monkeypatch.setattr(Draft, "next", drafted)
    found = [(r.text, r.completion_tokens, r.finish) for r in completed(tiny, asked, limits)]
    assert found == [plain_answer(tiny, chat, limits) for chat in asked]
    assert max(passes) > 2 and len(passes) < max(written for _, written, _ in found) - 1


@pytest.mark.parametrize("shared", [True, False])
def test_scores_are_those_of_a_plain_forward(tiny: LocalModel, shared: bool) -> None:
    asked = chats(5, shared=shared)
    for chat, found in zip(asked, scored(tiny, asked), strict=True):
        plain = [plain_value(tiny, chat, label) for label in LABELS]
        assert found.values == pytest.approx(plain, abs=1e-3)
        assert found.values[0] == found.values[-1]  # the same label twice


def plain_values(
    model: Any, prompts: list[list[int]], tails: list[list[int]], *, together: bool
) -> Any:
    """Log-probability of each tail after each prompt, each alone or all prompts padded left."""
    columns = []
    for tail in tails:
        whole = [prompt + tail for prompt in prompts]
        column: list[float] = []
        for batch in [whole] if together else [[ids] for ids in whole]:
            width = max(map(len, batch))
            mask = torch.tensor([[0] * (width - len(ids)) + [1] * len(ids) for ids in batch])
            with torch.inference_mode():
                logits = model(
                    input_ids=torch.tensor([[0] * (width - len(ids)) + ids for ids in batch]),
                    attention_mask=mask,
                    position_ids=(mask.cumsum(1) - 1).clamp(min=0),
                    logits_to_keep=len(tail) + 1,
                ).logits
            logprobs = logits[:, :-1].float().log_softmax(-1)
            column += logprobs[:, range(len(tail)), tail].sum(1).tolist()
        columns.append(column)
    return np.array(columns).T


def test_in_bf16_the_likeliest_label_is_the_plain_one_but_for_ties_inside_its_noise(
    tiny_model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The noise is how far transformers' own two ways are apart: a row alone, and in a batch."""
    monkeypatch.setattr("tools.models.numbers.number_format", lambda: ("bfloat16", "for a test"))
    model = LocalModel(tiny_model_folder, "tiny")
    assert model.model.dtype == torch.bfloat16
    asked = chats(50, shared=True) + chats(50, shared=False)
    labels = ("card", "card payment", "refund", "re")
    plain = AutoModelForCausalLM.from_pretrained(tiny_model_folder, dtype=torch.bfloat16).eval()
    prompts = [model.tokens(chat) for chat in asked]
    tails = [model.tokenizer.encode(label, add_special_tokens=False) for label in labels]
    tails = [[*tail, model.tokenizer.eos_token_id] for tail in tails]
    alone = plain_values(plain, prompts, tails, together=False)
    noise = np.abs(alone - plain_values(plain, prompts, tails, together=True)).max(1)
    ours = np.array([found.values for found in scored(model, asked, labels)])
    margin = alone.max(1) - alone[np.arange(len(asked)), ours.argmax(1)]  # zero where both agree
    assert np.mean(margin > 2 * noise) <= 0.01
    exact = plain_values(plain_model(str(tiny_model_folder)), prompts, tails, together=True)
    assert 0 < np.abs(ours - exact).mean() <= 1.5 * np.abs(alone - exact).mean()


@pytest.mark.parametrize("shared", [True, False])
def test_neither_order_nor_company_changes_an_answer(tiny: LocalModel, shared: bool) -> None:
    asked = chats(20, shared=shared)
    order = random.Random(1).sample(range(len(asked)), len(asked))
    shuffled = [asked[at] for at in order]
    replies, again = completed(tiny, asked), completed(tiny, shuffled)
    assert [reply.text for reply in again] == [replies[at].text for at in order]
    values, anew = scored(tiny, asked), scored(tiny, shuffled)
    alone = scored(tiny, asked[:1])[0]
    assert alone.values == pytest.approx(values[0].values, abs=1e-4)
    for at, found in zip(order, anew, strict=True):
        assert found.values == pytest.approx(values[at].values, abs=1e-4)


def test_one_prefix_after_another_is_kept_apart(tiny: LocalModel) -> None:
    one, other = chats(3, shared=True), [(m, *rest[::-1]) for m, *rest in chats(3, shared=True)]
    other = [(Message(role="system", content=LONG[::-1]), *rest) for _, *rest in other]
    before = [reply.text for reply in completed(tiny, one)]
    assert [r.text for r in completed(tiny, other)] == [
        plain_answer(tiny, chat, LIMITS)[0] for chat in other
    ]
    assert [reply.text for reply in completed(tiny, one)] == before


def test_hidden_states_are_plain_means_over_tokens(tiny: LocalModel) -> None:
    states = tiny.hidden(TEXTS)
    assert states.values.shape == (4, len(TEXTS), 64) and states.values.dtype == np.float32
    for at, text in enumerate(TEXTS):
        ids = torch.tensor([tiny.tokenizer.encode(text) or [0]], device=tiny.device)
        with torch.inference_mode():
            layers = tiny.model(input_ids=ids, output_hidden_states=True).hidden_states
        plain = [layers[depth][0].mean(0).cpu().numpy() for depth in (1, 1, 1, 2)]
        np.testing.assert_allclose(states.values[:, at], plain, atol=1e-4)


def test_a_text_longer_than_the_window_is_read_as_far_as_it_goes(tiny: LocalModel) -> None:
    long = "word " * 700
    first = tiny.tokenizer.decode(tiny.tokenizer.encode(long)[: tiny.traits.context_window])
    states = tiny.hidden([long, first]).values
    np.testing.assert_allclose(states[:, 0], states[:, 1], atol=1e-4)


@pytest.mark.parametrize("words", [1000, 455])
def test_a_prompt_that_leaves_no_room_for_its_answer_is_refused(
    tiny: LocalModel, words: int
) -> None:
    asked = [*chats(2, shared=True), (Message(role="user", content="a " * words),)]
    assert words == 1000 or 430 < len(tiny.tokens(asked[-1])) <= 512
    with pytest.raises(ModelError, match="does not fit tiny, which reads at most 512"):
        list(tiny.complete(asked, Limits(60)))
    with pytest.raises(ModelError, match="use fewer examples or shorter rows"):
        list(tiny.score(asked, ["one " * 60, "two"]))


def test_what_reaches_the_head_lies_in_one_piece(tiny: LocalModel) -> None:
    """Else torch copies a head without gradient once a row, gigabytes for a larger one."""
    pieces: list[bool] = []
    watched = tiny.model.lm_head.register_forward_pre_hook(
        lambda _, given: pieces.append(given[0].is_contiguous())
    )
    chats: list[Chat] = [(Message(role="user", content="word " * n),) for n in range(1, 9)]
    list(tiny.score(chats, ("one", "another one")))
    list(tiny.complete(chats, Limits(3)))
    watched.remove()
    assert len(pieces) > 3 and all(pieces)


def test_nothing_asked_is_nothing_answered(tiny: LocalModel) -> None:
    assert completed(tiny, []) == [] and scored(tiny, []) == []


def test_the_embedded_model_agrees_with_plain_transformers(
    embedded_folder: Path, exact: None
) -> None:
    model = LocalModel(embedded_folder, "embedded")
    asked = chats(2, shared=True)
    replies = completed(model, asked, Limits(3))
    found = [(reply.text, reply.completion_tokens, reply.finish) for reply in replies]
    assert found == [plain_answer(model, chat, Limits(3)) for chat in asked]
    given = scored(model, asked)[1]
    plain = [plain_value(model, asked[1], label) for label in LABELS[:3]]
    assert given.values[:3] == pytest.approx(plain, abs=1e-3)


def _without_template(folder: Path) -> None:
    (folder / "chat_template.jinja").unlink()


def _without_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def _half_written(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])


def _without_config(folder: Path) -> None:
    (folder / "config.json").write_text("{")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (_without_template, "no chat template; use an instruct model"),
        (_without_weights, "cannot be loaded"),
        (_half_written, "cannot be loaded"),
        (_without_config, "cannot be loaded"),
        (shutil.rmtree, "cannot be loaded"),
    ],
)
def test_a_folder_that_is_no_model_is_refused_in_words(
    damage: Any, words: str, tiny_models: dict[str, Path], tmp_path: Path
) -> None:
    folder = tmp_path / "broken"
    shutil.copytree(tiny_models["llama"], folder)
    damage(folder)
    with pytest.raises(ModelError, match=words):
        LocalModel(folder, "broken")


def test_an_adapter_that_is_gone_is_refused_in_words(
    tiny_models: dict[str, Path], tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match="no readable seal"):
        LocalModel(tiny_models["llama"], "tuned tiny", tmp_path / "adapter")


def test_an_answer_is_told_token_by_token_and_is_the_same(tiny: LocalModel) -> None:
    for chat in chats(3, shared=False):
        told: list[str] = []
        reply = tiny.write(chat, LIMITS, told.append)
        ((_, alone),) = tiny.complete([chat], LIMITS)
        assert (reply.text, reply.finish) == (alone.text, alone.finish)
        assert len(told) == reply.completion_tokens and told[-1] == reply.text
        assert all(len(one) <= len(next) for one, next in zip(told, told[1:], strict=False))


def test_an_answer_in_which_no_json_begins_is_given_up(tiny: LocalModel) -> None:
    asked = chats(4, shared=True)
    given_up = completed(tiny, asked, Limits(12, until_json=True, json_within=5))
    begun = completed(tiny, asked, Limits(5))
    assert not any("{" in reply.text for reply in begun)
    assert [reply.text for reply in given_up] == [reply.text for reply in begun]
    assert completed(tiny, asked, Limits(12, until_json=True)) != given_up


@pytest.mark.parametrize("own", ["<|im_end|>", "<|endoftext|>", None])
def test_answers_end_with_what_the_chat_template_puts_after_a_turn(
    own: str | None, tiny: LocalModel, tmp_path: Path
) -> None:
    folder = tmp_path / "other"
    shutil.copytree(tiny.model.config.name_or_path, folder)
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    (folder / "tokenizer_config.json").write_text(json.dumps(settings | {"eos_token": own}))
    other = LocalModel(folder, "other")
    assert other.tokenizer.eos_token == own
    assert turn_end(other.tokenizer) == tiny.tokenizer.convert_tokens_to_ids("<|im_end|>")
    asked = chats(3, shared=True)
    assert [each.values for each in scored(other, asked)] == [
        each.values for each in scored(tiny, asked)
    ]
    held = Limits(12, form=Form("regex", "[a-z]{2}( [a-z]{2})*"))
    assert [reply.text for reply in completed(other, asked, held)] == [
        reply.text for reply in completed(tiny, asked, held)
    ]


@pytest.mark.parametrize(
    ("template", "end"),
    {
        "one that is not special": ("{{ messages[-1]['content'] }}</s>", "<|endoftext|>"),
        "none": ("{{ messages[-1]['content'] }}", "<|endoftext|>"),
        "no answers shown": ("<|im_end|>", "<|endoftext|>"),
        "behind a space": ("{{ messages[-1]['content'] }} <|im_start|>", "<|im_start|>"),
    }.values(),
)
def test_a_template_without_an_end_of_its_own_leaves_the_tokenizer_s(
    template: str, end: str, embedded_folder: Path
) -> None:
    tokenizer: Any = AutoTokenizer.from_pretrained(embedded_folder, eos_token="<|endoftext|>")
    tokenizer.chat_template = template
    assert turn_end(tokenizer) == tokenizer.convert_tokens_to_ids(end)


def test_models_that_are_loaded_at_once_all_get_their_weights(
    tiny: LocalModel, tiny_model_folder: Path
) -> None:
    """Two visitors of the page may begin together; transformers changes torch while it loads."""
    with ThreadPoolExecutor(4) as pool:
        loaded = list(pool.map(lambda _: LocalModel(tiny_model_folder, "tiny"), range(8)))
    for name, weight in tiny.model.named_parameters():
        for each in loaded:
            assert torch.equal(each.model.get_parameter(name), weight)
