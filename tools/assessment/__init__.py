"""`assessment.json`: the stable contract of a finished run (extra fields are welcome)."""

import json
from pathlib import Path
from typing import Final, Literal

from policies.brief import Brief
from policies.evidence import Arm, Difference, Forecast, Retrieval, Score
from policies.recommendation import Flip, Outcome, Reason, Verdict
from policies.regret import ACTION
from tools.assessment.costs import ArmCost, EconomicsPart
from tools.assessment.data import DataPart, Suspect, TaskPart
from tools.assessment.mistakes import ErrorCell, Mistake, MistakesPart, WeighedWay, Weighing
from tools.assessment.part import Part
from tools.assessment.prompting import (
    BestPrompt,
    ExhaustionPart,
    Finalist,
    LookedUp,
    PlanRecord,
    PromptingPart,
    RacePoint,
)
from tools.assessment.tuned import ChangedRow, FlipCounts, ForgettingPart, Ratio, TunedPart
from tools.assessment.writing import FactsPart, Preference, Share, WritingFigures, WritingPart
from tools.errors import RunError

__all__ = [
    "ArmCost",
    "Assessment",
    "BestPrompt",
    "ChangedRow",
    "DataPart",
    "EconomicsPart",
    "ErrorCell",
    "ExhaustionPart",
    "FILE_NAME",
    "FactsPart",
    "Finalist",
    "FlipCounts",
    "ForgettingPart",
    "LookedUp",
    "Mistake",
    "MistakesPart",
    "Part",
    "PlanRecord",
    "Preference",
    "PromptingPart",
    "RacePoint",
    "Ratio",
    "SCHEMA_VERSION",
    "Seconds",
    "Share",
    "Suspect",
    "TaskPart",
    "TunedPart",
    "WeighedWay",
    "Weighing",
    "WritingFigures",
    "WritingPart",
    "load",
    "schema",
]

SCHEMA_VERSION: Final = 1
FILE_NAME = "assessment.json"
MOST_PROMPTS = 5  # that are compared


# Kept conversations know these classes by the place that all use, wherever they are written.
for _part in Part.__subclasses__():
    _part.__module__ = __name__


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
    writing: WritingPart | None = None
    preferences: tuple[Preference, ...] = ()
    classifier_mistakes: MistakesPart | None = None
    tuned_mistakes: MistakesPart | None = None
    classifier_lead: Difference | None = None
    changed_rows: tuple[ChangedRow, ...] = ()
    weighing: Weighing | None = None

    @property
    def all_flips(self) -> tuple[Flip, ...]:
        """Flip points, those of quantities that are not known last."""
        return self.flips + self.flips_unknown

    @property
    def open_flips(self) -> tuple[Flip, ...]:
        """Flip points but those that a tune settled.

        That is the way which is now the answer, and a tune that turned out not good enough.
        """
        if self.outcome is None:
            return self.all_flips
        failed = self.tuned is not None and not self.tuned.shipped
        settled = {self.outcome.use, *(["tuned"] if failed else [])}
        return tuple(flip for flip in self.all_flips if ACTION.get(flip.verdict) not in settled)

    @property
    def mistakes(self) -> MistakesPart | None:
        """What the answer got wrong on dev: classifier or tuned model, else the best prompt."""
        use = self.outcome.use if self.outcome else ACTION.get(self.verdict)
        kept = {"classifier": self.classifier_mistakes, "tuned": self.tuned_mistakes}
        if use is not None and (answer := kept.get(use)) is not None:
            return answer
        found, best = self.prompting, self.prompting.best
        if best is None:
            return None
        return MistakesPart(name=best.name, kinds=found.mistakes, cells=found.errors)

    @property
    def own_prompts(self) -> set[str]:
        """Names of the arms that are the team's own prompt."""
        return {f"{p.name} ({p.model})" for p in self.prompting.plans if p.family == "yours"}

    @property
    def compared(self) -> list[Arm]:
        """The arms that a reader compares, best first: of the prompts a few.

        Those dropped early are left out and, where many ran on all of dev, those that are neither
        among the best nor the best of their model nor the team's own nor read on the locked rows.
        """
        best = self.prompting.best.name if self.prompting.best else None
        prompts = [arm for arm in self.arms if arm.kind == "prompt"]
        most = max((arm.dev.n for arm in prompts), default=0)
        ran = sorted((a for a in prompts if a.dev.n == most), key=_by_score, reverse=True)
        first_of = {arm.model: arm.name for arm in reversed(ran)}
        leading = (arm.name for arm in ran[:MOST_PROMPTS])
        names = {best, *first_of.values(), *leading, *self.own_prompts}
        kept = [a for a in self.arms if a.kind != "prompt" or a.test or a.name in names]
        return sorted(kept, key=_by_score, reverse=True)


def _by_score(arm: Arm) -> float:
    return arm.measured.score


def schema() -> str:
    """The JSON Schema of `assessment.json`, as published in the docs."""
    made = Assessment.model_json_schema(mode="serialization")
    made["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def load(folder: Path) -> Assessment:
    """Read the assessment of a run's folder.

    Raises:
        FileNotFoundError: The run has not reached a verdict.
        RunError: The file is not an assessment of this version, or is damaged.
    """
    content = (folder / FILE_NAME).read_bytes()
    try:
        return Assessment.model_validate_json(content)
    except ValueError:
        raise RunError(
            f"The {FILE_NAME} in {folder} is damaged or was made by another version; assess the "
            "examples again."
        ) from None
