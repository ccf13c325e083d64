"""What is said at the two plans, and at the late question, beside a yes or a no."""

from types import SimpleNamespace
from typing import Any

import pytest

from agent import graph
from agent.state import State, WorkPlan
from agent.topics import TOPICS
from agent.workbench import Workbench
from policies.evidence import Score
from policies.recommendation import Flip
from tools.intake.samples import SAMPLES

PLAN = WorkPlan(
    title="Measure",
    steps=("Try prompts",),
    minutes=3,
    cost="nothing but time",
    data_goes="nowhere: all work stays on this machine",
    hash="a",
)


@pytest.fixture
def planned(state: State, bench: Workbench) -> State:
    """A state whose run has a file, so that plans can be made of it."""
    bench.run(state).take_examples(SAMPLES[0].path)
    brief = state["brief"].model_copy(
        update={"input_column": "message", "answer_column": "topic", "target": 0.9}
    )
    answered = tuple(topic.name for topic in TOPICS)
    return {**state, "brief": brief, "answered": answered, "confirmed": _score(0.867)}


def _score(share: float) -> Score:
    return Score(score=share, low=share - 0.04, high=share + 0.04, n=300)


def _says(
    node: Any, said: str, state: State, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> Any:
    monkeypatch.setattr(graph, "interrupt", lambda shown: said)
    return node(state, SimpleNamespace(context=bench))


@pytest.mark.parametrize(
    ("said", "goto", "told"),
    [
        ("yes", "trials", {}),
        ("no", "converse", {}),
        ("yes tomorrow", "consent", {"problem": "yes or no"}),
        ("ok stop", "consent", {"note": "Nothing is running"}),
        ("yes, and the target is 95%", "consent", {"note": "the target is 95"}),
        ("go ahead and make the target 95%", "consent", {"note": "the target is 95"}),
        ("yes, and answers within 2 seconds", "consent", {"note": "within 2 seconds"}),
        ("yes and nothing may leave", "consent", {"note": "stay on this machine"}),
        ("what if the target were 80%?", "consent", {"problem": "yes or no"}),
        ("how long will it take?", "consent", {"note": "minutes"}),
        ("what does it cost?", "consent", {"note": "nothing but time"}),
        ("what happens to my data?", "consent", {"note": "nowhere"}),
        ("yes but what does it cost", "consent", {"note": "nothing but time"}),
        ("what was the question?", "consent", {"note": "Here it is again"}),
        ("reduce errors by 50%", "consent", {"problem": "relative to today"}),
        ("we have $2,000", "consent", {"problem": "Money counts"}),
        ("never leave our servers", "consent", {"note": "stay on this machine"}),
        ("oops, wrong file", "interview", {}),
        ("wrong columns", "interview", {}),
        ("no, go back", "interview", {}),
    ],
)
def test_at_the_first_plan(
    said: str,
    goto: str,
    told: dict[str, str],
    planned: State,
    bench: Workbench,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(graph, "trials_plan", lambda state, bench: PLAN)  # no model is loaded
    went = _says(graph.consent, said, planned, bench, monkeypatch)
    assert went.goto == goto
    for kind, words in told.items():
        assert words in went.update[kind]
    assert ("consent" in went.update) is (said in ("yes", "no"))


@pytest.mark.parametrize(
    ("said", "goto", "target"),
    [
        ("yes", "tune", None),
        ("fine-tune it", "tune", None),
        ("no", "report", None),
        ("yes tomorrow", "approve", None),
        ("No, too expensive", "report", None),
        ("what was the question?", "approve", None),
        ("wrong columns", "approve", None),
        ("ok stop", "__end__", None),
        ("why not fine-tune?", "converse", None),
        ("no, the target is 80%", "recommend", 0.8),
        ("yes, and the target is 95%", "recommend", 0.95),
        ("change the target to 95%", "recommend", 0.95),
    ],
)
def test_at_the_plan_of_the_tune(
    said: str,
    goto: str,
    target: float | None,
    planned: State,
    bench: Workbench,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    went = _says(graph.approve, said, planned, bench, monkeypatch)
    assert went.goto == goto
    assert ("approval" in went.update) is (goto in ("tune", "report"))
    assert (went.update["brief"].target if "brief" in went.update else None) == target


def test_what_the_tune_costs_is_told_at_its_plan(
    planned: State, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    went = _says(graph.approve, "yes but what does it cost", planned, bench, monkeypatch)
    assert went.goto == "approve" and went.update["problem"].startswith("It costs")


@pytest.mark.parametrize(
    ("said", "goto", "kind"),
    [
        ("start over", "recommend", "note"),
        ("go back", "recommend", "note"),
        ("sorry, what was the question?", "recommend", "note"),
        ("why not a fine-tune?", "refine", "exchanges"),
        ("show me the mistakes", "refine", "exchanges"),
        ("20k", "recommend", "brief"),
        ("quite a lot", "recommend", "problem"),
    ],
)
def test_a_question_at_the_late_question_is_answered_and_it_stays_open(
    said: str,
    goto: str,
    kind: str,
    planned: State,
    bench: Workbench,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    flip = Flip(
        quantity="monthly_requests", current=None, threshold=410_000, verdict="adopt_prompt"
    )
    brief = planned["brief"].model_copy(update={"monthly_requests": None})
    advice = planned["recommendation"].model_copy(update={"flips_unknown": (flip,)})
    asked: State = {**planned, "brief": brief, "recommendation": advice}
    went = _says(graph.refine, said, asked, bench, monkeypatch)
    assert went.goto == goto
    assert went.update[kind]


def test_a_no_to_what_is_read_back_at_a_late_question_leaves_it_out(
    planned: State, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    brief = planned["brief"].model_copy(update={"monthly_requests": 86_400})
    answered = (*planned["answered"], "volume")
    asked: State = {
        **planned,
        "brief": brief,
        "answered": answered,
        "noticed": ("monthly_requests",),
    }
    went = _says(graph.refine, "no", asked, bench, monkeypatch)
    assert went.update["noticed"] == () and went.update["brief"].monthly_requests is None
    again = _says(graph.refine, "start over", asked, bench, monkeypatch)
    assert "New question" in again.update["note"] and "brief" not in again.update
