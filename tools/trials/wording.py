"""The words that plans are made of, by kind of task."""

import json
from collections import Counter
from typing import Literal

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from policies.brief import TaskType
from tools.trials.neighbours import WORDS
from tools.trials.task import Task

Wording = Literal["plain", "role", "question"]
Reasoning = Literal["steps", "gist", "plan"]  # the last two in runs from before only

INSTRUCTIONS: dict[Wording, dict[TaskType, str]] = {
    "plain": {
        "labels": "Sort each message into its category.",
        "fields": "Read each message and write down what it says as a JSON object.",
        "number": "Solve each problem. Answer with the final number only.",
        "text": "Write the text that belongs to each input, in the style of the examples.",
    },
    "role": {
        "labels": "You work at a help desk and know every category by heart. You read a message "
        "and name the one category it belongs to.",
        "fields": "You are a careful clerk. You read a message and fill in a form: a JSON object "
        "with exactly what the message states, word for word.",
        "number": "You are a patient teacher of arithmetic. You read a problem, reckon without "
        "haste and give the result as a number.",
        "text": "You are an experienced copywriter. You read the input and write the text that "
        "your house would print, complete and correct.",
    },
    "question": {
        "labels": "Which category does this message belong to?",
        "fields": "What does this message state? Reply in JSON.",
        "number": "What number is the answer to this problem?",
        "text": "How would you put this into finished words?",
    },
}
REASONING: dict[Reasoning, dict[TaskType, str]] = {
    "steps": {
        "labels": "Think step by step in one or two short sentences. Then write "
        '"Answer: " and the category.',
        "fields": 'First list what the message states. Then write "Answer: " and the JSON object.',
        "number": 'Think step by step, one short line a step. Then write "Answer: " and the '
        "number.",
        "text": 'First plan in one line. Then write "Answer: " and the text.',
    },
    "gist": {
        "labels": "First say in one short sentence what the sender wants. Then write "
        '"Answer: " and the category.',
        "fields": 'First repeat the message in your own words. Then write "Answer: " and the JSON '
        "object.",
        "number": 'First say in one short line what is asked. Then write "Answer: " and the '
        "number.",
        "text": 'First name the most important fact. Then write "Answer: " and the text.',
    },
    "plan": {
        "labels": "First name the two categories that fit best. Then write "
        '"Answer: " and the better one.',
        "fields": 'First name the keys that apply. Then write "Answer: " and the JSON object.',
        "number": 'First write the calculation as one formula. Then write "Answer: " and its '
        "result.",
        "text": 'First put the facts into their order. Then write "Answer: " and the text.',
    },
}
LOOKED_UP = (
    "Before each message stand passages from our documents. Take the facts you need from them; "
    "the message itself comes last."
)
TELLING_WORDS = 5
SAMPLE_VALUES = 3
MOST_DESCRIBED = 40


def contract(task: Task) -> str:
    """What an answer may look like."""
    if task.type == "labels":
        return (
            f"The categories are: {'; '.join(task.labels)}.\n"
            "Answer with exactly one of them and nothing else."
        )
    if task.type == "fields":
        return (
            f"Use only these keys, and only those that the message states: {', '.join(task.keys)}."
            "\nAnswer with one JSON object and nothing else."
        )
    if task.type == "number":
        return "Answer with digits only: no words, no unit, no calculation."
    return (
        f"Use every fact and invent none. About {_typical_words(task)} words. Answer with the text "
        "only."
    )


def description(task: Task) -> str:
    """What the train rows say about labels, keys or style; empty if they say nothing."""
    if task.type == "labels":
        lines = [f"{label}: {', '.join(words)}" for label, words in _telling_words(task).items()]
        return "\n".join(["Words that often occur in each category:", *lines])
    if task.type == "fields":
        lines = [f"{key}: {values}" for key, values in _sample_values(task).items()]
        return "\n".join(["What the keys hold, for example:", *lines])
    if task.type == "number":
        values = sorted(float(example.answer) for example in task.train)
        whole = sum(value.is_integer() for value in values) / len(values)
        kind = "always a whole number" if whole == 1 else "not always a whole number"
        low, high = np.quantile(values, [0.05, 0.95])
        return f"The answer is {kind}, mostly between {low:g} and {high:g}."
    openings = Counter(" ".join(e.answer.split()[:2]) for e in task.train).most_common(3)
    named = "; ".join(f"“{words} …”" for words, _ in openings)
    return f"Texts often begin like this: {named}"


def key_question(key: str) -> str:
    """The question about one field, where fields are asked for one at a time."""
    return f"What is the “{key}” in this message? Answer with its value only, or “none”."


def _telling_words(task: Task) -> dict[str, list[str]]:
    """Words with the highest TF-IDF weight among the train rows of each label."""
    labels = task.labels[:MOST_DESCRIBED]
    documents = [" ".join(e.input for e in task.train if e.answer == label) for label in labels]
    vectoriser = TfidfVectorizer(sublinear_tf=True, token_pattern=WORDS, stop_words=None)
    weights = vectoriser.fit_transform(documents).toarray()
    words = vectoriser.get_feature_names_out()
    return {
        label: [str(words[i]) for i in np.argsort(-row, kind="stable") if words[i].isalpha()][
            :TELLING_WORDS
        ]
        for label, row in zip(labels, weights, strict=True)
    }


def _sample_values(task: Task) -> dict[str, str]:
    values: dict[str, Counter[str]] = {key: Counter() for key in task.keys[:MOST_DESCRIBED]}
    for example in task.train:
        for key, value in json.loads(example.answer).items():
            if key in values:
                values[key][json.dumps(value, ensure_ascii=False)] += 1
    return {
        key: ", ".join(value for value, _ in found.most_common(SAMPLE_VALUES))
        for key, found in values.items()
    }


def _typical_words(task: Task) -> int:
    lengths = sorted(len(example.answer.split()) for example in task.train)
    return lengths[len(lengths) // 2]
