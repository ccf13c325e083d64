import json
from collections.abc import Callable
from typing import Any

import pytest

from policies.brief import TaskType
from tools.intake.examples import Example
from tools.trials.neighbours import NearestRows
from tools.trials.plan import COPYING, HELD, PROSE, Plan
from tools.trials.shots import balanced, diverse, hard
from tools.trials.task import Task
from tools.trials.wording import INSTRUCTIONS

MakeTask = Callable[..., Task]
TRAIN = [
    Example(1, "the shirt is red", "red"),
    Example(2, "a blue car", "blue"),
    Example(3, "my red bicycle", "red"),
    Example(4, "blue sky today", "blue"),
    Example(5, "red wine stain", "red"),
]
BARE = Plan(name="bare", family="any")


def printed(plan: Plan, task: Task, text: str) -> str:
    return "\n".join(f"{m.role}: {m.content}" for m in plan.chat(task, text))


@pytest.fixture
def colours(made_task: MakeTask) -> Task:
    return made_task(train=TRAIN, description="Name the colour.")


PRINTED = {
    "bare": (
        BARE,
        """\
system: Name the colour.
Sort each message into its category.
user: a red door""",
    ),
    "contract": (
        BARE.model_copy(update={"contract": True}),
        """\
system: Name the colour.
Sort each message into its category.
The categories are: red; blue.
Answer with exactly one of them and nothing else.
user: a red door""",
    ),
    "balanced": (
        BARE.model_copy(update={"shots": "balanced", "shot_count": 3}),
        """\
system: Name the colour.
Sort each message into its category.
user: the shirt is red
assistant: red
user: a blue car
assistant: blue
user: my red bicycle
assistant: red
user: a red door""",
    ),
    "nearest last": (
        BARE.model_copy(update={"shots": "nearest", "shot_count": 2}),
        """\
system: Name the colour.
Sort each message into its category.
user: my red bicycle
assistant: red
user: a blue car
assistant: blue
user: a red door""",
    ),
    "balanced, backwards": (
        BARE.model_copy(update={"shots": "balanced", "shot_count": 2, "backwards": True}),
        """\
system: Name the colour.
Sort each message into its category.
user: a blue car
assistant: blue
user: the shirt is red
assistant: red
user: a red door""",
    ),
    "reasoning": (
        BARE.model_copy(update={"reasoning": "steps"}),
        """\
system: Name the colour.
Sort each message into its category.
Think step by step in one or two short sentences. Then write "Answer: " and the category.
user: a red door""",
    ),
    "own": (
        BARE.model_copy(update={"own": " Say the colour!\n"}),
        "system: Say the colour!\nuser: a red door",
    ),
    "own with a placeholder": (
        BARE.model_copy(update={"own": "Text: {input}\nColour:"}),
        f"system: {INSTRUCTIONS['plain']['labels']}\nuser: Text: a red door\nColour:",
    ),
    "own with a double placeholder and braces": (
        BARE.model_copy(update={"own": 'As {"colour": …}: {{input}}'}),
        f'system: {INSTRUCTIONS["plain"]["labels"]}\nuser: As {{"colour": …}}: a red door',
    ),
}


@pytest.mark.parametrize(("plan", "chat"), PRINTED.values(), ids=PRINTED)
def test_a_plan_prints_the_exact_chat(plan: Plan, chat: str, colours: Task) -> None:
    assert printed(plan, colours, "a red door") == chat


@pytest.mark.parametrize("text", ["{input}", "{{input}}", "{0} {x!r} %s", "\\1 $1", "</s>\x1b[31m"])
@pytest.mark.parametrize("own", ["Text: {input}", "Text: {{input}}"])
def test_an_input_is_put_in_as_it_is(own: str, text: str, colours: Task) -> None:
    plan = BARE.model_copy(update={"own": own})
    assert plan.chat(colours, text)[-1].content == f"Text: {text}"
    assert BARE.chat(colours, text)[-1].content == text


def test_examples_are_put_in_as_the_input_is(colours: Task) -> None:
    plan = Plan(name="p", family="f", own="Text: {input}", shots="balanced", shot_count=1)
    assert printed(plan, colours, "x").split("\n")[1:] == [
        "user: Text: the shirt is red",
        "assistant: red",
        "user: Text: x",
    ]


