"""`assessment.json`: the stable contract of a finished run (extra fields are welcome)."""

import json
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from policies.brief import Brief, Metric, TaskType
from policies.evidence import Arm, Difference, Forecast, Prices, Retrieval, Score
from policies.recommendation import Flip, Outcome, Reason, Verdict
from tools.trials.plan import PER_INPUT, Plan

SCHEMA_VERSION: Final = 1
FILE_NAME = "assessment.json"


class Part(BaseModel):
    """Base of the parts of an assessment: fields of a later version are kept out of the way."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class TaskPart(Part):
    """The kind of task and the sizes of its parts."""

    type: TaskType
    metric: Metric
    target: float
    rows: int
    train: int
    dev: int
    test: int


class DataPart(Part):
    """What the profile found in the examples."""

    file: str
    duplicates: int
    near_duplicates: int
    contradictions: int
    label_counts: dict[str, int]
    majority: float
    ceiling: float
    dropped: int
    notes: tuple[str, ...]
    label_errors: int = 0
    sure_label_errors: int = 0


class Suspect(Part):
    """A row whose label is probably wrong.

    Attributes:
        row: Row number in the uploaded file, counted from 1 without the header.
        part: The part of the split that it is in.
        input: Its input.
        given: The label in the file.
        suggested: The label that looks right.
        confidence: Probability of the suggested label, 0 to 1, by classifiers that did not see
            the row.
    """

    row: int
    part: Literal["train", "dev", "test"]
    input: str
    given: str
    suggested: str
    confidence: float


class RacePoint(Part):
    """The score of a plan at one round of the race, on its first `n` dev rows."""

    n: int
    score: float


class PlanRecord(Part):
    """One prompt plan as it was tried, or why it was not.

    Attributes:
        name: The plan.
        family: What kind of plan it is.
        model: The model it ran on.
        n: Dev rows that it was scored on; 0 if it was not tried.
        score: Score on them.
        fate: What became of it.
        needs: What it needs wherever it is to run.
        runs_on: Configured models on which it can be deployed.
        window_p95: Share of the context window that the prompt takes, 95th percentile.
        window_longest: The same for the longest row.
        race: Its score at the end of each round that it took part in.
    """

    name: str
    family: str
    model: str
    n: int
    score: float
    fate: str
    needs: tuple[str, ...] = ()
    runs_on: tuple[str, ...] = ()
    window_p95: float = 0.0
    window_longest: float = 0.0
    race: tuple[RacePoint, ...] = ()


class Finalist(Part):
    """A plan that ran on all of dev, against the winner on the same rows.

    Attributes:
        name: The plan, as an arm.
        behind: How many points the winner is ahead, paired, with its interval.
        p_holm: p-value of that difference, corrected for several comparisons (Holm 1979).
    """

    name: str
    behind: Difference
    p_holm: float


class ExhaustionPart(Part):
    """Whether prompting measurably ended; see `tools.trials.exhaustion`."""

    exhausted: bool
    text: str
    curve: tuple[float, ...] = ()
    late_gain: float = 0.0
    late_low: float = 0.0
    late_high: float = 0.0
    corrected: float | None = None


class Mistake(Part):
    """One kind of error on dev, with a few examples (never from the test part)."""

    kind: str
    count: int
    examples: tuple[dict[str, str], ...]


class ErrorCell(Part):
    """How often something right came out as something on dev, right or not.

    Attributes:
        right: The right label, or the field that was asked for.
        given: The label that the model gave; for a field "right", "wrong", "missing" or
            "invented"; "" where there was no valid answer.
        count: Rows.
    """

    right: str
    given: str
    count: int


class LookedUp(Part):
    """A dev row that passages of the team's documents put right.

    Attributes:
        row: Row number in the uploaded file.
        input: Its input.
        expected: Its right answer.
        without: What the best prompt without passages answered.
        given: What the best prompt with passages answered.
        document: The document of the nearest passage.
        passage: That passage.
    """

    row: int
    input: str
    expected: str
    without: str
    given: str
    document: str
    passage: str


class BestPrompt(Part):
    """The winning plan: as data, as a template, as one rendered example, and as an open chat.

    `chat` has the gap "{input}"; examples that are chosen anew for each input are not in it.
    """

    name: str
    template: str
    rendered: list[dict[str, str]]
    dev: Score
    test: Score | None
    plan: Plan | None = None  # earlier runs lack it, and the chat
    chat: tuple[dict[str, str], ...] = ()

    @property
    def holds_examples(self) -> bool:
        """Whether the template itself may show examples of the team's, or words out of them."""
        if self.plan is None or self.plan.described:
            return True
        rewritten = self.plan.own is not None and self.plan.family not in ("yours", "suggested")
        return rewritten or (self.sends_examples and self.plan.shots not in PER_INPUT)

    @property
    def sends_examples(self) -> bool:
        """Whether examples of the team's go along with a request."""
        return self.plan is None or self.plan.shot_count > 0


