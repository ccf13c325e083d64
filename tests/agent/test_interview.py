"""The interview: topics in order, answers in words, problems said."""

from pathlib import Path
from typing import Any

import pytest

from agent.interview import late_topic, next_topic, read_answer
from agent.late_topics import LATE_TOPICS
from agent.questions import Unclear
from agent.state import Options, State
from agent.topics import TOPICS
from policies.brief import Brief
from policies.recommendation import Flip, Recommendation
from tools.runs import Run, create_run

SAMPLE_ANSWERS = ["sort mail", "sample:support", "yes", "no", "nine out of ten", "no"]


@pytest.fixture
def run(home: Path) -> Run:
    return create_run(home)


def _begin() -> State:
    return {"options": Options(), "brief": Brief(), "answered": ()}


def _answer_all(run: Run, answers: list[str]) -> State:
    state = _begin()
    for answer in answers:
        topic = next_topic(state)
        assert topic is not None
        assert topic.ask(state).why
        update: Any = read_answer(topic, state, answer, run)
        state = {**state, **update}  # type: ignore[typeddict-item]
    return state


def test_a_sample_is_one_click_away(run: Run) -> None:
    state = _answer_all(run, SAMPLE_ANSWERS)
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
    state = _answer_all(run, [SAMPLE_ANSWERS[0], text])
    assert state["look"].answer_column == column


@pytest.mark.parametrize(
    "text", ["in order to use one of mine", "I only have a short file", "what product is this?"]
)
def test_a_word_of_a_title_alone_names_no_sample(text: str, run: Run) -> None:
    with pytest.raises(Unclear, match="Add a file"):
        _answer_all(run, [SAMPLE_ANSWERS[0], text])


def test_about_five_questions_up_front_and_never_more_than_twelve() -> None:
    assert len(TOPICS) <= 6
    assert len(TOPICS) + len(LATE_TOPICS) <= 12


def test_the_readme_counts_the_questions_of_a_sample(run: Run) -> None:
    state, asked = _begin(), 0
    while topic := next_topic(state):
        asked += 1
        clicked = topic.ask(state).options[0].value  # the first button of each
        state = {**state, **read_answer(topic, state, clicked, run)}  # type: ignore[typeddict-item]
    readme = Path(__file__).parents[2] / "README.md"
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")
    assert f"Answer {words[asked]} short questions" in readme.read_text(encoding="utf-8")


def _then(state: State, run: Run, said: str) -> State:
    topic = next_topic(state)
    assert topic is not None
    return {**state, **read_answer(topic, state, said, run)}  # type: ignore[typeddict-item]


def test_several_facts_are_taken_together_and_read_back(run: Run) -> None:
    said = "95% please, we do about 20k a month and nothing may leave the building"
    state = _answer_all(run, [*SAMPLE_ANSWERS[:4], said])
    brief = state["brief"]
    assert (brief.target, brief.monthly_requests, brief.may_leave_machine) == (0.95, 20_000, False)
    topic = next_topic(state)
    assert topic is not None
    asked = topic.ask(state).text
    assert "20,000 requests a month" in asked and "stay on this machine" in asked
    assert "target" not in asked, "what was asked for needs no reading back"
    state = _then(state, run, "yes")
    assert next_topic(state) is TOPICS[-1] and "volume" in state["answered"]


def test_what_was_misread_is_left_out_and_asked_again(run: Run) -> None:
    state = _answer_all(run, ["Sort mail, about 50k a month, our target is 80%"])
    assert (state["brief"].target, state["brief"].monthly_requests) == (0.8, 50_000)
    assert state["brief"].task.startswith("Sort mail")
    state = _then(state, run, "no")
    assert state["brief"].target == Brief().target and state["brief"].monthly_requests is None
    assert state["answered"] == ("task",)


def test_a_target_below_half_is_read_back(run: Run) -> None:
    state = _answer_all(run, [*SAMPLE_ANSWERS[:4], "30 %"])
    topic = next_topic(state)
    assert topic is not None and "the target is 30 %" in topic.ask(state).text
    assert _then(state, run, "yes")["brief"].target == 0.3
    state = _then(state, run, "no, 70 %")
    assert state["brief"].target == 0.7


