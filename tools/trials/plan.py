"""A plan: one complete way to prompt, as data that prints as the exact chat sent."""

from collections.abc import Iterable
from typing import Literal

from policies.evidence import Frozen
from tools.errors import ModelError
from tools.intake.documents import Passage
from tools.intake.examples import Example
from tools.models.copied import COPIED
from tools.models.protocol import Ability, Chat, Embedder, Form, LanguageModel, Limits, Message
from tools.trials.forms import LISTED, listing
from tools.trials.shots import FIXED, values_of
from tools.trials.task import Task, room_for
from tools.trials.wording import (
    INSTRUCTIONS,
    LOOKED_UP,
    REASONING,
    Reasoning,
    Wording,
    contract,
    description,
    key_question,
)

Shots = Literal["none", "balanced", "diverse", "hard", "nearest", "similar"]
Given = Literal["given"]
Lookup = Literal["none", "nearest", "similar"]
Decoding = Literal["free", "constrained", "scored", "calibrated", "listed"]
OWN = "yours"  # the family of the team's own prompt
PER_INPUT = ("nearest", "similar")
CLOSENESS = {
    "nearest": "TF-IDF cosine of words and of pieces of words",
    "similar": "cosine of the model's hidden states, and of words and pieces of words",
}
PLACEHOLDERS = ("{{input}}", "{input}")
REASONING_TOKENS = {"labels": 48, "fields": 64, "number": 128, "text": 48}
OWN_TOKENS = 128  # words of the team's may ask for a few sentences before the answer
PROSE = 40  # tokens of prose before a JSON object; more is rambling that never comes to one
DRAW_TEMPERATURE = 0.7  # of self-consistency (2203.11171)
VALUE_TOKENS = 24  # at least, for one field
LISTED_TOKENS = 16  # of the object around a label
NOTHING = "N/A"  # the input without content by which labels are calibrated (2102.09690)
EXAMPLES_AT_HAND = "your examples at hand for every request"
DOCUMENTS_AT_HAND = "your documents at hand for every request"
HELD = "ANSWER: only in the form of the examples' answers"
COPYING = "; texts that the examples copy from their inputs are copied from the input"
PASSAGES = "{passages}"  # where a template shows that passages stand


