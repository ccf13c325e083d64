"""What a third tester wrote who had not seen the readers, and what had gone wrong before."""

import pytest

from agent.utterances import named_columns, read_share, read_volume
from agent.utterances.choices import names_exception, read_outside_facts, tells_change
from agent.utterances.columns import joins_columns, named_today
from agent.utterances.commands import read_plan_question
from agent.utterances.corrections import read_correction
from agent.utterances.demands import read_supposed
from agent.utterances.facts import read_facts
from agent.utterances.harms import read_harms, weighs_mistakes
from agent.utterances.intents import read_intent
from agent.utterances.prompts import (
    asked_in_quotes,
    is_instruction,
    is_no_task,
    is_put_off,
    is_withheld,
    without_opening,
)
from agent.utterances.replies import is_absent, is_unknown, read_consent
from policies.brief import Brief

COLUMNS = ["id", "subject", "body", "queue", "bot_queue", "handled_by"]


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("92... no wait, 94", 0.94),
        ("92, no wait, 94", 0.94),
        ("92 - no, 94", 0.94),
        ("90ish", 0.9),
        ("80% is fine for the easy ones, but for fraud cases I want 99", None),
    ],
)
def test_a_share(text: str, share: float | None) -> None:
    assert read_share(text) == share


@pytest.mark.parametrize(
    ("text", "volume"),
    [
        ("a dozen an hour during office hours", None),
        ("20 an hour, 9 to 5", None),
        ("20 an hour", 14_400),
        ("about 500 a day, sorry, make that 600 a day", 18_000),
    ],
)
def test_a_volume(text: str, volume: int | None) -> None:
    assert read_volume(text) == volume


@pytest.mark.parametrize(
    ("text", "agreed"),
    [
        ("sounds good, crack on", True),
        ("lets go", True),
        ("not yet, I need to ask my boss", False),
        ("don't fine-tune", False),
        ("not now but start it tonight", None),
    ],
)
def test_consent(text: str, agreed: bool | None) -> None:
    assert read_consent(text) is agreed


def test_the_columns() -> None:
    told = "no, the text is in subject and the right answer is in queue"
    assert named_columns(COLUMNS, told) == ["subject", "queue"]
    assert named_today(COLUMNS, "The bot_queue column is what our current bot says") == "bot_queue"
    assert named_today(COLUMNS, "bot_queue is not what our bot says") is None
    assert joins_columns(COLUMNS, "subject and body together are the input, queue is the answer")


def test_what_a_fourth_tester_wrote() -> None:
    for text in ("no they just have to be sorted, nothing to look up", "nothing to look up"):
        assert read_outside_facts(text) is False, text
    assert names_exception("not really... although for refunds you'd need the transaction date")
    assert is_instruction(
        "Read the customer's message and reply with exactly one of our categories, nothing else."
    )
    assert is_withheld("yes we have one but I am not allowed to share it")
    assert is_put_off("my colleague has it, can I add it later?")
    told = "the text is in body, subject is just cut off. queue is what our people picked"
    assert named_columns(COLUMNS, told) == ["body", "queue"]
    labels = ("card arrival", "lost or stolen card")
    for text in (
        "mixing up a stolen card with anything else would cost us 20x as much",
        "confusing a lost or stolen card would cost us 20 times as much",
    ):
        assert [h.times for h in read_harms(text, labels)] == [20], text


def test_what_is_corrected_after_an_apology() -> None:
    found = read_correction("I was wrong, we do about 120k messages a month", Brief())
    assert found is not None and (found.field, found.value) == ("monthly_requests", 120_000)


@pytest.mark.parametrize(
    "text",
    [
        "what if the price per request halves?",
        "suppose the cost per 1,000 requests doubled",
        "what if prices go up by 50%?",
        "what if our costs fall by 20 %?",
        "what if our team grows by 30%?",
    ],
)
def test_a_change_of_something_else_is_no_volume_and_no_target(text: str) -> None:
    brief = Brief(monthly_requests=50_000)
    assert read_correction(text, brief) is None and read_supposed(text) == {}


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("The lads get roughly 88% right, a machine wants to beat that by a bit", None),
        ("currently we are at 71 and the board wants 86 by march", 0.86),
        ("I'd bite your hand off for 85, but 80 is what we actually need", 0.8),
        ("out of 40 emails no more than 3 may land in the wrong team", 0.925),
        ("At minimum ninety-two point five percent", 0.925),
    ],
)
def test_a_share_of_the_fifth_tester(text: str, share: float | None) -> None:
    assert read_share(text) == share


@pytest.mark.parametrize(
    ("text", "volume"),
    [
        ("10-12k tickets pm of which only a third would go thru the bot", None),
        ("it was 20k a month before we launched self-service, now it's nearer 11k", 11_000),
        ("40k, sorry 4k, fat fingers", 4_000),
    ],
)
def test_a_volume_of_the_fifth_tester(text: str, volume: int | None) -> None:
    assert read_volume(text) == volume


def test_what_the_fifth_tester_wrote() -> None:
    assert not read_facts("We sampled 500 tickets in January, 440 of them had been right.")
    assert read_outside_facts("You'd be lost without the knowledge base, frankly")
    assert is_unknown("that we do not know at the moment")
    assert is_no_task("hi") and is_no_task("I'd like to know whether we should fine-tune")
    assert not is_no_task("say hi to new customers")
    prompt = "You are a bank's mail clerk. Read the message and answer with one category."
    assert without_opening(f"Yes: {prompt}") == without_opening(prompt) == prompt
    asked = 'My team pastes mails into ChatGPT and asks "which department is this for?"'
    assert asked_in_quotes(asked) == "which department is this for?"
    assert is_absent("Only regex rules and a couple of Outlook filters")
    assert is_absent("used to, but we binned it")
    assert named_today(COLUMNS, "yes, and bot_queue is what our current bot picked") == "bot_queue"
    assert joins_columns(COLUMNS, "Use the subject as well as the body please")
    assert read_consent("Yes please do the needful") is True
    assert not tells_change("i dont think so? a new joiner can do it after a day of training")


def test_mistakes_that_are_worse_are_noticed() -> None:
    for text in (
        "95% and mixing up a lost card with a stolen card is five times as bad as anything else",
        "around 92 I guess? lost cards have to be right basically every time though",
    ):
        assert weighs_mistakes(text) and read_share(text), text
    assert not weighs_mistakes("95 out of 100, nine times out of ten at the very least")


def test_what_a_word_means_and_who_decides() -> None:
    assert is_unknown("what would you recommend?")
    for text in ("what counts as a request?", "is one email a request?", "what's a prompt?"):
        intent = read_intent(text)
        assert intent is not None and intent.name == "meaning", text
    assert read_plan_question("hold on, does any of this go to OpenAI?") == "data"