def test_what_was_misread_can_be_put_right(run: Run) -> None:
    state = _answer_all(run, ["Sort mail, about 50k a month"])
    state = _then(state, run, "no, 60k a month")
    assert state["brief"].monthly_requests == 60_000 and state["noticed"]
    assert not _then(state, run, "yes")["noticed"]


@pytest.mark.parametrize("asked", range(6))
def test_requests_work_at_any_question(asked: int, run: Run) -> None:
    state = _answer_all(run, SAMPLE_ANSWERS[:asked])
    topic = next_topic(state)
    assert topic is not None
    assert topic.ask(state).why[1:40] in _then(state, run, "why do you ask?")["note"]
    changed = _then(state, run, "change the target to 85%")
    assert changed["brief"].target == 0.85 and "85" in changed["note"]
    assert "target" in changed["answered"]
    assert _then(state, run, "sorry, what was the question?")["note"] == "Here it is again."
    assert _then(state, run, "go back")["answered"] == state["answered"][:-1]
    again = _then(state, run, "start over")
    assert (again["answered"], again["brief"]) == ((), Brief())
    if topic.name != "examples":
        assert topic.name in _then(state, run, "skip")["answered"]


def test_skip_leaves_out_what_is_read_back(run: Run) -> None:
    state = _answer_all(run, ["Sort mail, about 50k a month"])
    skipped = _then(state, run, "skip")
    assert not skipped["noticed"] and skipped["brief"].monthly_requests is None


def test_a_pasted_prompt_is_no_answer_to_other_questions(run: Run) -> None:
    prompt = "You sort 20k mails a month. Be right in 95% of cases, and start over if unsure."
    state = _answer_all(run, [*SAMPLE_ANSWERS[:3], prompt])
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
    state = _answer_all(run, SAMPLE_ANSWERS[:3])
    topic = next_topic(state)
    assert topic is not None and topic.name == "prompt"
    with pytest.raises(Unclear, match="paste the prompt's own text"):
        read_answer(topic, state, told, run)


def _advised(*flips: Flip) -> Recommendation:
    return Recommendation(verdict="adopt_prompt", headline="", reasons=(), flips_unknown=flips)


def _flip(quantity: str, threshold: float) -> Flip:
    return Flip(quantity=quantity, current=None, threshold=threshold, verdict="use_classifier")


MANY = _flip("monthly_requests", 40_000.5)
SOON = _flip("latency_limit_ms", 850.0)
OFTEN = _flip("retrainings_per_month", 0.531)
LATE = [
    (MANY, "yes", 40_001),
    (MANY, "more", 40_001),
    (MANY, "no", None),
    (MANY, "fewer than 41k", None),
    (MANY, "nowhere near that many", None),
    (MANY, "not even close", None),
    (MANY, "less than 5,000", 5_000),
    (MANY, "about 50k a month", 50_000),
    (MANY, "don't know", None),
    (MANY, "nobody's ever counted to be honest", None),
    (MANY, "nobody knows", None),
    (MANY, "it varies", None),
    (MANY, "not more", None),
    (MANY, "no less than that", 40_001),
    (SOON, "yes", 850.0),
    (SOON, "faster than half a second", 500.0),
    (SOON, "no, it may take longer", None),
    (SOON, "more is fine", None),
    (SOON, "2 seconds", 2_000.0),
    (SOON, "no idea", None),
    (SOON, "overnight is fine", None),
    (SOON, "tomorrow is fine", None),
    (SOON, "batch, nightly", None),
    (SOON, "slow is ok", None),
    (SOON, "end of day is ok", None),
    (SOON, "within the hour is fine", None),
    (SOON, "up to a day is fine", None),
    (SOON, "3 days", None),
    (SOON, "latency is irrelevant for us", None),
    (SOON, "no problem if it is slow", None),
    (SOON, "doesn't need to be instant", None),
    (SOON, "we don't care about speed, as long as it's done by the end of the shift", None),
    (SOON, "our people look at it the next morning", None),
    (SOON, "as long as it takes", None),
    (SOON, "no longer than a second", 1_000.0),
    (SOON, "yes please", 850.0),
    (OFTEN, "yes", 0.531),
    (OFTEN, "less often", None),
    (OFTEN, "weekly", 52 / 12),
    (OFTEN, "5 times a month", 5),
    (OFTEN, "five times a month", 5),
    (OFTEN, "twice a year", 2 / 12),
    (OFTEN, "4 times a year", 4 / 12),
    (OFTEN, "every 6 months", 1 / 6),
    (OFTEN, "every quarter", 1 / 3),
    (OFTEN, "not often", 0.0),
    (OFTEN, "quarterly", 1 / 3),
    (OFTEN, "fortnightly", 26 / 12),
    (OFTEN, "every couple of months", 0.5),
    (OFTEN, "half-yearly", 1 / 6),
    (OFTEN, "every 6-8 weeks", 52 / 12 / 6),
    (OFTEN, "only once, afterwards not more", None),
    (OFTEN, "not less often", 0.531),
    (OFTEN, "every 2nd year", 1 / 24),
    (OFTEN, "skip", None),
]