def test_a_row_is_never_its_own_example() -> None:
    rows = NearestRows.by_words(TRAIN)
    for example in TRAIN:
        assert rows.find(example.input, 1)[0] == example
        others = rows.find(example.input, 9, without=example.row)
        assert sorted(e.row for e in others) == [e.row for e in TRAIN if e.row != example.row]


def test_nearest_rows_share_the_most_telling_words() -> None:
    rows = NearestRows.by_words(TRAIN)
    assert [e.row for e in rows.find("red wine on my bicycle", 2)] == [3, 5]
    assert [e.row for e in rows.find("zz qq", 3)] == [1, 2, 3]  # ties: order of train
    assert len(rows.find("", 9)) == len(TRAIN)
    assert rows.find("RED!", 2) == rows.find("red", 2)


@pytest.mark.parametrize("text", ["!!! ???", "👍", "5", "我要退款", "_"])
def test_inputs_without_words_have_neighbours_too(text: str) -> None:
    rows = [Example(1, text, "a"), Example(2, f"{text} {text}", "b")]
    near = NearestRows.by_words(rows).find(text, 1)
    assert [example.row for example in near] == [1]


@pytest.mark.parametrize(
    ("task_type", "answers", "words"),
    [
        ("labels", ["red", "blue; or so", "red"], ["red; blue; or so.", "exactly one"]),
        ("fields", ['{"city": "R"}', '{"day": "M", "city": "B"}'], ["city, day.", "one JSON"]),
        ("number", ["1.0", "2.0"], ["digits only"]),
        ("text", ["one two three", "one two", "one"], ["About 2 words", "the text only"]),
    ],
)
def test_a_contract_says_what_an_answer_may_look_like(
    task_type: TaskType, answers: list[str], words: list[str], made_task: MakeTask
) -> None:
    train = [Example(n, f"input {n}", answer) for n, answer in enumerate(answers)]
    plan = BARE.model_copy(update={"contract": True})
    instruction = plan.instruction(made_task(task_type, train=train))
    for word in words:
        assert word in instruction


def test_a_template_can_be_carried_over(colours: Task) -> None:
    plan = Plan(name="p", family="f", shots="balanced", shot_count=2, decoding="scored")
    assert plan.template(colours) == (
        "SYSTEM: Name the colour.\nSort each message into its category.\n"
        "USER: the shirt is red\nASSISTANT: red\nUSER: a blue car\nASSISTANT: blue\n"
        "USER: {input}\n"
        "ANSWER: the label to which the model gives the highest probability, of: red; blue"
    )
    near = Plan(name="p", family="f", shots="nearest", shot_count=4, own="Colour of {{input}}?")
    assert near.template(colours) == (
        f"SYSTEM: {INSTRUCTIONS['plain']['labels']}\n"
        "EXAMPLES: for each input, the 4 most similar solved examples (TF-IDF cosine of "
        "words and of pieces of words), nearest last, as user and assistant turns\n"
        "USER: Colour of {input}?"
    )


@pytest.mark.parametrize(("place", "copied"), [("Rome", True), ("roma", False)])
def test_a_template_says_to_what_answers_are_held(
    place: str, copied: bool, made_task: MakeTask
) -> None:
    answer = json.dumps({"to": place})
    train = [Example(n, f"to Rome at {n}", answer) for n in range(3)]
    task = made_task("fields", "field_f1", train=train)
    plan = Plan(name="p", family="f", decoding="constrained")
    line = plan.template(task).splitlines()[-1]
    assert line.startswith(HELD) and line.endswith(COPYING) == copied


def test_fixed_examples_show_every_label_equally(colours: Task) -> None:
    assert [e.answer for e in balanced(colours, 4)] == ["red", "blue", "red", "blue"]
    assert [e.row for e in balanced(colours, 99)] == [1, 2, 3, 4, 5]
    assert colours.labels == ("red", "blue")


def test_fixed_examples_of_other_tasks_are_spread_over_lengths(made_task: MakeTask) -> None:
    train = [Example(n, f"input {n}", "x" * (n * 7 % 10 + 1)) for n in range(10)]
    task = made_task("text", "chrf", train=train)
    assert [len(e.answer) for e in balanced(task, 2)] == [3, 8]
    assert len(balanced(task, 99)) == 10 and task.labels == () and task.keys == ()


