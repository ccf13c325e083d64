import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from tools.errors import ModelError, PromptTooLong, Stopped
from tools.intake.examples import Example
from tools.models.cache import CachedModel
from tools.models.protocol import Ability, Chat, Likelihoods, Limits, Reply, States, Traits
from tools.models.store import CallStore
from tools.progress import Step, Watch
from tools.trials.answering import Answer, run_plan
from tools.trials.mistakes import sort_mistakes
from tools.trials.plan import Plan
from tools.trials.task import Task
from tools.trials.trial import Trial

MakeTask = Callable[..., Task]
ALL: frozenset[Ability] = frozenset(get_args(Ability))
ROWS = [Example(7, "to Rome", "blue"), Example(9, "to Bonn", "red")]


@dataclass
class Scripted:
    """A model that answers by a function of the last message and the seed."""

    say: Callable[[str, int], str] = lambda text, seed: text
    likely: Callable[[str], tuple[float, ...]] = lambda text: (0.0, -1.0)
    greedy: int = 1
    name: str = "scripted"
    fingerprint: str = "s"
    traits: Traits = Traits(100, is_local=True, abilities=ALL)
    limits: list[Limits] = field(default_factory=list)
    read: list[str] = field(default_factory=list)

    def complete(self, chats: Sequence[Chat], limits: Limits) -> Iterator[tuple[int, Reply]]:
        self.limits.append(limits)
        for index, chat in reversed(list(enumerate(chats))):
            text = self.say(chat[-1].content, limits.seed)
            yield index, Reply(text=text, prompt_tokens=10, completion_tokens=2, seconds=0.5)

    def score(
        self, chats: Sequence[Chat], continuations: Sequence[str]
    ) -> Iterator[tuple[int, Likelihoods]]:
        for index, chat in enumerate(chats):
            values = self.likely(chat[-1].content)
            yield (
                index,
                Likelihoods(values=values, greedy=self.greedy, prompt_tokens=9, seconds=0.5),
            )

    def hidden(self, texts: Sequence[str]) -> States:
        self.read += texts
        codes = [[float(text.count(letter)) for letter in "abcdefgno"] for text in texts]
        return States(np.array([codes] * 4, np.float32), 0.1)


def answers(plan: Plan, task: Task, model: Scripted, watch: Watch | None = None) -> list[Answer]:
    return run_plan(plan, task, model, ROWS, watch or Watch(), "trials")


def test_the_most_frequent_drawn_answer_counts_and_all_draws_are_paid(made_task: MakeTask) -> None:
    model = Scripted(say=lambda text, seed: ["red", "blue", "none", "blue", "red"][seed])
    plan = Plan(name="vote", family="f", votes=4)
    found = answers(plan, made_task(), model)
    assert [answer.given for answer in found] == ["blue", "blue"]
    assert found[0].prompt_tokens == 40 and found[0].seconds == 2.0
    assert found[0].longest_call == 10
    assert [(limits.seed, limits.temperature) for limits in model.limits] == [
        (0, 0.7), (1, 0.7), (2, 0.7), (3, 0.7),
    ]  # fmt: skip


def test_rows_whose_vote_is_settled_are_drawn_no_further(made_task: MakeTask) -> None:
    def say(text: str, seed: int) -> str:
        return "red" if text == ROWS[0].input else ["red", "blue", "none", "blue", "red"][seed]

    model = Scripted(say=say)
    found = answers(Plan(name="vote", family="f", votes=5), made_task(), model)
    assert [answer.given for answer in found] == ["red", "red"]
    assert [answer.prompt_tokens for answer in found] == [30, 50]
    alike = Scripted(say=lambda text, seed: "red")
    answers(Plan(name="vote", family="f", votes=5), made_task(), alike)
    assert len(alike.limits) == 3


def test_a_vote_without_a_valid_answer_has_none(made_task: MakeTask) -> None:
    plan = Plan(name="vote", family="f", votes=2)
    found = answers(plan, made_task(), Scripted(say=lambda text, seed: "well"))
    assert [answer.given for answer in found] == [None, None]


def test_fields_asked_one_at_a_time_are_put_together(made_task: MakeTask) -> None:
    train = [Example(1, "x", '{"city": "Rome", "people": 2}'), Example(2, "y", '{"city": "12"}')]
    replies = {"city": "Bonn", "people": "3"}

    def say(text: str, seed: int) -> str:
        key = next(key for key in replies if f"“{key}”" in text)
        return "None." if text.startswith("to Rome") and key == "people" else replies[key]

    plan = Plan(name="keys", family="f", by_key=True, shots="balanced", shot_count=1)
    found = answers(plan, made_task("fields", "field_f1", train=train), Scripted(say=say))
    assert [answer.given for answer in found] == [
        '{"city": "Bonn"}',
        '{"city": "Bonn", "people": 3}',
    ]
    assert (found[0].prompt_tokens, found[0].longest_call) == (20, 10)


