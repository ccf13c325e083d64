import json
import re
from pathlib import Path

import numpy as np
import pytest
import torch

from tools.errors import ModelError
from tools.models.choose import Chooser, Forms
from tools.models.copied import ANY_ORDER, COPIED, is_piece, words_of
from tools.models.local import LocalModel
from tools.models.protocol import Chat, Form, Limits, Message

LABELS = ("card", "card payment", "card payment failed", "refund", "Überweisung")
SCHEMA = {
    "type": "object",
    "properties": {"name": {"enum": ["Ann", "Bob"]}, "size": {"enum": ["big", "small"]}},
    "required": ["size"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def tiny(tiny_model_folder: Path, exact: None) -> LocalModel:
    return LocalModel(tiny_model_folder, "tiny")


def chats(count: int, words: int = 3) -> list[Chat]:
    return [
        (
            Message(role="system", content="Sort what customers write, one word each. " * 2),
            Message(role="user", content=f"message {n} " + "very " * (n % words)),
        )
        for n in range(count)
    ]


def texts(model: LocalModel, asked: list[Chat], limits: Limits) -> list[str]:
    found = dict(model.complete(asked, limits))
    return [found[index].text for index in range(len(asked))]


def plain_greedy(model: LocalModel, chat: Chat) -> str:
    """Greedy decoding that may only follow the labels' tokens, one plain forward pass a step."""
    prompt, written = model.tokens(chat), []
    paths = {
        label: [*model.tokenizer.encode(label, add_special_tokens=False), model._end[0]]
        for label in LABELS
    }
    while True:
        open_ = [p for p in paths.values() if p[: len(written)] == written]
        if len(open_) == 1:
            return next(label for label, path in paths.items() if path == open_[0])
        with torch.inference_mode():
            logits = model.model(
                input_ids=torch.tensor([prompt + written], device=model.device)
            ).logits[0, -1]
        allowed = sorted({path[len(written)] for path in open_})
        written.append(max(allowed, key=lambda token: float(logits[token])))


def test_the_greedy_choice_is_that_of_plain_decoding_inside_the_labels(tiny: LocalModel) -> None:
    asked = chats(12)
    scored = dict(tiny.score(asked, LABELS))
    found = [LABELS[scored[index].greedy] for index in range(len(asked))]
    assert found == [plain_greedy(tiny, chat) for chat in asked]


@pytest.mark.parametrize(
    ("form", "fits"),
    [
        (Form("regex", r"-?[0-9]{1,4}"), lambda text: re.fullmatch(r"-?[0-9]{1,4}", text)),
        (Form("json_schema", json.dumps(SCHEMA)), lambda text: json.loads(text)["size"]),
    ],
)
def test_an_answer_that_ends_has_the_form(tiny: LocalModel, form: Form, fits: object) -> None:
    replies = dict(tiny.complete(chats(6), Limits(40, form=form)))
    ended = [reply.text for reply in replies.values() if reply.finish == "stop"]
    assert ended and all(fits(text) for text in ended)  # type: ignore[operator]


ASKED = (
    "A table for two in Sri Lanka, “tonight”, at 9:30.",
    'book café Zürich for "Ann" (5+1) [now] \\ a|b ^$ #1 - 50 % & more {x} <y>',
    "two\nlines\tand a tab",
    "x",
    "",
)


def asking(content: str) -> Chat:
    rule = "Write what is asked for as JSON, copied from what you read. " * 2
    return (Message(role="system", content=rule), Message(role="user", content=content))


def test_what_is_marked_as_copied_is_a_piece_of_the_own_input(tiny: LocalModel) -> None:
    piece = {"type": ["string"], COPIED: 4}
    parts = {"place": piece, "more": {"type": "array", "items": piece}}
    schema = {**SCHEMA, "properties": parts, "required": ["place"]}
    form = Form("json_schema", json.dumps(schema))
    replies = dict(tiny.complete([asking(text) for text in ASKED], Limits(120, form=form)))
    written = {
        ASKED[at]: json.loads(reply.text)
        for at, reply in replies.items()
        if reply.finish == "stop" and ASKED[at]
    }
    assert len(written) >= 3
    for text, found in written.items():
        assert all(is_piece(value, text) for value in (found["place"], *found.get("more", ())))


@pytest.mark.parametrize("text", ASKED[:-1])
def test_every_piece_may_be_written(text: str, tiny: LocalModel) -> None:
    words = re.findall(r"\w+|[^\w\s]", text)
    schema = {**SCHEMA, "properties": {"place": {"type": ["string"], COPIED: 2}}, "required": []}
    forms = Forms(tiny.tokenizer, tiny.model.config.vocab_size, tiny._end[0])
    for value in (*words, text[: text.index(words[-1]) + len(words[-1])][-9:]):
        (matcher,) = forms.matchers(Form("json_schema", json.dumps(schema)), [text])
        answer = json.dumps({"place": value}, ensure_ascii=False)
        taken = [matcher.consume_token(token) for token in tiny.tokenizer.encode(answer)]
        short = words_of(value) <= 2
        assert (all(taken) and matcher.is_accepting()) == (short and is_piece(value, text)), value


def test_a_text_that_gives_no_pattern_leaves_any_text(tiny: LocalModel) -> None:
    schema = {**SCHEMA, "properties": {"place": {"type": ["string"], COPIED: 2}}, "required": []}
    forms = Forms(tiny.tokenizer, tiny.model.config.vocab_size, tiny._end[0])
    half_an_emoji = "to Rome \ud83d"
    for text, free in ((half_an_emoji, True), ("to Rome", False)):
        (matcher,) = forms.matchers(Form("json_schema", json.dumps(schema)), [text])
        taken = [matcher.consume_token(t) for t in tiny.tokenizer.encode('{"place": "Oslo"}')]
        assert all(taken) == free


def test_keys_come_in_any_order_where_the_examples_do(tiny: LocalModel) -> None:
    forms = Forms(tiny.tokenizer, tiny.model.config.vocab_size, tiny._end[0])
    form = Form("json_schema", json.dumps({**SCHEMA, ANY_ORDER: True}))
    for answer in ('{"size": "big", "name": "Ann"}', '{"name": "Bob"}', '{"age": "big"}'):
        (matcher,) = forms.matchers(form, [""])
        taken = [matcher.consume_token(token) for token in tiny.tokenizer.encode(answer)]
        assert all(taken) == ("age" not in answer)


def test_a_form_that_cannot_be_followed_is_refused(tiny: LocalModel) -> None:
    with pytest.raises(ModelError, match="no model can be held to"):
        list(tiny.complete(chats(1), Limits(form=Form("regex", "(("))))


def test_a_draw_depends_on_its_seed_and_prompt_alone(tiny: LocalModel) -> None:
    asked = chats(6)
    drawn = texts(tiny, asked, Limits(8, temperature=1.0, seed=1))
    assert drawn[::-1] == texts(tiny, asked[::-1], Limits(8, temperature=1.0, seed=1))
    assert drawn != texts(tiny, asked, Limits(8, temperature=1.0, seed=2))
    assert texts(tiny, asked, Limits(8)) != drawn


def test_tokens_are_drawn_as_often_as_their_odds_say() -> None:
    odds = torch.tensor([0.0, 0.5, 0.0, 0.3, 0.2, 0.0])
    prompts = [[number] for number in range(400)]
    chooser = Chooser(Limits(1, temperature=0.5, seed=7), prompts)
    logits = (0.5 * odds.log()).bfloat16().expand(len(prompts), -1)
    drawn = [token for _ in range(10) for token in chooser.choose(logits, range(len(prompts)))]
    found = np.bincount(drawn, minlength=6) / len(drawn)
    assert found == pytest.approx(odds.tolist(), abs=0.025)  # three standard errors
    assert found[[0, 2, 5]].tolist() == [0, 0, 0]


def test_prompts_read_once_serve_every_way_of_answering(
    tiny: LocalModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, passes = chats(10), []
    forward = tiny.model.model.forward

    def counted(*args: object, **kwargs: object) -> object:
        ids = kwargs["input_ids"]
        assert isinstance(ids, torch.Tensor)
        passes.append(ids.numel())
        return forward(*args, **kwargs)

    fresh = texts(tiny, asked, Limits(12)), dict(tiny.score(asked, LABELS))
    tiny._reader._kept.clear()
    dict(tiny.score(asked, LABELS))
    monkeypatch.setattr(tiny.model.model, "forward", counted)
    assert texts(tiny, asked, Limits(12)) == fresh[0]
    assert max(passes) <= len(asked)  # one token a row: no prompt was read again
    again = dict(tiny.score(asked, LABELS))
    for index, found in again.items():
        assert found.values == pytest.approx(fresh[1][index].values, abs=1e-4)
