import itertools
import random

import pytest

from policies.brief import Metric, TaskType
from tools.errors import DataError
from tools.intake.examples import Example
from tools.intake.profile import GROUP_CAP, Profile, choose_metric, find_task_type, profile

BOILERPLATE = (
    "Dear support team, I ordered something in your shop a few weeks ago and nothing has arrived "
    "until today, although the confirmation promised a delivery within three working days. Please "
    "look into this, tell me where the parcel is now, and when I can expect it at my door."
)


def examples(*pairs: tuple[str, str]) -> list[Example]:
    return [Example(n, text, answer) for n, (text, answer) in enumerate(pairs, start=1)]


def profiled(
    *pairs: tuple[str, str], task_type: TaskType = "labels", metric: Metric = "accuracy"
) -> Profile:
    return profile(examples(*pairs), task_type, metric, dropped=0)


@pytest.mark.parametrize(
    ("answers", "task_type"),
    [
        (["yes", "no"] * 10, "labels"),
        (["a", "b", "c", "d", "e"] * 4, "labels"),
        ([f"intent {n}" for n in range(150)] * 10, "labels"),
        (["NA", "null", "None", "007"] * 5, "labels"),
        ([f"topic {n}" for n in (0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7)], "labels"),
        ([f"{n} cups of tea, please" for n in (0, 0, 1, 1, 2, 3, 4, 5, 6, 7)], "text"),
        (
            ["A sentence of some length that closes every letter to a customer, always."] * 3
            + [f"Another one, about the {n}th of all the matters there are." for n in range(5)],
            "text",
        ),
        (["1", "2", "3", "4", "5"] * 20, "labels"),
        (["1.0", "0.0"] * 20, "labels"),
        ([f"{n:03}" for n in range(20)] * 5, "labels"),
        (['{"a": 1}', '{"b": {"c": []}}', " {} "], "fields"),
        (['{"a": 1}'] * 97 + ["oops"] * 3, "fields"),
        (["{broken"] * 5 + ["x"] * 5, "labels"),
        ([str(n) for n in range(100)], "number"),
        (["$1,234.50", "€ 12", "-$5", "7 %", "1.234,5", "12 345", "1e9", "0.5", "3 USD"], "number"),
        ([f"{n}.5" for n in range(5)] * 20, "number"),
        ([str(n) for n in range(97)] + ["n/a"] * 3, "number"),
        ([f"The {n}th description" for n in range(50)], "text"),
        (["[1, 2]", "[3]", "[4]", "[5]"], "text"),
    ],
)
def test_the_task_type_follows_from_the_answers(answers: list[str], task_type: str) -> None:
    assert find_task_type(answers) == task_type


def test_no_answers_have_no_task_type() -> None:
    with pytest.raises(DataError, match="no answers"):
        find_task_type([])


@pytest.mark.parametrize(
    ("task_type", "answers", "metric"),
    [
        ("labels", ["a"] * 30 + ["b"] * 10 + ["c"] * 10, "accuracy"),
        ("labels", ["a"] * 31 + ["b"] * 10 + ["c"] * 10, "macro_f1"),
        ("fields", ["{}"], "field_f1"),
        ("number", ["1"], "numeric_match"),
        ("text", ["a"], "chrf"),
    ],
)
def test_the_metric_follows_from_type_and_balance(
    task_type: TaskType, answers: list[str], metric: str
) -> None:
    assert choose_metric(task_type, answers) == metric


def test_repeats_and_contradictions_are_counted_and_grouped() -> None:
    found = profiled(
        ("Where is my new card, please? I ordered it two weeks ago.", "card"),
        (
            "where  is my NEW card， please？ I ordered it two weeks ago.",
            "card",
        ),  # the same after NFKC, case and white space
        ("Where is my new card, please? I ordered it two weeks ago.", "delivery"),
        ("Where is my new card, please? I ordered it two weeks ago!", "card"),  # nearly the same
        ("I want to close the account", "close"),
        ("How do I top up by transfer", "card"),
    )
    facts = found.facts
    assert (facts.duplicates, facts.near_duplicates, facts.contradictions) == (1, 1, 3)
    assert facts.ceiling == pytest.approx(5 / 6)
    assert facts.majority == pytest.approx(4 / 6)
    assert facts.label_counts == {"card": 4, "delivery": 1, "close": 1}
    assert len(set(found.groups[:4])) == 1
    assert len(set(found.groups)) == 3