# As SmolLM2 cuts them, with the end of the turn; it is a tokenizer that knows English best.
NEEDED = {
    "The pub by the river serves Italian food at low prices and welcomes children.": 16,
    "Die Alte Mühle ist eine gemütliche Gaststätte am Fluss, Gäste geben fünf Punkte.": 35,
    "Restoran ini terletak di tepi sungai dan menyajikan makanan dengan harga terjangkau.": 32,
    "Stary Młyn to przytulny pub nad rzeką i chętnie wita rodziny z dziećmi.": 36,
    "Старая мельница — уютный паб у реки, где подают итальянскую кухню.": 55,
    "老磨坊是一家位于河边的温馨酒吧，供应价格适中的意大利菜，欢迎带孩子的家庭光临。": 76,
    '{"iban": "DE89370400440532013000", "date": "2024-05-06", "total": "1037.50"}': 54,
    "3f2a9c1d-88be-4f07-9a6e-0c5bde7f1a23": 35,
    "The pub by the river serves Italian food at low prices. " * 24: 290,
}


@pytest.mark.parametrize(("answer", "needed"), NEEDED.items())
def test_an_answer_of_any_script_has_room_near_its_need(
    answer: str, needed: int, made_task: MakeTask
) -> None:
    task = made_task("text", "chrf", train=[Example(1, "x", answer)])
    assert needed <= BARE.limits(task).max_new_tokens <= 2.7 * needed


@pytest.mark.parametrize(("longest", "tokens"), [(1, 12), (30, 19), (90, 41), (5000, 1024)])
def test_an_answer_has_room(longest: int, tokens: int, made_task: MakeTask) -> None:
    task = made_task("text", "chrf", train=[Example(1, "x", "y"), Example(2, "x", "y" * longest)])
    assert BARE.limits(task).max_new_tokens == tokens
    thinking = BARE.model_copy(update={"reasoning": "steps"})
    assert thinking.limits(task).max_new_tokens > tokens


@pytest.mark.parametrize(
    ("changes", "tokens"),
    [
        ({}, 12),
        ({"own": "Explain your reasoning, then write “Answer: ” and the colour."}, 140),
        ({"own": "Think.", "contract": True, "reasoning": "steps"}, 140),
        ({"own": "Think.", "decoding": "scored"}, 12),
    ],
)
def test_words_of_the_team_s_may_ask_for_reasons_first(
    changes: dict[str, Any], tokens: int, colours: Task
) -> None:
    assert BARE.model_copy(update=changes).limits(colours).max_new_tokens == tokens


def test_keys_are_those_of_train(made_task: MakeTask) -> None:
    answers = [{"b": 1}, {"a": 1, "b": 2}, {"c": 1, "b": 2, "a": 3}]
    train = [Example(n, "x", json.dumps(answer)) for n, answer in enumerate(answers)]
    assert made_task("fields", "field_f1", train=train).keys == ("b", "a", "c")


def test_diverse_examples_are_as_many_different_rows(colours: Task) -> None:
    assert len({e.row for e in diverse(colours, 3)}) == 3
    assert [e.row for e in diverse(colours, 99)] == [1, 2, 3, 4, 5]


def test_hard_examples_are_those_that_their_neighbour_would_get_wrong(made_task: MakeTask) -> None:
    train = [
        Example(1, "red shirt clean", "red"),
        Example(2, "red shirt clean today", "red"),
        Example(3, "red shirt", "blue"),
        Example(4, "sky sky", "blue"),
        Example(5, "sky sky sky", "blue"),
    ]
    assert {e.row for e in hard(made_task(train=train), 1)} == {3}
    assert len(hard(made_task(train=train), 99)) == 5


def test_an_instruction_may_stand_in_the_first_user_turn(colours: Task) -> None:
    plan = BARE.model_copy(update={"placement": "user", "shots": "balanced", "shot_count": 1})
    assert printed(plan, colours, "a red door") == (
        "user: Name the colour.\nSort each message into its category.\n\nthe shirt is red\n"
        "assistant: red\nuser: a red door"
    )
    assert plan.template(colours).startswith("USER: Name the colour.")


