"""The interview: topics in order, answers in words, problems said."""

from pathlib import Path

import pytest

from agent.interview import next_topic, read_answer
from agent.late_topics import LATE_TOPICS
from agent.questions import Unclear
from agent.topics import TOPICS
from policies.brief import Brief
from tests.interviews import SAMPLE_ANSWERS, answer_all, begin, then
from tools.runs import Run, create_run


@pytest.fixture
def run(home: Path) -> Run:
    return create_run(home)


def test_a_sample_is_one_click_away(run: Run) -> None:
    state = answer_all(run, SAMPLE_ANSWERS)
    assert next_topic(state) is None
    brief = state["brief"]
    assert (brief.task, brief.target, brief.monthly_requests) == ("sort mail", 0.9, None)
    assert (brief.input_column, brief.answer_column) == ("message", "topic")
    assert brief.prompt is None
    assert run.examples_file.exists()


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("use the support one", "topic"),
        ("support messages", "topic"),
        ("the product sample please", "copy"),
    ],
)
def test_a_sample_is_named_in_words(text: str, column: str, run: Run) -> None:
    state = answer_all(run, [SAMPLE_ANSWERS[0], text])
    assert state["look"].answer_column == column


@pytest.mark.parametrize(
    "text", ["in order to use one of mine", "I only have a short file", "what product is this?"]
)
def test_a_word_of_a_title_alone_names_no_sample(text: str, run: Run) -> None:
    with pytest.raises(Unclear, match="Add a file"):
        answer_all(run, [SAMPLE_ANSWERS[0], text])


def test_about_five_questions_up_front_and_never_more_than_twelve() -> None:
    assert len(TOPICS) <= 6
    assert len(TOPICS) + len(LATE_TOPICS) <= 12


def test_the_readme_counts_the_questions_of_a_sample(run: Run) -> None:
    state, asked = begin(), 0
    while topic := next_topic(state):
        asked += 1
        clicked = topic.ask(state).options[0].value  # the first button of each
        state = {**state, **read_answer(topic, state, clicked, run)}  # type: ignore[typeddict-item]
    readme = Path(__file__).parents[2] / "README.md"
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")
    assert f"Answer {words[asked]} short questions" in readme.read_text(encoding="utf-8")


def test_several_facts_are_taken_together_and_read_back(run: Run) -> None:
    said = "95% please, we do about 20k a month and nothing may leave the building"
    state = answer_all(run, [*SAMPLE_ANSWERS[:4], said])
    brief = state["brief"]
    assert (brief.target, brief.monthly_requests, brief.may_leave_machine) == (0.95, 20_000, False)
    topic = next_topic(state)
    assert topic is not None
    asked = topic.ask(state).text
    assert "20,000 requests a month" in asked and "stay on this machine" in asked
    assert "target" not in asked, "what was asked for needs no reading back"
    state = then(state, run, "yes")
    assert next_topic(state) is TOPICS[-1] and "volume" in state["answered"]


def test_what_was_misread_is_left_out_and_asked_again(run: Run) -> None:
    state = answer_all(run, ["Sort mail, about 50k a month, our target is 80%"])
    assert (state["brief"].target, state["brief"].monthly_requests) == (0.8, 50_000)
    assert state["brief"].task.startswith("Sort mail")
    state = then(state, run, "no")
    assert state["brief"].target == Brief().target and state["brief"].monthly_requests is None
    assert state["answered"] == ("task",)


def test_a_target_below_half_is_read_back(run: Run) -> None:
    state = answer_all(run, [*SAMPLE_ANSWERS[:4], "30 %"])
    topic = next_topic(state)
    assert topic is not None and "the target is 30 %" in topic.ask(state).text
    assert then(state, run, "yes")["brief"].target == 0.3
    state = then(state, run, "no, 70 %")
    assert state["brief"].target == 0.7


def test_what_was_misread_can_be_put_right(run: Run) -> None:
    state = answer_all(run, ["Sort mail, about 50k a month"])
    state = then(state, run, "no, 60k a month")
    assert state["brief"].monthly_requests == 60_000 and state["noticed"]
    assert not then(state, run, "yes")["noticed"]


@pytest.mark.parametrize("asked", range(6))
def test_requests_work_at_any_question(asked: int, run: Run) -> None:
    state = answer_all(run, SAMPLE_ANSWERS[:asked])
    topic = next_topic(state)
    assert topic is not None
    assert topic.ask(state).why[1:40] in then(state, run, "why do you ask?")["note"]
    changed = then(state, run, "change the target to 85%")
    assert changed["brief"].target == 0.85 and "85" in changed["note"]
    assert "target" in changed["answered"]
    assert then(state, run, "sorry, what was the question?")["note"] == "Here it is again."
    assert then(state, run, "go back")["answered"] == state["answered"][:-1]
    again = then(state, run, "start over")
    assert (again["answered"], again["brief"]) == ((), Brief())
    if topic.name != "examples":
        assert topic.name in then(state, run, "skip")["answered"]


