"""The answer: one verdict, why, and what would change it."""

from typing import Literal, get_args

from policies.evidence import Frozen

Verdict = Literal[
    "fix_data",
    "use_retrieval",
    "keep_prompt",
    "adopt_prompt",
    "use_classifier",
    "fine_tune",
    "fine_tune_for_cost",
    "larger_model",
    "not_enough_evidence",
]
Use = Literal["tuned", "prompt", "classifier", "none"]  # after a tune: what to work with
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
RuleOutcome = Literal["decided", "agreed", "outranked", "not_met", "not_applicable"]


class Reason(Frozen):
    """What one rule saw and what became of it."""

    rule: str
    outcome: RuleOutcome
    text: str


class Flip(Frozen):
    """The nearest value of one quantity at which the verdict changes, and what it becomes.

    `current` is None where the team has not told the quantity; such flips are kept apart.
    `rule` is what decides there. `until` is where the verdict changes again, beyond the threshold:
    sought only where `current` is None, and None where it holds as far as was looked.
    """

    quantity: str
    current: float | None
    threshold: float
    verdict: Verdict
    rule: str = ""
    until: float | None = None


class Recommendation(Frozen):
    """One verdict with its reasons and flip points.

    Attributes:
        verdict: The advice.
        headline: One sentence for the first screen.
        reasons: Every rule that was considered, in order.
        flips: What would change the verdict; each names its present value.
        flips_unknown: The same for quantities that the team has not told.
        more_examples: For not_enough_evidence, how many further rows would settle it.
        confidence: How sure the advice is, in words.
        ask_again: When to look at the question again.
    """

    verdict: Verdict
    headline: str
    reasons: tuple[Reason, ...]
    flips: tuple[Flip, ...] = ()
    flips_unknown: tuple[Flip, ...] = ()
    more_examples: int | None = None
    confidence: str = ""
    ask_again: str = ""


class Outcome(Frozen):
    """After a tune: the arm to use by measured values, and how far the forecast was off."""

    use: Use
    text: str
    forecast_error: float | None = None
