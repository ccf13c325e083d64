"""What answers to the questions of the interview change, and which of them are asked again."""

from pathlib import Path
from typing import Any

import pytest

from agent.interview import next_topic, read_answer
from agent.questions import Unclear
from agent.state import Options, State
from policies.brief import Brief
from policies.evidence import Score
from tools.runs import Run, create_run

ANSWERS = ("sort mail", "sample:support", "yes", "no", "nine out of ten")


@pytest.fixture
def run(home: Path) -> Run:
    return create_run(home)


def _said_at(question: str, text: str, run: Run) -> State:
    """The state after a text at a question; everything before was answered."""
    state: State = {"options": Options(), "brief": Brief(), "answered": ()}
    for answer in (*ANSWERS, None):
        topic = next_topic(state)
        assert topic is not None
        asked = topic.name == question
        assert asked or answer is not None
        update: Any = read_answer(topic, state, text if asked else answer, run)
        state = {**state, **update}  # type: ignore[typeddict-item]
        if asked:
            break
    return state


FACTS_NEEDED = [
    ("can't be answered without our CRM", True),
    ("cannot be done without the order system", True),
    ("no way without the CRM", True),
    ("never without the stock list", True),
    ("wouldn't work without the price list", True),
    ("not without the contract", True),
    ("no one can answer these without our database", True),
    ("the model won't know our stock", True),
    ("no, it can be done without the CRM", False),
    ("it isn't a problem without the CRM", False),
    ("no, they rarely change", False),
    ("no. oh and the target should be 85 not 90", False),
    ("no, 20k a month", False),
    ("yes and about 20k a month", True),
]


@pytest.mark.parametrize(("text", "needed"), FACTS_NEEDED)
def test_whether_facts_are_needed(text: str, needed: bool, run: Run) -> None:
    state = _said_at("facts", text, run)
    assert "facts" in state["answered"]
    brief = state["brief"]
    assert (brief.needs_outside_facts, brief.facts_change) == (needed, Brief().facts_change)


def test_a_changed_answer_beside_a_reply_is_taken_too(run: Run) -> None:
    state = _said_at("facts", "no. oh and the target should be 85 not 90", run)
    assert state["brief"].target == 0.85 and "85" in state["note"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("about 3k tickets a month", {"monthly_requests": 3_000}),
        ("3000 tickets a month by the way", {"monthly_requests": 3_000}),
        ("500 bucks a month tops", {"monthly_budget": 500}),
        ("nothing may leave the building", {"may_leave_machine": False}),
        ("no, the target should be 85", {"target": 0.85}),
    ],
)
def test_another_fact_leaves_the_question_open(text: str, told: dict[str, Any], run: Run) -> None:
    state = _said_at("facts", text, run)
    assert "facts" not in state["answered"]
    brief, untold = state["brief"], Brief()
    assert {field: getattr(brief, field) for field in told} == told
    assert brief.needs_outside_facts == untold.needs_outside_facts
    assert brief.facts_change == untold.facts_change


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("I think so", True),
        ("I would say so", True),
        ("probably", True),
        ("very likely", True),
        ("mostly no", False),
        ("most probably not", False),
    ],
)
def test_an_unsure_yes_or_no_is_read_back(text: str, needed: bool, run: Run) -> None:
    state = _said_at("facts", text, run)
    assert state["brief"].needs_outside_facts is needed
    assert state["noticed"] == ("needs_outside_facts",)


@pytest.mark.parametrize(
    ("text", "rhythm"),
    [
        ("Two to three times per year new categories are added.", "yearly"),
        ("the taxonomy changes once a year", "yearly"),
        ("our tags get reorganised every quarter", "monthly"),
    ],
)
def test_that_labels_change_is_no_need_of_facts(text: str, rhythm: str, run: Run) -> None:
    state = _said_at("facts", text, run)
    assert "facts" not in state["answered"] and state["noticed"] == ("facts_change",)
    brief = state["brief"]
    assert (brief.needs_outside_facts, brief.facts_change) == (False, rhythm)


@pytest.mark.parametrize(
    "text",
    [
        "prices change weekly but the queue doesn't depend on them",
        "rules change every year but that's in the text",
        "we revise the prices yearly but they're all in the mail",
        "stock changes daily, that has no influence on the category",
        "it does not",
        "I don't believe so",
    ],
)
def test_facts_that_decide_nothing_are_not_needed(text: str, run: Run) -> None:
    state = _said_at("facts", text, run)
    assert "facts" in state["answered"] and not state.get("noticed")
    brief = state["brief"]
    assert (brief.needs_outside_facts, brief.facts_change) == (False, "never")


NEED = ("needs_outside_facts", "facts_change")


