"""`assessment.json`: the stable contract of a finished run (extra fields are welcome)."""

from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from policies.brief import Brief, Metric, TaskType
from policies.evidence import Arm, Difference, Forecast, Score
from policies.recommendation import Flip, Outcome, Reason, Verdict

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


class PlanRecord(Part):
    """One prompt plan as it was tried."""

    name: str
    family: str
    model: str
    n: int
    score: float
    fate: str


class Mistake(Part):
    """One kind of error on dev, with a few examples (never from the test part)."""

    kind: str
    count: int
    examples: tuple[dict[str, str], ...]


class BestPrompt(Part):
    """The winning plan, with the prompt as a template and one rendered example."""

    name: str
    template: str
    rendered: list[dict[str, str]]
    dev: Score
    test: Score | None


class PromptingPart(Part):
    """What prompting reached."""

    model: str
    plans_tried: int
    exhausted: bool
    stop_reason: str
    best: BestPrompt | None
    plans: tuple[PlanRecord, ...] = ()
    mistakes: tuple[Mistake, ...] = ()


class ForgettingPart(Part):
    """General ability before and after the tune, paired."""

    items: int
    base: float
    tuned: float
    difference: Difference
    perplexity_base: float
    perplexity_tuned: float
    passed: bool
    text: str


class TunedPart(Part):
    """The tune as it turned out."""

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


class ArmCost(Part):
    """Costs of one arm, in the currency of the economics part."""

    per_1000: float
    per_month: float
    one_off: float


class EconomicsPart(Part):
    """The cost picture and its assumptions."""

    currency: str
    arms: dict[str, ArmCost]
    break_even_requests: float | None
    monthly_requests: int | None
    assumptions: tuple[str, ...]


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


def load(folder: Path) -> Assessment:
    """Read the assessment of a run's folder.

    Raises:
        FileNotFoundError: The run has not reached a verdict.
        pydantic.ValidationError: The file is not an assessment of this version.
    """
    return Assessment.model_validate_json((folder / FILE_NAME).read_text(encoding="utf-8"))
