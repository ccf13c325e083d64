"""Finished runs for the tests of the report, the page and the conversation."""

from typing import Any

from policies.brief import Brief
from policies.evidence import Arm, CurvePoint, Difference, Forecast, Score
from policies.recommendation import Flip, Outcome, Reason
from tools.assessment import (
    ArmCost,
    Assessment,
    BestPrompt,
    DataPart,
    EconomicsPart,
    ErrorCell,
    ExhaustionPart,
    Finalist,
    FlipCounts,
    ForgettingPart,
    Mistake,
    PlanRecord,
    PromptingPart,
    RacePoint,
    Seconds,
    Suspect,
    TaskPart,
    TunedPart,
)

SMOL = "SmolLM2-135M-Instruct"
TEMPLATE = """You sort messages to a shop into departments.
Answer with one of: billing, delivery, returns, account, product, other.

{examples}
Message: {input}
Department:"""


def score(value: float, n: int = 300, width: float = 0.04) -> Score:
    return Score(score=value, low=max(0, value - width), high=min(1, value + width), n=n)


def suspect(row: int, part: Any, text: str, given: str) -> Suspect:
    return Suspect(
        row=row, part=part, input=text, given=given, suggested="billing", confidence=0.914
    )


def difference(value: float, p_value: float) -> Difference:
    return Difference(
        value=value, low=value - 0.03, high=value + 0.03, p_value=p_value, fixed=24, broken=9
    )


ARMS = (
    Arm(
        name="Nearest 8 examples, scored labels",
        kind="prompt",
        model=SMOL,
        dev=score(0.873),
        test=score(0.867),
        prompt_tokens=274,
        completion_tokens=1,
        p50_ms=410,
        timed=12,
        cost_per_1000=0.42,
        note="sends eight of your examples along with each request",
    ),
    Arm(
        name="Your prompt",
        kind="prompt",
        model=SMOL,
        dev=score(0.393, width=0.055),
        prompt_tokens=88,
        completion_tokens=4,
        p50_ms=190,
        timed=12,
        cost_per_1000=0.14,
    ),
    Arm(
        name="Today's answers (column agent_label)",
        kind="baseline",
        model="none",
        dev=score(0.82),
        test=score(0.817),
    ),
    Arm(
        name="Word classifier",
        kind="classifier",
        model="none",
        dev=score(0.88),
        test=score(0.87),
        p50_ms=1,
        timed=12,
        cost_per_1000=0.0,
    ),
    Arm(name="Most frequent answer", kind="baseline", model="none", dev=score(0.21)),
    Arm(
        name="Fine-tuned SmolLM2",
        kind="tuned",
        model=SMOL,
        dev=score(0.92),
        test=score(0.917, width=0.03),
        prompt_tokens=35,
        completion_tokens=2,
        p50_ms=95,
        timed=12,
        cost_per_1000=0.06,
    ),
)
PLANS = tuple(
    PlanRecord(
        name=name,
        family=family,
        model=SMOL,
        n=n,
        score=value,
        fate=fate,
        race=(RacePoint(n=30, score=value - 0.03), RacePoint(n=n, score=value)),
    )
    for name, family, n, value, fate in (
        ("Nearest 8 examples, scored labels", "nearest", 300, 0.873, "won"),
        ("Nearest 4 examples, scored labels", "nearest", 300, 0.86, "finalist"),
        ("Balanced examples, scored labels", "few-shot", 160, 0.711, "dropped after 160 examples"),
        ("Instructions and output contract", "contract", 80, 0.52, "dropped after 80 examples"),
        ("Think step by step", "reasoning", 40, 0.31, "dropped after 40 examples"),
        ("Your prompt", "current", 300, 0.393, "kept for comparison"),
    )
)