@pytest.mark.parametrize(
    ("text", "read_back"),
    [
        ("Yes - the depot list, which changes maybe twice a year", ("facts_change",)),
        ("yes, prices, quarterly", ("facts_change",)),
        ("yes, monthly", ()),
        ("it needs today's traffic", ("needs_outside_facts",)),
        ("it needs our prices", ("needs_outside_facts",)),
        ("it needs to know the exchange rate", ("needs_outside_facts",)),
        ("It needs the policy, but we always paste that in the prompt", ("needs_outside_facts",)),
        ("92% and it needs to know the prices, revised every quarter", ("target", *NEED)),
        ("I don't speak that jargon", ("needs_outside_facts",)),
        ("we don't think so", ()),
        ("runbooks, change on every deploy (~10/day)", NEED),
    ],
)
def test_what_was_rounded_or_inferred_about_facts_is_read_back(
    text: str, read_back: tuple[str, ...], run: Run
) -> None:
    state = _said_at("facts", text, run)
    assert "facts" in state["answered"] and state.get("noticed", ()) == read_back


@pytest.mark.parametrize("text", ["I don't understand", "can you give an example?", "what?"])
@pytest.mark.parametrize("question", ["task", "examples", "columns", "prompt", "target", "facts"])
def test_whoever_does_not_understand_a_question_is_told_what_it_means(
    question: str, text: str, run: Run
) -> None:
    state = _said_at(question, text, run)
    assert question not in state["answered"] and len(state["note"]) > 60


@pytest.mark.parametrize(
    "text", ["no idea yet, my boss wants AI", "not sure, what can it do?", "we want to use ChatGPT"]
)
def test_whoever_has_no_task_yet_is_given_an_example(text: str, run: Run) -> None:
    with pytest.raises(Unclear, match="for example"):
        _said_at("task", text, run)


def test_a_no_stands_where_only_labels_change(run: Run) -> None:
    state = _said_at("facts", "no, but new labels are added monthly", run)
    assert "facts" in state["answered"] and state["noticed"] == ("facts_change",)
    assert not state["brief"].needs_outside_facts and state["brief"].facts_change == "monthly"


def test_a_need_that_follows_from_a_rhythm_is_read_back(run: Run) -> None:
    state = _said_at("facts", "our price list is updated the first Monday of every month", run)
    assert state["brief"].facts_change == "monthly" and state["brief"].needs_outside_facts
    assert state["noticed"] == ("needs_outside_facts", "facts_change")


@pytest.mark.parametrize(
    "text",
    [
        "never leave our servers",
        "data never leaves our servers",
        "privileged and may not be disclosed to any third party",
        "data must stay in the EU",
        "everything remains on our infrastructure",
    ],
)
@pytest.mark.parametrize("question", ["target", "facts"])
def test_where_rows_may_go_is_heard_and_the_question_stays(
    question: str, text: str, run: Run
) -> None:
    state = _said_at(question, text, run)
    assert question not in state["answered"] and state["noticed"] == ("may_leave_machine",)


COUNTS_ELSEWHERE = [
    ("facts", "Not more than £10,000 in the first year, that is all we have", "Money counts"),
    ("facts", "money no object", "Money counts"),
    ("facts", "we cannot pay much", "Money counts"),
    ("facts", "20 cents per label", "label_minutes"),
    ("facts", "I've got about two grand", "Money counts"),
    ("facts", "There's no budget, love", "Money counts"),
    ("target", "5.000 €", "Money counts"),
    ("facts", "false negatives on fraud cost us ~10x as much", "missing ‹a label›"),
    ("facts", "a missed fraud costs us 5000 euros", "missing ‹a label›"),
    ("target", "refunds wrongly closed are the worst", "missing ‹a label›"),
    ("facts", "an expert needs 3 minutes each at 40 €/h", "label_minutes"),
    ("target", "our annotators take 2 min per row and earn 20 dollars an hour", "label_minutes"),
]


@pytest.mark.parametrize(("question", "text", "where"), COUNTS_ELSEWHERE)
def test_what_counts_elsewhere_is_told_where(
    question: str, text: str, where: str, run: Run
) -> None:
    with pytest.raises(Unclear, match=where):
        _said_at(question, text, run)


def test_an_answer_beside_what_counts_elsewhere_is_taken(run: Run) -> None:
    state = _said_at("facts", "no, and there is no budget", run)
    assert "facts" in state["answered"] and "Money counts" in state["note"]


UNCLEAR = [
    ("facts", "not without the ticket text"),
    ("facts", "can't be done without a human"),
    ("facts", "we can't tell without looking at the order"),
    ("facts", "not for most of them"),
    ("facts", "rarely, maybe 1 in 50"),
    ("facts", "rarely"),
    ("facts", "it takes a new guy about a month to learn"),
    ("target", "better than what we have now, which is like 70%"),
    ("target", "today it is 70% and that's not good enough"),
    ("target", "our team gets 70% and that's not good enough"),
    ("target", "currently 82%, want a bit more"),
    ("target", "more than 70% obviously"),
    ("target", "90% recall on the urgent ones"),
    ("target", "90% precision"),
    ("target", "90% f1"),
    ("target", "must be 95% if its urgent"),
    ("target", "95% for urgent, we don't care about the rest"),
    ("target", "95% on the urgent ones"),
]


