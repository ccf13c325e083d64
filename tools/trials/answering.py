"""Answering rows with a plan: written, drawn and voted on, asked key by key, or by likelihood."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tools.errors import ModelError, Unanswerable
from tools.intake.examples import Example
from tools.models.cache import CachedModel
from tools.models.protocol import (
    Chat,
    Embedder,
    Finish,
    LanguageModel,
    Likelihoods,
    Limits,
    Reply,
    Scorer,
    Writer,
)
from tools.progress import Watch
from tools.trials.forms import listed
from tools.trials.parse import asks_for_marker, parse_answer, plain_object
from tools.trials.plan import Plan
from tools.trials.task import Task

PLAINEST, ONE_TOKEN = Plan(name="bare instruction", family="instruction"), Limits(1)
UNREAD = "unread"  # why there is no answer to a row that the model does not take
_WORST: tuple[Finish, ...] = ("error", "length", "content_filter", "stop")
READ_TOGETHER = 128  # texts whose hidden states are read between two looks at the stop button


@dataclass(frozen=True)
class Answer:
    """What a plan made of one row.

    Attributes:
        row: The row it answers.
        reply: What the model wrote, or the label chosen by likelihood.
        given: The parsed answer; None if there was no valid one.
        finish: Why the reply ended.
        prompt_tokens: Tokens sent.
        completion_tokens: Tokens received.
        seconds: Time for this row.
        longest_prompt: Tokens sent with the longest call, where the row took several.
        estimated: Whether the tokens are estimated.
    """

    row: int
    reply: str
    given: str | None
    finish: str
    prompt_tokens: int
    completion_tokens: int
    seconds: float
    longest_prompt: int | None = None
    estimated: bool = False

    @property
    def longest_call(self) -> int:
        """Tokens sent with the longest call: what has to fit into a context window."""
        return self.prompt_tokens if self.longest_prompt is None else self.longest_prompt


def run_plan(
    plan: Plan,
    task: Task,
    model: LanguageModel,
    rows: Sequence[Example],
    watch: Watch,
    stage: str,
    *,
    spare: bool = False,
) -> list[Answer]:
    """Answer some rows with a plan.

    A row that the model does not take even with the plainest prompt, since it is too long or
    refused, is no fault of the plan: it goes without an answer and counts as wrong.

    Args:
        plan: The plan.
        task: The task.
        model: The model; it needs the plan's abilities.
        rows: The rows to answer.
        watch: Progress and stop.
        stage: The stage of the run, for the progress line.
        spare: Whether any row that is not taken goes without an answer, whatever the reason.

    Raises:
        Stopped: The user pressed stop or the time is up.
        Unanswerable: The model does not take the plan's prompts, or not most of the rows.
        ModelError: The model cannot answer.
    """
    asking, taken = _Asking(plan, task, model, watch, stage), list(rows)
    while True:
        try:
            found = {answer.row: answer for answer in asking.answers(taken)}
            return [found.get(row.row) or _unread(row) for row in rows]
        except Unanswerable as error:
            named = [taken[place] for place in error.places]
            hopeless = [row for row in named if spare or asking.is_refused_anyway(row)]
            taken = [row for row in taken if row not in hopeless]
            if not hopeless or len(taken) < len(rows) / 2:
                raise


def _unread(row: Example) -> Answer:
    return Answer(row.row, "", None, UNREAD, 0, 0, 0.0)


def read_states(model: Embedder, texts: Sequence[str], watch: Watch, stage: str, name: str) -> None:
    """Have the hidden states of texts read, with progress; a store keeps them."""
    parts = [texts[at : at + READ_TOGETHER] for at in range(0, len(texts), READ_TOGETHER)]
    work = (model.hidden(part) for part in parts)
    for _ in watch.track(stage, f"Reading the examples with {name}", work, len(parts)):
        pass


def picked(plan: Plan, found: Likelihoods, blank: Likelihoods | None = None) -> int:
    """Which label a plan takes by likelihood.

    Args:
        plan: The plan.
        found: How likely the labels are after the input.
        blank: The same after an input without content, for plans that calibrate.
    """
    if plan.decoding == "constrained":
        return found.greedy
    prior = blank.values if blank else (0.0,) * len(found.values)
    return int(np.argmax(np.subtract(found.values, prior)))


@dataclass(frozen=True)
class _Asking:
    plan: Plan
    task: Task
    model: LanguageModel
    watch: Watch
    stage: str

    def answers(self, rows: Sequence[Example]) -> list[Answer]:
        """Answers to all of these rows, in their order."""
        if self.plan.by_likelihood(self.task):
            return self.by_likelihood(rows)
        if self.plan.by_key:
            return self.by_key(rows)
        return self.by_vote(rows) if self.plan.votes > 1 else self.by_writing(rows)

    def is_refused_anyway(self, row: Example) -> bool:
        """Whether the model does not take a row with the plainest prompt either."""
        try:
            for _ in self.model.complete([PLAINEST.chat(self.task, row.input)], ONE_TOKEN):
                pass
        except Unanswerable:
            return True
        return False

    def by_writing(self, rows: Sequence[Example]) -> list[Answer]:
        chats, limits, wrote = self._chats(rows), self.plan.limits(self.task), self.watch.wrote
        if wrote is not None and len(chats) == 1 and isinstance(self.model, Writer):
            return [self._answer(rows[0], self.model.write(chats[0], limits, wrote))]
        replies = self._replies(chats, limits)
        return [self._answer(row, reply) for row, reply in zip(rows, replies, strict=True)]

    def by_vote(self, rows: Sequence[Example]) -> list[Answer]:
        """Draw answers until the rest could not change which of them is the most frequent."""
        chats = self._chats(rows)
        drawn: list[list[Answer]] = [[] for _ in rows]
        for draw in range(self.plan.votes):
            open_rows = [at for at, own in enumerate(drawn) if not _settled(own, self.plan.votes)]
            if not open_rows:
                break
            limits = self.plan.limits(self.task, draw)
            replies = self._replies([chats[at] for at in open_rows], limits, f", answer {draw + 1}")
            for at, reply in zip(open_rows, replies, strict=True):
                drawn[at].append(self._answer(rows[at], reply))
        return [_voted(own) for own in drawn]

    def by_key(self, rows: Sequence[Example]) -> list[Answer]:
        chats = [self.plan.key_chats(self.task, row.input) for row in rows]
        limits = self.plan.limits(self.task)
        replies = {
            key: self._replies([chat[key] for chat in chats], limits, f", “{key}”")
            for key in self.task.frequent_keys
        }
        return [
            self._combined(row, {key: found[at] for key, found in replies.items()})
            for at, row in enumerate(rows)
        ]

    def by_likelihood(self, rows: Sequence[Example]) -> list[Answer]:
        if not isinstance(self.model, Scorer):
            raise ModelError(f"The model {self.model.name} does not give log-probabilities.")
        found = self._likelihoods(self.model, self._chats(rows))
        if self.plan.decoding != "calibrated":
            return [self._label(row, each) for row, each in zip(rows, found, strict=True)]
        chats = [self.plan.blank_chat(self.task, row.input, self.model) for row in rows]
        distinct = list(dict.fromkeys(chats))  # one, where every input has the same surroundings
        blanks = dict(zip(distinct, self._likelihoods(self.model, distinct), strict=True))
        return [
            self._label(row, each, blanks[chat])
            for row, each, chat in zip(rows, found, chats, strict=True)
        ]

    def _label(self, row: Example, found: Likelihoods, blank: Likelihoods | None = None) -> Answer:
        label = self.task.labels[picked(self.plan, found, blank)]
        tokens, seconds = found.prompt_tokens, found.seconds
        if blank and self.plan.anew:  # a second prompt with every request
            longest = max(tokens, blank.prompt_tokens)
            tokens, seconds = tokens + blank.prompt_tokens, seconds + blank.seconds
            return Answer(row.row, label, label, "stop", tokens, 0, seconds, longest)
        return Answer(row.row, label, label, "stop", tokens, 0, seconds)

    def _chats(self, rows: Sequence[Example]) -> list[Chat]:
        texts = self.plan.to_read(self.task)
        # A model that keeps nothing reads them when the first neighbours are looked for.
        if texts and isinstance(self.model, CachedModel):
            model, inputs = self.model, [example.input for example in rows]

            def read(texts: Sequence[str]) -> None:
                read_states(model, texts, self.watch, self.stage, model.name)

            # Once for a task: whoever answers one request after the other does not read all again.
            self.task.once(("read", id(model), hash(tuple(texts))), lambda: read(texts))
            if len(inputs) > 1:
                read(inputs)
        return [self.plan.chat(self.task, row.input, self.model) for row in rows]

    def _replies(self, chats: Sequence[Chat], limits: Limits, part: str = "") -> list[Reply]:
        return self._in_order(self.model.complete(chats, limits), len(chats), part)

    def _likelihoods(self, model: Scorer, chats: Sequence[Chat]) -> list[Likelihoods]:
        return self._in_order(model.score(chats, self.task.labels), len(chats))

    def _in_order(self, work: Any, count: int, part: str = "") -> list[Any]:
        title = f"{self.plan.name} on {self.model.name}{part}"
        found = dict(self.watch.track(self.stage, title, work, count))
        return [found[index] for index in range(count)]

    def _answer(self, row: Example, reply: Reply) -> Answer:
        text = listed(reply.text) if self.plan.decoding == "listed" else reply.text
        return Answer(
            row.row,
            reply.text,
            parse_answer(self.task.type, text, self.task.labels, reasoned=self._reasoned),
            reply.finish,
            reply.prompt_tokens,
            reply.completion_tokens,
            reply.seconds,
            estimated=reply.estimated,
        )

    def _combined(self, row: Example, replies: dict[str, Reply]) -> Answer:
        """One object of the answers to each key's question; "none" leaves a key out."""
        said = {
            key: parse_answer("text", reply.text, reasoned=self._reasoned)
            for key, reply in replies.items()
        }
        found = {
            key: self._typed(key, text)
            for key, text in said.items()
            if text and text.strip(" .").casefold() != "none"
        }
        text = json.dumps(found, ensure_ascii=False)
        return Answer(
            row.row,
            text,
            plain_object(text),
            min((reply.finish for reply in replies.values()), key=_WORST.index, default="stop"),
            sum(reply.prompt_tokens for reply in replies.values()),
            sum(reply.completion_tokens for reply in replies.values()),
            sum(reply.seconds for reply in replies.values()),
            max((reply.prompt_tokens for reply in replies.values()), default=0),
            any(reply.estimated for reply in replies.values()),
        )

    @property
    def _reasoned(self) -> bool:
        return self.plan.reasoning is not None or asks_for_marker(self.plan.own)

    def _typed(self, key: str, text: str) -> Any:
        """A value as the train rows have it: text stays text, all else is read as JSON."""
        if key in self.task.text_keys:
            return text
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text


def _settled(drawn: Sequence[Answer], votes: int) -> bool:
    """Whether no further of so many votes could change the winner."""
    counts = Counter(answer.given for answer in drawn if answer.given is not None)
    first, second = ([count for _, count in counts.most_common(2)] + [0, 0])[:2]
    return first - second > votes - len(drawn)


def _voted(drawn: Sequence[Answer]) -> Answer:
    """The first of the answers that were given most often; the others add to what it cost."""
    counts = Counter(answer.given for answer in drawn if answer.given is not None)
    winner = counts.most_common(1)[0][0] if counts else None
    first = next(answer for answer in drawn if answer.given == winner)
    return replace(
        first,
        prompt_tokens=sum(answer.prompt_tokens for answer in drawn),
        completion_tokens=sum(answer.completion_tokens for answer in drawn),
        seconds=sum(answer.seconds for answer in drawn),
        longest_prompt=max(answer.longest_call for answer in drawn),
    )
