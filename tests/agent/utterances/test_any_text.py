"""What all readers promise about any text at all."""

from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.utterances import (
    is_unknown,
    read_cadence,
    read_command,
    read_correction,
    read_milliseconds,
    read_money,
    read_share,
    read_volume,
    read_yes_no,
)
from policies.brief import Brief

READERS = (read_share, read_volume, read_money, read_milliseconds, read_cadence, read_yes_no)
BRIEF = Brief(monthly_requests=40_000, latency_limit_ms=2_000, target=0.9)


@pytest.mark.parametrize("reader", READERS)
def test_long_text_is_not_read(reader):
    readable = {read_cadence: "daily", read_yes_no: "yes", read_milliseconds: "2 s"}
    text = readable.get(reader, "0.9")
    assert reader(text) is not None
    assert reader(text + " " * 2_000) is None


def test_long_text_is_no_command_correction_or_unknown():
    padding = " " * 2_000
    assert read_command("stop" + padding) is None
    assert not is_unknown("skip" + padding)
    assert read_correction("make the target 0.85" + padding, BRIEF) is None


WORDS = "1 90 1e9 2.000 -5 % € k ms s half nine and a of in x times volume budget the / - per day"


@settings(max_examples=300, deadline=1_000)
@given(st.lists(st.sampled_from([*WORDS.split(), " ", "."]), max_size=40).map("".join) | st.text())
def test_any_text_reads_as_a_valid_brief_or_not_at_all(text):
    Brief(
        target=read_share(text) or 0.9,
        monthly_requests=read_volume(text),
        monthly_budget=read_money(text),
        latency_limit_ms=read_milliseconds(text),
        facts_change=read_cadence(text) or "never",
    )
    if change := read_correction(f"what if the volume is {text}", BRIEF):
        BRIEF.model_validate({change.field: change.value})


@pytest.mark.parametrize("piece", ["a ", "1 ", "1,000 ", "half a ", "to 1 ", "- ", "sorry ", "no "])
def test_repetitive_text_is_read_in_time(piece):
    text, start = (piece * 2_000)[:2_000], perf_counter()
    for reader in (*READERS, is_unknown, read_command):
        reader(text)
    assert perf_counter() - start < 1