@pytest.mark.parametrize(("question", "text"), UNCLEAR)
def test_what_is_not_clear_is_asked_again(question: str, text: str, run: Run) -> None:
    with pytest.raises(Unclear):
        _said_at(question, text, run)


TARGETS = [
    ("nine outta ten", 0.9),
    ("94ish, 93 at a push", 0.93),
    ("I'd say 85, no actually make it 88", 0.88),
    ("no more than 3 errors per hundred tickets", 0.97),
    ("the current vendor gets 82 and we pay 2000 a month for it, so at least 90", 0.9),
    ("hmm what would you recomend?", Brief().target),
    ("more than 70%", 0.7),
    ("95% if possible", 0.95),
    ("I am happy when it's right 95% of the time", 0.95),
    ("95% of all cases", 0.95),
    ("95, the rest goes to a human", 0.95),
    ("90% is fine for us for now", 0.9),
    ("85, less is not good enough", 0.85),
]


@pytest.mark.parametrize(("text", "target"), TARGETS)
def test_how_good_is_good_enough(text: str, target: float, run: Run) -> None:
    state = _said_at("target", text, run)
    assert "target" in state["answered"] and state["brief"].target == target


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("today 80 % are right, and we want half as many mistakes", 0.9),
        ("today 70 % is right, we want 10 points more", 0.8),
        ("we are at 82%, want 3 points more", 0.85),
        ("twice as good as now, now it gets about 1 in 5 wrong", 0.9),
        ("three times as accurate as today, today 70% is right", 0.9),
        ("15% less errors than our vendor, who gets 80% right", 0.83),
        ("somewhere between 80 and 85 percent", 0.85),
        ("half", 0.5),
    ],
)
def test_a_target_that_was_reckoned_or_chosen_is_read_back(
    text: str, target: float, run: Run
) -> None:
    state = _said_at("target", text, run)
    assert (state["brief"].target, state["noticed"]) == (target, ("target",))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("half as many errors", "how many of those are right I do not know"),
        ("5 points better than today", "how many of those are right I do not know"),
        ("same as now", "how many of those are right I do not know"),
        ("10% better than now", "may mean points"),
        ("better than what we've got now, which is about 80%", "By how much better"),
        ("F1 >= 0.85", "another measure"),
        ("98% on the refunds class", "for all answers together"),
        ("95% on auto, 90% on home", "one over all answers"),
        ("today we're at 82%", "how good it is today"),
        ("better than the temps we've got the now", "By how much better"),
        ("good", "how many of 100"),
    ],
)
def test_why_a_message_is_no_target(text: str, why: str, run: Run) -> None:
    with pytest.raises(Unclear, match=why):
        _said_at("target", text, run)


def test_a_target_told_by_today_where_that_is_measured(run: Run) -> None:
    state = _said_at("target", "90", run)
    known: State = {
        **state,
        "answered": state["answered"][:-1],
        "today": Score(score=0.8, low=0.7, high=0.9, n=50),
    }
    topic = next_topic(known)
    assert topic is not None
    assert read_answer(topic, known, "half as many errors", run)["brief"].target == 0.9


@pytest.mark.parametrize(
    "text",
    [
        "we don't have a target, whatever works",
        "no target",
        "we don't have one",
        "not decided yet",
        "what's realistic?",
        "as good as possible",
        "nobody has set a goal",
    ],
)
def test_whoever_has_no_target_is_told_which_is_taken(text: str, run: Run) -> None:
    state = _said_at("target", text, run)
    assert state["brief"].target == Brief().target and "I take 90 %" in state["note"]


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("idk, my boss just sent me the sheet", ""),
        ("no idea, i was told to try this", ""),
        ("tbh i dont know, ask my manager", ""),
        ("idk, my boss wants mails sorted", "idk, my boss wants mails sorted"),
        ("no idea, i was told to sort emails", "no idea, i was told to sort emails"),
    ],
)
def test_whoever_does_not_know_the_task_has_told_none(text: str, task: str, run: Run) -> None:
    state = _said_at("task", text, run)
    assert "task" in state["answered"] and state["brief"].task == task


CLASSIFY = "Classify the following ticket into billing, tech or sales. Answer with one word."


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        (f"we're using chatgpt with: {CLASSIFY}", CLASSIFY),
        ("our prompt is: Sort the ticket.", "Sort the ticket."),
        ("My prompt: Sort the ticket.", "Sort the ticket."),
        ("Sort the ticket: answer with one word.", "Sort the ticket: answer with one word."),
        ("I will give you a prompt: answer it.", "I will give you a prompt: answer it."),
    ],
)
def test_what_introduces_a_prompt_is_no_part_of_it(text: str, prompt: str, run: Run) -> None:
    assert _said_at("prompt", text, run)["brief"].prompt == prompt