@pytest.mark.parametrize(
    ("task_type", "answers", "contradictions", "duplicates"),
    [
        ("fields", ('{"a": 1, "b": 2}', '{"b":2,"a":1}', '{"a": 3}'), 3, 1),
        ("text", ("One good text.", "Another good text.", "One good text."), 0, 1),
        ("number", ("5", "6", "5"), 3, 1),
    ],
)
def test_a_contradiction_depends_on_the_task(
    task_type: TaskType, answers: tuple[str, ...], contradictions: int, duplicates: int
) -> None:
    facts = profiled(*(("same", answer) for answer in answers), task_type=task_type).facts
    assert facts.contradictions == contradictions
    assert facts.duplicates == duplicates
    assert facts.label_counts == {}


def test_the_majority_is_in_the_metric_of_the_task() -> None:
    pairs = [(f"text {n}", "a") for n in range(8)] + [("b1", "b"), ("c1", "c")]
    assert profiled(*pairs).facts.majority == pytest.approx(0.8)
    score = profiled(*pairs, metric="macro_f1").facts.majority
    assert score == pytest.approx(2 * 0.8 / 1.8 / 3)


def test_groups_of_templated_inputs_are_capped() -> None:
    goods = itertools.product(("red", "blue", "green"), ("chair", "table", "lamp"), range(10))
    pairs = [
        (f"{BOILERPLATE} It is a {colour} {thing}, {n} pieces.", "ab"[n % 2])
        for colour, thing, n in goods
    ]
    found = profiled(*pairs)
    sizes = [found.groups.count(group) for group in set(found.groups)]
    assert 1 < max(sizes) <= GROUP_CAP
    assert any("cut at 25" in note for note in found.facts.notes)


def test_identical_inputs_stay_together_above_the_cap() -> None:
    found = profiled(*[("same text", "ab"[n % 2]) for n in range(3 * GROUP_CAP)])
    assert set(found.groups) == {found.groups[0]}


def test_groups_do_not_depend_on_the_order_of_the_rows() -> None:
    pairs = [
        (f"{verb} the {thing} {n} please", verb)
        for verb in ("open", "close", "check the state of")
        for thing in ("account", "credit card")
        for n in range(12)
    ]

    def partition(pairs: list[tuple[str, str]]) -> set[frozenset[str]]:
        groups = profiled(*pairs).groups
        return {
            frozenset(text for (text, _), group in zip(pairs, groups, strict=True) if group == one)
            for one in set(groups)
        }

    shuffled = random.Random(3).sample(pairs, len(pairs))
    assert partition(pairs) == partition(shuffled)


def test_notes_say_what_to_know_in_plain_words() -> None:
    rows = examples(
        ("write to ann@example.org or bob@example.org", "Refund"),
        ("call +44 20 7946 0958 now", "refund"),
        ("my account is DE89 3704 0044 0532 0130 00", "other"),
        ("my card is 4111 1111 1111 1111", "other"),
        ("order 4111 1111 1111 1112 of 2026-11-03", "rare"),
    )
    notes = profile(rows, "labels", "accuracy", dropped=2).facts.notes
    assert notes == (
        "2 rows had no input or no answer (unlabelled) and were left out.",
        "3 labels have one row only and cannot be tested (“Refund”, “rare”, “refund”).",
        "There seem to be personal data: e-mail addresses in 1 row, phone numbers in 1 row, "
        "bank account or card numbers in 2 rows.",
    )


@pytest.mark.parametrize("text", ["?", "é", "a" * 300_000, "@" * 100_000, "1 " * 100_000, "\u200b"])
def test_odd_inputs_are_profiled(text: str) -> None:
    assert profiled((text, "a"), ("other", "b")).facts.near_duplicates == 0


@pytest.mark.parametrize("rows", [0, 1, 5])
def test_one_answer_is_nothing_to_learn(rows: int) -> None:
    message = "only one answer, “spam”" if rows else "no rows"
    with pytest.raises(DataError, match=message):
        profiled(*[(f"text {n}", "spam") for n in range(rows)])


def test_many_alike_inputs_are_compared_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.intake.profile.MOST_PAIRS", 1)
    chance, words = random.Random(0), "parcel invoice late lost refund card phone box".split()
    texts = [" ".join(chance.choices(words, k=9)) + " zebra" * (n == 1) for n in range(60)]
    rows = [(text, "ab"[n % 2]) for n, text in enumerate([*texts, texts[1] + "!"])]
    found = profile(examples(*rows), "labels", "accuracy", 0)
    assert any("rare wording only" in note for note in found.facts.notes)
    assert found.groups[1] == found.groups[60]


@pytest.mark.parametrize(
    ("labels", "said"),
    [(["late; lost", "lost; late", "late"], True), (["late, at night", "lost", "late"], False)],
)
def test_several_labels_in_a_cell_are_said(labels: list[str], said: bool) -> None:
    rows = [(f"text {n}", labels[n % 3]) for n in range(30)]
    notes = profile(examples(*rows), "labels", "accuracy", 0).facts.notes
    assert any("several labels" in note for note in notes) == said
