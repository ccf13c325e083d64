"""Everything that was measured or told, frozen: what the rules may look at."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from policies.brief import Brief, Metric, TaskType

MOST_TEST_ROWS = 500  # of the rows are held out at most, however many there are

ArmKind = Literal["prompt", "classifier", "baseline", "tuned"]


class Frozen(BaseModel):
    """Base of all evidence: immutable and strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Score(Frozen):
    """A score from 0 to 1 with its interval and the number of items behind it."""

    score: float = Field(ge=0, le=1)
    low: float = Field(ge=0, le=1)
    high: float = Field(ge=0, le=1)
    level: float = 0.95
    n: int = Field(ge=0)


class Difference(Frozen):
    """A paired difference of two scores on the same items, in points from -1 to 1."""

    value: float
    low: float
    high: float
    p_value: float
    fixed: int = 0
    broken: int = 0


class Cost(Frozen):
    """What one arm costs, in the operator's currency.

    Attributes:
        per_1000: Cost of a thousand requests.
        fixed_per_month: Cost that is due whatever the volume (an idle endpoint, say).
        one_off: Cost of getting there: effort, training, data.
        retraining: Cost of training anew once, because the facts or labels have changed.
        tokens_per_1000: The part of `per_1000` that is paid for tokens.
        machine_hours_per_1000: Machine hours in `per_1000`, idle ones included.
        machine_hours_once: Machine hours in `one_off`, and in each retraining.
        labels: Labels that each retraining needs.
    """

    per_1000: float = 0.0
    fixed_per_month: float = 0.0
    one_off: float = 0.0
    retraining: float = 0.0
    tokens_per_1000: float = 0.0
    machine_hours_per_1000: float = 0.0
    machine_hours_once: float = 0.0
    labels: float = 0.0

    def per_month(self, monthly_requests: int, retrainings: float = 0.0) -> float:
        """Running cost a month at the given volume, with so many retrainings a month."""
        running = self.per_1000 * monthly_requests / 1000
        return self.fixed_per_month + running + self.retraining * retrainings


class Prices(Frozen):
    """Prices that the costs were reckoned with.

    Attributes:
        tokens: Price of a million prompt tokens where the best prompt runs; None if it is not
            paid by tokens. The price of completion tokens goes with it.
        machine_hour: Price of an hour of a machine of one's own.
        label: Cost of one label.
        currency: What all of them, and all costs, are in; "" where that is not known.
    """

    tokens: float | None = None
    machine_hour: float = 0.0
    label: float = 0.0
    currency: str = ""


class Arm(Frozen):
    """One way to do the task, measured.

    Attributes:
        name: Unique among the arms of a run.
        kind: Family of the arm.
        model: Name of the model it runs on; "none" for baselines and classifiers on words.
        dev: Score on dev, used to choose.
        test: Score on the locked test, or None where it was not read.
        prompt_tokens: Mean tokens sent a request.
        completion_tokens: Mean tokens received a request.
        p50_ms: Median milliseconds of a request.
        p95_ms: 95th percentile of them; 0 where it was not kept.
        timed: How many requests were timed one at a time, as they come in use; 0 where the times
            are shares of batches.
        busy_ms: Mean milliseconds of machine time a request, in batches: what it costs.
        size_bytes: Size of the exported file; 0 where there is none.
        cost_per_1000: Running cost of a thousand requests, or None if no price is known.
        looks_up: Whether it sends passages of the team's documents along.
        deployable: Whether it can run on the model in question as it was measured.
        note: What a reader must know about it (needs log-probabilities, sends examples along, …).
    """

    name: str
    kind: ArmKind
    model: str
    dev: Score
    test: Score | None = None
    prompt_tokens: float = 0.0
    completion_tokens: float = 0.0
    p50_ms: float = 0.0
    p95_ms: float = 0.0
    timed: int = 0
    busy_ms: float = 0.0
    size_bytes: int = 0
    cost_per_1000: float | None = None
    looks_up: bool = False
    deployable: bool = True
    note: str = ""

    @property
    def waits_ms(self) -> tuple[float, float] | None:
        """Median and 95th percentile of a request that comes alone; None where none was timed so.

        Shares of batches are no times that anybody waits, and are not shown as such.
        """
        return (self.p50_ms, self.slow_ms) if self.timed else None

    @property
    def slow_ms(self) -> float:
        """What a slow request takes: the 95th percentile, or the median where no other is known."""
        return self.p95_ms or self.p50_ms

    @property
    def measured(self) -> Score:
        """The test score where it was read, else the dev score."""
        return self.test or self.dev


class CurvePoint(Frozen):
    """A score that was reached after learning from so many examples; `low` and `high` if known."""

    rows: int = Field(ge=0)
    score: float = Field(ge=0, le=1)
    low: float | None = None
    high: float | None = None


