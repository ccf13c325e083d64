import pytest
import torch

from tools.tuning.choice import Choice

LABELS = [(1, 2, 9), (1, 3, 9), (1, 3, 4, 9), (5, 9)]


def test_it_is_the_surprise_at_the_right_label_if_only_labels_can_be_written() -> None:
    torch.manual_seed(0)
    answers = [LABELS[2], LABELS[3], LABELS[0]]
    logits = torch.randn(sum(map(len, answers)), 12)

    def among(place: int, right: int, *allowed: int) -> float:
        return float(-logits[place, [right, *allowed]].log_softmax(0)[0])

    expected = [
        among(0, 1, 5) + among(1, 3, 2) + among(2, 4, 9),  # 1 or 5, 2 or 3, 4 or the end
        among(4, 5, 1),
        among(6, 1, 5) + among(7, 2, 3),
    ]
    found = Choice(LABELS).loss(logits, answers)
    assert float(found) == pytest.approx(sum(expected) / 3, rel=1e-5)


def test_tokens_that_lead_to_no_label_do_not_count_and_get_no_gradient() -> None:
    logits = torch.zeros(2, 12, requires_grad=True)
    Choice(LABELS).loss(logits, [(5, 9)]).backward()
    assert logits.grad is not None
    assert logits.grad[0].nonzero().flatten().tolist() == [1, 5]
    assert not logits.grad[1].any()  # only the end may follow


def test_one_label_is_no_choice() -> None:
    assert float(Choice([(5, 9)]).loss(torch.randn(2, 12), [(5, 9)])) == 0
