"""Which mistakes hurt more, beside the kind of text that models are to work on."""

import pytest

from agent.utterances.harms import read_harms, says_half
from tools.measure.harms import Harm

LABELS = ("delivery status", "payment and invoices", "returns", "fraud", "product fault")
FRAUD = (Harm(right="fraud", times=10),)
STATED = {
    "missing a fraud report is 10 times worse": FRAUD,
    "Missing a fraud report is ten times worse than any other mistake.": FRAUD,
    "a missed fraud costs us 10x": FRAUD,
    "overlooking “fraud” is 10 times as bad as other mistakes": FRAUD,
    "not spotting fraud counts 10 times": FRAUD,
    "mistakes on fraud count 10 times as much": FRAUD,
    "fraud matters 10 times as much": FRAUD,
    "what if missing fraud were 10 times worse?": FRAUD,
    "missing product faults is twice as bad": (Harm(right="product fault", times=2),),
    "errors on payments count double": (Harm(right="payment and invoices", times=2),),
    "not recognising a delivery is 1.5 times as bad": (Harm(right="delivery status", times=1.5),),
    "a false fraud is 3 times as bad": (Harm(given="fraud", times=3),),
    "a false alarm for fraud costs 3 times as much": (Harm(given="fraud", times=3),),
    "wrongly saying fraud counts triple": (Harm(given="fraud", times=3),),
    "taking fraud for returns is 5 times worse": (Harm(right="fraud", given="returns", times=5),),
    "fraud sent to returns is 5 times worse": (Harm(right="fraud", given="returns", times=5),),
    "saying returns when it is fraud is 5 times worse": (
        Harm(right="fraud", given="returns", times=5),
    ),
    "confusing returns and fraud is twice as bad": (
        Harm(right="returns", given="fraud", times=2),
        Harm(right="fraud", given="returns", times=2),
    ),
    "missing fraud is 10 times worse and a false fraud is 2 times as bad": (
        *FRAUD,
        Harm(given="fraud", times=2),
    ),
}
OTHERS = (
    "the delivery was 10 times worse than last time",
    "my refund is twice as much as I paid",
    "you charged me twice",
    "missing: two of ten mugs",
    "why?",
    "what if the target were 80 %?",
    "missing fraud is 0 times worse",
    "missing fraud is 1000000 times worse",
    "missing fraud is -3 times worse",
    "",
)
HALF = (
    "missing fraud is much worse",
    "missing a burglary is 10 times worse",
    "confusing them is far worse",
    "a missed burglary costs 3 times as much",
)


@pytest.mark.parametrize(("text", "harms"), STATED.items())
def test_what_counts_more_is_read(text: str, harms: tuple[Harm, ...]) -> None:
    assert read_harms(text, LABELS) == harms


@pytest.mark.parametrize("text", OTHERS)
def test_what_is_not_sure_is_left_to_the_models(text: str) -> None:
    assert read_harms(text, LABELS) == ()


@pytest.mark.parametrize("text", HALF)
def test_what_lacks_a_label_or_a_figure_is_half_said(text: str) -> None:
    assert read_harms(text, LABELS) == () and says_half(text)


@pytest.mark.parametrize("text", [text for text in OTHERS if "fraud" not in text])
def test_a_message_for_the_models_is_not_half_said(text: str) -> None:
    assert not says_half(text)


@pytest.mark.parametrize("labels", [(), ("",), ("a",), (".*", "(", "10 times")])
def test_labels_of_any_kind_are_no_pattern(labels: tuple[str, ...]) -> None:
    assert read_harms("missing fraud is 10 times worse", labels) == ()


def test_a_label_may_hold_words_of_the_grammar() -> None:
    labels = ("missing and lost", "is 10 times")
    (harm,) = read_harms("missing missing and lost is 3 times worse", labels)
    assert harm == Harm(right="missing and lost", times=3)
