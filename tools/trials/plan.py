"""A plan: one complete way to prompt, as data that prints as the exact chat sent."""

from typing import Literal

from policies.evidence import Frozen
from tools.intake.examples import Example
from tools.models.protocol import Chat, Limits, Message
from tools.trials.task import Task

Shots = Literal["none", "balanced", "nearest"]
PLACEHOLDERS = ("{{input}}", "{input}")
REASONING_TOKENS = {"labels": 48, "fields": 64, "number": 128, "text": 48}

INSTRUCTIONS = {
    "labels": "Sort each message into its category.",
    "fields": "Read each message and write down what it says as a JSON object.",
    "number": "Solve each problem. Answer with the final number only.",
    "text": "Write the text that belongs to each input, in the style of the examples.",
}
REASONING = {
    "labels": "First say in one short sentence what the message is about. Then write "
    '"Answer: " and the category.',
    "fields": 'First list what the message states. Then write "Answer: " and the JSON object.',
    "number": 'Think step by step, one short line a step. Then write "Answer: " and the number.',
    "text": 'First plan in one line. Then write "Answer: " and the text.',
}


class Plan(Frozen):
    """One way to prompt.

    Attributes:
        name: Unique in a ladder, readable by people.
        family: What kind of plan it is; plans of a family differ only in degree.
        contract: Whether the instruction says exactly what an answer may look like.
        shots: Which train rows are shown as solved examples.
        shot_count: How many.
        reasoning: Whether the model is asked to think before it answers.
        decoding: "free" lets the model write; "scored" takes the likeliest label.
        own: A prompt in the team's words, used instead of the built-in instruction.
    """

    name: str
    family: str
    contract: bool = False
    shots: Shots = "none"
    shot_count: int = 0
    reasoning: bool = False
    decoding: Literal["free", "scored"] = "free"
    own: str | None = None

    def instruction(self, task: Task) -> str:
        """The instruction, without examples and without an input."""
        parts = [self.own] if self.own else [task.description, INSTRUCTIONS[task.type]]
        if self.contract:
            parts.append(_contract(task))
        if self.reasoning:
            parts.append(REASONING[task.type])
        return "\n".join(part.strip() for part in parts if part and part.strip())

    def chat(self, task: Task, text: str) -> Chat:
        """The exact chat sent for one input: instruction, solved examples, the input."""
        turns = [Message(role="system", content=self._system(task))]
        for example in self._examples(task, text):
            turns.append(Message(role="user", content=self._user(example.input)))
            turns.append(Message(role="assistant", content=example.answer))
        turns.append(Message(role="user", content=self._user(text)))
        return tuple(turns)

    def template(self, task: Task) -> str:
        """The plan in words that a reader can carry over to another tool."""
        lines = [f"SYSTEM: {self._system(task)}"]
        if self.shots == "nearest":
            lines.append(
                f"EXAMPLES: for each input, the {self.shot_count} most similar solved examples "
                "(TF-IDF cosine), nearest last, as user and assistant turns"
            )
        for example in self._examples(task, "") if self.shots == "balanced" else []:
            lines += [f"USER: {self._user(example.input)}", f"ASSISTANT: {example.answer}"]
        lines.append(f"USER: {self._user('{input}')}")
        if self.decoding == "scored":
            lines.append(
                "ANSWER: the label to which the model gives the highest probability, of: "
                + "; ".join(task.labels)
            )
        return "\n".join(lines)

    def limits(self, task: Task) -> Limits:
        """How long an answer may get."""
        thinking = REASONING_TOKENS[task.type] if self.reasoning else 0
        return Limits(
            task.answer_tokens + thinking, until_json=task.type == "fields" and not self.reasoning
        )

    def _system(self, task: Task) -> str:
        if self._placeholder():  # the team's prompt says itself where the input goes
            return INSTRUCTIONS[task.type]
        return self.instruction(task)

    def _user(self, text: str) -> str:
        placeholder = self._placeholder()
        return self.own.replace(placeholder, text) if placeholder and self.own else text

    def _placeholder(self) -> str | None:
        return next((mark for mark in PLACEHOLDERS if self.own and mark in self.own), None)

    def _examples(self, task: Task, text: str) -> list[Example]:
        if self.shots == "nearest":
            return task.nearest.find(text, self.shot_count)[::-1]
        return task.balanced(self.shot_count) if self.shots == "balanced" else []


def _contract(task: Task) -> str:
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
    lengths = sorted(len(example.answer.split()) for example in task.train)
    typical = lengths[len(lengths) // 2]
    return f"Use every fact and invent none. About {typical} words. Answer with the text only."