def prompting() -> PromptingPart:
    return PromptingPart(
        model=SMOL,
        plans_tried=6,
        exhausted=True,
        stop_reason="The last three plans brought less than one point, so prompting stopped here.",
        exhaustion=ExhaustionPart(
            exhausted=True,
            text="Prompting ends here: the last 2 plans gained 0.3 points.",
            curve=(0.39, 0.51, 0.7, 0.85, 0.853, 0.853),
            curve_low=(0.35, 0.47, 0.66, 0.82, 0.824, 0.824),
            curve_high=(0.43, 0.55, 0.74, 0.88, 0.882, 0.882),
            late_gain=0.003,
            corrected=0.853,
        ),
        finalists=(
            Finalist(
                name="Nearest 4 examples, scored labels", behind=difference(0.013, 0.4), p_holm=0.4
            ),
        ),
        best=BestPrompt(
            name=ARMS[0].name,
            template=TEMPLATE,
            rendered=[
                {"role": "system", "content": "You sort messages to a shop into departments."},
                {"role": "user", "content": "Message: where is my parcel?\nDepartment:"},
            ],
            dev=ARMS[0].dev,
            test=ARMS[0].test,
        ),
        plans=PLANS,
        mistakes=(
            Mistake(
                kind="Two labels fit",
                count=21,
                examples=(
                    {
                        "input": "I sent the lamp back and want my money",
                        "expected": "returns",
                        "given": "billing",
                    },
                ),
            ),
            Mistake(
                kind="Not one of the labels",
                count=4,
                examples=(
                    {
                        "input": "hello??",
                        "expected": "other",
                        "given": "greeting",
                    },
                ),
            ),
        ),
        errors=(
            ErrorCell(right="billing", given="billing", count=60),
            ErrorCell(right="returns", given="returns", count=40),
            ErrorCell(right="returns", given="billing", count=21),
            ErrorCell(right="other", given="", count=4),
        ),
    )


def tuned() -> TunedPart:
    return TunedPart(
        model=SMOL,
        test=score(0.917, width=0.03),
        difference=difference(0.05, 0.014),
        difference_same_model=difference(0.05, 0.014),
        forgetting=ForgettingPart(
            items=200,
            base=0.43,
            tuned=0.42,
            difference=difference(-0.01, 0.6),
            perplexity_base=14.2,
            perplexity_tuned=14.9,
            passed=True,
            text="Its surprise at plain prose (perplexity a word) went from 14 to 15. That is "
            "within what chance explains, so nothing was lost.",
        ),
        shipped=True,
        adapter="adapters/1",
        text="It beats the best prompt, and the interval of the difference lies above zero.",
        flips=FlipCounts(fixed=24, broken=9, kept_right=251, kept_wrong=16),
        recipe={"rank": "16", "learning rate": "0.0002", "epochs": "3"},
        loss=tuple(
            {"step": float(step), "loss": 2.2 / (1 + step / 20), "dev_loss": 2.3 / (1 + step / 26)}
            for step in range(0, 130, 10)
        ),
    )