@pytest.mark.parametrize(("flip", "said", "value"), LATE)
def test_a_late_question_is_answered_by_its_sides_or_a_figure(
    flip: Flip, said: str, value: float | None, run: Run
) -> None:
    state: State = {**_answer_all(run, SAMPLE_ANSWERS), "recommendation": _advised(flip)}
    topic = late_topic(state)
    assert topic is not None
    answered: State = {**state, **read_answer(topic, state, said, run)}  # type: ignore[typeddict-item]
    assert getattr(answered["brief"], flip.quantity) == value
    assert late_topic(answered) is None


@pytest.mark.parametrize(
    ("flip", "said"),
    [
        (MANY, "money no object"),
        (SOON, "not overnight"),
        (SOON, "it can't take longer"),
        (SOON, "overnight is too slow"),
        (SOON, "no more than a minute or two per item"),
        (SOON, "as fast as possible"),
        (SOON, "that's fine"),
        (SOON, "no later than tomorrow"),
        (OFTEN, "as often as needed"),
    ],
)
def test_what_is_on_no_side_of_a_late_question_is_asked_again(
    flip: Flip, said: str, run: Run
) -> None:
    state: State = {**_answer_all(run, SAMPLE_ANSWERS), "recommendation": _advised(flip)}
    topic = late_topic(state)
    assert topic is not None
    with pytest.raises(Unclear):
        read_answer(topic, state, said, run)


@pytest.mark.parametrize(
    ("flip", "label", "why"),
    [
        (MANY, "40,100 or more", "were 40,100 or more"),
        (SOON, "It must come within 850 ms", "were 850 ms or less"),
        (OFTEN, "Every 8 weeks or more often", "trained anew every 8 weeks or more often"),
    ],
)
def test_a_late_question_names_the_turn_and_what_the_answer_would_be(
    flip: Flip, label: str, why: str, run: Run
) -> None:
    state: State = {**_answer_all(run, SAMPLE_ANSWERS), "recommendation": _advised(flip)}
    topic = late_topic(state)
    assert topic is not None
    question = topic.ask(state)
    assert question.options[0].label == label and len(question.options) == 3
    assert why in question.why and "would become: use an ordinary" in question.why


@pytest.mark.parametrize(
    ("flip", "said", "told"),
    [
        (MANY, "I don't understand this one", "one case that the model answers"),
        (SOON, "what do you mean?", "from a request to its answer"),
        (OFTEN, "I don't understand", "when it was trained"),
    ],
)
def test_a_late_question_is_explained(flip: Flip, said: str, told: str, run: Run) -> None:
    state: State = {**_answer_all(run, SAMPLE_ANSWERS), "recommendation": _advised(flip)}
    assert told in _late(state, said, run)["note"]


@pytest.mark.parametrize(
    ("flip", "said", "told"),
    [
        (MANY, "some", "found no number"),
        (MANY, "it was 5,000 but we expect double that next year", "reckoning"),
        (MANY, "9.5k FNOLs, each with about 3 documents", "reckoning"),
        (MANY, "300 on saturdays", "with its period"),
        (SOON, "instant", "more than 850 ms already too long"),
        (SOON, "the driver is waiting on the phone", "more than 850 ms already too long"),
        (SOON, "blue", "no time with its unit"),
        (OFTEN, "now and then", "how often"),
    ],
)
def test_what_was_not_understood_at_a_late_question_is_said(
    flip: Flip, said: str, told: str, run: Run
) -> None:
    state: State = {**_answer_all(run, SAMPLE_ANSWERS), "recommendation": _advised(flip)}
    with pytest.raises(Unclear, match=told):
        _late(state, said, run)


