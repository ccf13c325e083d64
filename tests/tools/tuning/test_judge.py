from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from tools.models.local import LocalModel
from tools.models.protocol import Limits, Message
from tools.tuning.job import Scoring, chat_row
from tools.tuning.judge import Judge

ASKED = [(Message(role="user", content=f"{'word ' * (n % 7)}number {n}"),) for n in range(160)]
TOKENS = 5


@pytest.fixture(scope="module")
def served(tiny: Path) -> Iterator[LocalModel]:
    """The tiny model as it is served; in bf16 rounding decides some tokens."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tools.models.numbers.number_format", lambda: ("float32", "for a test"))
        yield LocalModel(tiny, "tiny")


def judged(
    served: LocalModel, folder: Path, answers: dict[int, str], **scoring: Any
) -> tuple[float, float]:
    """Score where these answers are right, and where each is another row's."""
    numbers = list(answers)
    right = [chat_row(ASKED[n], answers[n]) for n in numbers]
    wrong = [chat_row(ASKED[n], answers[m]) for n, m in zip(numbers, numbers[1:], strict=False)]
    rule = Scoring(answer_tokens=TOKENS, **scoring)
    first, second = (
        Judge(served.tokenizer, folder, rows, rule).judge(served.model).score
        for rows in (right, wrong)
    )
    return first, second


def test_a_model_is_judged_by_what_it_would_say_when_served(served: LocalModel, tiny: Path) -> None:
    replies = {n: reply.text for n, reply in served.complete(ASKED, Limits(TOKENS)) if reply.text}
    assert len(replies) > 64  # more than a batch
    right, wrong = judged(served, tiny, replies, type="text", metric="chrf")
    assert right == 1 and wrong < 0.5


def test_labels_are_judged_by_how_likely_they_are(served: LocalModel, tiny: Path) -> None:
    labels = ("red", "dark blue", "green", "violet")
    likeliest = {
        n: labels[max(range(4), key=lambda at, found=found: found.values[at])]
        for n, found in served.score(ASKED, labels)
    }
    assert len(set(likeliest.values())) > 1
    right, wrong = judged(served, tiny, likeliest, type="labels", metric="accuracy", labels=labels)
    assert right == 1 and wrong < 1


def test_scored_labels_tell_their_loss_and_one_without_a_row_in_train_is_left_out(
    served: LocalModel, tiny: Path
) -> None:
    labels = ("red", "dark blue")
    answers = {0: "red", 1: "dark blue", 5: "red", 6: "unseen"}
    rows = [chat_row(ASKED[n], answer) for n, answer in answers.items()]
    rule = Scoring(answer_tokens=TOKENS, type="labels", metric="accuracy", labels=labels)
    surprises = []
    for n in (0, 1, 5):
        prompt = served.tokens(ASKED[n])
        answer = served.tokenizer.encode(answers[n], add_special_tokens=False)
        ids = torch.tensor([[*prompt, *answer, served.tokenizer.eos_token_id]])
        with torch.inference_mode():
            logprobs = served.model(input_ids=ids).logits[0].log_softmax(-1)
        surprises += [
            -float(logprobs[at - 1, ids[0, at]]) for at in range(len(prompt), len(ids[0]))
        ]
    found = Judge(served.tokenizer, tiny, rows, rule).judge(served.model)
    assert found.loss == pytest.approx(sum(surprises) / len(surprises), rel=1e-4)
    assert found.score < 1
    unknown = Judge(served.tokenizer, tiny, rows[3:], rule).judge(served.model)
    assert unknown.loss is None and unknown.score == 0
