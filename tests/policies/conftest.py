"""Evidence in one line: what was told and scored; sizes, intervals and costs follow from it."""

from statistics import NormalDist
from typing import Any, Protocol, cast

import pytest

from policies.brief import Brief, Cadence, Metric, TaskType
from policies.evidence import (
    Arm,
    ArmKind,
    Cost,
    DataFacts,
    Difference,
    Errors,
    Evidence,
    Forecast,
    Prices,
    Retrieval,
    Score,
    TaskFacts,
)
from policies.limits import TUNED
from policies.policy import Policy, load_policy

METRICS: dict[TaskType, Metric] = {
    "labels": "accuracy",
    "fields": "field_f1",
    "number": "numeric_match",
    "text": "chrf",
}
PROMPT, OWN = "4 nearest examples (mini)", "your prompt (mini)"
PASSAGES = "3 nearest passages (mini)"
CLASSIFIER, TODAY = "words", "today's answers"

# `test_decide.test_costs_are_those_of_the_cost_model` holds these to tools.economics, in EUR:
# an endpoint at 0.15 / 0.60 a million tokens, 900 in and 5 out; a local classifier of 1 ms and a
# local tuned model of 150 ms; half a person-day of 400, one, two, and a quarter for retraining.
COSTS = {
    "prompt": Cost(per_1000=0.138, one_off=200.0, tokens_per_1000=0.138),
    "classifier": Cost(
        per_1000=1 / 18_000, one_off=400.0, retraining=100.0, machine_hours_per_1000=1 / 1800
    ),
    "tuned": Cost(
        per_1000=150 / 18_000,
        one_off=800.0 + 0.1 / 6,
        retraining=100.0 + 0.1 / 6,
        machine_hours_per_1000=150 / 1800,
        machine_hours_once=1 / 6,
    ),
}


class MakeEvidence(Protocol):
    """The factory below, as tests see it."""

    def __call__(self, **told: Any) -> Evidence: ...


