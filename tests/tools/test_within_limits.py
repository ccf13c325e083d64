from pathlib import Path

import pytest

from policies.brief import Brief
from policies.evidence import Arm, Score
from tools.assessment import ExhaustionPart
from tools.intake.dataset import load_dataset
from tools.settings import EndpointSettings, PriceSettings, Settings
from tools.trials.ladder import ladder
from tools.trials.latency import Latency
from tools.trials.plan import Plan
from tools.trials.stage import TrialsReport, Winner, task_of
from tools.trials.trial import arm_name
from tools.within_limits import (
    MOST_TIMED,
    like_tuned,
    others_to_time,
    winner_within_limits,
    with_latency,
)

SETTINGS = Settings(
    endpoints={"far": EndpointSettings(base_url="http://f/v1", model="m", price_in=1, price_out=1)},
    prices=PriceSettings(machine_per_hour=0.0),
)
EXTRA = Plan(name="suggested wording 1", family="suggested", own="Sort.")


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ({}, ("slow", "local")),
        ({"latency_limit_ms": 2000}, ("slow", "local")),
        ({"latency_limit_ms": 500}, ("dear", "far")),
        ({"latency_limit_ms": 500, "monthly_budget": 10}, ("dear", "far")),  # no volume, no budget
        (
            {"latency_limit_ms": 500, "monthly_budget": 10, "monthly_requests": 100_000},
            ("quick", "local"),
        ),
        ({"latency_limit_ms": 1}, ("slow", "local")),  # nothing fits: the rules say so
    ],
)
def test_the_best_plan_within_the_limits_wins(
    told: dict[str, float], kept: tuple[str, str], tmp_path: Path
) -> None:
    data = tmp_path / "data.csv"
    data.write_text("text,label\n" + "".join(f"{w} {n},{w}\n" for n in range(20) for w in "ab"))
    brief = Brief.model_validate(told)
    dataset = load_dataset(data, brief)
    first, second, *_ = ladder(task_of(dataset, brief), frozenset())
    winners = {
        "slow": Winner(plan=first, model="local"),
        "dear": Winner(plan=second, model="far"),
        "quick": Winner(plan=EXTRA, model="local"),
        "started": Winner(plan=second, model="local"),
    }
    found = TrialsReport(
        arms=(
            _arm(winners["slow"], 0.9, 900),
            _arm(winners["dear"], 0.8, 90, tokens=1000),
            _arm(winners["quick"], 0.7, 20),
            _arm(winners["started"], 0.95, 20, n=5),  # dropped early, so never the winner
        ),
        plans=(),
        winner=winners["slow"],
        current=None,
        exhaustion=ExhaustionPart(exhausted=True, text=""),
        tried=tuple(winners.values()),
        stop_reason="",
    )
    asked: list[str] = []

    def timed(plan: Winner) -> Latency | None:
        asked.append(plan.arm)
        return None

    chosen = winner_within_limits(found, brief, SETTINGS, timed)
    assert asked == [chosen.winner.arm] if chosen.winner else not asked
    assert chosen.winner == winners[kept[0]]
    assert chosen.winner is not None and chosen.winner.model == kept[1]


def _arm(winner: Winner, score: float, ms: float, tokens: float = 0, n: int = 30) -> Arm:
    return Arm(
        name=arm_name(winner.plan, winner.model),
        kind="prompt",
        model=winner.model,
        dev=Score(score=score, low=0, high=1, n=n),
        p50_ms=ms,
        prompt_tokens=tokens,
    )


def _found(*arms: tuple[Winner, float]) -> TrialsReport:
    """Trials whose arms share batches so well that each seems to take 10 ms."""
    return TrialsReport(
        arms=tuple(_arm(plan, score, 10) for plan, score in arms),
        plans=(),
        winner=arms[0][0],
        current=arms[-1][0].arm,
        exhaustion=ExhaustionPart(exhausted=True, text=""),
        tried=tuple(plan for plan, _ in arms),
        stop_reason="",
    )


def test_a_candidate_is_timed_alone_before_it_wins() -> None:
    brief = Brief(latency_limit_ms=500)
    slow, quick = (Winner(plan=EXTRA.model_copy(update={"name": n}), model="m") for n in "sq")
    times = {slow.arm: (300.0, 900.0), quick.arm: (100.0, 200.0)}  # only one in twenty is too slow

    def timed(plan: Winner) -> Latency:
        p50, p95 = times[plan.arm]
        return Latency(p50_ms=p50, p95_ms=p95, requests=20)

    chosen = winner_within_limits(_found((slow, 0.9), (quick, 0.8)), brief, SETTINGS, timed)
    assert chosen.winner == quick
    assert [(arm.p95_ms, arm.timed) for arm in chosen.arms] == [(900, 20), (200, 20)]
    alone = winner_within_limits(_found((slow, 0.9)), brief, SETTINGS, timed)
    assert alone.winner == slow  # nothing fits: the rules say so


def test_a_plan_that_was_not_timed_does_not_win_for_that() -> None:
    plans = [Winner(plan=EXTRA.model_copy(update={"name": n}), model="m") for n in "abcdefghij"]
    found = _found(*((plan, 0.9 - at / 100) for at, plan in enumerate(plans)))
    slow = Latency(p50_ms=3000, p95_ms=3000, requests=12)
    chosen = winner_within_limits(found, Brief(latency_limit_ms=500), SETTINGS, lambda plan: slow)
    assert chosen.winner == plans[0]
    assert sum(arm.timed > 0 for arm in chosen.arms) == MOST_TIMED < len(plans)


def test_the_present_prompt_and_the_plainest_are_timed_too() -> None:
    one, two = (Winner(plan=EXTRA.model_copy(update={"name": n}), model="m") for n in "ab")
    found = _found((one, 0.9), (two, 0.8))
    assert others_to_time(found, "m") == [two, one]
    assert others_to_time(found, "another") == [two]
    latency = Latency(p50_ms=1, p95_ms=2, requests=3)
    timed = with_latency(found, two, lambda plan: latency)
    assert [arm.timed for arm in timed.arms] == [0, 3]


@pytest.mark.parametrize(
    ("written", "like"),
    [
        ({"bare": 30, "few": 32, "many": 30}, "bare"),
        ({"bare": 75, "few": 32, "many": 30}, "few"),  # it rambles
        ({"bare": 14, "few": 0, "many": 0}, "few"),  # labels by their odds: nothing is written
        ({"bare": 75, "few": 75, "many": 30}, "many"),
    ],
)
def test_a_tune_takes_as_long_as_the_shortest_prompt_that_is_answered_as_briefly_as_the_best(
    written: dict[str, float], like: str
) -> None:
    scores = {"bare": (0.1, 50.0), "few": (0.6, 150.0), "many": (0.9, 400.0)}
    arms = [
        _arm(Winner(plan=EXTRA.model_copy(update={"name": name}), model="m"), score, 10, tokens)
        for name, (score, tokens) in scores.items()
    ]
    arms = [
        arm.model_copy(update={"completion_tokens": written[name]})
        for arm, name in zip(arms, scores, strict=True)
    ]
    found = like_tuned(arms, "m")
    assert found is not None and found.name == f"{like} (m)"
    assert like_tuned(arms, "another") is None