@pytest.mark.parametrize(
    ("reply", "city"),
    [
        ("Bonn", "Bonn"),
        ("Answer: Bonn", "Bonn"),
        ("<think>Rome?</think>Bonn", "Bonn"),
        ("She said answer: {}", "She said answer: {}"),
        ("1.10", "1.10"),
        ("Answer: none", None),
        ("", None),
    ],
)
def test_one_field_s_reply_does_not_spoil_the_row(
    reply: str, city: str | None, made_task: MakeTask
) -> None:
    train = [Example(1, "x", '{"city": "Rome", "n": 1}'), Example(2, "y", '{"city": null, "n": 1}')]
    plan = Plan(name="keys", family="f", by_key=True)
    model = Scripted(say=lambda text, seed: reply if "“city”" in text else "3")
    found = answers(plan, made_task("fields", "field_f1", train=train), model)
    wanted = {"n": 3} if city is None else {"city": city, "n": 3}
    assert json.loads(found[0].given or "") == wanted


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ({"reasoning": "steps"}, "A lamp."),
        ({"own": "List the facts, then write “Answer:” and one line."}, "A lamp."),
        ({"own": "Facts of {input} first, then Answer: and one line."}, "A lamp."),
        ({"own": "Answer in one line."}, "Facts first.\nAnswer: A lamp."),
        ({}, "Facts first.\nAnswer: A lamp."),
    ],
)
def test_a_text_follows_its_marker_where_the_plan_or_the_prompt_reasons(
    parts: dict[str, Any], text: str, made_task: MakeTask
) -> None:
    plan = Plan(name="p", family="f", **parts)
    model = Scripted(say=lambda text, seed: "Facts first.\nAnswer: A lamp.")
    assert answers(plan, made_task("text", "chrf"), model)[0].given == text


@pytest.mark.parametrize(
    ("objects", "keys"),
    [
        (['{"a": "x", "n": 1}', '{"a": null}'], {"a"}),
        (['{"a": "x"}', '{"a": 1}'], set()),
        (['{"a": null}', '{"b": "x"}'], {"b"}),
    ],
)
def test_a_key_is_text_if_all_its_values_are(
    objects: list[str], keys: set[str], made_task: MakeTask
) -> None:
    train = [Example(n, "x", answer) for n, answer in enumerate(objects)]
    assert made_task("fields", "field_f1", train=train).text_keys == keys


@pytest.mark.parametrize(
    ("decoding", "labels"),
    [("scored", ["blue", "red"]), ("calibrated", ["red", "red"]), ("constrained", ["red", "red"])],
)
def test_labels_by_likelihood(decoding: str, labels: list[str], made_task: MakeTask) -> None:
    task = made_task()
    assert task.labels[:2] == ("blue", "red")
    values = {"to Rome": (-1.0, -2.0), "to Bonn": (-2.0, -1.0), "N/A": (-0.5, -4.0)}
    model = Scripted(likely=lambda text: values[text])
    plan = Plan(name="p", family="f", decoding=decoding)  # type: ignore[arg-type]
    assert [answer.given for answer in answers(plan, task, model)] == labels


@pytest.mark.parametrize(
    ("reply", "given"),
    [
        ('{"category": "red"}', "red"),
        ('```json\n{"category": "blue"}\n```', "blue"),
        ('{"category": "r\\u0065d"}', "red"),
        ("red", "red"),  # an endpoint that does not heed the form
        ('{"category": "green"}', None),
        ('{"category": ', None),
    ],
)
def test_labels_are_written_as_one_of_a_list(
    reply: str, given: str | None, made_task: MakeTask
) -> None:
    model = Scripted(say=lambda text, seed: reply)
    plan = Plan(name="p", family="f", decoding="listed")
    task = made_task()
    assert plan.abilities(task) == {"answer forms"} and not plan.by_likelihood(task)
    assert [answer.given for answer in answers(plan, task, model)] == [given] * 2
    form = model.limits[0].form
    assert form is not None and form.kind == "json_schema"
    label = json.loads(form.text)["properties"]["category"]
    assert label == {"type": "string", "enum": ["blue", "red"]}
    assert plan.template(task).endswith("“category” is one of: blue; red")


