"""What a fourth blind round wrote at the questions of the interview, and its kind."""

import pytest

from agent.utterances import read_share, read_volume
from agent.utterances.choices import (
    is_between_cadences,
    names_a_record,
    read_cadence,
    read_outside_facts,
    tells_doubt,
)
from agent.utterances.columns import named_alone, named_answer
from agent.utterances.facts import read_facts
from agent.utterances.prompts import (
    asked_in_quotes,
    goes_on_without,
    is_bare_topic,
    is_lost,
    is_put_off,
)
from agent.utterances.rhythms import read_rate
from agent.utterances.shares import names_part, read_errors_among
from agent.utterances.volumes import read_volume_aside


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("The editor should only have to correct one in ten", 0.9),
        ("fixing 1 in 20 by hand is ok", 0.95),
        ("90% must be correct", 0.9),
        ("100 wrong is ok", None),
        ("10 wrong", 0.9),
        ("max 3 wrong on 100", 0.97),
        ("it runs on 2 machines", None),
        ("95, ninety-five", 0.95),
        ("99.99%", 0.9999),
        ("for allergens 100%, for tags I don't care much", None),
    ],
)
def test_a_share(text: str, share: float | None) -> None:
    assert read_share(text) == share


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("its about 2000 complaints a week, i can accept 100 wrong", 0.95),
        ("we get 300 a day, 3 mistakes a day are ok", 0.99),
        ("2000 a week, 10 wrong a day", None),
        ("2000 a week, 5% wrong", None),
        ("20 labels, 3000 a week, 100 wrong", None),
        ("90", None),
    ],
)
def test_errors_among_cases(text: str, share: float | None) -> None:
    assert read_errors_among(text) == share


def test_each_part_has_its_own_target() -> None:
    assert names_part("for allergens it must be perfect, for tags I don't care much")
    assert not names_part("90 for now, for later 95")


def test_what_is_expected_is_wished_for() -> None:
    told = "Sort tickets. Approx 18k tickets per month, 95% accuracy is expected by management"
    assert read_facts(told) == {"monthly_requests": 18_000, "target": 0.95}
    assert "target" not in read_facts("accuracy is 82% with our current vendor")


@pytest.mark.parametrize(
    ("text", "volume", "beside"),
    [
        ("1.200 a week, 4.000 in the weeks before christmas", 5_200, 17_333),
        ("18k now, but from April we take over two more countries, then 55k", 18_000, 55_000),
        ("30k a month, peak 60k", 30_000, 60_000),
        ("60. sixty, not thousand :)", 60, None),
        ("400 a month in winter, 100 the rest of the year", None, None),
        ("200 a month in summer, 100 a month in winter", None, None),
        ("200 a day from monday to friday", 4_333, None),
    ],
)
def test_a_volume_and_what_is_told_beside_it(
    text: str, volume: int | None, beside: int | None
) -> None:
    assert (read_volume(text), read_volume_aside(text)) == (volume, beside)


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("It depends. Last year three times, this year not yet", 1 / 4),
        ("twice in the last year", 1 / 6),
        ("three times last year", 1 / 4),
        ("every January", 1 / 12),
        ("each spring", 1 / 12),
        ("1 thing every two yrs", 1 / 24),
    ],
)
def test_a_rhythm(text: str, rate: float) -> None:
    assert read_rate(text) == pytest.approx(rate)
    assert read_cadence(text) == "yearly"


def test_facts() -> None:
    assert read_facts("Answer questions. The fees change every January") == {
        "facts_change": "yearly"
    }
    needless = "Leave policy document is there but model need not know it for sorting only"
    assert read_outside_facts(needless) is False
    assert names_a_record("the fee schedule, the council decides on it once a year")
    assert not names_a_record("we have no style guide")
    assert is_between_cadences("prices change all the time")
    assert tells_doubt("not sure. sometimes the agent looks in the crm") and not tells_doubt("yes")


def test_columns_turned_down() -> None:
    names = ["remark", "status", "reason_code"]
    assert named_answer(names, "no the answer is in reason_code, not in status") == "reason_code"
    assert named_alone(names, "reason_code, not status") == "reason_code"
    assert named_answer(names, "the answer is not in status") is None


def test_prompts() -> None:
    said = 'I just say to it: "make this recipe in our style, grams not cups"'
    assert asked_in_quotes(said) == "make this recipe in our style, grams not cups"
    assert asked_in_quotes('"please answer the mail soon" is written on it') is None
    for text in ("we tried chatgpt once but nobody kept the text", "we lost it", "it is gone"):
        assert is_lost(text), text
    assert not is_lost("we use one and keep it in a wiki")
    asking = "IT team is having it, I will have to ask them."
    assert is_put_off(asking) and goes_on_without(f"{asking} Can we go ahead without?")
    assert not goes_on_without("we do not work without a prompt")


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("complaints", True),
        ("our customer e-mails", True),
        ("triage", True),
        ("translation", False),
        ("classify", False),
        ("sort mails", False),
        ("return reasons or refunds", False),
    ],
)
def test_a_bare_topic(text: str, bare: bool) -> None:
    assert is_bare_topic(text) is bare