class PromptingPart(Part):
    """What prompting reached."""

    model: str
    plans_tried: int
    exhausted: bool
    stop_reason: str
    best: BestPrompt | None
    plans: tuple[PlanRecord, ...] = ()
    exhaustion: ExhaustionPart | None = None
    finalists: tuple[Finalist, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    errors: tuple[ErrorCell, ...] = ()


class Ratio(Part):
    """A paired ratio, after to before, with its 95 % interval."""

    value: float
    low: float
    high: float


class ForgettingPart(Part):
    """General ability before and after the tune, paired.

    Attributes:
        items: General questions that the base model clearly gets right; the others say nothing.
        base: Share of them that it gets right: all.
        tuned: Share of them that the tuned model still gets right.
        difference: The change on them.
        perplexity_base: Perplexity a word of held-out prose before.
        perplexity_tuned: The same after.
        passed: Whether it kept what it could do, inside the policy's margins.
        text: The finding in words.
        asked: General questions in all.
        answers_ratio: Growth of the perplexity a word of the items' right answers.
        prose_ratio: Growth of the perplexity a word of the prose.
        short_items: Questions also answered in the model's own words.
        short_base: Share of these that the base model answers rightly.
        short_tuned: The same for the tuned model.
    """

    items: int
    base: float
    tuned: float
    difference: Difference
    perplexity_base: float
    perplexity_tuned: float
    passed: bool
    text: str
    asked: int = 0
    answers_ratio: Ratio | None = None
    prose_ratio: Ratio | None = None
    short_items: int = 0
    short_base: float = 0.0
    short_tuned: float = 0.0


class FlipCounts(Part):
    """Test rows before and after the tune: the best prompt's answers against the tuned model's.

    Attributes:
        fixed: Rows with a better answer after the tune.
        broken: Rows with a worse one.
        kept_right: Rows that are as good as they were, and fully right.
        kept_wrong: Rows that are as good as they were, and not fully right.
    """

    fixed: int
    broken: int
    kept_right: int
    kept_wrong: int


class TunedPart(Part):
    """The tune as it turned out; `base` is the model that was tuned, `plan` how it is asked."""

    model: str
    test: Score
    difference: Difference
    difference_same_model: Difference | None
    forgetting: ForgettingPart
    shipped: bool
    adapter: str
    text: str
    recipe: dict[str, str]
    loss: tuple[dict[str, float], ...] = ()
    base: str = ""
    plan: Plan | None = None
    flips: FlipCounts | None = None


class ArmCost(Part):
    """Costs of one arm, in the currency of the economics part.

    Attributes:
        per_1000: Cost of a thousand requests.
        per_month: Cost of a month: requests, dedicated endpoints, retraining.
        one_off: Cost of bringing it into use.
        retraining: Cost of each retraining.
        effort_days: Person-days to bring it into use.
        busy_hours: Machine hours a month that are spent on requests.
        idle_hours: Machine hours a month that are paid besides, waiting.
        payback_months: Months after which its saving over the best prompt has paid its one-off
            cost; None where it saves nothing or is the best prompt.
        payback_low: The same if the effort turns out smaller by the range that is assumed.
        payback_high: The same if it turns out larger.
        p50_ms: Median milliseconds of a request; 0 where not known.
        p95_ms: 95th percentile of them.
    """

    per_1000: float
    per_month: float
    one_off: float
    retraining: float = 0.0
    effort_days: float = 0.0
    busy_hours: float = 0.0
    idle_hours: float = 0.0
    payback_months: float | None = None
    payback_low: float | None = None
    payback_high: float | None = None
    p50_ms: float = 0.0
    p95_ms: float = 0.0


class EconomicsPart(Part):
    """The cost picture and its assumptions.

    Attributes:
        currency: Code of the currency.
        arms: Costs by arm; "tuned" is the fine-tune to come.
        break_even_requests: Monthly requests from which a tuned model pays back inside the
            policy's horizon; None where it never does.
        monthly_requests: What the team told.
        assumptions: What the figures rest on, in words.
        break_even_low: Break-even if the effort turns out smaller by the range assumed.
        break_even_high: The same if it turns out larger.
        retrainings_per_month: How often costs are reckoned to train anew.
        prices: Prices of tokens, machine and labels.
        settings: Every price and effort of the settings file that was used.
        retirements: Announced last days of models that were measured, ISO dates by model.
        days: Person-days that it takes to bring a kind of arm into use.
        horizon_months: Months within which a saving has to pay back; 0 if not known.
    """

    currency: str
    arms: dict[str, ArmCost]
    break_even_requests: float | None
    monthly_requests: int | None
    assumptions: tuple[str, ...]
    days: dict[str, float] = {}
    horizon_months: float = 0.0
    break_even_low: float | None = None
    break_even_high: float | None = None
    retrainings_per_month: float = 0.0
    prices: Prices | None = None
    settings: dict[str, float | str] = {}
    retirements: dict[str, str] = {}


class Seconds(Part):
    """Wall-clock seconds of the run's stages; cached work counts what it took this time."""

    total: float = 0.0
    trials: float = 0.0
    forecast: float = 0.0
    tune: float = 0.0


class Assessment(Part):
    """A finished run, as written to `assessment.json`."""

    schema_version: Literal[1] = SCHEMA_VERSION
    run_id: str
    created: str
    partial: bool
    seed: int
    test_reads: int
    verdict: Verdict
    headline: str
    confidence: str
    outcome: Outcome | None
    reasons: tuple[Reason, ...]
    flips: tuple[Flip, ...]
    more_examples: int | None
    ask_again: str
    brief: Brief
    task: TaskPart
    data: DataPart
    arms: tuple[Arm, ...]
    prompting: PromptingPart
    classifier: Score | None
    forecast: Forecast | None
    tuned: TunedPart | None
    economics: EconomicsPart
    seconds: Seconds
    versions: dict[str, str]
    notes: tuple[str, ...] = ()
    suspects: tuple[Suspect, ...] = ()
    flips_unknown: tuple[Flip, ...] = ()
    retrieval: Retrieval | None = None
    looked_up: tuple[LookedUp, ...] = ()

    @property
    def all_flips(self) -> tuple[Flip, ...]:
        """Flip points, those of quantities that are not known last."""
        return self.flips + self.flips_unknown

    @property
    def compared(self) -> list[Arm]:
        """The arms that a reader compares, best first: prompts dropped early are left out."""
        best = self.prompting.best.name if self.prompting.best else None
        most = max((arm.dev.n for arm in self.arms if arm.kind == "prompt"), default=0)
        kept = [a for a in self.arms if a.kind != "prompt" or a.dev.n == most or a.name == best]
        return sorted(kept, key=lambda arm: arm.measured.score, reverse=True)


def schema() -> str:
    """The JSON Schema of `assessment.json`, as published in the docs."""
    made = Assessment.model_json_schema(mode="serialization")
    made["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def load(folder: Path) -> Assessment:
    """Read the assessment of a run's folder.

    Raises:
        FileNotFoundError: The run has not reached a verdict.
        pydantic.ValidationError: The file is not an assessment of this version.
    """
    return Assessment.model_validate_json((folder / FILE_NAME).read_text(encoding="utf-8"))
