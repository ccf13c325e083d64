from pathlib import Path

import pytest

from policies.brief import Brief
from policies.evidence import Arm, Score
from tools.assessment import ExhaustionPart
from tools.intake.dataset import load_dataset
from tools.settings import EndpointSettings, PriceSettings, Settings
from tools.trials.ladder import ladder
from tools.trials.plan import Plan
from tools.trials.stage import TrialsReport, Winner, task_of
from tools.trials.trial import arm_name
from tools.within_limits import winner_within_limits

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
    chosen = winner_within_limits(found, dataset, brief, SETTINGS)
    assert chosen.winner == winners[kept[0]]
    if chosen.winner != found.winner:
        assert chosen.rendered[-1].content == dataset.parts.dev[0].input
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