def _wilson(score: float, n: int, level: float) -> tuple[float, float]:
    """Wilson's interval (1927), clipped so that rounding cannot push the score outside."""
    z = NormalDist().inv_cdf((1 + level) / 2)
    middle = (score + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * (score * (1 - score) / n + z * z / (4 * n * n)) ** 0.5
    return max(0.0, min(score, middle - half)), min(1.0, max(score, middle + half))


def _score(score: float, n: int) -> Score:
    low, high = _wilson(score, n, 0.95)
    return Score(score=score, low=low, high=high, n=n)


def _arm(name: str, kind: ArmKind, model: str, score: float, n: int) -> Arm:
    return Arm(name=name, kind=kind, model=model, dev=_score(score, n), test=_score(score, n))


def _retrieval(without: str, prompt: float, documents: float, n: int) -> Retrieval:
    """As if every row that differs differed in one direction."""
    gain = documents - prompt
    half = 1.96 * (max(0.0, abs(gain) - gain**2) / n) ** 0.5
    return Retrieval(
        documents=12,
        passages=30,
        arm=PASSAGES,
        without=without,
        score=documents,
        score_without=prompt,
        rows=n,
        gain=Difference(value=gain, low=gain - half, high=gain + half, p_value=0.5),
    )


def _errors(wrong: int, task: TaskType, formal: bool) -> Errors:
    kind = "behaviour" if formal else "untold" if task == "labels" else "absent"
    return Errors(**{kind: wrong})


def _make_evidence(
    *,
    task: TaskType = "labels",
    rows: int = 2000,
    target: float = 0.9,
    prompt: float | None = None,
    classifier: float | None = None,
    forecast: float | None = None,
    today: float | None = None,
    own_prompt: bool = False,
    monthly_requests: int | None = 2000,
    contradictions: int = 0,
    ceiling: float | None = None,
    outside_facts: bool = False,
    facts_change: Cadence = "never",
    beyond_labels: bool = False,
    larger_measured: bool = False,
    prices: bool = True,
    label_errors: int = 0,
    latency: tuple[float, float] | None = None,
    budget: float | None = None,
    documents: float | None = None,
    formal: bool = False,
) -> Evidence:
    """Split as the product does (a quarter for test, at most 500) and scored on dev and test alike.

    Args:
        task: Kind of answer.
        rows: Examples in all.
        target: The score that is good enough.
        prompt: Score of the best prompt.
        classifier: Score of the best classifier.
        forecast: Expected score of a tune.
        today: Score of the column with today's answers, which has no price.
        own_prompt: Whether the best prompt is the one that the team uses already.
        monthly_requests: Volume.
        contradictions: Rows that contradict another; by pairs, unless `ceiling` is given.
        ceiling: Best score that the contradictions leave possible.
        outside_facts: Whether the answer needs facts that the input lacks.
        facts_change: How often the facts change.
        beyond_labels: Whether the team needs what no classifier gives.
        larger_measured: Whether a larger model was tried.
        prices: Whether anything has a price.
        label_errors: Rows that seem to carry a wrong label; half of them clearly.
        latency: Milliseconds of the best prompt, and the most that the team allows.
        budget: Most that the team would pay a month.
        documents: Score of the prompt with passages of documents, where there is a prompt without;
            the best one only where that misses the target.
        formal: Whether all of the prompt's mistakes are of form; else each lacks a fact, or, of
            labels, it cannot be told.
    """
    test = min(500, rows // 4)
    best = (OWN if own_prompt else PROMPT) if prompt is not None else None
    arms, costs, outlook = [], {}, None
    if best and prompt is not None:
        arm = _arm(best, "prompt", "mini", prompt, test)
        arms.append(arm.model_copy(update={"p50_ms": latency[0] if latency else 0.0}))
        costs[best] = COSTS["prompt"]
        if own_prompt:
            costs[best] = COSTS["prompt"].model_copy(update={"one_off": 0.0})
    retrieval = None
    if documents is not None and prompt is not None:
        arm = _arm(PASSAGES, "prompt", "mini", documents, test)
        taken = latency[0] if latency else 0.0  # no faster than the prompt without
        arms.append(arm.model_copy(update={"looks_up": True, "p50_ms": taken}))
        retrieval = _retrieval(best or "", prompt, documents, test)
        costs[PASSAGES] = COSTS["prompt"].model_copy(update={"one_off": 1400.0})
        best = PASSAGES if documents > prompt and prompt < target else best
    if classifier is not None:
        arms.append(_arm(CLASSIFIER, "classifier", "none", classifier, test))
        costs[CLASSIFIER] = COSTS["classifier"]
    if today is not None:
        arms.append(_arm(TODAY, "baseline", "as given in the file", today, test))
    if forecast is not None:
        low, high = _wilson(forecast, test, 0.8)
        outlook = Forecast(method="probe", score=forecast, low=low, high=high)
        costs[TUNED] = COSTS["tuned"]
    return Evidence(
        brief=Brief(
            target=target,
            monthly_requests=monthly_requests,
            needs_outside_facts=outside_facts,
            facts_change=facts_change,
            beyond_labels=beyond_labels,
            latency_limit_ms=latency[1] if latency else None,
            monthly_budget=budget,
        ),
        task=TaskFacts(
            type=task,
            metric=METRICS[task],
            rows=rows,
            train=rows - rows // 4 - test,
            dev=rows // 4,
            test=test,
        ),
        data=DataFacts(
            contradictions=contradictions,
            ceiling=1 - contradictions / 2 / rows if ceiling is None else ceiling,
            label_errors=label_errors,
            sure_label_errors=label_errors // 2,
        ),
        arms=tuple(arms),
        best_prompt=best,
        current=TODAY if today is not None else OWN if own_prompt else None,
        classifier=CLASSIFIER if classifier is not None else None,
        forecast=outlook,
        retrieval=retrieval,
        errors=None if prompt is None else _errors(round((1 - prompt) * test), task, formal),
        costs=costs if prices else {},
        prices=Prices(tokens=0.15, machine_hour=0.1, label=0.25) if prices else None,
        exhausted=True,
        larger_model_measured=larger_measured,
    )


@pytest.fixture(scope="session")
def make_evidence() -> MakeEvidence:
    """The factory of evidence; keywords only."""
    return cast(MakeEvidence, _make_evidence)


@pytest.fixture(scope="session")
def policy() -> Policy:
    """The policy that ships."""
    return load_policy()
