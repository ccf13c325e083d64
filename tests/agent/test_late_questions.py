"""Questions after the verdict: their sides, figures and what is asked again."""

from pathlib import Path

import pytest

from agent.interview import late_topic, read_answer
from agent.questions import Unclear
from agent.state import State
from policies.brief import Brief
from policies.recommendation import Flip, Recommendation
from tests.interviews import MANY, OFTEN, SAMPLE_ANSWERS, SOON, advised, answer_all, flip_of, late
from tools.runs import Run, create_run


@pytest.fixture
def run(home: Path) -> Run:
    return create_run(home)


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
    (SOON, "Not needed, the reviews are processed in the night", None),
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
    state: State = {**answer_all(run, SAMPLE_ANSWERS), "recommendation": advised(flip)}
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
    state: State = {**answer_all(run, SAMPLE_ANSWERS), "recommendation": advised(flip)}
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
    state: State = {**answer_all(run, SAMPLE_ANSWERS), "recommendation": advised(flip)}
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
    state: State = {**answer_all(run, SAMPLE_ANSWERS), "recommendation": advised(flip)}
    assert told in late(state, said, run)["note"]


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
    state: State = {**answer_all(run, SAMPLE_ANSWERS), "recommendation": advised(flip)}
    with pytest.raises(Unclear, match=told):
        late(state, said, run)


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
    state: State = {**answer_all(run, SAMPLE_ANSWERS), "recommendation": advised(MANY)}
    assert late(state, said, run).get("noticed", ()) == noticed


def test_a_volume_that_few_have_is_read_back(run: Run) -> None:
    state: State = {**answer_all(run, SAMPLE_ANSWERS), "recommendation": advised(MANY)}
    topic = late_topic(state)
    assert topic is not None
    told: State = {**state, **read_answer(topic, state, "5 qps", run)}  # type: ignore[typeddict-item]
    read_back = late_topic(told)
    assert read_back is not None and "12,960,000 requests" in read_back.ask(told).text


def test_one_late_question_at_a_time(run: Run) -> None:
    state: State = {
        **answer_all(run, SAMPLE_ANSWERS),
        "recommendation": advised(OFTEN, SOON, MANY),
    }
    asked = []
    while (topic := late_topic(state)) is not None:
        asked.append(topic.name)
        state = {**state, **read_answer(topic, state, "don't know", run)}  # type: ignore[typeddict-item]
    assert asked == ["volume", "latency", "cadence"]


def test_nobody_is_asked_whether_it_learns_anew_every_hour(run: Run) -> None:
    often = advised(flip_of("retrainings_per_month", 40.0))
    assert late_topic({**answer_all(run, SAMPLE_ANSWERS), "recommendation": often}) is None


def test_volume_is_asked_only_where_it_would_change_the_answer(run: Run) -> None:
    flip = Flip(
        quantity="monthly_requests", current=0, threshold=410_000, verdict="fine_tune_for_cost"
    )
    advice = Recommendation(verdict="adopt_prompt", headline="", reasons=(), flips_unknown=(flip,))
    state: State = {**answer_all(run, SAMPLE_ANSWERS), "recommendation": advice}
    topic = late_topic(state)
    assert topic is not None and "410,000" in topic.ask(state).why
    answered: State = {**state, **read_answer(topic, state, "don't know", run)}  # type: ignore[typeddict-item]
    assert late_topic(answered) is None, "an unknown volume is not asked twice"
    settled: State = {**state, "recommendation": advice.model_copy(update={"flips_unknown": ()})}
    assert late_topic(settled) is None
    told: State = {**state, "brief": Brief(monthly_requests=5)}
    assert late_topic(told) is None