def test_skip_leaves_out_what_is_read_back(run: Run) -> None:
    state = answer_all(run, ["Sort mail, about 50k a month"])
    skipped = then(state, run, "skip")
    assert not skipped["noticed"] and skipped["brief"].monthly_requests is None


def test_a_pasted_prompt_is_no_answer_to_other_questions(run: Run) -> None:
    prompt = "You sort 20k mails a month. Be right in 95% of cases, and start over if unsure."
    state = answer_all(run, [*SAMPLE_ANSWERS[:3], prompt])
    assert state["brief"].prompt == prompt
    assert (state["brief"].target, state["brief"].monthly_requests) == (0.9, None)


@pytest.mark.parametrize(
    "told",
    [
        "Two interns sort them by hand, they get about 4 in 5 right",
        "We use gpt-4o with a long prompt, its around 81% accurate",
        "we never measured it",
    ],
)
def test_how_it_is_done_today_is_asked_again_and_no_prompt(told: str, run: Run) -> None:
    state = answer_all(run, SAMPLE_ANSWERS[:3])
    topic = next_topic(state)
    assert topic is not None and topic.name == "prompt"
    with pytest.raises(Unclear, match="paste the prompt's own text"):
        read_answer(topic, state, told, run)


@pytest.mark.parametrize(
    ("before", "answer", "problem"),
    [
        (SAMPLE_ANSWERS[:1], "here it is", "Add a file"),
        (SAMPLE_ANSWERS[:1], "skip", "cannot be skipped"),
        (SAMPLE_ANSWERS[:2], "hm", "message, topic"),
        (SAMPLE_ANSWERS[:4], "-5", "share"),
        (SAMPLE_ANSWERS[:4], "abc", "share"),
        (SAMPLE_ANSWERS[:4], "", "share"),
        (SAMPLE_ANSWERS[:5], "x" * 1_000_000, "1,000,000"),
        (SAMPLE_ANSWERS[:5], "perhaps", "yes or no"),
    ],
)
def test_an_unclear_answer_keeps_the_question_open(
    before: list[str], answer: str, problem: str, run: Run
) -> None:
    state = answer_all(run, before)
    topic = next_topic(state)
    assert topic is not None
    with pytest.raises(Unclear, match=problem):
        read_answer(topic, state, answer, run)


def test_columns_can_be_named(run: Run) -> None:
    state = answer_all(run, [*SAMPLE_ANSWERS[:2], "the input is topic and the answer message"])
    assert (state["brief"].input_column, state["brief"].answer_column) == ("topic", "message")


@pytest.mark.parametrize(
    ("others", "told"),
    [
        ([], ""),
        (["region"], "Not used: “region”; if one of them"),
        ([f"c{n}" for n in range(9)], "“c5” and 3 more; if one"),
    ],
)
def test_columns_that_are_not_used_are_named(
    others: list[str], told: str, run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "with_more.csv"
    rows = [f"message {n} about {'red' if n % 2 else 'blue'} things" for n in range(40)]
    lines = [
        ",".join([text, "red" if "red" in text else "blue", *("x" * len(others))]) for text in rows
    ]
    file.write_text("\n".join([",".join(["text", "label", *others]), *lines]))
    run.take_examples(file)
    state = answer_all(run, [SAMPLE_ANSWERS[0], "uploaded"])
    topic = next_topic(state)
    assert topic is not None
    why = topic.ask(state).why
    assert told in why if told else "Not used" not in why


@pytest.mark.parametrize(
    ("said", "answer"), [("it should be priority", "priority"), ("it should be title", None)]
)
def test_a_column_of_labels_that_is_put_forward_is_the_answer(
    said: str, answer: str | None, run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "tickets.csv"
    lines = [
        f"message {n} about {n * n} things,no {n} of many titles {n * 7},"
        f"{'red' if n % 2 else 'blue'},{'high' if n % 3 else 'low'}"
        for n in range(40)
    ]
    file.write_text("\n".join(["text,title,label,priority", *lines]))
    run.take_examples(file)
    state = answer_all(run, [SAMPLE_ANSWERS[0], "uploaded"])
    if answer is None:
        with pytest.raises(Unclear):
            then(state, run, said)
    else:
        state = then(state, run, said)
        assert state["brief"].answer_column == answer
        assert f"I take “{answer}” for the right answer." in state["note"]


def test_an_unusable_file_is_refused_in_words(run: Run, tmp_path: Path) -> None:
    empty = tmp_path / ("x" * 80 + "<b>.csv")
    empty.write_bytes(b"")
    run.take_examples(empty)
    state = answer_all(run, SAMPLE_ANSWERS[:1])
    topic = next_topic(state)
    assert topic is not None
    with pytest.raises(Unclear, match=r"“x{40}….*<b>\.csv”.*no rows"):
        read_answer(topic, state, "uploaded", run)