@pytest.mark.parametrize(
    ("task_type", "answers", "words"),
    [
        ("labels", ["red", "blue", "red"], "red: "),
        ("fields", ['{"city": "Rome"}', '{"day": 2, "city": "Bonn"}'], 'city: "Rome", "Bonn"'),
        ("number", ["1", "2.5"], "not always a whole number"),
        ("number", ["1", "2"], "always a whole number"),
        ("text", ["The lamp is new.", "The lamp is old."], "“The lamp …”"),
    ],
)
def test_a_description_says_what_the_train_rows_show(
    task_type: TaskType, answers: list[str], words: str, made_task: MakeTask
) -> None:
    train = [Example(n, f"input {n}", answer) for n, answer in enumerate(answers)]
    plan = BARE.model_copy(update={"described": True})
    assert words in plan.instruction(made_task(task_type, train=train))


@pytest.mark.parametrize(
    ("changes", "abilities"),
    [
        ({}, set()),
        ({"decoding": "scored"}, {"log-probabilities"}),
        ({"decoding": "constrained"}, {"log-probabilities"}),
        ({"shots": "similar", "shot_count": 2}, {"hidden states"}),
    ],
)
def test_a_plan_says_what_a_model_must_be_able_to_do(
    changes: dict[str, object], abilities: set[str], colours: Task
) -> None:
    plan = BARE.model_copy(update=changes)
    assert plan.abilities(colours) == abilities
    assert set(plan.needs(colours)) >= abilities


def test_fields_are_asked_for_one_at_a_time(made_task: MakeTask) -> None:
    train = [Example(1, "to Rome", '{"city": "Rome"}'), Example(2, "two", '{"day": 2}')]
    plan = BARE.model_copy(update={"by_key": True, "shots": "balanced", "shot_count": 2})
    chats = plan.key_chats(made_task("fields", train=train), "off to Bonn")
    assert list(chats) == ["city", "day"]
    assert [m.content for m in chats["day"] if m.role == "assistant"] == ["2", "none"]
    assert chats["city"][-1].content.startswith("off to Bonn\n\nWhat is the “city”")


def test_the_chats_of_a_plan_are_all_that_is_sent(made_task: MakeTask) -> None:
    train = [Example(1, "to Rome", '{"city": "Rome"}'), Example(2, "two", '{"day": 2}')]
    task = made_task("fields", train=train)
    one = BARE.model_copy(update={"shots": "balanced", "shot_count": 2})
    keyed = one.model_copy(update={"by_key": True})
    assert one.chats(task, "off") == (one.chat(task, "off"),)
    assert one.open_chats(task) == (one.open_chat(task),)
    assert keyed.chats(task, "off") == tuple(keyed.key_chats(task, "off").values())
    asked = [chat[-1].content for chat in keyed.open_chats(task)]
    assert [text.split("?")[0] for text in asked] == [
        f"{{input}}\n\nWhat is the “{key}” in this message" for key in ("city", "day")
    ]
    template = keyed.template(task)
    assert all(
        f"{turn.role.upper()}: {turn.content}" in template for turn in keyed.open_chats(task)[0]
    )
    assert template.endswith("ASKED LIKEWISE FOR EACH OF: day")


@pytest.mark.parametrize(("city", "tokens"), [("Rome", 24), ("Новосибирск, улица Ленина", 60)])
def test_the_value_of_a_field_has_room(city: str, tokens: int, made_task: MakeTask) -> None:
    train = [Example(1, "x", json.dumps({"city": city, "day": 2}, ensure_ascii=False))]
    plan = BARE.model_copy(update={"by_key": True})
    assert plan.limits(made_task("fields", train=train)).max_new_tokens == tokens


@pytest.mark.parametrize(
    ("changes", "within"),
    [({}, PROSE), ({"reasoning": "steps"}, 0), ({"own": "Think, then write JSON."}, 0)],
)
def test_prose_before_a_json_object_has_its_limit_unless_it_is_asked_for(
    changes: dict[str, Any], within: int, made_task: Any
) -> None:
    train = [Example(0, "x", '{"a": 1}')]
    fields = made_task("fields", "field_f1", train=train)
    plan = Plan(name="p", family="f", **changes)
    assert plan.limits(fields).json_within == within
    assert plan.limits(made_task()).json_within == 0
