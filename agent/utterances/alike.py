"""What a question about the run is most like, where no pattern takes it.

The patterns of `intents` take a question as it is usually put. People put it otherwise, and what
they mean is mostly near one of the questions below: by its words and their pieces, as examples are
found for a prompt. The answer then says what the question was taken for.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from agent.utterances.figures import plain_of
from agent.utterances.intents import IntentName
from tools.trials.neighbours import WordIndex

LIKE = 1.0  # of both cosines together, whose most is 2
CLEAR = 0.25  # more than the best question of another kind has
SAME = 1.5  # but for small words
QUESTIONS: dict[IntentName, tuple[str, ...]] = {
    "why": (
        "Why is that the answer?",
        "Why do you recommend this?",
        "What are the reasons for the verdict?",
        "How did you come to this conclusion?",
        "How do I explain this to my boss?",
        "What do I tell my boss?",
        "How do I explain the verdict to the board?",
    ),
    "why_not": (
        "Why not fine-tune?",
        "Why shouldn't we train our own model?",
        "My boss wants to fine-tune, why don't you?",
    ),
    "mistakes": (
        "Show me the mistakes",
        "Which messages does it get wrong?",
        "Where does the prompt fail?",
        "What kind of errors does it make?",
        "Which labels get confused most?",
        "Give me examples of wrong answers",
    ),
    "prompt": (
        "Show me the prompt you would use",
        "Show me the prompt that won",
        "What is the exact wording of the prompt?",
        "How do I copy the prompt into ChatGPT?",
        "Can I get the winning prompt as text?",
    ),
    "compare": ("Compare the prompt and the classifier", "Which one is better, and by how much?"),
    "cost": (
        "What would it cost us per month?",
        "What's this going to cost us per year?",
        "How much money would that be?",
        "Is it expensive to run?",
        "What is the price of a request?",
    ),
    "sure": (
        "How sure are you about that?",
        "How confident are you in this result?",
        "Could it just be luck?",
        "How far can I trust these numbers?",
        "How many would it get wrong out of 1000?",
        "What does that percentage mean in practice?",
        "What's the margin of error?",
    ),
    "next": (
        "What should we do next?",
        "What do we do on Monday?",
        "How do we roll this out?",
        "How do we put it into production?",
        "Can you put it live for us?",
        "How often should we redo this?",
        "Can our developer set this up?",
        "Who can set this up for us?",
    ),
    "tried": (
        "What did you try?",
        "Which models did you test?",
        "Did you try a bigger model?",
        "How many prompts did you test?",
    ),
    "changes": (
        "What would change your mind?",
        "When would the answer be different?",
        "What if prices change?",
        "What if the price per request halves?",
        "What if costs go up by half?",
    ),
    "fixes": (
        "Which rows should I fix?",
        "Which labels are wrong?",
        "Fix the labels for me",
        "Show me the wrong labels in my data",
    ),
    "more": (
        "Would more examples help?",
        "What if I give you more examples?",
        "Do you need more data from us?",
        "Is my file big enough?",
        "How many more rows should we label?",
    ),
    "time": (
        "How long would a fine-tune take?",
        "How long did this take?",
        "When would it be finished?",
    ),
    "speed": (
        "How fast does it answer?",
        "How much faster is the classifier?",
        "How long does one answer take?",
        "Is it quick enough for a live chat?",
    ),
    "overfit": (
        "Does it overfit?",
        "Will it work on new messages?",
        "Would it work in another language?",
        "What happens if a new category comes along?",
        "Does it cope with bad spelling?",
        "What could go wrong?",
        "Is there a catch?",
        "What are the limits of this?",
    ),
    "data": ("Is my data any good?", "What did you find wrong in my file?"),
    "privacy": (
        "Who gets to see our customers' messages?",
        "Who can see our data?",
        "Where does my data go?",
        "Do you store our messages?",
        "Could we run this on our own server?",
        "Does anything leave our company?",
        "Is this GDPR compliant?",
        "Can I delete my data?",
    ),
    "report": ("Where is the report?", "Can I send this to my boss?", "Can I download everything?"),
}


@dataclass(frozen=True)
class Alike:
    """The question that a message is most like.

    Attributes:
        name: What it asks.
        question: The question itself.
        same: Whether the message is the same but for small words.
    """

    name: IntentName
    question: str
    same: bool


def alike(text: str) -> Alike | None:
    """The question that a message is most like; None if unlike all, or like several kinds."""
    names, questions, index = _index()
    found = index.closeness(plain_of(text))
    best = int(found.argmax())
    others = found[np.array(names) != names[best]]
    if found[best] < LIKE or found[best] < others.max() + CLEAR:
        return None
    return Alike(names[best], questions[best], bool(found[best] >= SAME))


@cache
def _index() -> tuple[list[IntentName], list[str], WordIndex]:
    listed = [(name, question) for name, asked in QUESTIONS.items() for question in asked]
    return (
        [name for name, _ in listed],
        [question for _, question in listed],
        WordIndex([plain_of(question) for _, question in listed]),
    )
