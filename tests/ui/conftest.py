"""Small fakes of a conversation and its assessment, for the pages' pure functions."""

from typing import Any

import pytest

from agent.state import Consent, State, WorkPlan
from agent.view import View
from policies.brief import Brief
from policies.evidence import Arm, DataFacts, Forecast, Score, TaskFacts
from policies.recommendation import Flip, Outcome, Reason, Recommendation
from tests.assessments import minimal, tuned
from tools.assessment import (
    Assessment,
    BestPrompt,
    ExhaustionPart,
    PlanRecord,
    PromptingPart,
    Seconds,
    TaskPart,
)
from tools.forecast.stage import ForecastReport
from tools.intake.dataset import FirstLook
from tools.trials.plan import Plan
from tools.trials.stage import TrialsReport, Winner

SCORE = Score(score=0.87, low=0.8, high=0.92, n=90)
FORECAST = Forecast(method="A probe", score=0.91, low=0.88, high=0.94)
TASK = TaskFacts(type="labels", metric="accuracy", rows=90, train=45, dev=23, test=22)
BRIEF = Brief(task="Sort mail.", input_column="message", answer_column="topic", target=0.9)
ADVICE = Recommendation(
    verdict="adopt_prompt",
    headline="Use the best prompt.",
    reasons=(
        Reason(rule="contradictory_labels", outcome="not_met", text="No row contradicts."),
        Reason(rule="prompt_is_enough", outcome="decided", text="It meets the target."),
        Reason(rule="no_rule_met", outcome="outranked", text="The last resort."),
    ),
    flips=(Flip(quantity="target", current=0.9, threshold=0.95, verdict="fine_tune"),),
    confidence="high: nothing likely would change it",
    ask_again="Ask again when there are 180 rows.",
)
OUTCOME = Outcome(use="tuned", text="Use the tuned model.")


def plan_record(name: str = "8 nearest examples", **changes: Any) -> PlanRecord:
    given = {"family": "nearest", "model": "embedded", "n": 23, "score": 0.87, "fate": "ran on all"}
    return PlanRecord(name=name, **{**given, **changes})


def arm(name: str) -> Arm:
    return Arm(name=name, kind="prompt", model="embedded", dev=SCORE, test=SCORE)


def assessment(**changes: Any) -> Assessment:
    """A finished run without a tune."""
    parts: dict[str, Any] = {
        "partial": False,
        "brief": BRIEF,
        "task": TaskPart(target=0.9, **TASK.model_dump()),
        "arms": (arm("8 nearest examples"),),
        "prompting": PromptingPart(
            model="embedded",
            plans_tried=1,
            exhausted=True,
            stop_reason="All were tried.",
            best=BestPrompt(
                name="8 nearest examples", template="{input}", rendered=[], dev=SCORE, test=SCORE
            ),
        ),
        "forecast": FORECAST,
        **{name: getattr(ADVICE, name) for name in Recommendation.model_fields},
    }
    return minimal(**{**parts, **changes})


def interviewed(**changes: Any) -> State:
    """A state whose interview is over."""
    state: State = {
        "brief": BRIEF,
        "answered": ("task", "examples", "columns", "prompt", "target", "volume", "facts"),
        "look": FirstLook(
            rows=90,
            columns=("message", "topic"),
            input_column="message",
            answer_column="topic",
            task_type="labels",
            reason="by their names",
            notes=(),
        ),
        "task": TASK,
        "data": DataFacts(label_counts={"billing": 50, "delivery": 40}, notes=("All is well.",)),
    }
    return {**state, **changes}  # type: ignore[typeddict-item]


def judged(**changes: Any) -> State:
    """A state that has reached its verdict."""
    reached = {
        "consent": Consent(plan_hash="a", yes=True),
        "trials": TrialsReport(
            arms=(arm("8 nearest examples (embedded)"),),
            plans=(
                plan_record(),
                plan_record("luckier", n=30, score=0.95),
            ),
            winner=Winner(plan=Plan(name="8 nearest examples", family="nearest"), model="embedded"),
            current=None,
            exhaustion=ExhaustionPart(exhausted=True, text="Prompting ends here."),
            stop_reason="All were tried.",
        ),
        "confirmed": SCORE,
        "forecast": ForecastReport(arms=(), forecast=FORECAST),
        "recommendation": ADVICE,
        "seconds": Seconds(total=60, trials=40, forecast=8),
    }
    return interviewed(**{**reached, **changes})


def view(state: State, **changes: Any) -> View:
    """A view that waits for nothing, unless told."""
    given: dict[str, Any] = {
        "waiting": None,
        "interrupt": "",
        "busy": False,
        "step": None,
        "error": "",
        "done": False,
    }
    return View(state=state, **{**given, **changes})


def work_plan(**changes: Any) -> WorkPlan:
    given: dict[str, Any] = {
        "title": "Measure",
        "steps": ("Try 9 ways to prompt",),
        "minutes": 2.0,
        "cost": "nothing but time",
        "data_goes": "nowhere: all work stays on this machine",
        "hash": "a",
    }
    return WorkPlan(**{**given, **changes})


class Fakes:
    """The builders above, since tests cannot import from a conftest."""

    assessment = staticmethod(assessment)
    arm = staticmethod(arm)
    interviewed = staticmethod(interviewed)
    judged = staticmethod(judged)
    plan_record = staticmethod(plan_record)
    view = staticmethod(view)
    work_plan = staticmethod(work_plan)
    tuned = tuned()
    score = SCORE
    outcome = OUTCOME
    advice = ADVICE


@pytest.fixture
def fakes() -> type[Fakes]:
    return Fakes
