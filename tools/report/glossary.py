"""The words that a report uses and a manager may not know, each with one plain sentence.

`python -m tools.report.glossary` publishes them all in the docs.
"""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from tools.report.document import Document, Entries, Entry, Section
from tools.report.prose import prose

TITLE = "Words used here"
PUBLISHED = Path(__file__).parents[2] / "docs" / "glossary.md"


@dataclass(frozen=True)
class Term:
    """A term with its meaning.

    Attributes:
        name: The term as a reader looks it up.
        meaning: What it means, in one plain sentence or two.
        pattern: Regular expression of its uses, case ignored; by default the name and its plural.
    """

    name: str
    meaning: str
    pattern: str = ""

    def is_used_in(self, text: str) -> bool:
        """Whether a text uses it."""
        pattern = self.pattern or rf"\b{re.escape(self.name)}s?\b"
        return re.search(pattern, text, re.IGNORECASE) is not None


TERMS = (
    Term("Accuracy", "The share of answers that are right."),
    Term("Adapter", "The small file that a fine-tune produces; it is loaded on top of the model."),
    Term(
        "Answer form",
        "What an answer has to look like, learned from the examples; a model held to it can write "
        "nothing else. This machine's models can also be held to copying from the input.",
        r"\banswer (form|pattern)s?\b",
    ),
    Term(
        "Balanced examples",
        "Solved examples in which every label occurs equally often, or every length of answer.",
        r"\bbalanced examples?\b",
    ),
    Term("Baseline", "A very simple way to answer; whatever does not beat it is not worth having."),
    Term("Batch", "Requests or examples that are dealt with together.", r"\bbatch(es)?\b"),
    Term(
        "Break-even",
        "The number of requests a month from which the dearer start has paid back.",
    ),
    Term(
        "Calibrated labels",
        "Labels scored with the model's general liking for each of them taken off.",
        r"\bcalibrat(ed|ions?)\b",
    ),
    Term(
        "chrF",
        "How closely a text matches the right text, by short runs of letters; 100 % is equal.",
    ),
    Term(
        "Classifier",
        "A small conventional program that learns labels from examples; no chat model.",
    ),
    Term(
        "Classifier on the model's reading",
        "A classifier that is fed with what a language model computes while it reads a text.",
        r"\bthe model's reading\b",
    ),
    Term("Cosine", "How alike two texts are, from 0 to 1."),
    Term("Dev", "The examples on which ways of working were compared and chosen."),
    Term(
        "Diverse examples",
        "Solved examples that differ from one another as much as possible.",
        r"\bdiverse examples?\b",
    ),
    Term("DSPy", "A program library that searches for the best examples to show a model."),
    Term(
        "Embedded",
        "The small language model that comes with Tuneworthy and runs on any computer.",
    ),
    Term("Epoch", "One pass of a training over all of its examples."),
    Term("Field-F1", "The balance of fields filled in rightly against fields wrong or missed."),
    Term(
        "Fine-tune",
        "Further training of a model on your examples, so that it learns this one task.",
        r"\bfine[- ]?tun(e|es|ed|ing)\b|\btun(e|ed|es)\b",
    ),
    Term(
        "Fixed examples",
        "Solved examples that are the same in every request.",
        r"\bfixed examples?\b",
    ),
    Term(
        "Forecast", "The score a fine-tune would probably reach, estimated before paying for one."
    ),
    Term(
        "Forgetting",
        "A tuned model getting worse at things outside the task it was tuned for.",
        r"\bforg[eo]t(ting|ten)?\b",
    ),
    Term("GEPA", "A method that lets a larger model rewrite a prompt after looking at its errors."),
    Term(
        "Hard examples",
        "Solved examples whose nearest neighbour has another answer.",
        r"\bhard examples?\b",
    ),
    Term(
        "Hidden states",
        "The numbers that a model computes inside while it reads a text.",
        r"\bhidden states?\b",
    ),
    Term(
        "Interval",
        "The range in which the true score probably lies; more examples narrow it.",
        r"\b(confidence )?intervals?\b",
    ),
    Term("JSON", "A common way to write fields and their values as text."),
    Term("Layer", "One of the steps in which a model computes; the lowest see the words first."),
    Term("Learning rate", "How large the steps are in which a model changes during training."),
    Term(
        "Locked rows",
        "The test examples: locked away until the end and opened once, to confirm the choice.",
        r"\blocked rows?\b",
    ),
    Term(
        "Log-probability",
        "How likely a model holds an answer to be; not every provider tells.",
        r"\blog-probabilit(y|ies)\b",
    ),
    Term("Loss", "How far off a model still is during a fine-tune; lower is better."),
    Term("Macro-F1", "A score in which every label counts the same, however rare it is."),
    Term(
        "Majority answer",
        "Giving the most frequent answer to everything.",
        r"\bmajority\b",
    ),
    Term(
        "Margin",
        "How far apart two scores may be and still count as practically equal: 2 points unless the "
        "team's policy says otherwise.",
    ),
    Term("Mix", "A plan put together from the parts of the best plans so far.", r"\bmix \d"),
    Term("ms", "Milliseconds: thousandths of a second.", r"\b\d ms\b"),
    Term(
        "Nearest examples",
        "Solved examples whose wording is most like the request at hand.",
        r"\bnearest\b",
    ),
    Term("Numeric match", "The share of numbers that agree with the right number."),
    Term(
        "Only labels allowed",
        "The model is held to write one of the labels and nothing else.",
    ),
    Term("Output contract", "The part of a prompt that says exactly what an answer may look like."),
    Term("Passage", "A piece of one of your documents, a sentence or two long."),
    Term(
        "Payback",
        "When the monthly saving has made up for what a way of working costs more at first.",
        r"\bpa(y|ys|id|ying) (.{1,40} )?back\b|\bpayback\b",
    ),
    Term("Perplexity", "How surprised a model is by ordinary text; a rise after a tune is bad."),
    Term(
        "Pilot tune",
        "A short fine-tune on a part of the examples, to see where a full one would lead.",
    ),
    Term(
        "Plan", "One complete way to prompt: wording, examples sent along, how the answer is read."
    ),
    Term("Point", "One percentage point: from 86 % to 89 % is 3 points."),
    Term(
        "Policy",
        "The thresholds by which the answer was decided; a team may set its own.",
    ),
    Term("Power law", "A curve by which errors usually fall as examples are added."),
    Term("Probe", "A small classifier on what a model computes inside while it reads a text."),
    Term("Prompt", "The instruction that is sent to a model together with each input."),
    Term(
        "QLoRA",
        "A way to fine-tune with little memory: the model is shrunk, an adapter learns.",
        r"\bq?lora\b",
    ),
    Term(
        "Quantisation",
        "Storing a model's numbers with fewer digits to save memory; NF4 is a 4-bit way to do so.",
        r"\bquantis\w+|\bNF4\b|\b4-bit\b",
    ),
    Term(
        "Rank, alpha, dropout, schedule",
        "Settings of the training: how large the adapter is, how strongly it acts, how much is "
        "left out at random, and how the learning rate changes on the way.",
        r"\brank\b|\balpha\b|\bdropout\b|\bcosine after\b|\bschedule\b",
    ),
    Term(
        "Replay",
        "General requests with the model's own answers that accompany a training, so that it "
        "keeps what it knew.",
        r"\breplay\b",
    ),
    Term("Request", "One text that is sent to be answered: an e-mail, a ticket, a message."),
    Term(
        "Retraining",
        "Training a classifier or a tuned model anew, since labels or facts have changed.",
        r"\bretrain(ings?|ed)?\b|\btrain(s|ed)? (it |them )?(anew|again)\b",
    ),
    Term(
        "Retrieval",
        "Looking up the passages of your documents that fit a request, and sending them along; "
        "also called looking facts up.",
        r"\bretrieval\b|\blook(s|ed|ing)? (\w+ ){0,2}up\b",
    ),
    Term(
        "Right forms",
        "Answers are held to the form that the examples' answers have.",
        r"\bright forms\b",
    ),
    Term("Seed", "The number with which a run's random choices can be repeated.", r"\bseeds?\b"),
    Term(
        "Similar examples",
        "Solved examples that the model's own reading and their wording make most like the request "
        "at hand.",
        r"\bsimilar examples?\b",
    ),
    Term(
        "Scored labels",
        "Instead of writing, the model says how likely each label is; the likeliest is taken.",
        r"\blabels scored\b|\bscored labels\b|, scored\b",
    ),
    Term(
        "Early stopping",
        "Ending a training once further passes no longer help.",
        r"\bearly.stopping\b",
    ),
    Term("Target", "The score that the team said is good enough."),
    Term("Template", "The prompt with gaps into which each input is put."),
    Term(
        "Test",
        "Examples locked away until the end, to confirm the choice made on dev.",
        r"\btests?\b|\blocked\b",
    ),
    Term(
        "TF-IDF",
        "A way to compare texts by their words or pieces of words; rare ones count for more.",
    ),
    Term("Token", "A piece of a word; models are billed by tokens sent and received."),
    Term("Train", "The examples that ways of working may learn from."),
    Term(
        "Vote",
        "The most frequent answer among several is taken.",
        r"\bvote\b",
    ),
    Term("Window", "How much text a model can read at once."),
)


def published() -> str:
    """All terms as a page of the docs."""
    lines = (f"- **{term.name}** – {term.meaning}" for term in TERMS)
    ordered = sorted(lines, key=str.casefold)
    return "\n".join(["# Words used in reports and on the page", "", *ordered, ""])


def used_in(text: str) -> list[Term]:
    """The terms that a text uses and those that explain them, in the order of a dictionary."""
    used = [term for term in TERMS if term.is_used_in(text)]
    used += [term for term in TERMS if term not in used and _is_explained_with(term, used)]
    return sorted(used, key=lambda term: term.name.casefold())


def added_to(document: Document) -> Document:
    """The document with a last section that explains its own terms, and only those."""
    entries = tuple(Entry(term.name, term.meaning) for term in used_in(prose(document)))
    section = Section(TITLE, (Entries(entries, "terms"),))
    return replace(document, sections=(*document.sections, section))


def _is_explained_with(term: Term, used: list[Term]) -> bool:
    """Whether the meaning of a term in use needs this one."""
    return any(term.is_used_in(each.meaning) for each in used)


if __name__ == "__main__":
    PUBLISHED.write_text(published(), encoding="utf-8")