def labels(**changes: Any) -> Assessment:
    """A finished run on a labels task, with every part filled."""
    parts: dict[str, Any] = {
        "run_id": "2025-11-24-routing-3f9a",
        "created": "2025-11-24 16:20",
        "partial": False,
        "seed": 7,
        "test_reads": 1,
        "verdict": "fine_tune",
        "headline": "The best prompt on SmolLM2-135M-Instruct stops at 86.7 %, and a fine-tune "
        "would probably reach 91 %, above the target of 90 %.",
        "confidence": "Fairly sure: the forecast lies above the target in eight of ten cases.",
        "outcome": Outcome(
            use="tuned",
            text="The fine-tuned SmolLM2-135M-Instruct answers 91.7 % of the test messages "
            "rightly, 5 points more than the best prompt, at a seventh of its running cost.",
            forecast_error=0.007,
        ),
        "reasons": (
            Reason(
                rule="data_in_order",
                outcome="not_met",
                text="1 % of the rows contradict each other; the limit is 5 %.",
            ),
            Reason(
                rule="prompt_meets_target",
                outcome="not_met",
                text="The best prompt scores 86.7 %, 3.3 points below the target.",
            ),
            Reason(
                rule="tune_meets_target",
                outcome="decided",
                text="The forecast of 91 % is above the target, and above the classifier.",
            ),
            Reason(
                rule="larger_model",
                outcome="not_applicable",
                text="No larger model was measured here.",
            ),
        ),
        "flips": (
            Flip(quantity="target", current=0.9, threshold=0.85, verdict="adopt_prompt"),
            Flip(
                quantity="monthly_requests",
                current=50_000,
                threshold=4_000,
                verdict="use_classifier",
            ),
        ),
        "more_examples": None,
        "ask_again": "a new department is added, or volume falls below 4,000 requests a month.",
        "brief": Brief(task="sort incoming messages by department", monthly_requests=50_000),
        "task": TaskPart(
            type="labels",
            metric="accuracy",
            target=0.9,
            rows=1200,
            train=600,
            dev=300,
            test=300,
        ),
        "data": DataPart(
            file="support_messages.csv",
            duplicates=14,
            near_duplicates=31,
            contradictions=12,
            label_counts={
                "billing": 252,
                "delivery": 240,
                "returns": 214,
                "account": 201,
                "product": 190,
                "other": 103,
            },
            majority=0.21,
            ceiling=0.995,
            dropped=3,
            notes=("41 rows hold an e-mail address or a telephone number.",),
        ),
        "arms": ARMS,
        "prompting": prompting(),
        "classifier": ARMS[3].test,
        "forecast": Forecast(
            method="A probe on the frozen model and two small pilot tunes",
            score=0.91,
            low=0.88,
            high=0.935,
            more_data="Twice the examples would add about one point.",
            curve=(
                CurvePoint(rows=150, score=0.8, low=0.74, high=0.86),
                CurvePoint(rows=300, score=0.87),
            ),
        ),
        "tuned": tuned(),
        "economics": EconomicsPart(
            currency="EUR",
            arms={
                ARMS[0].name: ArmCost(per_1000=0.42, per_month=21.0, one_off=0.0),
                "Word classifier": ArmCost(
                    per_1000=0.001, per_month=0.05, one_off=400.0, effort_days=1
                ),
                "Fine-tuned SmolLM2": ArmCost(
                    per_1000=0.06, per_month=3.0, one_off=120.0, effort_days=2
                ),
            },
            break_even_requests=27_778.0,
            monthly_requests=50_000,
            horizon_months=18,
            assumptions=(
                "A computer hour costs 1.20 EUR, and a person's hour 60 EUR.",
                "Prices were read on 24 November 2025.",
            ),
        ),
        "seconds": Seconds(total=2460, trials=900, forecast=480, tune=1080),
        "versions": {"tuneworthy": "0.1.0", "transformers": "5.24.0"},
        "notes": (),
        "suspects": (
            suspect(41, "train", "I was charged twice", "delivery"),
            suspect(977, "test", "never shown in the report", "returns"),
        ),
    }
    return Assessment(**parts | changes)


def minimal(**changes: Any) -> Assessment:
    """A run that stopped before any prompt was scored."""
    parts: dict[str, Any] = {
        "partial": True,
        "verdict": "not_enough_evidence",
        "headline": "The time limit was reached before a prompt was scored.",
        "confidence": "",
        "outcome": None,
        "reasons": (),
        "flips": (),
        "more_examples": 240,
        "ask_again": "",
        "brief": Brief(),
        "arms": (),
        "prompting": PromptingPart(
            model=SMOL, plans_tried=0, exhausted=False, stop_reason="", best=None
        ),
        "classifier": None,
        "forecast": None,
        "tuned": None,
        "economics": EconomicsPart(
            currency="EUR",
            arms={},
            break_even_requests=None,
            monthly_requests=None,
            assumptions=(),
        ),
    }
    return labels(**parts | changes)