@pytest.mark.parametrize(
    ("said", "noticed"),
    [
        ("30 to 50 thousand", ("monthly_requests",)),
        ("between 30k and 50k", ("monthly_requests",)),
        ("depends on the season, 20 to 60 thousand", ("monthly_requests",)),
        ("50 to 60 thousand", ()),
        ("20 to 30 thousand", ()),
    ],
)
def test_a_range_that_spans_the_turn_is_read_back(
    said: str, noticed: tuple[str, ...], run: Run
) -> None:
    state: State = {**_answer_all(run, SAMPLE_ANSWERS), "recommendation": _advised(MANY)}
    assert _late(state, said, run).get("noticed", ()) == noticed


def _late(state: State, said: str, run: Run) -> State:
    topic = late_topic(state)
    assert topic is not None
    return {**state, **read_answer(topic, state, said, run)}  # type: ignore[typeddict-item]


def test_a_volume_that_few_have_is_read_back(run: Run) -> None:
    state: State = {**_answer_all(run, SAMPLE_ANSWERS), "recommendation": _advised(MANY)}
    topic = late_topic(state)
    assert topic is not None
    told: State = {**state, **read_answer(topic, state, "5 qps", run)}  # type: ignore[typeddict-item]
    read_back = late_topic(told)
    assert read_back is not None and "12,960,000 requests" in read_back.ask(told).text


def test_one_late_question_at_a_time(run: Run) -> None:
    state: State = {
        **_answer_all(run, SAMPLE_ANSWERS),
        "recommendation": _advised(OFTEN, SOON, MANY),
    }
    asked = []
    while (topic := late_topic(state)) is not None:
        asked.append(topic.name)
        state = {**state, **read_answer(topic, state, "don't know", run)}  # type: ignore[typeddict-item]
    assert asked == ["volume", "latency", "cadence"]


def test_nobody_is_asked_whether_it_learns_anew_every_hour(run: Run) -> None:
    often = _advised(_flip("retrainings_per_month", 40.0))
    assert late_topic({**_answer_all(run, SAMPLE_ANSWERS), "recommendation": often}) is None


def test_volume_is_asked_only_where_it_would_change_the_answer(run: Run) -> None:
    flip = Flip(
        quantity="monthly_requests", current=0, threshold=410_000, verdict="fine_tune_for_cost"
    )
    advice = Recommendation(verdict="adopt_prompt", headline="", reasons=(), flips_unknown=(flip,))
    state: State = {**_answer_all(run, SAMPLE_ANSWERS), "recommendation": advice}
    topic = late_topic(state)
    assert topic is not None and "410,000" in topic.ask(state).why
    answered: State = {**state, **read_answer(topic, state, "don't know", run)}  # type: ignore[typeddict-item]
    assert late_topic(answered) is None, "an unknown volume is not asked twice"
    settled: State = {**state, "recommendation": advice.model_copy(update={"flips_unknown": ()})}
    assert late_topic(settled) is None
    told: State = {**state, "brief": Brief(monthly_requests=5)}
    assert late_topic(told) is None


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
    state = _answer_all(run, before)
    topic = next_topic(state)
    assert topic is not None
    with pytest.raises(Unclear, match=problem):
        read_answer(topic, state, answer, run)


def test_columns_can_be_named(run: Run) -> None:
    state = _answer_all(run, [*SAMPLE_ANSWERS[:2], "the input is topic and the answer message"])
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
    state = _answer_all(run, [SAMPLE_ANSWERS[0], "uploaded"])
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
    state = _answer_all(run, [SAMPLE_ANSWERS[0], "uploaded"])
    if answer is None:
        with pytest.raises(Unclear):
            _then(state, run, said)
    else:
        state = _then(state, run, said)
        assert state["brief"].answer_column == answer
        assert f"I take “{answer}” for the right answer." in state["note"]


def test_an_unusable_file_is_refused_in_words(run: Run, tmp_path: Path) -> None:
    empty = tmp_path / ("x" * 80 + "<b>.csv")
    empty.write_bytes(b"")
    run.take_examples(empty)
    state = _answer_all(run, SAMPLE_ANSWERS[:1])
    topic = next_topic(state)
    assert topic is not None
    with pytest.raises(Unclear, match=r"“x{40}….*<b>\.csv”.*no rows"):
        read_answer(topic, state, "uploaded", run)
