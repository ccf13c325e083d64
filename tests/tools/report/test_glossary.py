"""No unexplained word: every term of the list that a report uses is in its glossary."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from policies.recommendation import VERDICTS
from tools.assessment import Assessment
from tools.report.contents import document_of
from tools.report.document import Entries, Section
from tools.report.glossary import PUBLISHED, TERMS, TITLE, published, used_in
from tools.report.prose import prose

Build = Callable[..., Assessment]

# What a manager may not know; written without looking at the glossary's own list of patterns.
JARGON = {
    r"\baccuracy\b": "Accuracy",
    r"\badapters?\b": "Adapter",
    r"\bbaselines?\b": "Baseline",
    r"\bbreak-even\b": "Break-even",
    r"\bchrF\b": "chrF",
    r"\bclassifiers?\b": "Classifier",
    r"\bdev\b": "Dev",
    r"\bepochs?\b": "Epoch",
    r"\bfine-tun": "Fine-tune",
    r"\bforecast": "Forecast",
    r"\bhidden states\b": "Hidden states",
    r"\bintervals?\b": "Interval",
    r"\blearning rate\b": "Learning rate",
    r"\blog-probabilit": "Log-probability",
    r"\bloss\b": "Loss",
    r"\bmacro-F1\b": "Macro-F1",
    r"\d ms\b": "ms",
    r"\bperplexity\b": "Perplexity",
    r"\bprobe\b": "Probe",
    r"\bprompts?\b": "Prompt",
    r"\bquantis": "Quantisation",
    r"\bseed\b": "Seed",
    r"\bTF-IDF\b": "TF-IDF",
    r"\btokens?\b": "Token",
    r"\bQLoRA\b": "QLoRA",
    r"\bNF4\b": "Quantisation",
    r"\bGEPA\b": "GEPA",
    r"\bDSPy\b": "DSPy",
    r"\bJSON\b": "JSON",
    r"\bembedded\b": "Embedded",
}
# Capitals that are no jargon: currencies, and names of places in the report.
PLAIN_CAPITALS = {"EUR", "USD", "A4", "SYSTEM", "USER", "ASSISTANT", "ANSWER", "EXAMPLES"}
ACRONYM = re.compile(r"\b(?:[A-Z]{2,}[0-9]*|[A-Za-z]*[a-z][A-Z]{2,}[A-Za-z]*|[A-Z]+-[A-Z]+)\b")


def cases(labels: Build, minimal: Build) -> list[Assessment]:
    a = labels()
    tuned: Any = a.tuned
    recipe = {
        "quantisation": "4-bit NF4 with double quantisation: QLoRA",
        "learning_rate": "0.001",
        "epochs": "at most 3",
    }
    arm = a.arms[0].model_copy(update={"note": "needs a model that gives log-probabilities"})
    words = a.arms[3].model_copy(update={"name": "classifier on words (TF-IDF)"})
    inside = a.arms[3].model_copy(
        update={"name": "classifier on the model's reading (embedded)", "model": "embedded"}
    )
    return [
        a,
        minimal(),
        labels(tuned=tuned.model_copy(update={"recipe": recipe}), arms=(arm, words, inside)),
        *(labels(verdict=verdict, outcome=None, tuned=None) for verdict in VERDICTS),
        labels(task=a.task.model_copy(update={"type": "text", "metric": "chrf"})),
        labels(task=a.task.model_copy(update={"type": "labels", "metric": "macro_f1"})),
        labels(task=a.task.model_copy(update={"type": "fields", "metric": "field_f1"})),
    ]


def test_no_term_or_acronym_is_left_unexplained(labels: Build, minimal: Build) -> None:
    for a in cases(labels, minimal):
        document = document_of(a)
        explained = _terms(document.sections[-1])
        text = prose(document)
        for pattern, term in JARGON.items():
            if re.search(pattern, text):
                assert term in explained, (term, a.verdict)
        whole = " ".join([*explained.keys(), *explained.values()])
        for acronym in set(ACRONYM.findall(text)) - PLAIN_CAPITALS:
            if not _is_a_name(acronym, a):
                assert acronym in whole, acronym


def test_only_words_in_use_are_explained(labels: Build, minimal: Build) -> None:
    few, many = (_terms(document_of(a).sections[-1]) for a in (minimal(), labels()))
    assert "Perplexity" in many and "Perplexity" not in few
    assert "chrF" not in many and "GEPA" not in many
    assert len(few) < len(many) < len(TERMS)
    for a in cases(labels, minimal):
        document = document_of(a)
        *rest, glossary = document.sections
        text = prose(document)
        for term in TERMS:
            if term.name in _terms(glossary):
                assert term.is_used_in(text), term.name


def test_a_term_is_explained_once_in_one_plain_paragraph() -> None:
    names = [term.name for term in TERMS]
    assert len(set(names)) == len(names)
    assert all(term.meaning.endswith(".") and len(term.meaning) < 180 for term in TERMS)


@pytest.mark.parametrize("word", ["loss", "NF4", "probe"])
def test_words_from_outside_explain_nothing(word: str, minimal: Build) -> None:
    data = minimal().data.model_copy(update={"label_counts": {word: 3}, "notes": (word,)})
    plain, told = (_terms(document_of(a).sections[-1]) for a in (minimal(), minimal(data=data)))
    assert plain == told


def _terms(section: Section) -> dict[str, str]:
    assert section.title == TITLE
    (block,) = section.blocks
    assert isinstance(block, Entries)
    return {entry.term: entry.text for entry in block.entries}


def _is_a_name(acronym: str, a: Assessment) -> bool:
    """Whether it is part of the name of a model or of a file, which need no explanation."""
    names = [a.prompting.model, *(arm.model for arm in a.arms), *(arm.name for arm in a.arms)]
    return acronym.startswith("Smol") or any(
        acronym in name and "TF-IDF" not in acronym for name in names
    )


def test_the_published_glossary_is_that_of_the_reports() -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == published()


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("8 fixed examples", "Fixed examples"),
        ("12 balanced examples, output contract", "Balanced examples"),
        ("6 hard examples alone", "Hard examples"),
        ("16 diverse examples", "Diverse examples"),
        ("9 similar examples, right forms only", "Right forms"),
        ("only right forms allowed", "Right forms"),
        ("on the locked rows", "Locked rows"),
        ("each retraining takes a day", "Retraining"),
        ("it need not be trained anew", "Retraining"),
        ("Looking facts up was not tried", "Retrieval"),
        ("Look the facts up", "Retrieval"),
        ("passages are looked up", "Retrieval"),
    ],
)
def test_the_names_of_plans_and_ways_are_explained(text: str, term: str) -> None:
    assert term in {each.name for each in used_in(text)}


@pytest.mark.parametrize("text", ["a hard case", "the prompt looks good", "a fixed price"])
def test_ordinary_words_are_not(text: str) -> None:
    names = {each.name for each in used_in(text)}
    assert not names & {"Hard examples", "Retrieval", "Fixed examples"}


def test_the_range_of_a_score_is_not_told_by_its_colour(labels: Build) -> None:
    assert "grey" not in prose(document_of(labels()))