class Plan(Frozen):
    """One way to prompt.

    Attributes:
        name: Unique in a ladder, readable by people.
        family: What kind of plan it is; plans of a family differ only in degree.
        wording: Which instruction.
        contract: Whether the instruction says exactly what an answer may look like.
        described: Whether it says what the train rows show of labels, keys or style.
        placement: Whether the instruction stands in the system turn or in the first user turn.
        shots: Which train rows are shown as solved examples.
        shot_count: How many.
        given_rows: Row numbers of the examples, where they were picked one by one.
        passages: How the passages of the team's documents that stand before each input, an
            example's included, are looked up.
        passage_count: How many passages.
        nearest_first: Whether the example that is most like the input comes first, not last.
        backwards: Whether examples that are the same for every input stand in the opposite order.
        reasoning: How the model is asked to think before it answers, or None.
        votes: Of how many drawn answers the most frequent counts.
        by_key: Whether the most frequent fields of an answer are asked for one at a time.
        decoding: "free" lets the model write; "constrained" lets it write right forms only;
            "scored" takes the likeliest label, "calibrated" that by how much likelier the input
            makes it; "listed" lets an endpoint write one of the labels only.
        own: A prompt in the team's words, used instead of the built-in instruction.
        after: A plan that must not be clearly behind, or this one is not worth its cost.
    """

    name: str
    family: str
    wording: Wording = "plain"
    contract: bool = False
    described: bool = False
    placement: Literal["system", "user"] = "system"
    shots: Shots | Given = "none"
    shot_count: int = 0
    given_rows: tuple[int, ...] = ()
    passages: Lookup = "none"
    passage_count: int = 0
    nearest_first: bool = False
    backwards: bool = False
    reasoning: Reasoning | None = None
    votes: int = 1
    by_key: bool = False
    decoding: Decoding = "free"
    own: str | None = None
    after: str | None = None

    def by_likelihood(self, task: Task) -> bool:
        """Whether answers are found by how likely the labels are; nothing is written then."""
        return task.type == "labels" and self.decoding not in ("free", "listed")

    def abilities(self, task: Task) -> frozenset[Ability]:
        """What a model must be able to do besides writing."""
        reads = "similar" in (self.shots, self.passages)
        needed: list[Ability] = ["hidden states"] if reads else []
        if self.by_likelihood(task):
            needed.append("log-probabilities")
        elif self.decoding == "listed":
            needed.append("answer forms")
        elif self.decoding == "constrained":
            by_pattern = task.form is not None and task.form.kind == "regex"
            needed.append("answer patterns" if by_pattern else "answer forms")
        return frozenset(needed)

    def needs(self, task: Task) -> tuple[str, ...]:
        """What the plan needs wherever it is to run, in words."""
        at_hand = {EXAMPLES_AT_HAND: self.shots in PER_INPUT, DOCUMENTS_AT_HAND: self.looks_up}
        return (*sorted(self.abilities(task)), *(need for need, so in at_hand.items() if so))

    @property
    def anew(self) -> bool:
        """Whether what stands before an input is chosen anew for each."""
        return self.shots in PER_INPUT or self.looks_up

    @property
    def is_short(self) -> bool:
        """Whether it is the bare instruction, as a fine-tune is trained with and forecast for."""
        return self == Plan(name=self.name, family=self.family, decoding=self.decoding)

    @property
    def looks_up(self) -> bool:
        """Whether passages of the team's documents are sent along."""
        return self.passages != "none"

    def looked_up(self, task: Task, text: str, model: LanguageModel | None = None) -> list[Passage]:
        """The passages that are sent along with an input, nearest first; none for most plans."""
        if self.passages == "none":
            return []
        if self.passages == "nearest":
            return task.looked_up(text, self.passage_count)
        if not isinstance(model, Embedder):
            raise ModelError("The plan needs a model that shows its hidden states.")
        return task.looked_up(text, self.passage_count, model)

    def to_read(self, task: Task) -> list[str]:
        """The texts that a model has to read before it finds what is similar to an input."""
        rows = [example.input for example in task.train] if self.shots == "similar" else []
        documents = [passage.text for passage in task.passages]
        return rows + (documents if self.passages == "similar" else [])

    def instruction(self, task: Task) -> str:
        """The instruction, without examples and without an input."""
        return task.once(("instruction", self), lambda: self._instruction(task))

    def words(self, task: Task) -> str:
        """What the instruction asks for, without contract, descriptions and reasoning."""
        built_in = INSTRUCTIONS[self.wording][task.type]
        if self._placeholder():  # the team's prompt stands in the user turn, around the input
            return built_in
        return _lines([self.own] if self.own else [task.description, built_in])

    def reworded(self, words: str, name: str, family: str) -> "Plan":
        """The same plan with other words for what the instruction asks for."""
        return self.model_copy(update={"own": words, "name": name, "family": family, "after": None})

    @property
    def rewordable(self) -> bool:
        """Whether other words can be tried in its place, at the cost of one answer a row."""
        return not self._placeholder() and self.votes == 1 and not self.by_key

    def chats(self, task: Task, text: str, model: LanguageModel | None = None) -> tuple[Chat, ...]:
        """The exact chats sent for one input: one, or one for each field; see `chat`."""
        if self.by_key:
            return tuple(self.key_chats(task, text).values())
        return (self.chat(task, text, model),)

    def open_chats(self, task: Task) -> tuple[Chat, ...]:
        """The same with a gap for the input; see `open_chat`."""
        return self.chats(task, "{input}") if self.by_key else (self.open_chat(task),)

    def chat(self, task: Task, text: str, model: LanguageModel | None = None) -> Chat:
        """The chat for one input: instruction, solved examples, the input.

        It is what is sent, unless fields are asked for one at a time.

        Args:
            task: The task.
            text: The input.
            model: The model that finds similar examples or passages, for plans that show them.
        """
        return self._around(task, text, text, model)

    def open_chat(self, task: Task) -> Chat:
        """The chat with a gap for the input; examples that each input chooses are left out."""
        examples = self._fixed(task)
        users = [self.filled(each) for each in (*(e.input for e in examples), "{input}")]
        return self._chat(task, users, examples)

    def blank_chat(self, task: Task, text: str, model: LanguageModel | None = None) -> Chat:
        """The chat for an input without content, in the surroundings that a given input has."""
        return self._around(task, text, NOTHING, model)

    def key_chats(self, task: Task, text: str) -> dict[str, Chat]:
        """For each frequent field the chat that asks for it alone."""
        chats = {}
        for key in task.frequent_keys:
            turns = [Message(role="system", content=self.instruction(task))]
            for example in self._fixed(task):
                asked = f"{example.input}\n\n{key_question(key)}"
                turns.append(Message(role="user", content=asked))
                turns.append(Message(role="assistant", content=values_of(example, key)))
            turns.append(Message(role="user", content=f"{text}\n\n{key_question(key)}"))
            chats[key] = tuple(turns)
        return chats

    def template(self, task: Task) -> str:
        """The plan in words that a reader can carry over to another tool."""
        if self.by_key:
            return self._template_by_key(task)
        lines = [] if self.placement == "user" else [f"SYSTEM: {self.instruction(task)}"]
        before = f"{self.instruction(task)}\n\n" if self.placement == "user" else ""
        if self.shots in PER_INPUT:
            by = CLOSENESS[self.shots]
            order = "nearest first" if self.nearest_first else "nearest last"
            several = f"{self.shot_count} most similar solved examples ({by}), {order}"
            one = f"most similar solved example ({by})"
            shown = one if self.shot_count == 1 else several
            lines.append(f"EXAMPLES: for each input, the {shown}, as user and assistant turns")
        if self.looks_up:
            by = CLOSENESS[self.passages]
            several = f"{self.passage_count} passages of your documents that are most like the "
            several += f"input ({by}), nearest last"
            one = f"passage of your documents that is most like the input ({by})"
            lines.append(f"{PASSAGES}: the {one if self.passage_count == 1 else several}")
        found = PASSAGES if self.looks_up else ""
        for example in self._fixed(task):
            user = self.filled(example.input, found)
            lines += [f"USER: {before}{user}", f"ASSISTANT: {example.answer}"]
            before = ""
        lines.append(f"USER: {before}{self.filled('{input}', found)}")
        return "\n".join([*lines, *self._answer_line(task)])

    def _template_by_key(self, task: Task) -> str:
        """The chat for the first field in full; those for the others differ in the field alone."""
        first, *others = self.open_chats(task) or ((),)
        lines = [f"{turn.role.upper()}: {turn.content}" for turn in first]
        if others:
            lines.append("ASKED LIKEWISE FOR EACH OF: " + "; ".join(task.frequent_keys[1:]))
        return "\n".join(lines)

    def limits(self, task: Task, draw: int = 0) -> Limits:
        """How long an answer may get and how it is chosen.

        Args:
            task: The task.
            draw: Which of several drawn answers.
        """
        if self.by_key:
            return Limits(task.once("value tokens", lambda: _value_tokens(task)))
        before = self._room_before(task)
        is_json = task.type == "fields" and not self.reasoning
        return Limits(
            task.answer_tokens + before + (LISTED_TOKENS if self.decoding == "listed" else 0),
            until_json=is_json,
            json_within=PROSE if is_json and not before else 0,
            form=self._form(task),
            temperature=DRAW_TEMPERATURE if self.votes > 1 else 0.0,
            seed=draw,
        )

    def _form(self, task: Task) -> Form | None:
        if self.decoding == "listed":
            return task.once("listing", lambda: listing(task.labels))
        return task.form if self.decoding == "constrained" else None

    def _room_before(self, task: Task) -> int:
        """Tokens to allow for what is written before the answer."""
        thinking = REASONING_TOKENS[task.type] if self.reasoning else 0
        own = OWN_TOKENS if self.own and self.decoding == "free" else 0
        return max(thinking, own)

    def _instruction(self, task: Task) -> str:
        parts = [self.words(task)]
        if self.described:
            parts.append(description(task))
        if self.contract:
            parts.append(contract(task))
        if self.looks_up:
            parts.append(LOOKED_UP)
        if self.reasoning:
            parts.append(REASONING[self.reasoning][task.type])
        return _lines(parts)

    def _around(self, task: Task, text: str, asked: str, model: LanguageModel | None) -> Chat:
        """The chat that asks for one text below the examples and passages that another one has."""
        examples = self._examples(task, text, model)
        inputs = [example.input for example in examples]
        found = [self._found(task, each, model) for each in (*inputs, text)]
        users = [self.filled(*each) for each in zip((*inputs, asked), found, strict=True)]
        return self._chat(task, users, examples)

    def _chat(self, task: Task, users: list[str], examples: list[Example]) -> Chat:
        turns = []
        if self.placement == "user":
            users = [f"{self.instruction(task)}\n\n{users[0]}", *users[1:]]
        else:
            turns.append(Message(role="system", content=self.instruction(task)))
        for user, example in zip(users, examples, strict=False):
            turns.append(Message(role="user", content=user))
            turns.append(Message(role="assistant", content=example.answer))
        turns.append(Message(role="user", content=users[-1]))
        return tuple(turns)

    def filled(self, text: str, passages: str = "") -> str:
        """The user turn: the passages found and the input, or the team's prompt around them."""
        placeholder = self._placeholder()
        text = f"{passages}\n\n{text}" if passages else text
        return self.own.replace(placeholder, text) if placeholder and self.own else text

    def _found(self, task: Task, text: str, model: LanguageModel | None) -> str:
        """The passages for an input, the nearest last."""
        found = self.looked_up(task, text, model)
        return "\n\n".join(passage.text for passage in reversed(found))

    def _placeholder(self) -> str | None:
        return next((mark for mark in PLACEHOLDERS if self.own and mark in self.own), None)

    def _fixed(self, task: Task) -> list[Example]:
        if self.shots == "given":
            train = {example.row: example for example in task.train}
            return [train[row] for row in self.given_rows[: self.shot_count]]
        choose = FIXED.get(self.shots)
        if choose is None:
            return []
        rows = task.once((self.shots, self.shot_count), lambda: choose(task, self.shot_count))
        return rows[::-1] if self.backwards else rows

    def _examples(self, task: Task, text: str, model: LanguageModel | None) -> list[Example]:
        if self.shots not in PER_INPUT:
            return self._fixed(task)
        if self.shots == "nearest":
            found = task.nearest.find(text, self.shot_count)
        elif isinstance(model, Embedder):
            found = task.similar(model).find(text, self.shot_count)
        else:
            raise ModelError("The plan needs a model that shows its hidden states.")
        return found if self.nearest_first else found[::-1]

    def _answer_line(self, task: Task) -> list[str]:
        if self.votes > 1:
            return [f"ANSWER: the most frequent of {self.votes} answers drawn at temperature 0.7"]
        if self.decoding == "listed":
            return [
                f"ANSWER: a JSON object in which “{LISTED}” is one of: {'; '.join(task.labels)}"
            ]
        if not self.by_likelihood(task):
            copied = task.form is not None and COPIED in task.form.text
            line = HELD + (COPYING if copied else "")
            return [line] if self.decoding == "constrained" else []
        how = {
            "constrained": "the label that greedy decoding writes when it may write no other text",
            "scored": "the label to which the model gives the highest probability",
            "calibrated": "the label whose probability the input raises most over its probability "
            f"for the input “{NOTHING}”",
        }[self.decoding]
        return [f"ANSWER: {how}, of: {'; '.join(task.labels)}"]


def _value_tokens(task: Task) -> int:
    """Tokens to allow for the value of one field."""
    values = (values_of(example, key) for example in task.train for key in task.frequent_keys)
    return max(VALUE_TOKENS, room_for(values))


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(part.strip() for part in parts if part and part.strip())