class Forecast(Frozen):
    """The expected score of a fine-tune on this test sample, with its interval.

    Attributes:
        method: How it was made, in words.
        score: The expected score.
        low: Lower end of the interval.
        high: Upper end of the interval.
        level: How often such an interval holds the score.
        more_data: What more examples would bring, in words.
        curve: Scores after learning from parts of train, fewest rows first.
        tunes: Scores of separate tunes on parts of train, where somebody had them measured.
    """

    method: str
    score: float = Field(ge=0, le=1)
    low: float = Field(ge=0, le=1)
    high: float = Field(ge=0, le=1)
    level: float = 0.8
    more_data: str = ""
    curve: tuple[CurvePoint, ...] = ()
    tunes: tuple[CurvePoint, ...] = ()


class TaskFacts(Frozen):
    """What kind of task the examples hold and how they were split."""

    type: TaskType
    metric: Metric
    rows: int
    train: int
    dev: int
    test: int


class DataFacts(Frozen):
    """What the profile found in the examples.

    Attributes:
        duplicates: Rows beyond the first of each identical input and answer.
        near_duplicates: Rows beyond the first of each group of near-identical inputs.
        contradictions: Rows whose input also occurs with another answer.
        label_counts: Rows for each label; empty for other task types.
        majority: Score of always giving the most frequent answer.
        ceiling: Best score that the contradictions leave possible.
        dropped: Rows that could not be used (no input or no answer).
        notes: Findings in plain sentences.
        label_errors: Rows whose label is probably wrong, by the label audit.
        label_ceiling: Best score that is possible on rows as the file has them, if all of these
            labels are wrong; it decides nothing, since the audit may be mistaken.
        sure_label_errors: Those of them of which the audit is as sure as of most right labels.
        labels_unchecked: Why the audit could not judge the labels; "" where it could.
    """

    duplicates: int = 0
    near_duplicates: int = 0
    contradictions: int = 0
    label_counts: dict[str, int] = {}
    majority: float = 0.0
    ceiling: float = 1.0
    dropped: int = 0
    notes: tuple[str, ...] = ()
    label_errors: int = 0
    sure_label_errors: int = 0
    label_ceiling: float = 1.0
    labels_unchecked: str = ""


class Retrieval(Frozen):
    """What passages of the team's documents changed, on dev.

    Attributes:
        documents: Documents that were read.
        passages: Pieces they were cut into.
        arm: Name of the best prompt arm that sends passages along.
        without: Name of the best one that sends none.
        score: Score of the first on the rows that both answered.
        score_without: Score of the second on them.
        rows: How many rows these are.
        gain: The first over the second on them, paired.
    """

    documents: int
    passages: int
    arm: str
    without: str
    score: float
    score_without: float
    rows: int
    gain: Difference


class Errors(Frozen):
    """What the best prompt's mistakes on dev are made of, in rows.

    Attributes:
        absent: The right answer holds something that cannot be read off the input.
        untold: It cannot be told: a wrong label, a number that may be reckoned, a text in words.
        behaviour: All that was needed stood in the input, or no valid answer came.
    """

    absent: int = Field(default=0, ge=0)
    untold: int = Field(default=0, ge=0)
    behaviour: int = Field(default=0, ge=0)


class Evidence(Frozen):
    """All that a decision rests on.

    Attributes:
        brief: What the team told us.
        task: Kind of task and sizes of the parts.
        data: What the profile found.
        arms: Every arm that was measured before any tune.
        best_prompt: Name of the best deployable prompt arm, or None if none ran.
        current: Name of the arm the team uses today, or None.
        classifier: Name of the best classifier arm, or None.
        forecast: Expected score of a tune, or None if there is none.
        retrieval: What passages of the team's documents changed, or None without documents.
        errors: What the best prompt's mistakes are made of; None where they were not sorted yet.
        costs: Cost of each arm by name; "tuned" is the fine-tune to come.
        prices: What the costs were reckoned with, or None where that is not known.
        exhausted: Whether more prompting measurably stopped helping.
        tune_model: Name of the model that would be tuned.
        larger_model_measured: Whether a model was tried that may be larger than the tune model.
        tuned_ms: Expected milliseconds of a slow request (95th percentile) of a tuned model; 0
            where not known.
    """

    brief: Brief
    task: TaskFacts
    data: DataFacts
    arms: tuple[Arm, ...]
    best_prompt: str | None
    current: str | None = None
    classifier: str | None = None
    forecast: Forecast | None = None
    retrieval: Retrieval | None = None
    errors: Errors | None = None
    costs: dict[str, Cost] = {}
    prices: Prices | None = None
    exhausted: bool = False
    tune_model: str = "the model"
    larger_model_measured: bool = False
    tuned_ms: float = 0.0

    def arm(self, name: str | None) -> Arm | None:
        """The arm of that name, or None."""
        return next((arm for arm in self.arms if arm.name == name), None)
