"""The ways of working that a report sets side by side: at most five, in the order of a table."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from policies.evidence import Arm
from policies.limits import TUNED
from tools.assessment import Assessment
from tools.report.advised import best_classifier
from tools.trials.stage import TODAY

MOST_WAYS = 5  # more columns are too narrow to read on paper
WayKind = Literal["today", "prompt", "lookup", "other model", "classifier", "tuned"]
_ORDER: tuple[WayKind, ...] = ("today", "prompt", "lookup", "other model", "classifier", "tuned")


@dataclass(frozen=True)
class Way:
    """One way of working, as far as this run knows it: `arm` is None for a tune not yet made."""

    title: str
    kind: WayKind
    arm: Arm | None

    @property
    def cost_key(self) -> str:
        """The way's name in the cost picture."""
        return self.arm.name if self.arm else TUNED


def ways_of(a: Assessment) -> list[Way]:
    """The ways that matter most, as they stand in a table: today's first, the fine-tune last."""
    shown = [*_three_ways(a), *_alternatives(a)][:MOST_WAYS]
    return sorted(shown, key=lambda way: _ORDER.index(way.kind))


def best_prompt(a: Assessment) -> Arm | None:
    """The arm of the best deployable prompt."""
    best = a.prompting.best
    return next((arm for arm in a.arms if best and arm.name == best.name), None)


def _three_ways(a: Assessment) -> Iterator[Way]:
    """Prompt, classifier and fine-tune: the question itself."""
    prompt, classifier = best_prompt(a), best_classifier(a)
    if prompt:
        title = "Prompt with your documents" if prompt.looks_up else "Prompt"
        yield Way(title, "prompt", prompt)
    if classifier:
        yield Way("Classifier", "classifier", classifier)
    tuned = next((arm for arm in a.arms if arm.kind == "tuned"), None)
    if tuned:
        yield Way("Fine-tune, measured", "tuned", tuned)
    elif a.forecast:
        yield Way("Fine-tune, forecast", "tuned", None)


def _alternatives(a: Assessment) -> Iterator[Way]:
    """What else was measured, what weighs most first."""
    today = next((arm for arm in a.arms if arm.name == TODAY), None)
    if today:
        yield Way("Today's answers", "today", today)
    if lookup := _the_other_side_of_looking_up(a):
        yield lookup
    best = best_prompt(a)
    for arm in _best_of_each_model(a):
        if best is None or arm.model != best.model:
            yield Way("Prompt, other model", "other model", arm)


def _the_other_side_of_looking_up(a: Assessment) -> Way | None:
    """The best prompt with the team's documents, or without them where the best one has them."""
    best, found = best_prompt(a), a.retrieval
    if best is None or found is None:
        return None
    title = "Prompt alone" if best.looks_up else "Looking facts up"
    name = found.without if best.looks_up else found.arm
    arm = next((arm for arm in a.arms if arm.name == name), None)
    return Way(title, "lookup", arm) if arm else None


def _best_of_each_model(a: Assessment) -> list[Arm]:
    """The best prompt of each model on the most dev rows, the best model first."""
    found: dict[str, Arm] = {}
    prompts = [arm for arm in a.arms if arm.kind == "prompt"]
    for arm in sorted(prompts, key=lambda arm: (arm.deployable, arm.dev.n, arm.dev.score)):
        found[arm.model] = arm
    return sorted(found.values(), key=lambda arm: arm.dev.score, reverse=True)
