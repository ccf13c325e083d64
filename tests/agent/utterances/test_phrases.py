"""Short questions and remarks that are known by heart."""

from importlib.resources import files

import pytest

from agent.followups import ANSWERS
from agent.utterances.intents import Intent, read_intent
from agent.utterances.phrases import bare, phrases

SAID = {
    "TL;DR": Intent("short"),
    "and in short?": Intent("short"),
    "What is the p-value?": Intent("luck"),
    "which license does the model have?": None,
    "what licence does the model have": Intent("models"),
    "ok cool thanks!": Intent("thanks"),
    "is that all?": None,
    "what's the confidence interval": Intent("interval"),
    "what's a confidence interval": Intent("meaning", ("interval",)),
    "What's the recall for “Returns”?": Intent("label", ("returns",)),
    "how many mistakes are there in late parcels": Intent("label", ("late parcels",)),
    "compare with today": Intent("compare", ("today",)),
    "how many more to hit 90%?": Intent("needed", ("90%",)),
    "what if we label another 500 rows": Intent("more", ("500 rows",)),
    "why is the prompt not enough?": Intent("why_not", ("prompt",)),
    "where is it": None,
}


@pytest.mark.parametrize(("text", "intent"), SAID.items())
def test_short_questions(text: str, intent: Intent | None) -> None:
    assert read_intent(text) == intent


def test_each_phrase_is_known_once_and_has_an_answer() -> None:
    told = [bare(phrase) for phrase, _ in phrases()]
    assert all(told) and len(set(told)) == len(told)
    assert {name.partition(":")[0] for _, name in phrases()} <= set(ANSWERS)


def test_each_star_stands_beside_words_that_tell_it_apart() -> None:
    text = files("agent.utterances").joinpath("phrases.tsv").read_text(encoding="utf-8")
    starred = [line.split("\t")[1] for line in text.splitlines() if "*" in line]
    assert starred and all(bare(each).replace("*", "").split() != ["how"] for each in starred)


@pytest.mark.parametrize(("phrase", "name"), phrases())
def test_each_phrase_is_read_as_what_it_is(phrase: str, name: str) -> None:
    intent, _, subject = name.partition(":")
    assert read_intent(phrase) == Intent(intent, (subject,) if subject else ())  # type: ignore[arg-type]