def test_labels_are_calibrated_below_the_examples_that_the_input_itself_has(
    made_task: MakeTask,
) -> None:
    """To ask again for nothing takes a second prompt with every request, and is paid for."""
    train = [Example(1, "to Rome", "red"), Example(2, "to Bonn", "blue")]
    task = made_task(train=train)
    plan = Plan(name="p", family="f", decoding="calibrated", shots="nearest", shot_count=1)
    for row in ROWS:
        blank = plan.blank_chat(task, row.input)
        assert blank[:-1] == plan.chat(task, row.input)[:-1] and blank[-1].content == "N/A"
    near = answers(plan, task, Scripted())
    fixed = plan.model_copy(update={"shots": "balanced"})
    assert [(a.prompt_tokens, a.longest_call, a.seconds) for a in near] == [(18, 9, 1.0)] * 2
    assert [a.prompt_tokens for a in answers(fixed, task, Scripted())] == [9, 9]


def test_similar_examples_are_found_by_hidden_states_with_progress(
    made_task: MakeTask, tmp_path: Path
) -> None:
    train = [Example(n, "abc"[n % 3] * 4, "red") for n in range(70)]
    steps: list[Step] = []
    plan = Plan(name="p", family="f", shots="similar", shot_count=2)
    inner = Scripted()
    store = CallStore(tmp_path / "calls.sqlite")
    model: Any = CachedModel("scripted", "scripted", inner.traits, store, lambda: inner)
    task = made_task(train=train)
    run_plan(plan, task, model, [Example(99, "b", "red")], Watch(listen=steps.append), "trials")
    assert [step.title for step in steps][0] == "Reading the examples with scripted"
    assert {e.input for e in task.similar(model).find("bb", 3)} == {"bbbb"}
    with pytest.raises(Stopped):
        answers(plan, task, model, Watch(should_stop=lambda: True))


def test_a_model_that_lacks_the_ability_is_refused_in_words(made_task: MakeTask) -> None:
    @dataclass
    class OnlyWords:
        name: str = "words"
        fingerprint: str = "w"
        traits: Traits = Traits(100, is_local=False)

        def complete(self, chats: Sequence[Chat], limits: Limits) -> Iterator[tuple[int, Reply]]:
            yield from ()

    for parts, words in (
        ({"decoding": "scored"}, "log-probabilities"),
        ({"shots": "similar", "shot_count": 2}, "hidden states"),
    ):
        plan = Plan.model_validate({"name": "p", "family": "f", **parts})
        with pytest.raises(ModelError, match=words):
            run_plan(plan, made_task(), OnlyWords(), ROWS, Watch(), "trials")


@dataclass
class Choosy(Scripted):
    """A model that takes no chat of more than so many characters."""

    most: int = 60

    def complete(self, chats: Sequence[Chat], limits: Limits) -> Iterator[tuple[int, Reply]]:
        sizes = [sum(len(message.content) for message in chat) for chat in chats]
        if long := [at for at, size in enumerate(sizes) if size > self.most]:
            raise PromptTooLong("It does not fit.", long)
        yield from super().complete(chats, limits)


MANY = [Example(n, f"to Rome {n}", "blue") for n in range(5)]
ENDLESS = Example(9, "to Rome " + "and back " * 40, "blue")


@pytest.mark.parametrize("votes", [1, 3])
def test_a_row_that_no_prompt_fits_goes_without_an_answer(votes: int, made_task: MakeTask) -> None:
    plan = Plan(name="any", family="f", votes=votes)
    model = Choosy(say=lambda text, seed: "blue", most=200)
    found = run_plan(plan, made_task(), model, [*MANY, ENDLESS], Watch(), "trials")
    assert [answer.given for answer in found] == ["blue"] * 5 + [None]
    trial = Trial(plan, "choosy", [*MANY, ENDLESS], found)
    assert "1 of 6 rows are too long for the model" in trial.arm(made_task()).note
    kinds = [mistake.kind for mistake in sort_mistakes(made_task(), trial.examples, found)]
    assert kinds == ["the model cannot read the input: it is too long, or refused"]
    with pytest.raises(PromptTooLong):  # what most rows need is no exception
        run_plan(plan, made_task(), model, [ENDLESS, ENDLESS, MANY[0]], Watch(), "trials")
    with pytest.raises(PromptTooLong):
        run_plan(plan, made_task(), model, [ENDLESS], Watch(), "answer")


def test_a_plan_that_is_too_long_for_a_row_does_not_fit(made_task: MakeTask) -> None:
    plan = Plan(name="own", family="own", own=f"{'Please. ' * 20}{{input}}")
    most = sum(len(turn.content) for turn in plan.chat(made_task(), MANY[0].input)) + 5
    longer = Example(9, MANY[0].input + " and back", "blue")
    model = Choosy(say=lambda text, seed: "blue", most=most)
    with pytest.raises(PromptTooLong):
        run_plan(plan, made_task(), model, [*MANY, longer], Watch(), "trials")
    found = run_plan(plan, made_task(), model, [*MANY, longer], Watch(), "gap", spare=True)
    assert [answer.given for answer in found] == ["blue"] * 5 + [None]
